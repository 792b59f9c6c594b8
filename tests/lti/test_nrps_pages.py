"""NRPS 2.0, pages and members: walking through Link headers (RFC 8288), and what Canvas and Moodle list."""

import json
from pathlib import Path

import pytest

from lti.adapter.http import Answer
from lti.adapter.rosters import MOST_PAGES, RosterRefused, fetch_roster
from lti.protocol.roles import ContextRole
from lti.protocol.roster import BrokenRoster, links_of, read_page

CAPTURES = Path(__file__).parent / "captures"
URL = "https://lms.example/Memberships/2?Binding=A"


def cases(platform: str, name: str = "nrps") -> dict[str, dict]:
    found = json.loads((CAPTURES / platform / f"{name}.json").read_text())["cases"]
    return {case["case"]: case for case in found if "response" in case}


CANVAS, MOODLE = cases("canvas"), cases("moodle")


class Lms:
    """Pages by address; keeps which were asked for."""

    def __init__(self, pages: dict[str, tuple[list, str | None]]) -> None:
        self.pages = pages
        self.asked: list[str] = []

    def __call__(self, url: str) -> Answer:
        self.asked.append(url)
        members, link = self.pages[url]
        return Answer(200, {"Link": link} if link else {}, json.dumps({"members": members}).encode())


def member(sub: str) -> dict:
    return {"user_id": sub, "roles": ["Learner"]}


def answer_of(case: dict) -> Answer:
    said = case["response"]
    return Answer(said["status"], said.get("headers", {}), json.dumps(said.get("body")).encode())


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
        {URL: ([member("1"), member("2")], f"<{two}>; rel=next"), two: ([member("2"), member("3")], None)}
    )
    found = fetch_roster(lms, URL, None)

    assert (list(found.people), found.incomplete) == (["1", "2", "3"], "")
    assert lms.asked == [URL, two]


@pytest.mark.parametrize(
    ("pages", "why"),
    [
        pytest.param(
            {URL: ([member("1")], f"<{URL}>; rel=next")}, "circle", id="a page that leads to itself"
        ),
        pytest.param(
            {URL: ([member("1")], "<https://evil.example/2>; rel=next")}, "another host", id="off the host"
        ),
        pytest.param(
            {URL: ([member("1")], "<https://lms.example:8443/2>; rel=next")},
            "another host",
            id="another port",
        ),
        pytest.param(
            {URL: ([member("1")], "<https://lms.example@evil.example/2>; rel=next")},
            "another host",
            id="a user name that looks like the host",
        ),
        pytest.param(
            {URL: ([member("1")], "<http://lms.example/2>; rel=next")}, "another host", id="without TLS"
        ),
        pytest.param({URL: ([], None)}, "empty", id="empty"),
        pytest.param(
            {URL: ([member("1")], "<https://lms.example/2>; rel=next"), "https://lms.example/2": ([], None)},
            "a page of it is empty",
            id="an empty page",
        ),
        pytest.param({URL: ([member("1"), {"name": "x"}], None)}, "could not be read", id="an odd entry"),
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
        return Answer(200, {"Link": link}, json.dumps({"members": [member(str(number))]}).encode())

    found = fetch_roster(page, URL, None)

    assert len(found.people) == MOST_PAGES
    assert "too long" in found.incomplete


@pytest.mark.parametrize("name", list(CANVAS))
def test_canvas_lists_and_refusals(name):
    case = CANVAS[name]
    if case["response"]["status"] != 200:
        with pytest.raises(RosterRefused):
            fetch_roster(lambda _: answer_of(case), case["request"]["url"], "canvas")
        return
    page = read_page(case["response"]["body"], "canvas")
    assert page.odd == 0
    assert len(page.people) == len(case["response"]["body"]["members"])


@pytest.mark.parametrize("name", list(MOODLE))
def test_moodle_lists_and_refusals(name):
    case = MOODLE[name]
    if case["response"]["status"] != 200:
        with pytest.raises(RosterRefused):
            fetch_roster(lambda _: answer_of(case), case["request"]["url"], "moodle")
    elif "members" not in case["response"]["body"]:
        with pytest.raises(BrokenRoster):  # version 1, which we never ask for
            read_page(case["response"]["body"], "moodle")
    else:
        assert read_page(case["response"]["body"], "moodle").odd == 0


def test_canvas_people_have_the_roles_they_have_there():
    page = read_page(CANVAS["whole course"]["response"]["body"], "canvas")
    found = {one.names.name: one.standing for one in page.people}

    assert found["Tina Okafor"].role is ContextRole.INSTRUCTOR
    assert found["Nils Åberg"].role is ContextRole.TEACHING_ASSISTANT
    assert found["Olga Lindqvist"].role is ContextRole.MENTOR
    assert found["Sam Lindqvist"].role is ContextRole.LEARNER
    assert found["Test Student"].is_test
    assert found["Zoë Nguyễn-O'Brien"].role is ContextRole.LEARNER


def test_moodle_names_are_unescaped_and_words_are_roles():
    page = read_page(MOODLE["whole course, v2 accept"]["response"]["body"], "moodle")
    found = {one.names.name: one.standing.role for one in page.people}

    assert found["Sean  O'Brien & Co"] is ContextRole.LEARNER
    assert found["Tina Teacher"] is ContextRole.INSTRUCTOR


@pytest.mark.parametrize("name", ["privacy anonymous", "privacy name_only", "privacy email_only"])
def test_what_is_not_shared_is_absent(name):
    person = read_page(CANVAS[name]["response"]["body"], "canvas").people[0]

    assert person.is_there
    assert (person.names.name is None) == (name != "privacy name_only")
    assert (person.names.email is None) == (name != "privacy email_only")


def test_moodle_without_names():
    case = cases("moodle", "nrps-nothing-shared")["nothing shared: whole course"]

    assert all(one.names.name is None for one in read_page(case["response"]["body"], "moodle").people)


@pytest.mark.parametrize(
    ("status", "is_there"),
    [
        (None, True), ("Active", True), ("active", True), ("http://purl.imsglobal.org/vocab/lis/v2/status#Active", True),
        ("Inactive", False), ("Deleted", False), ("INACTIVE", False), ("liss:Inactive", False), ("", True), (7, True),
        ("On holiday", True),
    ],
)  # fmt: skip
def test_a_status_nobody_knows_withdraws_nobody(status, is_there):
    said = member("1") | ({"status": status} if status is not None else {})

    assert read_page({"members": [said]}, None).people[0].is_there is is_there


@pytest.mark.parametrize("sub", [None, "", 7.5, True, ["1"], {"id": 1}, "é", "x" * 256, "a\nb", "\x00"])
def test_an_entry_without_a_usable_id_is_counted_as_odd(sub):
    page = read_page({"members": [{"user_id": sub, "roles": ["Learner"]}]}, None)

    assert (page.people, page.odd) == ((), 1)


@pytest.mark.parametrize("roles", [None, "Learner", [7, None], {}, []])
def test_odd_roles_are_no_role(roles):
    page = read_page({"members": [{"user_id": "1", "roles": roles}]}, None)

    assert page.people[0].standing.role is ContextRole.NONE
