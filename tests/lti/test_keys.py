"""Our own keys: published, sealed, rotated."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lti.adapter.signing import CannotUnseal, Seal
from lti.cli import lti as commands
from lti.models import ToolKey
from lti.services import keys
from portal.core.clock import real_now
from portal.core.db import reading, transaction


def published(world) -> dict:
    answer = world.app.test_client().get("/lti/jwks.json")
    assert answer.status_code == 200
    assert "max-age=600" in answer.headers["Cache-Control"]
    return answer.get_json()


def test_the_key_set_holds_public_parts_only(world):
    [key] = published(world)["keys"]

    assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")
    assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}
    assert len(key["n"]) >= 342  # 2048 bits
    assert published(world)["keys"] == [key]


def test_private_keys_are_sealed_under_the_secret_key(world):
    published(world)
    with world.app.app_context(), reading() as session:
        sealed = session.scalars(select(ToolKey.private_sealed)).one()

    assert "PRIVATE" not in sealed
    assert b"PRIVATE KEY" in Seal(world.app.extensions["settings"].secret_keys).open(sealed)
    with pytest.raises(CannotUnseal):
        Seal(["another-secret-key-0123456789"]).open(sealed)


def test_the_secret_key_can_be_rotated(world):
    sealed = Seal(["old-secret"]).close(b"x")

    assert Seal(["new-secret", "old-secret"]).open(sealed) == b"x"


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
