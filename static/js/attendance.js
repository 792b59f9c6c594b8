// The register by keyboard: one key a learner, finding by name as one types, several rows at once.
// Without it the page works by its buttons and tick boxes.

const form = document.getElementById("marks");
const table = document.querySelector("table.marks");
const find = document.getElementById("q");
const KEYS = {p: "present", l: "late", e: "left_early", a: "absent", x: "excused"};
let last = Promise.resolve();

// Looked up anew: a mark of many rows swaps the whole body.
const everyRow = () => [...table.tBodies[0].rows];
const rows = () => everyRow().filter((row) => !row.hidden);
const boxOf = (row) => row.querySelector("input");
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** Give a row's buttons their learner's name, and keep them out of the way of Tab: arrows reach them. */
function dress(row) {
  const name = row.cells[0];
  name.id = `n${row.id}`;
  for (const button of row.querySelectorAll("button")) {
    const status = button.value.slice(button.value.indexOf("-") + 1);
    button.setAttribute("aria-labelledby", `${name.id} s-${status}`);
    if (!button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", "false");
    button.tabIndex = -1;
  }
  boxOf(row).tabIndex = -1;
}

/** The row the keyboard is in: its box is the table's one stop for Tab. */
function stand(row) {
  table.querySelector(".at")?.classList.remove("at");
  for (const element of table.querySelectorAll("[tabindex='0']")) element.tabIndex = -1;
  row?.classList.add("at");
  if (row) boxOf(row).tabIndex = 0;
}

function goTo(row, column) {
  if (!row) return;
  const target = row.querySelectorAll("input, button")[column] ?? boxOf(row);
  stand(row);
  target.focus({preventScroll: true});
  row.scrollIntoView({block: "nearest"});
}

/** Send one row's mark after those before it: the counts of the last answer are then the right ones. */
function mark(row, value) {
  const before = row.querySelector("button[aria-pressed=true]");
  for (const button of row.querySelectorAll("button")) {
    button.setAttribute("aria-pressed", String(button.value === value));
  }
  const undone = (event) => {
    if (event.detail.elt !== row) return;
    for (const button of row.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === before));
  };
  const troubles = ["htmx:responseError", "htmx:sendError", "htmx:timeout"];
  last = last.then(async () => {
    for (const name of troubles) document.addEventListener(name, undone);
    await htmx.ajax("POST", form.action, {source: row, target: form, swap: "none", values: {mark: value}}).catch(() => {});
    for (const name of troubles) document.removeEventListener(name, undone);
  });
}

function tick(row, on) {
  boxOf(row).checked = on;
  count();
}

function count() {
  const number = table.querySelectorAll("input:checked").length;
  document.getElementById("ticked").textContent = number ? `${number} ticked:` : "Ticked learners:";
}

function filter() {
  const words = plain(find.value).split(/\s+/).filter(Boolean);
  let number = 0;
  for (const row of everyRow()) {
    const name = plain(row.cells[0].textContent);
    row.hidden = !words.every((word) => name.includes(word));
    if (row.hidden) boxOf(row).checked = false;
    else number += 1;
  }
  const shown = document.getElementById("shown");
  shown.textContent = shown.textContent.replace(/^\d+/, number);
  count();
  stand(rows()[0]);
}

function press(event) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const typing = event.target.matches("input:not([type=checkbox]), textarea, select");
  if (event.key === "/" && !typing) {
    find.focus();
    return event.preventDefault();
  }
  if (event.key === "z" && !typing) return void document.querySelector("#toasts #undo, #undo")?.click();
  if (event.target === find && event.key === "ArrowDown") {
    goTo(rows()[0], 0);
    return event.preventDefault();
  }
  const row = event.target.closest?.("#rows tr");
  if (!row) return;
  const all = rows();
  const place = all.indexOf(row);
  const column = [...row.querySelectorAll("input, button")].indexOf(event.target);
  const status = KEYS[event.key.toLowerCase()];
  if (status) {
    mark(row, `${boxOf(row).value}-${status}`);
    goTo(all[place + 1] ?? row, column);
  } else if (event.key === "Delete" || event.key === "Backspace") mark(row, `${boxOf(row).value}-`);
  else if (event.key === "Enter" && event.target.type === "checkbox") tick(row, !boxOf(row).checked);
  else if (event.key === "ArrowDown") goTo(all[place + 1], column);
  else if (event.key === "ArrowUp") goTo(all[place - 1], column);
  else if (event.key === "ArrowRight") goTo(row, Math.min(column + 1, 5));
  else if (event.key === "ArrowLeft") goTo(row, Math.max(column - 1, 0));
  else if (event.key === "Home" && event.target.type === "checkbox") goTo(all[0], column);
  else if (event.key === "End" && event.target.type === "checkbox") goTo(all.at(-1), column);
  else return;
  event.preventDefault();
}

if (table && form) {
  document.querySelector(".keys").hidden = false;
  const every = document.getElementById("all");
  every.closest("label").hidden = false;
  find.form.querySelector("button").hidden = true;
  for (const row of everyRow()) dress(row);
  stand(everyRow()[0]);

  every.addEventListener("change", () => rows().forEach((row) => tick(row, every.checked)));
  table.addEventListener("change", count);
  table.addEventListener("focusin", (event) => stand(event.target.closest("tbody tr")));
  find.addEventListener("input", filter);
  document.addEventListener("keydown", press);
  // Before htmx hears of it: a row's own button sends that row alone, in its turn.
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (event.target !== form || button?.name !== "mark") return;
    event.preventDefault();
    event.stopPropagation();
    mark(button.closest("tr"), button.value);
  }, true);
  // Several were marked: the ticks have done their work, also of those whose mark was the same already.
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt !== form || !event.detail.successful) return;
    every.checked = false;
    everyRow().forEach((row) => tick(row, false));
  });
  // A swapped row is a new one: it keeps the focus its predecessor had.
  let held = null;
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    const {target} = event.detail;
    if (!table.contains(target)) return;
    const at = table.querySelector(".at");
    const focused = at ? [...at.querySelectorAll("input, button")].indexOf(document.activeElement) : -1;
    held = {swapped: target.id, at: at?.id, focused};
  });
  document.addEventListener("htmx:oobAfterSwap", (event) => {
    if (!held || event.detail.target.id !== held.swapped) return;
    const fresh = document.getElementById(held.swapped);
    for (const row of fresh.rows ?? [fresh]) dress(row);
    const at = document.getElementById(held.at);
    if (find.value && fresh.rows) filter();
    if (at && fresh.contains(at)) {
      stand(at);
      if (held.focused >= 0) goTo(at, held.focused);
    }
    held = null;
    count();
  });
}
