"""The sample LMS in its Canvas dress: shaped as Canvas's captures, and the portal works with it."""

import dataclasses
import re
import uuid
from datetime import timedelta

import pytest

from lti.demo_platform import DemoPlatform, oidc
from tests.lti.conftest import make_school
from tests.lti.registering import only, run
from tests.lti.registering_platform import captured
from tests.lti.scoring import tick
from tests.lti.test_check import checked
from tests.lti.test_dynamic_registration_3_2 import by_address

CAPTURED = captured("canvas/launch-assignment-lineitem.json")
CLIENT, DEPLOYMENT = "104870000000000213", "4712:438ef3a2bf5441a606c189973e737f7cd2ab77e9"


SCHOOL, SSO, ISSUER = (
    "https://northvalley.example.edu",
    "https://sso.canvas.example",
    "https://canvas.instructure.com",
)
CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"


@pytest.fixture
def canvas() -> DemoPlatform:
    """A school of a hosted Canvas: an issuer that serves nothing, a host that all schools share, its own."""
    return DemoPlatform(
        dress="canvas",
        base_url=SCHOOL,
        shared_url=SSO,
        issuer_url=ISSUER,
        client_id=CLIENT,
        deployment_id=DEPLOYMENT,
        storage_target="post_message_forwarding",
    )


@pytest.fixture
def school(world, canvas):
    made = make_school(world, canvas)
    made.connected()
    return made


def test_the_login_form_has_canvass_fields_in_its_order(canvas):
    fields = canvas.initiation("sam", "home")

    assert list(fields) == [name for name, _ in CAPTURED["initiation_form"]["fields_in_order"]]
    assert fields["client_id"] == CLIENT
    assert fields["lti_message_hint"].count(".") == 2
    assert re.fullmatch("[0-9a-f]{40}", fields["login_hint"])
    assert fields["login_hint"] != canvas.sub("sam")


def test_three_hosts_speak(canvas):
    given = canvas.registration

    assert given["issuer"] == ISSUER
    assert given["auth_login_url"] == f"{SSO}/api/lti/authorize_redirect"
    assert given["jwks_url"] == f"{SSO}/api/lti/security/jwks"
    assert given["auth_token_url"] == f"{SSO}/login/oauth2/token"
    with canvas.http() as http:
        assert [key["kid"] for key in http.get(given["jwks_url"]).json()["keys"]]
        assert http.get(f"{SCHOOL}/api/lti/security/jwks").status_code == 404
        assert http.get(f"{SSO}/").status_code == 404
        sent_on = http.get(f"{given['auth_login_url']}?state=a%2Bb&nonce=c", allow_redirects=False)
    assert sent_on.headers["Location"] == f"{SCHOOL}/api/lti/authorize?state=a%2Bb&nonce=c"


def test_the_claims_of_an_assignment_are_canvass(canvas):
    said = canvas.launch_claims("sam", "work:asset-map", nonce="n-1")
    payload = CAPTURED["id_token"]["payload"]

    assert set(said) == set(payload)
    assert said[ENDPOINT]["lineitem"].split("/api/lti/")[1].startswith("courses/2/line_items/")
    assert "?" not in said[ENDPOINT]["lineitem"] + said[ENDPOINT]["lineitems"]
    assert set(said[CLAIM + "custom"]) == {"timezone", "context_history", "destination"}
    for name in ("tool_platform", "context", "resource_link", "lis", "launch_presentation", "lti1p1"):
        assert set(said[CLAIM + name]) == set(payload[CLAIM + name])
    roles = said[CLAIM + "roles"]
    assert roles == sorted(roles)
    assert roles[-1].endswith("system/person#User")
    assert said["iss"] == ISSUER
    assert uuid.UUID(said["sub"])
    assert uuid.UUID(said[CLAIM + "resource_link"]["id"])
    assert re.fullmatch("[0-9a-f]{40}", said[CLAIM + "context"]["id"])


def test_the_claims_of_the_courses_navigation_are_canvass(canvas):
    said = canvas.launch_claims("sam", "course_navigation:2", nonce="n-1")
    payload = captured("canvas/launch-course-nav-student.json")["id_token"]["payload"]

    assert set(said) == set(payload)
    assert said[CLAIM + "resource_link"]["id"] == said[CLAIM + "context"]["id"]
    assert said["https://www.instructure.com/placement"] == "course_navigation"
    assert "lineitem" not in said[ENDPOINT]
    for name in ("resource_link", "lti1p1", "launch_presentation"):
        assert set(said[CLAIM + name]) == set(payload[CLAIM + name])


@pytest.mark.parametrize("placement", ["assignment_selection", "link_selection", "editor_button"])
def test_the_claims_of_a_choice_are_canvass(canvas, placement):
    fields = oidc.selection_fields(canvas._lms, canvas.person("tina"), "2", placement)
    selection = canvas._lms.store.one("select * from selection")
    said = oidc.claims_of(canvas._lms, canvas.person("tina"), selection, nonce="n-1")
    capture = captured(f"canvas/launch-deep-linking-{placement.replace('_', '-')}.json")
    payload = capture["id_token"]["payload"]

    assert list(fields) == [name for name, _ in capture["initiation_form"]["fields_in_order"]]
    assert set(said) == set(payload)
    expected = dict(payload[SETTINGS])
    address = said[SETTINGS].pop("deep_link_return_url")
    assert address.startswith(f"{SCHOOL}/courses/2/deep_linking_response?data=")
    del expected["deep_link_return_url"]
    assert said[SETTINGS] == expected
    assert said["https://www.instructure.com/placement"] == placement


@pytest.mark.parametrize(
    ("level", "gone"),
    [
        ("anonymous", {"name", "given_name", "family_name", "email", "picture"}),
        ("name_only", {"email", "picture"}),
        ("email_only", {"name", "given_name", "family_name", "picture"}),
        ("public", set()),
    ],
)
def test_the_privacy_level_hides_the_person_and_never_the_sub(canvas, level, gone):
    canvas._lms.config = dataclasses.replace(canvas._lms.config, privacy_level=level)

    said = canvas.launch_claims("sam", "home", nonce="n-1")

    personal = {"name", "given_name", "family_name", "email", "picture"}
    assert personal - set(said) == gone
    assert said["sub"] == canvas.sub("sam")


def test_a_launch_used_before_is_no_longer_valid(school):
    browser = school.browser()
    begun = school.lms.initiation("sam", "home")
    first = browser.post("/lti/login", data=begun).location
    assert browser.post("/lti/launch", data=school.lms.authorize(first)).status_code == 303

    again = school.lms.authorize(browser.post("/lti/login", data=begun).location)
    assert again["error"] == "launch_no_longer_valid"
    answer = browser.post("/lti/launch", data=again)
    assert 400 <= answer.status_code < 500
    assert "open" in answer.get_data(as_text=True)


def test_the_courses_navigation_opens_the_cohort(school):
    answer = school.launch("sam", "course_navigation:2")

    assert answer.status_code == 303
    assert answer.location == f"/c/{school.cohort.slug}/"
    assert school.enrollment(school.lms.sub("sam")) is not None


def test_the_schools_own_host_may_frame_the_portal(school):
    browser = school.browser()
    answer = school.launch("sam", "course_navigation:2", browser=browser)
    policy = browser.get(answer.location).headers["Content-Security-Policy"]

    assert SCHOOL in policy.split("frame-ancestors")[1]


def test_people_come_work_and_get_their_grade(school):
    assert school.launch("sam", "lesson:1").status_code == 303
    school.world.drain()
    tick(school)
    school.world.drain()

    assert school.lms.grade("sam", "lesson:1") == 25
    assert school.lms.scores[-1].body["userId"] == school.lms.sub("sam")
    assert school.lms.attempts("sam", "lesson:1") == 0


def test_a_later_score_known_there_is_400_and_the_newest_goes_again(school):
    school.launch("sam", "lesson:1")
    school.world.drain()
    tick(school)
    # Its clock was ahead when the last one was taken: ours looks older.
    school.lms._lms.store.insert(
        "grade",
        line_item_id=school.lms._lms.store.line_item_of(school.lms.link("lesson:1")["id"])["id"],
        sub=school.lms.person("sam")["sub"], score=1.0, comment=None, progress="InProgress",
        grading="FullyGraded", stated_at=int((school.lms._clock() + timedelta(hours=1)).timestamp()),
    )  # fmt: skip
    school.world.drain()

    assert {refused.status for refused in school.lms.refused_scores} == {400}
    assert {call.status for call in school.lms.requests if call.service == "scores"} == {400}


def test_every_service_can_be_checked(school):
    school.launch("tina", "home")

    code, found = checked(school)

    assert code == 0, found
    assert {one["works"] for one in found.values()} == {True}


def test_the_roster_has_whole_roles_and_canvass_links(school):
    school.launch("tina", "home")
    checked(school)
    roster = next(call for call in school.lms.requests if call.service == "memberships")

    assert roster.url.split("?")[0].endswith("/api/lti/courses/2/names_and_roles")
    assert roster.status == 200


def test_it_registers_itself_as_a_canvas(world):
    canvas = DemoPlatform(dress="canvas", client_id="")

    assert by_address(world, canvas, "--activate").status_code == 200

    kept = only(world)
    assert kept["client_id"].isdecimal()
    assert len(kept["client_id"]) == 18
    assert kept["deployments"] == [canvas.registration["deployment_id"]]
    assert ":" in kept["deployments"][0]
    assert kept["auth_audience"] == "lms.example"  # told by its configuration: the bare host
    assert kept["family"] == "canvas"
    canvas.activate_tool()
    assert canvas.launch(world.app.test_client(), "tina", "home").status_code == 303
    assert run(world, "check", kept["registration_id"]).exit_code == 0


def test_a_hosted_canvas_registers_itself_with_its_three_hosts(world):
    canvas = DemoPlatform(
        dress="canvas",
        base_url="https://northvalley.instructure.com",
        shared_url="https://sso.canvaslms.com",
        issuer_url=ISSUER,
        client_id="",
    )

    assert by_address(world, canvas, "--activate").status_code == 200

    kept = only(world)
    assert kept["issuer"] == ISSUER
    assert kept["auth_audience"] == "sso.canvaslms.com"
    canvas.activate_tool()
    assert canvas.launch(world.app.test_client(), "tina", "course_navigation:2").status_code == 303
    assert run(world, "check", kept["registration_id"]).exit_code == 0
