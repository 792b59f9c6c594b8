// The steps of a launch inside a frame (1EdTech: postMessage Storage; OIDC Login with Client Side postMessages).
// It carries and waits; whether a launch is let in is decided by the server alone.

const page = document.querySelector("[data-storage]");
const {storage: step, target, origin, key, value} = page?.dataset ?? {};
const PATIENCE_MS = 1500;
const AGAIN_MS = 250; // the platform's frame may load after ours; an early message is lost

/** The window that keeps data for tools: the page around us (in a tab: the one that opened it), or a frame in it. */
function keeper() {
  const around = window.parent === window ? window.opener : window.parent;
  return target === "_parent" ? around : around?.frames[target];
}

/** Say something to the platform until it answers. Rejects on an error in the answer, and on silence. */
function ask(subject, said) {
  const message = {subject, message_id: crypto.randomUUID(), key, ...said};
  return new Promise((resolve, reject) => {
    const send = () => {
      try {
        keeper()?.postMessage(message, origin);
      } catch {
        // No such frame yet.
      }
    };
    const done = (how, what) => {
      clearInterval(again);
      clearTimeout(over);
      window.removeEventListener("message", hear);
      how(what);
    };
    const hear = ({origin: from, data}) => {
      if (from !== origin || data?.subject !== `${subject}.response` || data.message_id !== message.message_id) return;
      if (data.error) done(reject, data.error);
      else done(resolve, data.value);
    };
    window.addEventListener("message", hear);
    const again = setInterval(send, AGAIN_MS);
    const over = setTimeout(() => done(reject, "silence"), PATIENCE_MS);
    send();
  });
}

const otherwise = () => document.getElementById("otherwise").submit();

async function keep() {
  try {
    await ask("lti.put_data", {value});
    location.replace(document.getElementById("go-on").href);
  } catch {
    otherwise();
  }
}

async function fetchKept() {
  try {
    const kept = await ask("lti.get_data", {});
    if (typeof kept === "string") document.getElementById("answer").value = kept;
    keeper()?.postMessage({subject: "lti.put_data", message_id: crypto.randomUUID(), key, value: null}, origin);
  } catch {
    // The empty answer says so.
  }
  otherwise();
}

async function goOnWhereCookiesLive() {
  const {here} = await (await fetch(page.dataset.here)).json();
  if (here) location.replace(page.dataset.next);
}

const steps = {keep, ask: fetchKept, arrived: goOnWhereCookiesLive};
if (step) steps[step]();
