"""Dynamic Registration 1.0, 3.6.1, successful registration: what came back is kept, and what was there stays."""

import pytest

from tests.lti.registering import SCOPE, TOOL, invited, only, opened, refused, registrations, run
from tests.lti.registering_platform import canvas, captured, moodle


def test_what_moodle_answered_is_kept(world):
    opened(world, moodle(), invited(world, "--name", "Moodle of Example College"))

    kept = only(world)
    assert kept["name"] == "Moodle of Example College"
    assert kept["issuer"] == "https://moodle.example"
    assert kept["client_id"] == "YNST694djxzTgJT"
    assert kept["deployments"] == ["2"]  # inside the tool configuration
    assert kept["auth_login_url"] == "https://moodle.example/mod/lti/auth.php"
    assert kept["auth_token_url"] == "https://moodle.example/mod/lti/token.php"
    assert kept["jwks_url"] == "https://moodle.example/mod/lti/certs.php"
    assert kept["auth_audience"] is None
    assert SCOPE + "score" in kept["scopes"]
    assert kept["family"] == "moodle"


def test_what_canvas_answered_is_kept(world):
    opened(world, canvas(), invited(world))

    kept = only(world)
    assert kept["name"] == "North Valley University"
    assert kept["issuer"] == "https://canvas.instructure.com"
    assert kept["client_id"] == "104870000000000213"
    assert kept["deployments"] == ["4712:438ef3a2bf5441a606c189973e737f7cd2ab77e9"]  # at the top
    assert kept["jwks_url"] == "https://sso.canvaslms.com/api/lti/security/jwks"
    assert kept["auth_audience"] == "sso.canvaslms.com"
    assert "https://northvalley.example.edu" in kept["frame_origins"]


def test_the_scope_kept_is_the_one_granted(world):
    platform = moodle()
    platform.answer["scope"] = SCOPE + "score openid https://other.example/scope"

    opened(world, platform, invited(world))

    assert only(world)["scopes"] == [SCOPE + "score"]


def test_201_is_taken_too(world):
    platform = moodle()
    platform.status = 201

    assert opened(world, platform, invited(world)).status_code == 200
    assert registrations(world) == 1


def test_a_deployment_that_comes_later_is_added_by_the_operator(world):
    answer = opened(world, canvas(case=1), invited(world))
    assert "has not named a deployment yet" in answer.get_data(as_text=True)
    kept = only(world)
    assert kept["deployments"] == []

    early = run(world, "activate", kept["registration_id"])
    assert early.exit_code == 1
    assert "--deployment-id" in early.output
    assert run(world, "activate", kept["registration_id"], "--deployment-id", "4712:ab").exit_code == 0

    assert only(world)["deployments"] == ["4712:ab"]
    assert only(world)["active"] is True


@pytest.mark.parametrize("case", range(len(captured("moodle/registration-variants.json")["cases"])))
def test_every_answer_a_moodle_gave_is_read(sqlite_world, case):
    platform = moodle()
    platform.answer = captured("moodle/registration-variants.json")["cases"][case]["response"]["body"]

    assert opened(sqlite_world, platform, invited(sqlite_world)).status_code == 200
    assert only(sqlite_world)["deployments"]


def test_registering_again_changes_nothing(world):
    opened(world, moodle(), invited(world))
    platform = moodle()
    platform.answer[TOOL]["deployment_id"] = "99"

    answer = opened(world, platform, invited(world, "--activate"))

    assert answer.status_code == 200
    assert "registered already" in answer.get_data(as_text=True)
    kept = only(world)
    assert kept["deployments"] == ["2"]
    assert kept["active"] is False


def test_addresses_of_a_known_pair_never_change(world):
    opened(world, moodle(), invited(world, "--activate"))
    before = only(world)
    platform = moodle()
    platform.configuration["jwks_uri"] = "https://moodle.example/other/certs"
    path = invited(world, "--activate")

    assert opened(world, platform, path).status_code == 409

    assert only(world) == before
    fresh = moodle()
    fresh.answer["client_id"] = "another"
    assert opened(world, fresh, path).status_code == 200  # the invite lives on


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "authorization_server"]
)
def test_no_address_of_a_known_pair_changes_by_an_invite(sqlite_world, name):
    """A platform that answers with the client id of one that is registered already."""
    opened(sqlite_world, moodle(), invited(sqlite_world, "--activate"))
    before = only(sqlite_world)
    platform = moodle()
    platform.configuration[name] = "https://moodle.example/other"

    answer = opened(sqlite_world, platform, invited(sqlite_world, "--activate"))

    assert answer.status_code == 409
    assert "Remove Lectern from your LMS" in answer.get_data(as_text=True)
    assert only(sqlite_world) == before


def test_scopes_that_were_not_granted_are_said(sqlite_world):
    platform = moodle()
    platform.answer["scope"] = SCOPE + "score " + SCOPE + "lineitem"

    text = opened(sqlite_world, platform, invited(sqlite_world)).get_data(as_text=True)

    assert "send scores" in text
    assert "does not let Lectern read its list of people" in text


def test_all_that_was_granted_is_said(sqlite_world):
    text = opened(sqlite_world, moodle(), invited(sqlite_world)).get_data(as_text=True)

    assert "Lectern may now" in text
    assert "read the list of people of courses that it is in" in text
    assert "does not let Lectern" not in text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("client_id", None, id="none"),
        pytest.param("client_id", "", id="empty"),
        pytest.param("client_id", ["a"], id="a list"),
        pytest.param("client_id", True, id="true"),
        pytest.param("client_id", "x" * 256, id="endless"),
        pytest.param("client_id", "a\x00b", id="NUL"),
        pytest.param("client_id", "a\ud800", id="half a character"),
    ],
)
def test_an_answer_without_a_usable_client_id_keeps_nothing(sqlite_world, name, value):
    platform = moodle()
    platform.answer[name] = value

    refused(sqlite_world, platform)


@pytest.mark.parametrize(
    ("said", "deployments"),
    [
        pytest.param({"deployment_id": 7}, ["7"], id="a number"),
        pytest.param({"deployment_id": ["7"]}, [], id="a list"),
        pytest.param({"deployment_id": "7\ud800"}, [], id="half a character"),
        pytest.param({"scope": 7, "deployment_id": "7"}, ["7"], id="an odd scope"),
        pytest.param({TOOL: "none"}, [], id="an odd tool configuration"),
    ],
)
def test_an_odd_answer_is_read_as_far_as_it_goes(sqlite_world, said, deployments):
    platform = moodle()
    platform.answer = {"client_id": "abc"} | said

    assert opened(sqlite_world, platform, invited(sqlite_world)).status_code == 200
    assert only(sqlite_world)["deployments"] == deployments
