"""Security Framework 1.0, 6.4, rotation of keys: a platform's new key at its first use, ours published before."""

import json
from datetime import timedelta

from click.testing import CliRunner

from lti.adapter.signing import Seal
from lti.cli import lti as commands
from lti.demo_platform.keys import new_key
from lti.services import keys
from portal.core import clock
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from tests.lti.key_sets import fetches, ours, publish, published


def test_an_unknown_key_id_is_looked_for_once_then_refused(sqlite_school):
    assert sqlite_school.launch("sam", "home").status_code == 303
    assert fetches(sqlite_school) == 1

    assert sqlite_school.launch("sam", "home", header={"kid": "made-up"}).status_code == 403
    assert fetches(sqlite_school) == 2
    for number in range(5):
        assert sqlite_school.launch("sam", "home", header={"kid": f"made-up-{number}"}).status_code == 403
    assert fetches(sqlite_school) == 2
    assert sqlite_school.refused() == {"key": 6}
    # Those whose key is known never waited for it.
    assert sqlite_school.launch("sam", "home").status_code == 303
    assert fetches(sqlite_school) == 2


def test_seconds_later_it_is_looked_for_again(sqlite_school):
    sqlite_school.launch("sam", "home", header={"kid": "made-up"})
    before = fetches(sqlite_school)
    world = sqlite_school.world
    clock.use_clock(clock.Clock(real=lambda: world.clock.real_now() + timedelta(seconds=6)))

    sqlite_school.launch("sam", "home", header={"kid": "made-up"})
    assert fetches(sqlite_school) == before + 1


def test_a_new_key_works_on_its_first_use_and_the_old_one_while_it_is_published(sqlite_school):
    assert sqlite_school.launch("sam", "home").status_code == 303
    old = sqlite_school.lms._lms.store.one("select kid from signing_key where published")["kid"]

    sqlite_school.lms.rotate_key(keep_old=True)
    assert sqlite_school.launch("sam", "home").status_code == 303
    assert {key["kid"] for key in sqlite_school.lms.jwks()["keys"]} > {old}


def test_a_key_that_is_no_longer_published_ends_with_the_set_we_have(sqlite_school):
    gone = new_key()
    publish(sqlite_school, ours(sqlite_school), gone.as_dict(private=False) | {"kid": "gone", "use": "sig"})
    leaked = {"key": gone, "header": {"kid": "gone"}}
    assert sqlite_school.launch("sam", "home", **leaked).status_code == 303

    publish(sqlite_school, ours(sqlite_school))
    world = sqlite_school.world
    clock.use_clock(clock.Clock(real=lambda: world.clock.real_now() + timedelta(hours=2)))
    sqlite_school.lms.now = world.clock.real_now() + timedelta(hours=2)
    assert sqlite_school.launch("sam", "home", **leaked).status_code == 403


def test_a_new_key_is_published_before_it_signs_and_the_old_one_stays(world):
    [old] = published(world)["keys"]
    with world.app.app_context():
        answer = CliRunner().invoke(commands, ["keys", "rotate", "--json"])
    new = json.loads(answer.stdout)["kid"]
    assert {key["kid"] for key in published(world)["keys"]} == {old["kid"], new}

    seal = Seal(world.app.extensions["settings"].secret_keys)

    def signing(after: timedelta) -> str:
        with world.app.app_context(), reading() as session:
            return keys.signer(session, seal, at=real_now() + after).kid

    assert signing(timedelta(0)) == old["kid"]
    assert signing(timedelta(minutes=11)) == new
    with world.app.app_context(), reading() as session:
        later = keys.key_set(session, at=real_now() + timedelta(days=2))
    assert [key["kid"] for key in later["keys"]] == [new]


def test_rotation_at_once(world):
    published(world)
    seal = Seal(world.app.extensions["settings"].secret_keys)
    with world.app.app_context(), transaction() as session:
        made = keys.rotate_key(session, seal, at=real_now(), at_once=True)
        assert keys.signer(session, seal, at=real_now()).kid == made.kid
