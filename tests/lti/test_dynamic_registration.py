"""1EdTech Dynamic Registration 1.0: one address, pasted by an administrator, and the platform is known."""

import json
import logging
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, update

from lti.cli import lti as commands
from lti.models import Deployment, Invite, Registration
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.core.logs import configure_logs
from portal.identity.models import Platform
from tests.lti.registering_platform import canvas, captured, moodle

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
CANVAS = "https://canvas.instructure.com/lti/"


def invited(world, *options: str) -> str:
    """The path of a new invite's address."""
    with world.app.app_context():
        answer = CliRunner().invoke(commands, ["invite", "--json", *options])
    assert answer.exit_code == 0, answer.output
    url = json.loads(answer.stdout)["url"]
    assert url.startswith("http://localhost/lti/register/")
    assert len(url.rsplit("/", 1)[1]) >= 22  # 128 bits at least
    return url.removeprefix("http://localhost")


def opened(world, platform, path: str, query: str | None = None):
    """What the administrator sees when their LMS opens the address."""
    world.app.extensions["http"] = platform.session()
    world.app.extensions.pop("lti", None)
    return world.app.test_client().get(f"{path}?{platform.query() if query is None else query}")


def run(world, *words: str):
    with world.app.app_context():
        return CliRunner().invoke(commands, [str(word) for word in words])


def shown(world, registration_id: int) -> dict:
    answer = run(world, "show", registration_id, "--json")
    assert answer.exit_code == 0, (answer.output, answer.exception)
    return json.loads(answer.stdout)


def registrations(world) -> int:
    with world.app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(Registration)) or 0


def only(world) -> dict:
    """The one registration there is."""
    [found] = json.loads(run(world, "list", "--json").stdout)
    return shown(world, found["registration_id"])


# What is asked for


def test_moodles_configuration_is_fetched_as_given_with_the_token(world):
    platform = moodle()

    assert opened(world, platform, invited(world)).status_code == 200

    fetched, posted = platform.asked
    assert fetched.url == "https://moodle.example/mod/lti/openid-configuration.php"
    assert posted.url == "https://moodle.example/mod/lti/openid-registration.php"
    assert {request.headers["Authorization"] for request in platform.asked} == {
        "Bearer header.payload.signature"
    }


def test_canvass_address_keeps_the_token_in_its_query(world):
    platform = canvas()

    assert opened(world, platform, invited(world)).status_code == 200

    assert platform.asked[0].url.endswith("?registration_token=eyJ0eXAi.eyJ1dWlk.c2ln")
    assert platform.asked[0].headers["Authorization"] == "Bearer header.payload.signature"
    assert platform.asked[1].headers["Content-Type"] == "application/json"


def test_without_a_token_none_is_sent(world):
    platform = moodle()

    assert opened(world, platform, invited(world), platform.query(token=None)).status_code == 200

    assert all("Authorization" not in request.headers for request in platform.asked)


def test_what_moodle_is_asked_to_register(world):
    platform = moodle()
    opened(world, platform, invited(world))

    asked = platform.body
    assert asked["application_type"] == "web"
    assert set(asked["grant_types"]) == {"implicit", "client_credentials"}
    assert asked["response_types"] == ["id_token"]
    assert asked["redirect_uris"] == ["http://localhost/lti/launch"]
    assert asked["initiate_login_uri"] == "http://localhost/lti/login"
    assert asked["jwks_uri"] == "http://localhost/lti/jwks.json"
    assert asked["token_endpoint_auth_method"] == "private_key_jwt"
    assert set(asked["scope"].split()) <= set(platform.configuration["scopes_supported"])
    assert SCOPE + "score" in asked["scope"].split()
    tool = asked[TOOL]
    assert tool["domain"] == "localhost"
    assert tool["target_link_uri"] == "http://localhost/lti/launch"
    assert tool["custom_parameters"] == {
        "timezone": "$Person.address.timezone",
        "context_history": "$Context.id.history",
    }
    assert {"iss", "sub", "name", "email"} <= set(tool["claims"])
    by_type = {message["type"]: message for message in tool["messages"]}
    assert set(by_type) == {"LtiResourceLinkRequest", "LtiDeepLinkingRequest"}
    assert by_type["LtiDeepLinkingRequest"]["placements"] == ["ContentArea"]
    assert "placements" not in by_type["LtiResourceLinkRequest"]
    assert not [name for name in tool if name.startswith(CANVAS)]


def test_what_canvas_is_asked_to_register(world):
    platform = canvas()
    opened(world, platform, invited(world))

    tool = platform.body[TOOL]
    assert tool[CANVAS + "privacy_level"] == "public"
    assert tool[CANVAS + "tool_id"] == "lectern"
    by_type = {message["type"]: message for message in tool["messages"]}
    navigation = by_type["LtiResourceLinkRequest"]
    assert navigation["placements"] == [CANVAS + "course_navigation"]
    assert navigation[CANVAS + "course_navigation/default_enabled"] is False
    assert set(by_type["LtiDeepLinkingRequest"]["placements"]) == {
        CANVAS + "assignment_selection",
        CANVAS + "link_selection",
        CANVAS + "editor_button",
    }
    listed = platform.configuration["https://purl.imsglobal.org/spec/lti-platform-configuration"]
    for message in listed["messages_supported"]:
        if message["type"] in by_type:
            assert set(by_type[message["type"]]["placements"]) <= set(message["placements"])
    assert all(isinstance(value, str) for value in tool["custom_parameters"].values())


def test_only_what_is_supported_is_asked_for(world):
    platform = moodle()
    platform.configuration["scopes_supported"] = [SCOPE + "score", "openid"]
    platform.configuration["https://purl.imsglobal.org/spec/lti-platform-configuration"][
        "messages_supported"
    ] = [{"type": "LtiResourceLinkRequest"}, {"type": "LtiSubmissionReviewRequest"}]

    opened(world, platform, invited(world))

    assert platform.body["scope"] == SCOPE + "score"
    kinds = [message["type"] for message in platform.body[TOOL]["messages"]]
    assert kinds == ["LtiResourceLinkRequest", "LtiSubmissionReviewRequest"]


# What is kept


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


# Pending, active


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
    assert run(world, "activate", kept["registration_id"]).exit_code == 0

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


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\nb"])
def test_an_invite_for_a_name_nobody_could_read(sqlite_world, name):
    answer = run(sqlite_world, "invite", "--name", name)

    assert answer.exit_code == 1
    assert "/lti/register/" not in answer.output


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


# The invite


def test_an_invite_works_once(world):
    path = invited(world)
    opened(world, moodle(), path)
    again = moodle()
    again.answer["client_id"] = "another"

    answer = opened(world, again, path)

    assert answer.status_code == 404
    assert again.asked == []
    assert registrations(world) == 1


def test_nothing_is_fetched_without_a_live_invite(world):
    platform = moodle()

    assert opened(world, platform, "/lti/register/" + "x" * 43).status_code == 404
    assert platform.asked == []


def test_an_invite_lives_seven_days(world):
    path = invited(world)
    with world.app.app_context(), transaction() as session:
        left = session.scalars(select(Invite.expires_at)).one() - real_now()
        assert timedelta(days=6, hours=23) < left <= timedelta(days=7)
        session.execute(update(Invite).values(expires_at=real_now() - timedelta(seconds=1)))
    platform = moodle()

    assert opened(world, platform, path).status_code == 404
    assert platform.asked == []


def test_two_at_once_by_one_invite(world):
    path = invited(world)
    platform, inside = moodle(), []
    platform.before = lambda _request: inside.append(
        world.app.test_client().get(f"{path}?{platform.query()}").status_code
    )

    assert opened(world, platform, path).status_code == 200

    assert inside == [409, 409]
    assert len(platform.asked) == 2


def test_the_secret_of_an_invite_is_not_kept(world):
    secret = invited(world).rsplit("/", 1)[1]

    with world.app.app_context(), reading() as session:
        assert secret not in str(session.execute(select(Invite.__table__)).all())


def test_the_secret_is_not_in_the_logs(world, caplog):
    path = invited(world)
    secret = path.rsplit("/", 1)[1]
    platform = moodle()
    platform.status, platform.answer = 400, "invalid_redirect_uris"

    opened(world, platform, path)
    opened(world, moodle(), path)

    assert "did not come about" in caplog.text
    assert secret not in caplog.text
    assert "payload" not in caplog.text


def test_a_look_ahead_uses_nothing_up(world):
    path, platform = invited(world), moodle()
    world.app.extensions["http"] = platform.session()
    world.app.extensions.pop("lti", None)

    assert world.app.test_client().head(f"{path}?{platform.query()}").status_code == 200
    by_hand = world.app.test_client().get(path)
    assert by_hand.status_code == 400
    assert "paste it in your LMS" in by_hand.get_data(as_text=True)
    assert platform.asked == []
    assert opened(world, platform, path).status_code == 200


def test_an_error_of_ours_does_not_tell_it_to_the_logs_either(world, capsys):
    path = invited(world)
    configure_logs("text")

    logging.getLogger("portal").error("Exception on %s?registration_token=a.b.c [GET]", path)

    said = capsys.readouterr().err
    assert "/lti/register/[secret]" in said
    assert path.rsplit("/", 1)[1] not in said
    assert "a.b.c" not in said


# The page


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


# What exists stays


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
