"""Dynamic Registration 1.0, 3.3 Step 1, the request that begins it: an address good once, and what the LMS adds."""

import logging
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from lti.models import Invite
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.core.logs import configure_logs
from tests.lti.processes import at_once
from tests.lti.registering import invited, opened, refused, registrations, run
from tests.lti.registering_platform import canvas, moodle


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

    assert str(platform.asked[0].url).endswith("?registration_token=eyJ0eXAi.eyJ1dWlk.c2ln")
    assert platform.asked[0].headers["Authorization"] == "Bearer header.payload.signature"
    assert platform.asked[1].headers["Content-Type"] == "application/json"


def test_without_a_token_none_is_sent(world):
    platform = moodle()

    assert opened(world, platform, invited(world), platform.query(token=None)).status_code == 200

    assert all("Authorization" not in request.headers for request in platform.asked)


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "a\nb"])
def test_an_invite_for_a_name_nobody_could_read(sqlite_world, name):
    answer = run(sqlite_world, "invite", "--name", name)

    assert answer.exit_code == 1
    assert "/lti/register/" not in answer.output


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


@pytest.mark.parametrize(
    "query",
    [
        "openid_configuration=ftp://moodle.example/x",
        "openid_configuration=https://moodle.example/x&openid_configuration=https://moodle.example/y",
        "openid_configuration=https://moodle.example/x&registration_token=a%0d%0ab",
        "openid_configuration=https://moodle.example/x&registration_token=a&registration_token=b",
        "openid_configuration=https://moodle.example/" + "x" * 8000,
        "openid_configuration=https://unreachable.example/x",
        "openid_configuration=%00%ff",
    ],
)
def test_what_the_address_was_opened_with(sqlite_world, query):
    refused(sqlite_world, moodle(), query=query)


def test_a_second_click_is_told_how_the_first_went(world):
    path, platform = invited(world), moodle()
    assert opened(world, platform, path).status_code == 200

    again = opened(world, moodle(), path)

    assert again.status_code == 404
    assert "If that was you a moment ago, all is well" in again.get_data(as_text=True)
    assert registrations(world) == 1


def test_a_click_meanwhile_is_told_to_look_first(world):
    path, platform, inside = invited(world), moodle(), []
    platform.before = lambda _request: inside.append(
        world.app.test_client().get(f"{path}?{platform.query()}").get_data(as_text=True)
    )
    opened(world, platform, path)

    assert "is under way" in inside[0]
    assert "look whether your LMS lists Lectern" in inside[0]


def test_neither_the_invite_nor_the_token_leaks_by_the_page(world):
    path, platform = invited(world), moodle()
    answer = opened(world, platform, path)

    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers
    text = answer.get_data(as_text=True)
    assert path.rsplit("/", 1)[1] not in text
    assert "header.payload.signature" not in text
    assert all(path not in str(request.headers) + str(request.body) for request in platform.asked)


@pytest.mark.parametrize(
    ("options", "then"),
    [
        pytest.param([], "activates it here. Until then", id="it waits for a yes"),
        pytest.param(["--activate"], "lets your people in at once", id="it does not"),
    ],
)
def test_opened_by_hand_it_says_what_will_happen(world, options, then):
    text = world.app.test_client().get(invited(world, *options)).get_data(as_text=True)

    assert "Nothing has happened yet" in text
    assert then in text
    assert "No names, courses or grades go anywhere" in text


def test_many_clicks_at_once_in_several_processes_register_once(strangers, both):
    path, platform = invited(strangers.world), moodle()
    for app in both:
        app.extensions["http"] = platform.session()
        app.extensions.pop("lti", None)
    before = registrations(strangers.world)

    def click(number: int) -> int:
        return int(both[number % 2].test_client().get(f"{path}?{platform.query()}").status_code)

    statuses = at_once(click)

    assert statuses.count(200) == 1
    assert set(statuses) <= {200, 404, 409}
    assert registrations(strangers.world) == before + 1
    assert len(platform.asked) == 2


def test_an_address_that_went_astray_is_taken_back(world):
    kept, astray = invited(world), invited(world, "--activate")
    platform = moodle()

    assert run(world, "invite", "--take-back", f"http://localhost{astray}").exit_code == 0

    assert opened(world, platform, astray).status_code == 404
    assert platform.asked == []
    assert opened(world, platform, kept).status_code == 200
    for gone in (astray, kept, "http://localhost/lti/register/", "x"):
        answer = run(world, "invite", "--take-back", gone)
        assert (answer.exit_code, answer.stdout) == (1, "")
        assert answer.stderr.strip() == "This is no registration address that is still good."
    assert run(world, "invite", "--take-back", astray, "--activate").exit_code == 2
