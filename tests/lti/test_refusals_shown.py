"""Launches that were refused, as the course team and the operator see them: how many, since when, what to change."""

import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lti.cli import lti as commands
from lti.errors import Reason
from lti.models import PlatformRefusals
from lti.protocol.refusals import explained
from lti.services.refusing import count_refusal
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from tests.lti.conftest import refused
from tests.lti.registering import invited, opened, run
from tests.lti.registering_platform import moodle


def page(school) -> str:
    """The course team's page about their LMS."""
    team = school.world.browser(school.world.team(school.cohort))
    answer = team.get(f"/c/{school.cohort.slug}/platform")
    assert answer.status_code == 200
    return str(answer.get_data(as_text=True))


def lately(school, registration_id: int | None = None) -> Any:
    """What `portal lti show --json` says was refused."""
    with school.world.app.app_context():
        answer = CliRunner().invoke(
            commands, ["show", str(registration_id or school.registration_id), "--json"]
        )
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)["refused_lately"]


def test_before_anything_was_refused_the_page_is_silent(school):
    school.launch("tina", "home")

    assert "Refused in the last seven days" not in page(school)
    assert lately(school) == []


@pytest.mark.parametrize(
    ("how", "reason", "words"),
    [
        pytest.param(
            {"claims": {"aud": "another"}}, "audience", "The client id in the LMS must be", id="audience"
        ),
        pytest.param({"header": {"kid": "unknown"}}, "key", "a key that is not among those", id="key"),
        pytest.param({"claims": {"exp": 1}}, "time", "has the right time", id="time"),
        pytest.param(
            {"drop": ["lti:version"]}, "claim", "left out something that LTI 1.3 asks for", id="claim"
        ),
        pytest.param(
            {"claims": {"lti:deployment_id": "99"}}, "deployment", "--deployment-id", id="a second deployment"
        ),
        pytest.param({"drop": ["sub"]}, "anonymous", "was not signed in to the LMS", id="nobody"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_change(sqlite_school, how, reason, words):
    for _ in range(2):
        refused(sqlite_school.launch("sam", "home", **how))

    text = page(sqlite_school)
    assert "Refused in the last seven days" in text
    assert '<b class="num">2 launches</b>' in text
    assert words in text
    [said] = lately(sqlite_school)
    today = real_now().date().isoformat()
    assert (said["reason"], said["count"], said["since"], said["last"]) == (reason, 2, today, today)
    assert words in said["said"]


def test_nothing_of_who_came_is_kept_or_shown(school):
    before = school.kept()
    refused(school.launch("zoe", "home", claims={"aud": "another"}))

    assert school.kept() == before
    assert school.lms.person("zoe")["family_name"] not in page(school)


def test_another_platforms_refusals_are_not_theirs(school):
    other = another_platform(school)
    count(school, other, Reason.KEY, days_ago=0)

    assert "Refused in the last seven days" not in page(school)
    assert lately(school) == []
    assert [one["reason"] for one in lately(school, other)] == ["key"]


def test_strangers_whose_login_is_unknown_count_for_no_platform(school):
    school.browser().post("/lti/launch", data={"state": "made-up", "id_token": "a.b.c"})

    assert sum(school.refused().values()) == 1
    assert lately(school) == []


def test_seven_days_with_the_first_and_the_last(school):
    for days, times in ((7, 5), (6, 1), (2, 2)):
        for _ in range(times):
            count(school, school.registration_id, Reason.KEY_SET, days_ago=days)

    [said] = lately(school)
    today = real_now().date()
    assert (said["count"], said["since"], said["last"]) == (
        3, (today - timedelta(days=6)).isoformat(), (today - timedelta(days=2)).isoformat(),
    )  # fmt: skip
    assert "since" in page(school)


def test_what_can_be_acted_on_comes_before_what_is_usual(school):
    for _ in range(9):
        count(school, school.registration_id, Reason.ANONYMOUS, days_ago=0)
    count(school, school.registration_id, Reason.KEY, days_ago=0)

    text = page(school)
    assert text.index("1 launch<") < text.index("9 launches<")


def test_what_is_old_is_forgotten(school):
    count(school, school.registration_id, Reason.TIME, days_ago=120)
    count(school, school.registration_id, Reason.TIME, days_ago=0)

    with school.world.app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(PlatformRefusals)) == 1


def test_a_platform_that_waits_for_its_yes_says_how_many_came(world):
    platform = moodle()
    assert opened(world, platform, invited(world)).status_code == 200
    begin = {
        "iss": platform.configuration["issuer"],
        "client_id": platform.answer["client_id"],
        "login_hint": "5",
        "target_link_uri": "http://localhost/lti/launch",
    }
    for _ in range(3):
        assert world.app.test_client().post("/lti/login", data=begin).status_code == 403

    [registration] = json.loads(run(world, "list", "--json").stdout)
    id_ = registration["registration_id"]
    [said] = json.loads(run(world, "show", id_, "--json").stdout)["refused_lately"]
    assert (said["reason"], said["count"]) == ("pending", 3)
    assert f"portal lti activate {id_}" in said["said"]
    assert f"\n  reason pending, count 3, since {said['since']}" in run(world, "show", id_).stdout
    assert run(world, "remove", id_).exit_code == 0  # its counts go with it


@pytest.mark.parametrize("reason", [*Reason, "of-an-older-version"])
def test_every_reason_has_words(reason):
    words = explained(str(reason), registration_id=7, client_id="abc")

    assert words.what.endswith(".")
    assert "{" not in words.words


def count(school, registration_id: int, reason: Reason, *, days_ago: int) -> None:
    day = real_now().date() - timedelta(days=days_ago)
    with school.world.app.app_context(), transaction() as session:
        count_refusal(session, reason, None, on_day=day, registration_id=registration_id)


def another_platform(school) -> int:
    with school.world.app.app_context():
        platform = school.lms.registration
        answer = CliRunner().invoke(
            commands,
            [
                "register", "--issuer", platform["issuer"], "--client-id", "another",
                "--auth-login-url", platform["auth_login_url"], "--auth-token-url", platform["auth_token_url"],
                "--jwks-url", platform["jwks_url"], "--deployment-id", "1", "--json",
            ],
        )  # fmt: skip
    assert answer.exit_code == 0, answer.output
    return int(json.loads(answer.stdout)["registration_id"])
