// Narrows the list while somebody types, keeping what is ticked. Without script the Find button does it.
// In the page, not by the server: an answer that came late would undo a tick made meanwhile.

const list = document.getElementById("list");
const query = document.getElementById("q");
const find = document.getElementById("find");
const shown = document.getElementById("shown-rows");
const rows = [...list.querySelectorAll("tbody tr")];
const names = rows.map((row) => row.querySelector("th").textContent.toLowerCase());
const askedFor = query.value.trim();

function narrow() {
  if (askedFor) return void find.click(); // rows are missing here: the server has them
  const words = query.value.toLowerCase().split(/\s+/).filter(Boolean);
  rows.forEach((row, n) => {
    row.hidden = !row.querySelector("[name=choose]").checked && !words.every((word) => names[n].includes(word));
  });
  const count = rows.filter((row) => !row.hidden).length;
  shown.textContent = shown.textContent.replace(/^\d+/, count);
}

query.addEventListener(askedFor ? "change" : "input", narrow);
document.getElementById("order").addEventListener("change", () => find.click());
if (askedFor) query.addEventListener("search", narrow);
