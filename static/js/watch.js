// A lecture or recording: measures what is really played, reports it, follows in the transcript.
// Without it the video plays from where it was left, and the transcript is the equal way.

const REPORT_EVERY = 15000;

for (const video of document.querySelectorAll("video[data-progress]")) measure(video);
for (const video of document.querySelectorAll("video[data-transcript]")) follow(video);

function measure(video) {
  let pieces = []; // played and not yet reported, [from, to] in seconds
  let current = null; // the piece being played
  let sending = false;

  const close = () => {
    if (current && current[1] > current[0]) pieces.push(current);
    current = null;
  };
  const advance = () => {
    if (video.seeking || video.paused) return;
    const now = video.currentTime;
    if (current && now >= current[1]) current[1] = now;
    else {
      close();
      current = [now, now];
    }
  };
  const limit = () => Number(video.dataset.length) + 1;
  const take = () => {
    const end = limit();
    const open = current && current[1] > current[0] ? [[...current]] : [];
    return [...pieces, ...open].map(([from, to]) => [from, Math.min(to, end)]).filter(([from, to]) => from < to);
  };

  // Reports may overlap: the portal unites them. A page that is left must not wait for the one under way.
  async function report(leaving = false) {
    const intervals = take();
    if (!intervals.length || (sending && leaving !== true)) return;
    const sent = new Set(pieces);
    sending = true;
    try {
      const answer = await fetch(video.dataset.progress, {
        method: "POST",
        keepalive: true,
        headers: {"Content-Type": "application/json", ...window.lectern.tokenHeaders()},
        body: JSON.stringify({intervals, position: Math.min(video.currentTime, limit())}),
      });
      if (answer.ok) {
        pieces = pieces.filter((piece) => !sent.has(piece));
        show(video, await answer.json());
      } else if (answer.status >= 400 && answer.status < 500) {
        pieces = pieces.filter((piece) => !sent.has(piece));
        const problem = await answer.json().catch(() => null);
        window.lectern.say(problem?.detail ?? "Your watching could not be kept. Please reload the page.");
      }
    } catch {
      // No connection: what was played stays here and goes with the next report.
    } finally {
      sending = false;
    }
  }

  video.addEventListener("timeupdate", advance);
  video.addEventListener("seeking", close);
  video.addEventListener("pause", () => {
    if (current && !video.seeking) current[1] = Math.max(current[1], video.currentTime);
    close();
    report();
  });
  video.addEventListener("ended", () => report());
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && report(true));
  window.addEventListener("pagehide", () => report(true));
  setInterval(() => !video.paused && report(), REPORT_EVERY);
}

/** What the portal made of a report: the state's words; once it is watched, the pieces that asked to be told. */
function show(video, progress) {
  const words = document.getElementById(video.dataset.state)?.querySelector("[data-words]");
  if (words) words.textContent = progress.words;
  if (progress.watched && !video.dataset.watched) {
    video.dataset.watched = "1";
    window.htmx?.trigger(document.body, "watched");
  }
}

function follow(video) {
  const said = document.getElementById(video.dataset.transcript);
  const lines = [...(said?.querySelectorAll("[data-start]") ?? [])];
  if (!lines.length) return;
  const starts = lines.map((line) => Number(line.dataset.start));
  let at = -1;
  let scrolledByReader = 0;
  const readerScrolls = () => (scrolledByReader = Date.now());
  for (const name of ["wheel", "touchmove", "keydown"]) said.addEventListener(name, readerScrolls, {passive: true});

  video.addEventListener("timeupdate", () => {
    const now = starts.findLastIndex((start) => start <= video.currentTime + 0.05);
    if (now === at) return;
    lines[at]?.classList.remove("at");
    lines[at]?.removeAttribute("aria-current");
    at = now;
    const line = lines[at];
    if (!line) return;
    line.classList.add("at");
    line.setAttribute("aria-current", "true");
    if (Date.now() - scrolledByReader < 8000) return;
    said.scrollTop += line.getBoundingClientRect().top - said.getBoundingClientRect().top - said.clientHeight / 3;
  });
  said.addEventListener("click", (event) => {
    const line = event.target.closest("a")?.closest("[data-start]");
    if (!line) return;
    event.preventDefault();
    scrolledByReader = 0;
    video.currentTime = Number(line.dataset.start);
    video.play();
  });
}
