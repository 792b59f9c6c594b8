// The tool is done (org.imsglobal.lti.close): its frame goes, and the list of tools comes.
const frame = document.getElementById("registration");
window.addEventListener("message", (event) => {
  if (event.source !== frame.contentWindow || event.origin !== frame.dataset.toolOrigin) return;
  if (event.data?.subject === "org.imsglobal.lti.close") document.getElementById("to-tools").click();
});
