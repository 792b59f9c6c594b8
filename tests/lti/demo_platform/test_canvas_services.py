"""The sample LMS's services in Canvas's dress, held against what Canvas is documented to answer."""

import pytest

from lti.demo_platform import DemoPlatform
from lti.demo_platform.canvas_scores import EXTENSION
from tests.lti.demo_platform.conftest import TOOL_KEY, Tool

SCORE = "application/vnd.ims.lis.v1.score+json"
LINEITEM = "application/vnd.ims.lis.v2.lineitem+json"
QUIET = {"new_submission": False}


@pytest.fixture
def lms() -> DemoPlatform:
    """A school of a hosted Canvas, with a tool that it trusts."""
    made = DemoPlatform(
        portal_url="https://tool.example",
        dress="canvas",
        base_url="https://school.example",
        shared_url="https://sso.example",
        issuer_url="https://canvas.instructure.com",
        client_id="104870000000000213",
    )
    made.trust_keys({"keys": [TOOL_KEY.as_dict(private=False)]})
    return made


def items_url(lms: DemoPlatform) -> str:
    return lms.config.lineitems_url("2")


def item_url(lms: DemoPlatform) -> str:
    column = lms._lms.store.line_item_of("2")
    assert column is not None
    return lms.config.lineitem_url("2", column["id"])


def send(tool: Tool, lms: DemoPlatform, **changes: object):
    """One score of Sam's for Lesson 1; a value of None leaves that name out."""
    said: dict[str, object] = {
        "userId": lms.sub("sam"),
        "timestamp": "2027-01-20T17:03:11.482+00:00",
        "activityProgress": "InProgress",
        "gradingProgress": "FullyGraded",
        "scoreGiven": 40,
        "scoreMaximum": 80,
        EXTENSION: QUIET,
    }
    said = {name: value for name, value in (said | changes).items() if value is not None}
    return tool.call("POST", item_url(lms) + "/scores", json=said, Content_Type=SCORE)


def test_a_score_answers_with_the_address_of_its_result(tool, lms):
    answer = send(tool, lms)

    assert answer.status_code == 200
    result = tool.call("GET", item_url(lms) + "/results").json()[0]
    assert answer.json()["resultUrl"] == result["id"]
    assert (result["userId"], result["resultScore"]) == (lms.sub("sam"), 50)


KEEP = QUIET | {"preserve_score": True}
FIRST = QUIET | {"prioritize_non_tool_grade": True}


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        pytest.param({"scoreGiven": 120}, 150, id="more than all is taken"),
        pytest.param({"gradingProgress": "PendingManual", "scoreGiven": 20}, 25, id="pending counts"),
        pytest.param({"gradingProgress": "Pending"}, None, id="another progress clears"),
        pytest.param({"scoreGiven": None, "scoreMaximum": None}, None, id="no score clears"),
        pytest.param({"gradingProgress": "Pending", EXTENSION: KEEP}, 50, id="unless it is to be kept"),
        pytest.param({"scoreGiven": 80, EXTENSION: FIRST}, 50, id="any grade that is there has priority"),
    ],
)
def test_what_stands_after_a_second_score(tool, lms, changes, stands):
    send(tool, lms)

    assert send(tool, lms, **changes).status_code == 200  # at the same instant: taken
    assert lms.grade("sam", "lesson:1") == stands


def test_each_score_is_an_attempt_unless_it_says_otherwise(tool, lms):
    for extension in (None, QUIET, {"new_submission": True}, None):
        send(tool, lms, **{EXTENSION: extension})

    assert lms.attempts("sam", "lesson:1") == 3


def test_a_comment_is_added_each_time(tool, lms):
    for words in ("First", "First", "Then"):
        send(tool, lms, comment=words)

    assert tool.call("GET", item_url(lms) + "/results").json()[0]["comment"] == "First\nFirst\nThen"


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        pytest.param({"userId": "5"}, 422, "not a student", id="our own number is nobody"),
        pytest.param({"userId": "tina"}, 422, "not a student", id="a teacher"),
        pytest.param({"userId": "test"}, 422, "not a student", id="the Test Student"),
        pytest.param({"scoreMaximum": None}, 422, "ScoreMaximum not supplied", id="no maximum"),
        pytest.param({"scoreMaximum": 0}, 422, "cannot be zero", id="maximum 0"),
        pytest.param({"scoreGiven": -1}, 422, "greater than or equal", id="less than nothing"),
        pytest.param({"timestamp": "2027-01-20T17:03:11.481Z"}, 400, "before last updated", id="older by a fraction"),
    ],
)  # fmt: skip
def test_a_score_that_is_refused(tool, lms, changes, status, words):
    send(tool, lms)
    if changes.get("userId") in ("tina", "test"):
        changes = {"userId": lms.sub(changes["userId"])}

    answer = send(tool, lms, **changes)

    assert answer.status_code == status
    assert words in answer.json()["errors"]["message"]
    assert lms.grade("sam", "lesson:1") == 50


def test_line_items_come_ten_a_page_with_links_as_canvas_writes_them(tool, lms):
    for number in range(8):
        body = {"label": f"Column {number}", "scoreMaximum": 5}
        assert tool.call("POST", items_url(lms), json=body, Content_Type=LINEITEM).status_code == 201

    first = tool.call("GET", items_url(lms))

    assert len(first.json()) == 10
    where = items_url(lms)
    assert first.headers["Link"] == (
        f'<{where}?page=1&per_page=10>; rel="current",<{where}?page=2&per_page=10>; rel="next",'
        f'<{where}?page=1&per_page=10>; rel="first",<{where}?page=2&per_page=10>; rel="last"'
    )
    assert len(tool.call("GET", first.links["next"]["url"]).json()) == 2


def test_a_line_item_is_found_by_its_links_uuid(tool, lms):
    link = lms.launch_claims("sam", "lesson:1", nonce="n")[
        "https://purl.imsglobal.org/spec/lti/claim/resource_link"
    ]

    [found] = tool.call("GET", f"{items_url(lms)}?resource_link_id={link['id']}").json()

    assert (found["id"], found["resourceLinkId"]) == (item_url(lms), link["id"])
    assert "ltiLinkId" not in found
    assert tool.call("GET", f"{items_url(lms)}?resource_link_id=2").json() == []


def test_only_what_the_tool_made_is_the_tools_to_delete(tool, lms):
    made = tool.call("POST", items_url(lms), json={"label": "x", "scoreMaximum": 5}, Content_Type=LINEITEM)

    refused = tool.call("DELETE", item_url(lms))

    assert (refused.status_code, refused.content) == (401, b"")
    assert tool.call("DELETE", made.json()["id"]).status_code == 204


def test_one_scope_that_is_not_allowed_refuses_all(tool, lms):
    answer = tool.ask_token("https://purl.imsglobal.org/spec/lti-ags/scope/score", "https://x.example/scope")

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")


@pytest.mark.parametrize(
    ("audience", "status"),
    [
        ("https://sso.example/login/oauth2/token", 200),
        ("sso.example", 200),
        (["https://other.example", "https://sso.example/login/oauth2/token"], 200),
        ("https://canvas.instructure.com", 400),
        ("https://school.example/login/oauth2/token", 400),
    ],
)
def test_the_audience_of_an_assertion(tool, audience, status):
    answer = tool.ask_token(client_assertion=tool.assertion(aud=audience))

    assert answer.status_code == status


def test_the_roster_knows_people_by_uuid_and_the_course_by_its_own_link(tool, lms):
    where = lms.config.memberships_url("2")
    everyone = tool.call("GET", where).json()

    assert everyone["context"]["id"] == lms.context_id("2")
    assert lms.sub("sam") in {member["user_id"] for member in everyone["members"]}
    assert tool.call("GET", f"{where}?rlid={lms.context_id('2')}").json()["members"] == everyone["members"]
    assert tool.call("GET", f"{where}?rlid=nowhere").status_code == 400
    assert tool.call("GET", f"{where}?role=Learner").json()["members"] == []


def test_the_schools_own_host_gives_tokens_for_its_own_address(tool):
    address = "https://school.example/login/oauth2/token"
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "scope": "https://purl.imsglobal.org/spec/lti-ags/scope/score",
    }

    own = tool.http.post(address, data=form | {"client_assertion": tool.assertion(aud=address)})
    others = tool.http.post(address, data=form | {"client_assertion": tool.assertion()})

    assert (own.status_code, others.status_code) == (200, 400)
