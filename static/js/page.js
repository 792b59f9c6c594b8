// What every page shares: the token on htmx requests, messages, the reader's time zone. Pages work without it.
// Other modules find `say` and `tokenHeaders` on window.lectern: an import would name a file without its content's mark.

const toasts = document.getElementById("toasts");

/** Show one message in the page's status place; it goes after ten seconds unless it is focused or pointed at. */
function say(words) {
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.append(Object.assign(document.createElement("span"), {textContent: words}));
  toasts?.replaceChildren(toast);
}

/** The headers a post of our own needs. */
function tokenHeaders() {
  return {"X-CSRFToken": document.querySelector("meta[name=csrf-token]")?.content ?? ""};
}

window.lectern = {say, tokenHeaders};

function fade(toast) {
  if (toast.dataset.timed) return;
  toast.dataset.timed = "1";
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) return void setTimeout(leave, 2000);
    toast.remove();
  };
  setTimeout(leave, 10000);
}

/** After an expired form: the fresh token, everywhere the page holds one. */
function renew(token) {
  document.querySelector("meta[name=csrf-token]")?.setAttribute("content", token);
  for (const field of document.querySelectorAll("input[name=csrf_token]")) field.value = token;
}

if (toasts) {
  new MutationObserver(() => {
    toasts.querySelectorAll(".toast:not([data-stays])").forEach(fade);
    toasts.querySelectorAll("[data-token]").forEach((toast) => renew(toast.dataset.token));
  }).observe(toasts, {childList: true, subtree: true});
  toasts.addEventListener("click", (event) => {
    if (event.target.closest("[data-close]")) event.target.closest(".toast").remove();
  });
}

document.addEventListener("htmx:configRequest", (event) => Object.assign(event.detail.headers, tokenHeaders()));

// An answer that is not ours (a proxy's page, a portal's sign-on) must not be swapped into the page.
document.addEventListener("htmx:beforeSwap", (event) => {
  const {xhr} = event.detail;
  if (xhr.status < 500 || xhr.getResponseHeader("HX-Retarget")) return;
  event.detail.shouldSwap = false;
  say("Not sent: the portal did not answer as it should. Nothing was changed; please try again.");
});
// A form that comes back with mistakes is read from their summary on.
const toMistakes = () => document.getElementById("mistakes")?.focus();
document.addEventListener("htmx:afterSettle", (event) => event.detail.xhr?.status === 422 && toMistakes());
toMistakes();

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, () => say("Not sent: no connection. Please try again."));
}

// "Open in its own tab": a token is asked for here, where the session is, and posted into the tab at once.
document.querySelector("form[data-take-over]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const answer = await fetch(form.action, {
    method: "POST", body: new FormData(form), headers: {Accept: "application/json"},
  }).catch(() => null);
  if (!answer?.ok) return void form.submit();
  const {token} = await answer.json();
  const over = Object.assign(document.createElement("form"), {
    method: "post", action: form.dataset.takeOver, target: "_blank", hidden: true,
  });
  over.append(Object.assign(document.createElement("input"), {name: "token", value: token}));
  document.body.append(over);
  over.submit();
  over.remove();
});

// A browser that does not say whether a page is framed gets it as its launch was meant; in a tab that is no frame.
if (window.parent === window) document.documentElement.classList.remove("framed");

// Kept in a cookie, so that the next page can show the reader's own time beside the course's.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && !document.cookie.split("; ").includes(`timezone=${encodeURIComponent(zone)}`)) {
  const secure = location.protocol === "https:" ? "; SameSite=None; Secure; Partitioned" : "; SameSite=Lax";
  document.cookie = `timezone=${encodeURIComponent(zone)}; Path=/; Max-Age=31536000${secure}`;
}
