"""NRPS 2.0, 2.4.2, limit and pages: walking through Link headers (RFC 8288), bounded."""

import json

import pytest

from lti.adapter.http import Answer
from lti.adapter.rosters import MOST_PAGES, fetch_roster
from lti.protocol.roster import links_of
from tests.lti.listing import NRPS, is_in, learner, people, sub, sync

URL = "https://lms.example/Memberships/2?Binding=A"


class Lms:
    """Pages by address; keeps which were asked for."""

    def __init__(self, pages: dict[str, tuple[list, str | None]]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def __call__(self, url: str) -> Answer:
        self.asked.append(url)
        members, link = self.pages[url]
        return Answer(200, {"Link": link} if link else {}, json.dumps({"members": members}).encode())


def test_a_page_that_fails_on_the_way_changes_nothing(staffed):
    url = staffed.lms.config.memberships_url("2") + "?limit=2"
    staffed.launch(
        "tina", "home", claims={NRPS: {"context_memberships_url": url, "service_versions": ["2.0"]}}
    )
    staffed.lms.fail("memberships", 200, body="<html>", skip=1, times=None)
    sync(staffed)
    assert set(people(staffed)) == {sub(staffed, "tina")}

    staffed.lms.recover()
    sync(staffed)

    assert is_in(staffed, "sam")
    assert is_in(staffed, "obrien")
    pages = [call.url for call in staffed.lms.requests if call.service == "memberships"]
    assert sum("from=" in page for page in pages) >= 2


@pytest.mark.parametrize(
    ("header", "next_url"),
    [
        pytest.param(None, None, id="none"),
        pytest.param("", None, id="empty"),
        pytest.param(
            '<https://lms.example/P?Page=2>; rel="next"', "https://lms.example/P?Page=2", id="case is kept"
        ),
        pytest.param("<https://lms.example/P?p=2>; rel=next", "https://lms.example/P?p=2", id="not quoted"),
        pytest.param(
            "<https://lms.example/P?p=2>;rel='next'", "https://lms.example/P?p=2", id="single quotes"
        ),
        pytest.param(
            '<https://lms.example/P?p=2>; REL="NEXT"', "https://lms.example/P?p=2", id="names of any case"
        ),
        pytest.param(
            '<https://lms.example/1>; rel="current",<https://lms.example/2>; rel="next",<https://lms.example/1>; '
            'rel="first"',
            "https://lms.example/2",
            id="several, without blanks, as Canvas",
        ),
        pytest.param(
            '<https://lms.example/d>; rel="differences", <https://lms.example/2>; title="x"; rel="next"',
            "https://lms.example/2",
            id="parameters in any order",
        ),
        pytest.param('<https://lms.example/2>; rel="next last"', "https://lms.example/2", id="two relations"),
        pytest.param("<?page=2>; rel=next", "https://lms.example/Memberships/2?page=2", id="relative"),
        pytest.param('<https://lms.example/d>; rel="differences"', None, id="differences are another thing"),
        pytest.param("nonsense", None, id="nonsense"),
    ],
)
def test_the_next_page_is_the_one_the_header_names(header, next_url):
    assert links_of(header, URL).next_url == next_url


def test_every_page_is_read_and_people_on_two_pages_are_one():
    two = "https://lms.example/Memberships/2?Binding=A&from=2"
    lms = Lms(
        {URL: ([learner("1"), learner("2")], f"<{two}>; rel=next"), two: ([learner("2"), learner("3")], None)}
    )
    found = fetch_roster(lms, URL, None)

    assert (list(found.people), found.incomplete) == (["1", "2", "3"], "")
    assert lms.asked == [URL, two]


@pytest.mark.parametrize(
    ("pages", "why"),
    [
        pytest.param(
            {URL: ([learner("1")], f"<{URL}>; rel=next")}, "circle", id="a page that leads to itself"
        ),
        pytest.param(
            {URL: ([learner("1")], "<https://evil.example/2>; rel=next")}, "another host", id="off the host"
        ),
        pytest.param(
            {URL: ([learner("1")], "<https://lms.example:8443/2>; rel=next")},
            "another host",
            id="another port",
        ),
        pytest.param(
            {URL: ([learner("1")], "<https://lms.example@evil.example/2>; rel=next")},
            "another host",
            id="a user name that looks like the host",
        ),
        pytest.param(
            {URL: ([learner("1")], "<http://lms.example/2>; rel=next")}, "another host", id="without TLS"
        ),
        pytest.param({URL: ([], None)}, "empty", id="empty"),
        pytest.param(
            {URL: ([learner("1")], "<https://lms.example/2>; rel=next"), "https://lms.example/2": ([], None)},
            "a page of it is empty",
            id="an empty page",
        ),
        pytest.param({URL: ([learner("1"), {"name": "x"}], None)}, "could not be read", id="an odd entry"),
    ],
)
def test_a_doubtful_walk_ends_and_withdraws_nobody(pages, why):
    lms = Lms(pages)
    found = fetch_roster(lms, URL, None)

    assert why in found.incomplete
    assert len(lms.asked) <= 2
    assert all(url.startswith("https://lms.example/") for url in lms.asked)


def test_a_walk_without_end_ends():
    def page(url: str) -> Answer:
        number = int(url.rpartition("=")[2]) if "n=" in url else 0
        link = f"<https://lms.example/m?n={number + 1}>; rel=next"
        return Answer(200, {"Link": link}, json.dumps({"members": [learner(str(number))]}).encode())

    found = fetch_roster(page, URL, None)

    assert len(found.people) == MOST_PAGES
    assert "too long" in found.incomplete
