"""The sample LMS in its Canvas dress: shaped as Canvas's captures, and the portal works with it."""

from datetime import timedelta

import pytest

from lti.demo_platform import DemoPlatform
from tests.lti.conftest import make_school
from tests.lti.registering import only, run
from tests.lti.registering_platform import captured
from tests.lti.scoring import tick
from tests.lti.test_check import checked
from tests.lti.test_dynamic_registration_3_2 import by_address

CAPTURED = captured("canvas/launch-assignment-lineitem.json")
CLIENT, DEPLOYMENT = "104870000000000213", "4712:438ef3a2bf5441a606c189973e737f7cd2ab77e9"


@pytest.fixture
def canvas() -> DemoPlatform:
    return DemoPlatform(
        dress="canvas", client_id=CLIENT, deployment_id=DEPLOYMENT, storage_target="post_message_forwarding"
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


def test_the_claims_are_canvass(canvas):
    said = canvas.launch_claims("sam", "work:asset-map", nonce="n-1")
    payload = CAPTURED["id_token"]["payload"]

    assert set(said) == set(payload)
    ags, custom = next(n for n in said if "lti-ags" in n), next(n for n in said if n.endswith("/custom"))
    assert said[ags]["lineitem"].split("/api/lti/")[1].startswith("courses/2/line_items/")
    assert "?" not in said[ags]["lineitem"] + said[ags]["lineitems"]
    assert set(said[custom]) == {"timezone", "context_history", "destination"}
    for name in ("tool_platform", "context", "resource_link", "lis"):
        claim = f"https://purl.imsglobal.org/spec/lti/claim/{name}"
        assert set(said[claim]) == set(payload[claim])
    roles = said["https://purl.imsglobal.org/spec/lti/claim/roles"]
    assert roles == sorted(roles)
    assert roles[-1].endswith("system/person#User")


def test_people_come_work_and_get_their_grade(school):
    assert school.launch("sam", "lesson:1").status_code == 303
    school.world.drain()
    tick(school)
    school.world.drain()

    assert school.lms.grade("sam", "lesson:1") == 25
    [score] = [one for one in school.lms.scores if one.sub == school.lms.person("sam")["sub"]][-1:]
    assert score.body["https://canvas.instructure.com/lti/submission"]["new_submission"] is False


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

    assert {refused.status for refused in school.lms.refused_scores} == {409}
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
    assert kept["auth_audience"] == "lms.example"
    assert kept["family"] == "canvas"
    canvas.activate_tool()
    assert canvas.launch(world.app.test_client(), "tina", "home").status_code == 303
    assert run(world, "check", kept["registration_id"]).exit_code == 0
