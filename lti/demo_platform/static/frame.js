// Gives the frame the height the tool asks for (lti.frameResize, as Canvas and Moodle understand it).
const frame = document.getElementById("contentframe");
window.addEventListener("message", (event) => {
  if (event.source !== frame.contentWindow || event.origin !== frame.dataset.toolOrigin) return;
  let said = event.data;
  if (typeof said === "string") {
    try { said = JSON.parse(said); } catch { return; }
  }
  if (!said || said.subject !== "lti.frameResize") return;
  const height = Number.parseInt(said.height, 10);
  if (height >= 200 && height <= 20000) frame.height = String(height);
});
