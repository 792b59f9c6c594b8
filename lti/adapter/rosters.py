"""Walking through the pages of a roster: bounded, never in a circle, never off the platform's host."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from lti.adapter.http import Answer
from lti.protocol.origins import origin_of
from lti.protocol.roster import BrokenRoster, Listed, RosterPage, links_of, read_page

MOST_PAGES = 400
MOST_PEOPLE = 20_000
_NO_WISHES = (400, 404, 422)
PAGE = 1000  # people wished for at once: few calls, and never so many that the answer is too long to be taken


class RosterRefused(Exception):
    """The platform answered with something else than a page."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"status {answer.status}")
        self.answer = answer


class TooSlow(BrokenRoster):
    """The pages did not all come in time: none of them counts."""


@dataclass
class FetchedRoster:
    """The whole walk. `incomplete`: why nobody may be withdrawn by it, in words; empty where nothing is amiss."""

    people: dict[str, Listed] = field(default_factory=dict)
    incomplete: str = ""
    differences_url: str | None = None


def with_limit(url: str) -> str:
    """The address with our wish for the size of a page (NRPS 2.4.2), unless it says one already.

    Moodle makes pages only where they are asked for, and a list of thousands in one piece is too long to be taken;
    Canvas gives 50 whatever is wished for. Addresses of differences are to be left as they are (2.4.3).
    """
    query = urlsplit(url).query
    return url if "limit" in parse_qs(query) else f"{url}{'&' if query else '?'}limit={PAGE}"


def fetch_roster(
    get: Callable[[str], Answer],
    url: str,
    family: str | None,
    *,
    plain_url: str | None = None,
    is_late: Callable[[], bool] = lambda: False,
) -> FetchedRoster:
    """All pages from `url` on. Raises RosterRefused or BrokenRoster at the first bad one: then nothing counts.

    `get`: one page by its address. `plain_url`: the first page's without our wish, for a platform that refuses it.
    `is_late`: whether to give up before the next one.
    """
    found, seen, where = FetchedRoster(), {url}, url
    for _ in range(MOST_PAGES):
        if is_late():
            raise TooSlow("The LMS takes long to hand over its list of people.")
        answer = get(where)
        if where == url and plain_url not in (None, url) and answer.status in _NO_WISHES:
            answer = get(plain_url or url)
        page = _page(answer, family)
        for person in page.people:
            twice = found.people.get(person.sub)
            found.people[person.sub] = person if twice is None else twice.joined(person)
        if page.odd:
            found.incomplete = f"{page.odd} of its entries could not be read"
        if not page.people:
            found.incomplete = found.incomplete or (
                "it is empty" if where == url else "a page of it is empty"
            )
        links = links_of(answer.headers.get("Link"), where)
        found.differences_url = _on_host(links.differences_url, url) or found.differences_url
        if links.next_url is None:
            return found
        if links.next_url in seen:
            found.incomplete = "its pages lead in a circle"
            return found
        if _on_host(links.next_url, url) is None:
            found.incomplete = "its next page is on another host"
            return found
        if len(found.people) > MOST_PEOPLE:
            break
        seen.add(links.next_url)
        where = links.next_url
    found.incomplete = "it is too long"
    return found


def _page(answer: Answer, family: str | None) -> RosterPage:
    if answer.status != 200:
        raise RosterRefused(answer)
    try:
        body = answer.json()
    except ValueError:
        raise BrokenRoster("The LMS's answer is no list of people.") from None
    return read_page(body, family)


def _on_host(url: str | None, first: str) -> str | None:
    """The address, where it is on the host of the first page; a token goes nowhere else."""
    if url is None:
        return None
    here, there = origin_of(first), origin_of(url)
    if here is None or there is None or here.split("://")[1] != there.split("://")[1]:
        return None
    return url if here == there or there.startswith("https://") or here.startswith("http://") else None
