"""Dynamic Registration 1.0, 3.7 Step 4, completed and activated: the last page, and the operator's yes."""

from pathlib import Path

from sqlalchemy import func, select

from lti.models import Deployment, Registration
from portal.core.db import reading
from portal.identity.models import Platform
from tests.lti.registering import invited, only, opened, registrations, run
from tests.lti.registering_platform import canvas, moodle


def test_it_is_pending_until_the_operator_activates_it(world):
    answer = opened(world, moodle(), invited(world))
    assert "has registered Lectern" in answer.get_data(as_text=True)
    kept = only(world)
    assert kept["active"] is False
    login = {
        "iss": "https://moodle.example",
        "client_id": kept["client_id"],
        "login_hint": "5",
        "target_link_uri": "http://localhost/lti/launch",
    }

    refused = world.app.test_client().post("/lti/login", data=login)
    assert refused.status_code == 403
    assert "not switched on" in refused.get_data(as_text=True)
    assert "Set-Cookie" not in refused.headers
    waits = f"waits for: portal lti activate {kept['registration_id']}"
    assert waits in run(world, "list").stdout
    assert run(world, "activate", kept["registration_id"]).exit_code == 0
    assert waits not in run(world, "list").stdout

    assert world.app.test_client().post("/lti/login", data=login).status_code in (302, 303)


def test_an_invite_may_let_it_in_at_once(world):
    answer = opened(world, moodle(), invited(world, "--activate"))

    assert only(world)["active"] is True
    assert "know each other now" in answer.get_data(as_text=True)


def test_registering_the_same_by_hand_is_the_operators_yes(world):
    opened(world, moodle(), invited(world))
    kept = only(world)
    answer = run(
        world, "register", "--issuer", kept["issuer"], "--client-id", kept["client_id"],
        "--auth-login-url", kept["auth_login_url"], "--auth-token-url", kept["auth_token_url"],
        "--jwks-url", kept["jwks_url"], "--deployment-id", "2",
    )  # fmt: skip

    assert answer.exit_code == 0, answer.output
    assert only(world)["active"] is True
    assert only(world)["deployments"] == ["2"]


def test_one_that_is_pending_makes_no_other_ambiguous(world):
    opened(world, moodle(), invited(world, "--activate"))
    second = moodle()
    second.answer["client_id"] = "another"
    opened(world, second, invited(world))
    login = {
        "iss": "https://moodle.example",
        "login_hint": "5",
        "target_link_uri": "http://localhost/lti/launch",
    }

    assert world.app.test_client().post("/lti/login", data=login).status_code in (302, 303)


def test_the_last_page_closes_itself_and_can_be_framed_anywhere(world):
    answer = opened(world, canvas(), invited(world))
    text = answer.get_data(as_text=True)

    assert "js/registered.js" in text
    assert "You can close this page" in text
    assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    script = (Path(str(world.app.static_folder)) / "js" / "registered.js").read_text(encoding="utf-8")
    assert '{ subject: "org.imsglobal.lti.close" }' in script


def test_a_mistake_can_be_taken_back_while_nobody_came(world):
    opened(world, moodle(), invited(world, "--activate"))
    id_ = only(world)["registration_id"]

    assert run(world, "remove", id_, "--json").exit_code == 0

    with world.app.app_context(), reading() as session:
        for model in (Registration, Deployment):
            assert session.scalar(select(func.count()).select_from(model)) == 0
        assert session.scalar(select(Platform.id).where(Platform.id == id_)) is None
    assert opened(world, moodle(), invited(world)).status_code == 200


def test_a_registration_people_came_from_stays(school):
    school.launch("sam", "home")

    answer = run(school.world, "remove", school.registration_id)

    assert answer.exit_code == 1
    assert "have come from it" in answer.output
    assert registrations(school.world) == 1
