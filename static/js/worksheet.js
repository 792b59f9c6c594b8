// Keeps a worksheet's draft while it is typed, adds rows and takes files without leaving the page.
// The page works without it: every button is a submit of the same form.

const QUIET_MS = 2000;
const RETRY_MS = 15000;
const MOST_BYTES = 25 * 1024 * 1024;

const form = () => document.querySelector("form#work[data-autosave]");
const line = () => document.getElementById("saved");
let timer = 0;
let sending = null;
let stopped = false;
let changed = false;

function tell(words, shape, late = false) {
  const place = line();
  if (!place) return;
  const icons = document.querySelector(".save use")?.getAttribute("href")?.split("#")[0] ?? "/static/icons.svg";
  let state = place.querySelector(".state, .quiet");
  if (!state) place.append(state = document.createElement("span"));
  state.className = late ? "state late" : "state";
  state.innerHTML = `<svg class="i" aria-hidden="true"><use href="${icons}#${shape}"/></svg>`;
  state.append(words);
}

/** The form as it stands; files only when asked, or each pause in typing would send them again. */
function typed(action, files) {
  const data = new FormData(form());
  for (const [name, value] of [...data]) if (value instanceof File && name !== files) data.delete(name);
  data.set("action", action);
  return data;
}

const headers = () => ({...window.lectern.tokenHeaders(), "HX-Request": "true"});

function post(action, files, progress) {
  const data = typed(action, files);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();  // fetch tells nothing of how much was sent
    request.open("POST", form().getAttribute("action"));  // form.action is the buttons of that name
    for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
    if (progress) request.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    request.onload = () => resolve({status: request.status, page: new DOMParser().parseFromString(request.responseText, "text/html")});
    request.onerror = request.ontimeout = () => reject(new Error("no connection"));
    request.timeout = 120000 + (files ? 600000 : 0);
    request.send(data);
  });
}

/** Put the answer's piece in the page; with `keep`, what was typed while it was on its way stays. */
function put(page, id, keep = false) {
  const fresh = page.getElementById(id);
  const old = document.getElementById(id);
  if (fresh && old) {
    if (keep) carry(old, fresh);
    old.replaceWith(document.adoptNode(fresh));
  }
  return Boolean(fresh);
}

function carry(from, to) {
  for (const typed of from.querySelectorAll("textarea[name], select[name], input[name]:not([type=hidden], [type=file])")) {
    const twins = [...to.querySelectorAll(`[name="${CSS.escape(typed.name)}"]`)];
    const twin = typed.type === "radio" ? twins.find((one) => one.value === typed.value) : twins[0];
    if (!twin) continue;
    if (typed.type === "radio") twin.checked = typed.checked;
    else twin.value = typed.value;
  }
}

function schedule(wait = QUIET_MS) {
  clearTimeout(timer);
  if (!stopped) timer = setTimeout(save, wait);
}

async function save() {
  if (sending || stopped || !form()) return;
  changed = false;
  tell("Saving…", "part");
  sending = post("save");
  try {
    const {status, page} = await sending;
    if (status === 200 && put(page, "saved")) return;
    if (status === 409) return void whole(page);
    if (status === 401 || status === 400) {
      stopped = true;
      tell("Not saved: you are signed out. Your text is still here; open this page again in another tab, then save.", "late", true);
    } else {
      changed = true;
      tell("Not saved: the portal did not answer as it should. Your text is kept here; trying again.", "late", true);
      schedule(RETRY_MS);
    }
  } catch {
    changed = true;
    tell("Not saved: no connection. Your text is kept here; trying again.", "late", true);
    schedule(RETRY_MS);
  } finally {
    sending = null;
    if (changed && !stopped) schedule();
  }
}

/** Closed, or changed in another window: the whole sheet says so, with what was typed still in it. */
function whole(page) {
  if (put(page, "sheet", true)) document.querySelector("#sheet [role=alert]")?.scrollIntoView({block: "center"});
  stopped = false;
}

async function change(action, id, files, progress) {
  clearTimeout(timer);
  if (sending) await sending.catch(() => {});
  sending = post(action, files, progress);
  try {
    const {status, page} = await sending;
    if (status === 409) return void whole(page);
    if (!page.getElementById(id)) throw new Error(String(status));
    put(page, id, !action.startsWith("remove-row"));  // there the names of all later rows change
    put(page, "saved");
    return true;
  } finally {
    sending = null;
  }
}

document.addEventListener("input", (event) => {
  if (!event.target.closest("form#work[data-autosave]") || event.target.type === "file") return;
  count(event.target);
  changed = true;
  schedule();
});

document.addEventListener("change", async (event) => {
  const control = event.target;
  if (control.type !== "file" || !control.files.length || !control.closest("form#work[data-autosave]")) return;
  const large = [...control.files].find((file) => file.size > MOST_BYTES);
  if (large) {
    control.value = "";
    return tell(`Not sent: ${large.name} is over 25 MB. Files may be up to 25 MB each.`, "late", true);
  }
  const bar = Object.assign(document.createElement("progress"), {max: 1, value: 0});
  bar.setAttribute("aria-label", `${control.files[0].name}, uploading`);
  control.closest(".drop").append(bar);
  try {
    await change("save", `f-${control.name}-all`, control.name, (share) => { bar.value = share; });
    document.getElementById(control.id)?.focus();
  } catch (failed) {
    bar.remove();
    const why = /^\d+$/.test(failed.message) ? "the portal did not take it" : "no connection";
    tell(`Not sent: ${why}. Choose the file again, or press Save draft.`, "late", true);
  }
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("form#work[data-autosave] button[name=action]");
  const [what, field] = (button?.value ?? "").split(" ");
  if (!["add-row", "remove-row", "remove-file"].includes(what)) return;
  event.preventDefault();
  try {
    if (!await change(button.value, `f-${field}-all`)) return;
    const rows = document.querySelectorAll(`#f-${field}-all tbody tr`);
    const next = what === "add-row" ? rows[rows.length - 1]?.querySelector(".input") : document.getElementById(`f-${field}-add`);
    (next ?? document.getElementById(`f-${field}`))?.focus();
  } catch {
    // Without an answer that can be used, the button does what it does without a script.
    form().requestSubmit ? submitPlainly(button) : form().submit();
  }
});

function submitPlainly(button) {
  const plain = Object.assign(document.createElement("input"), {type: "hidden", name: "action", value: button.value});
  form().append(plain);
  form().noValidate = true;
  changed = false;
  form().requestSubmit();
}

function count(control) {
  const words = control.parentElement?.querySelector(".count [data-words]");
  if (!words) return;
  const now = control.value.trim().split(/\s+/).filter(Boolean).length;
  words.textContent = now ? `${now} of about ${words.dataset.words} words` : `About ${words.dataset.words} words`;
}

document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  clearTimeout(timer);
  stopped = true;
  changed = false;
});

addEventListener("pageshow", () => { stopped = false; });
addEventListener("beforeunload", (event) => { if (changed || (sending && !stopped)) event.preventDefault(); });

// A page that is left may take its requests with it, unless they are told to outlive it.
document.addEventListener("visibilitychange", async () => {
  if (!document.hidden || !changed || stopped || !form()) return;
  clearTimeout(timer);
  changed = false;
  try {
    const answer = await fetch(form().getAttribute("action"), {method: "POST", body: typed("save"), headers: headers(), keepalive: true});
    if (!answer.ok) throw new Error(String(answer.status));
    put(new DOMParser().parseFromString(await answer.text(), "text/html"), "saved");
  } catch {
    changed = true;
    schedule();
  }
});
