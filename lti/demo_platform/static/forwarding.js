// The frame of a Canvas's shared host: tools write here, the school's page around it keeps. It says who wrote.
const school = document.currentScript.dataset.schoolOrigin;
const waiting = new Map(); // what was handed on, by a number: who gets the answer
let last = 0;

window.addEventListener("message", (event) => {
  if (event.source === window.parent) {
    if (event.origin !== school || event.data?.subject !== "sample.forwarded") return;
    const asker = waiting.get(event.data.number);
    waiting.delete(event.data.number);
    asker?.source.postMessage(event.data.reply, asker.origin);
    return;
  }
  last += 1;
  waiting.set(last, {source: event.source, origin: event.origin});
  window.parent.postMessage({subject: "sample.forward", number: last, said: event.data, tool: event.origin}, school);
});
