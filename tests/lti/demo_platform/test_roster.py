"""Names and roles: whole, in pages, and refused."""

import pytest

from lti.demo_platform.config import SCOPE_SCORE

ACCEPT = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


@pytest.fixture
def roster(lms):
    return lms.config.memberships_url("2")


def test_everyone_who_is_enrolled_and_no_one_else(tool, roster):
    said = tool.call("GET", roster, Accept=ACCEPT).json()

    assert said["context"] == {"id": "2", "label": "LOC", "title": "Leadership & Organizing – “Spring” 2027"}
    by_sub = {member["user_id"]: member for member in said["members"]}
    assert set(by_sub) == {"3", "4", "5", "6", "7", "8", "10"}  # not the Test Student, not the administrator
    assert by_sub["3"]["roles"] == ["Instructor"]
    assert by_sub["4"]["roles"] == ["Learner"]  # a launch says Instructor: as a Moodle's non-editing teacher
    assert by_sub["8"]["roles"] == ["Mentor"]
    assert "email" not in by_sub["10"]
    assert by_sub["7"]["name"] == "Sean &lt;Jr&gt; O'Brien &amp; Co"


def test_pages_come_only_when_asked_for(tool, roster):
    url, seen = f"{roster}?limit=3", []
    for _ in range(5):
        answer = tool.call("GET", url, Accept=ACCEPT)
        seen += [member["user_id"] for member in answer.json()["members"]]
        if "Link" not in answer.headers:
            break
        url = answer.links["next"]["url"]

    assert "Link" not in tool.call("GET", roster, Accept=ACCEPT).headers
    assert sorted(seen, key=int) == ["3", "4", "5", "6", "7", "8", "10"]


def test_suspended_people_are_missing(tool, lms, roster):
    lms.suspend("sam")

    assert "5" not in [m["user_id"] for m in tool.call("GET", roster, Accept=ACCEPT).json()["members"]]


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        (ACCEPT, 200),
        ("*/*", 200),
        (None, 200),
        ("application/json", 400),
        (ACCEPT + ", application/json", 400),
        (ACCEPT + ";q=0.9", 400),
    ],
)
def test_the_accept_header_must_be_the_media_type(tool, roster, accept, status):
    assert tool.call("GET", roster, Accept=accept).status_code == status


def test_links_and_roles_narrow_it(tool, roster):
    assert len(tool.call("GET", roster + "?role=Instructor").json()["members"]) == 1
    assert len(tool.call("GET", roster + "?role=Unheard").json()["members"]) == 7
    assert "message" in tool.call("GET", roster + "?rlid=1").json()["members"][0]
    assert tool.call("GET", roster + "?rlid=9999").status_code == 404
    assert tool.call("GET", roster.replace("/2/", "/999/")).status_code == 404


def test_a_token_without_the_scope_sees_no_one(tool, roster):
    assert tool.call("GET", roster, token=tool.token(SCOPE_SCORE)).status_code == 401
    assert tool.call("POST", roster, json={}, Content_Type=ACCEPT).status_code == 405
