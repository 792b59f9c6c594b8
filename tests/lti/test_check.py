"""`portal lti check` and the course team's button: every service tried, and in words what is wrong."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from lti.cli import lti as commands
from lti.models import Registration
from portal.core.db import transaction
from tests.lti.scoring import tick


def checked(school) -> tuple[int, dict[str, Any]]:
    with school.world.app.app_context():
        answer = CliRunner().invoke(commands, ["check", str(school.registration_id), "--json"])
    assert answer.stdout, answer.exception
    found = json.loads(answer.stdout)
    assert found["registration_id"] == school.registration_id
    return answer.exit_code, {one["service"]: one for one in found["findings"]}


def of_family(school, family: str) -> None:
    with school.world.app.app_context(), transaction() as session:
        session.get_one(Registration, school.registration_id).family = family


def test_before_anybody_came_there_is_little_to_try(strangers):
    code, found = checked(strangers)

    assert code == 0
    assert {service: one["works"] for service, one in found.items()} == {
        "keys": True,
        "token": True,
        "people": None,
        "scores": None,
    }
    assert "Open a link" in found["people"]["remedy"]


def test_all_is_well(school):
    school.launch("sam", "home")

    code, found = checked(school)

    assert code == 0
    assert [one["works"] for one in found.values()] == [True] * 4
    assert not any(one["remedy"] for one in found.values())
    roster = next(call for call in school.lms.requests if call.service == "memberships")
    assert "limit=1" in roster.url
    assert school.lms.scores == []


@pytest.mark.parametrize(
    ("service", "status", "failing", "words"),
    [
        ("jwks", 500, "keys", "key set answered 500"),
        ("jwks", "timeout", "keys", "ReadTimeout"),
        ("token", 503, "token", "503"),
        ("token", 401, "token", "/lti/jwks.json"),
        ("token", "timeout", "token", "firewall"),
        ("memberships", 403, "people", "403"),
        ("memberships", 200, "people", "no such document"),
        ("lineitem", 404, "scores", "is gone in the LMS"),
        ("lineitem", 500, "scores", "500"),
    ],
)
def test_what_fails_is_said_with_what_to_change(sqlite_school, service, status, failing, words):
    sqlite_school.launch("sam", "home")
    sqlite_school.lms.fail(service, status, body="<html>")

    code, found = checked(sqlite_school)

    assert code == 1
    assert found[failing]["works"] is False
    assert found[failing]["remedy"]
    assert words in found[failing]["said"] + found[failing]["remedy"]


@pytest.mark.parametrize(
    ("family", "words"),
    [("moodle", "Manage tools"), ("canvas", "Developer Keys"), ("other", "Names and Role Provisioning")],
)
def test_a_service_that_is_switched_off_is_named_in_the_lmss_own_words(sqlite_school, family, words):
    of_family(sqlite_school, family)
    sqlite_school.lms.fail("token", 400, body='{"error": "invalid_scope"}', times=1)

    code, found = checked(sqlite_school)

    assert code == 1
    assert found["token"]["works"] is True
    assert words in found["people"]["remedy"]


def test_who_may_make_columns_need_not_be_let_read_them_apart(sqlite_school):
    sqlite_school.launch("sam", "home")
    sqlite_school.lms.fail("token", 400, body='{"error": "invalid_scope"}', skip=2)

    code, found = checked(sqlite_school)

    assert (code, found["scores"]["works"]) == (0, True)


def test_an_unknown_registration(sqlite_school):
    with sqlite_school.world.app.app_context():
        answer = CliRunner().invoke(commands, ["check", "99"])

    assert answer.exit_code == 1
    assert "no registration 99" in answer.output


def test_the_course_team_sees_health_and_can_check(school):
    school.launch("sam", "home")
    team = school.world.browser(school.world.team(school.cohort))
    address = f"/c/{school.cohort.slug}/platform"
    before = team.get(address).get_data(as_text=True)
    assert "Opening from the LMS" in before
    assert "Not tried yet" in before

    answer = team.post(address + "/check", {"registration": school.registration_id}, htmx=True)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "The list of people can be read." in page
    assert "Not tried yet" not in page
    assert team.post(address + "/check", {"registration": school.registration_id}).status_code == 303

    school.lms.fail("token", 401)
    failing = team.post(address + "/check", {"registration": school.registration_id}, htmx=True)
    assert "gives Lectern no access token" in failing.get_data(as_text=True)


def test_a_token_that_is_refused_while_scores_are_sent_is_seen(school):
    school.launch("sam", "lesson:1")
    school.world.drain()
    tick(school)
    school.lms.fail("token", 401)
    school.world.drain()
    team = school.world.browser(school.world.team(school.cohort))
    address = f"/c/{school.cohort.slug}/platform"

    page = team.get(address).get_data(as_text=True)
    assert "token address answered 401" in page
    assert "1 stuck" in page

    with school.world.app.app_context():
        said = json.loads(
            CliRunner().invoke(commands, ["show", str(school.registration_id), "--json"]).stdout
        )
    assert said["services"]["token"]["works"] is False
    assert said["stuck"] == 1
    assert said["last_launch_at"]


@pytest.mark.parametrize("said", ["", "x", "999999", "1; drop table person"])
def test_only_a_platform_of_the_cohort_can_be_checked(sqlite_school, said):
    world = sqlite_school.world
    team = world.browser(world.team(sqlite_school.cohort))

    assert (
        team.post(f"/c/{sqlite_school.cohort.slug}/platform/check", {"registration": said}).status_code == 422
    )


def test_another_cohorts_team_cannot_check_it(sqlite_school):
    world = sqlite_school.world
    other = world.cohort("other")
    outsider = world.browser(world.team(other))

    assert (
        outsider.post("/c/other/platform/check", {"registration": sqlite_school.registration_id}).status_code
        == 422
    )
    assert sqlite_school.lms.requests == []
