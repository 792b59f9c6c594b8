"""NRPS 2.0, 2.4.2, limit and pages: walking through Link headers (RFC 8288), bounded."""

import json
from datetime import timedelta
from typing import Any

import pytest

from lti.adapter.http import Answer
from lti.adapter.rosters import MOST_PAGES, MOST_PEOPLE, TooSlow, fetch_roster, with_limit
from lti.protocol.roster import links_of
from portal.core.clock import real_now
from tests.lti.listing import NRPS, is_in, learner, nightly, people, shown, sub, sync

URL = "https://lms.example/Memberships/2?Binding=A"


class Lms:
    """Pages by address; keeps which were asked for."""

    def __init__(self, pages: dict[str, tuple[list[Any], str | None]]) -> None:
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


def test_pages_of_a_thousand_are_wished_for(staffed):
    sync(staffed)

    [call] = [call for call in staffed.lms.requests if call.service == "memberships"]
    assert call.url == staffed.lms.config.memberships_url("2") + "?limit=1000"


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        pytest.param("https://lms.example/m", "https://lms.example/m?limit=1000", id="no query"),
        pytest.param("https://lms.example/m?b=A%2F", "https://lms.example/m?b=A%2F&limit=1000", id="a query"),
        pytest.param("https://lms.example/m?limit=50", "https://lms.example/m?limit=50", id="its own limit"),
    ],
)
def test_the_wish_joins_the_address(url, asked):
    assert with_limit(url) == asked


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_platform_that_takes_no_wishes_is_asked_without(staffed, status):
    staffed.lms.fail("memberships", status, body="limit?", times=1)
    sync(staffed)

    asked = [call.url for call in staffed.lms.requests if call.service == "memberships"]
    plain = staffed.lms.config.memberships_url("2")
    assert asked == [plain + "?limit=1000", plain]
    assert is_in(staffed, "sam")


def test_ten_thousand_people_come_in_pages_and_are_bounded():
    def page(url: str) -> Answer:
        start = int(url.rpartition("=")[2]) if "from=" in url else 0
        people = [learner(str(number)) for number in range(start, start + 1000)]
        link = f"<https://lms.example/m?from={start + 1000}>; rel=next"
        return Answer(200, {"Link": link} if start < end else {}, json.dumps({"members": people}).encode())

    end = 9000
    found = fetch_roster(page, URL, None)
    assert (len(found.people), found.incomplete) == (10_000, "")

    end = 10**9
    found = fetch_roster(page, URL, None)
    assert "too long" in found.incomplete
    assert len(found.people) <= MOST_PEOPLE + 1000


def test_a_list_that_is_handed_over_too_slowly_counts_for_nothing():
    pages = {URL: ([learner("1")], "<https://lms.example/2>; rel=next"), "https://lms.example/2": ([], None)}
    lms, waits = Lms(pages), iter([False, True])

    with pytest.raises(TooSlow):
        fetch_roster(lms, URL, None, is_late=lambda: next(waits))

    assert lms.asked == [URL]


def test_a_slow_list_goes_on_in_the_background(staffed, monkeypatch):
    monkeypatch.setattr("lti.views.roster._PATIENCE", timedelta(microseconds=1))

    sync(staffed)
    assert "It is fetched in the background now" in shown(staffed)
    assert not is_in(staffed, "sam")

    staffed.world.drain()
    assert is_in(staffed, "sam")
    assert "takes long" not in shown(staffed)


def test_a_list_that_is_too_slow_at_night_waits_for_the_next(staffed, monkeypatch):
    monkeypatch.setattr("lti.syncing.NIGHTLY", timedelta())
    nightly(staffed)
    nightly(staffed, at=real_now() + timedelta(days=1, hours=1))
    staffed.world.drain()

    assert "It is tried again on the next night" in shown(staffed)
    assert not is_in(staffed, "sam")


def test_a_list_too_long_to_be_taken_in_one_piece_withdraws_nobody_and_says_so(staffed):
    sync(staffed)
    before = people(staffed)
    many = [learner(str(number), name="x" * 100) for number in range(20_000)]
    staffed.lms.fail("memberships", 200, body=json.dumps({"members": many}), times=None)

    assert sync(staffed).status_code == 303
    assert people(staffed) == before
    assert "gave no usable answer (answer too long)" in shown(staffed)
