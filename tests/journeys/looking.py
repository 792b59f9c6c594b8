"""Looking at a page as axe does, as a phone does, in light and in dark; and walking from page to page."""

import re
from collections import Counter, deque
from collections.abc import Collection
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

from playwright.sync_api import Page, ViewportSize

from tests.journeys.browsing import Visitor

AXE = (Path(__file__).parent / "vendor" / "axe" / "axe.min.js").read_text(encoding="utf-8")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, PHONE = ViewportSize(width=1100, height=800), ViewportSize(width=320, height=640)
RUN = """async (chosen) => {
  const found = await axe.run(document, {runOnly: chosen, resultTypes: ["violations"], iframes: false});
  return found.violations.map((rule) => [rule.id, rule.help, rule.nodes.map((node) => node.html.slice(0, 200))]);
}"""
# What sticks out: the elements that reach past the window's edge, the innermost last.
STICKS_OUT = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return null;
  const all = [...document.body.querySelectorAll("*")];
  const out = all.filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1);
  return [root.scrollWidth, ...out.slice(-3).map((element) => element.outerHTML.slice(0, 200))];
}"""
# A file or a feed, not a page.
NOT_A_PAGE = re.compile(r"\.(pdf|csv|json|ics|vtt|mp4|xlsx)$|/files/")
VARIES = re.compile(r"(?<=/)(lessons|calls|work|participants|versions|copies|verify)/[^/]+")


def mistakes_of(page: Page) -> list[str]:
    """Everything that is wrong with the page as it stands, in words. Takes half a second or so."""
    page.set_viewport_size(WIDE)
    page.evaluate(AXE)
    found = page.evaluate(RUN, {"type": "tag", "values": STANDARDS})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")  # a colour on its way is no colour yet
    dark = page.evaluate(RUN, {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light", reduced_motion="reduce")
    mistakes = [f"{rule}: {help_}: {nodes}" for rule, help_, nodes in found]
    mistakes += [f"in dark, {rule}: {nodes}" for rule, _help, nodes in dark]
    page.set_viewport_size(PHONE)
    out = page.evaluate(STICKS_OUT)
    page.set_viewport_size(WIDE)
    return mistakes + ([f"scrolls sideways at 320 px: {out}"] if out else [])


def walk(
    visitor: Visitor, start: str, *, of_each_kind: int = 50, but: Collection[str] = ()
) -> tuple[set[str], dict[str, list[str]]]:
    """Every page that links lead to from `start`, below it or among one's certificates; `of_each_kind` at most,
    none of those kinds in `but`.

    Returns the kinds that were seen, and what is wrong by address.
    """
    allowed = (urlsplit(start).path, "/certificates")
    seen: set[str] = {start}
    kinds: Counter[str] = Counter()
    wrong: dict[str, list[str]] = {}
    waiting = deque([start])
    while waiting:
        url = waiting.popleft()
        kind = kind_of(url)
        if kind in but or kinds[kind] >= (1 if "?" in url else of_each_kind):
            continue
        kinds[kind] += 1
        visitor.page.goto(url)
        if mistakes := mistakes_of(visitor.page) + visitor.taken_troubles():
            wrong[url] = mistakes
        for link in visitor.page.locator("a[href]").evaluate_all("links => links.map(link => link.href)"):
            onward = urldefrag(urljoin(url, link)).url
            path = urlsplit(onward).path
            ours = onward.startswith(visitor.site.portal) and path.startswith(allowed)
            if ours and onward not in seen and not NOT_A_PAGE.search(path):
                seen.add(onward)
                waiting.append(onward)
    return set(kinds), wrong


def kind_of(url: str) -> str:
    """The address without its cohort, and a star for each number and name in it."""
    parts = urlsplit(url)
    path = VARIES.sub(r"\1/*", re.sub(r"^/c/[^/]+", "", parts.path))
    names = ",".join(sorted({pair.partition("=")[0] for pair in parts.query.split("&")}))
    return f"{path}?{names}" if names else path
