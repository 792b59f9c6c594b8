// Tells the page around a frame how high this one is (Canvas and others: lti.frameResize), so that nobody scrolls in
// two places. Nobody relies on it: where nothing listens the page scrolls in its frame.

const QUIET_MS = 150; // changes come in bursts: fonts, pictures, a list that opens
const STAYS = ".strip, .save, .stay"; // what stays in sight while the rest of a page scrolls
const SWING_MS = 1000; // a height that comes and goes with the frame's own (a scroll bar) is said once

const known = document.querySelector("meta[name=lms-origins]")?.content.split(" ") ?? [];
// The browser says whose page is around us; where it does not, one of those we know hears it.
const around = window.location.ancestorOrigins?.[0];
const told = around === undefined ? known : known.filter((origin) => origin === around);

let said = 0, before = 0, saidAt = 0, waiting;

/** A page with something that stays in sight must scroll in its frame: as much of it as a screen shows. */
function most() {
  const stays = [...document.querySelectorAll(STAYS)].some((part) => getComputedStyle(part).position === "sticky");
  return stays ? Math.max(600, Math.round(window.screen.availHeight * 0.75)) : Infinity;
}

function tell() {
  waiting = undefined;
  const height = Math.min(most(), Math.ceil(document.documentElement.getBoundingClientRect().height));
  if (height === said || (height === before && Date.now() - saidAt < SWING_MS)) return;
  [before, said, saidAt] = [said, height, Date.now()];
  for (const origin of told) window.parent.postMessage({subject: "lti.frameResize", height}, origin);
}

if (window.parent !== window && told.length) {
  new ResizeObserver(() => (waiting ??= setTimeout(tell, QUIET_MS))).observe(document.documentElement);
}
