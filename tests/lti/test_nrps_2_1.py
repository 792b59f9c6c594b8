"""NRPS 2.0, 2.1, the membership container: what is none, or half of one, withdraws nobody."""

import json
from typing import Any

import pytest

from lti.adapter.http import Answer
from lti.adapter.rosters import RosterRefused, fetch_roster
from lti.protocol.roles import ContextRole
from lti.protocol.roster import BrokenRoster, read_page
from portal.courses.models import EnrollmentState
from tests.lti.listing import CANVAS, MOODLE, body, learner, people, roster, shown, sync


def answer_of(case: dict[str, Any]) -> Answer:
    said = case["response"]
    return Answer(said["status"], said.get("headers", {}), json.dumps(said.get("body")).encode())


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((200, body()), id="an empty list"),
        pytest.param((200, "<html>"), id="no JSON"),
        pytest.param((200, "[]"), id="no object"),
        pytest.param((200, "null"), id="null"),
        pytest.param((200, json.dumps({"id": "x"})), id="without members"),
        pytest.param((200, json.dumps({"members": None})), id="members null"),
        pytest.param((200, body(learner("5"), errors=[{"message": "half"}])), id="an error inside"),
        pytest.param((200, body(learner("5"), {"name": "Nobody"})), id="an entry without an id"),
        pytest.param((200, body(learner("5"), "6")), id="an entry that is no object"),
        pytest.param((500, "oops"), id="500"),
        pytest.param((404, "gone"), id="404"),
        pytest.param((401, ""), id="401"),
        pytest.param((302, ""), id="a redirect"),
    ],
)
def test_a_list_that_is_empty_or_broken_withdraws_no_one(staffed, answer):
    sync(staffed)
    before = people(staffed)
    status, text = answer
    staffed.lms.fail("memberships", status, body=text, times=None)

    assert sync(staffed).status_code == 303
    assert people(staffed) == before
    assert roster(staffed).trouble != ""
    assert roster(staffed).trouble in shown(staffed).replace("&#39;", "'")


def test_the_call_asks_for_exactly_one_media_type(staffed):
    sync(staffed)

    call = next(call for call in staffed.lms.requests if call.service == "memberships")
    assert call.headers["Accept"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


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


@pytest.mark.parametrize("sub", [None, "", 7.5, True, ["1"], {"id": 1}, "é", "x" * 256, "a\nb", "\x00"])
def test_an_entry_without_a_usable_id_is_counted_as_odd(sub):
    page = read_page({"members": [{"user_id": sub, "roles": ["Learner"]}]}, None)

    assert (page.people, page.odd) == ((), 1)


MOODLES_SITE_ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"


@pytest.mark.parametrize("roles", [None, "Learner", [7, None], {}, [], [MOODLES_SITE_ADMINISTRATOR]])
def test_odd_roles_are_no_role(roles):
    page = read_page({"members": [{"user_id": "1", "roles": roles}]}, None)

    assert page.people[0].standing.role is ContextRole.NONE


LEARNER, TEACHER, GONE = ["Learner"], ["Instructor"], "Deleted"


@pytest.mark.parametrize(
    ("entries", "role", "is_there"),
    [
        pytest.param([(LEARNER, None), (TEACHER, None)], ContextRole.INSTRUCTOR, True, id="the higher role"),
        pytest.param([(TEACHER, None), (LEARNER, None)], ContextRole.INSTRUCTOR, True, id="in any order"),
        pytest.param([(LEARNER, None), (["Mentor"], None)], ContextRole.LEARNER, True, id="and observes"),
        pytest.param(
            [(LEARNER, GONE), (LEARNER, None)], ContextRole.LEARNER, True, id="gone from one section"
        ),
        pytest.param([(TEACHER, None), (LEARNER, GONE)], ContextRole.INSTRUCTOR, True, id="gone as learner"),
        pytest.param(
            [(LEARNER, GONE), (LEARNER, "Inactive")], ContextRole.LEARNER, False, id="gone from both"
        ),
    ],
)
def test_who_is_listed_twice_is_one_person(entries, role, is_there):
    members = [
        {"user_id": "1", "roles": roles} | ({"status": status} if status else {}) for roles, status in entries
    ]
    found = fetch_roster(lambda _: Answer(200, {}, body(*members).encode()), "https://lms.example/m", None)

    assert [(one.standing.role, one.is_there) for one in found.people.values()] == [(role, is_there)]
    assert found.incomplete == ""


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param(
            {"name": 7, "email": ["a@x.example"], "given_name": {}, "family_name": None}, id="types"
        ),
        pytest.param({"name": "A\x00na\ud800", "email": "a\x00@x.example"}, id="NUL and half a character"),
        pytest.param({"name": "x" * 100_000, "email": "x" * 100_000}, id="endless"),
        pytest.param({"status": {"is": "Active"}, "message": 7, "picture": [1]}, id="odd properties beside"),
        pytest.param({"name": "<b>Ana</b>", "email": "\u202e@x.example"}, id="markup and a turned direction"),
    ],
)
def test_a_member_with_odd_properties_is_a_member(staffed, odd):
    staffed.lms.fail("memberships", 200, body=body(learner("900") | odd, learner("901")))

    assert sync(staffed).status_code == 303
    assert people(staffed)["900"][1] is EnrollmentState.ACTIVE
    assert "2 people in it" in shown(staffed)
