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
from portal.core.errors import PortalError


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


def sealed_keys(world) -> list[str]:
    with world.app.app_context(), reading() as session:
        return list(session.scalars(select(ToolKey.private_sealed)))


def under(world, *secrets: str) -> Seal:
    """The app's seal, as it is after a restart with these PORTAL_SECRET_KEYs."""
    settings = world.app.extensions["settings"].model_copy(update={"secret_key": ",".join(secrets)})
    assert settings.secret_keys == list(secrets)
    world.app.extensions["settings"] = settings
    world.app.extensions.pop("lti", None)
    keys._signers.clear()
    return Seal(settings.secret_keys)


def test_keys_are_sealed_anew_on_their_first_use_after_a_rotation_of_the_secret_key(world):
    under(world, "old-secret")
    published(world)
    seal = under(world, "new-secret", "old-secret")
    before = sealed_keys(world)

    with world.app.app_context(), reading() as session:
        keys.signer(session, seal, at=real_now())
    assert sealed_keys(world) == before  # a session that only reads writes nothing
    keys._signers.clear()
    with world.app.app_context(), transaction() as session:
        signer = keys.signer(session, seal, at=real_now(), may_write=True)

    [after] = sealed_keys(world)
    assert Seal(["new-secret"]).open(after)
    with pytest.raises(CannotUnseal):
        Seal(["old-secret"]).open(after)
    assert [key["kid"] for key in published(world)["keys"]] == [signer.kid]


def test_the_operator_can_seal_them_anew(world):
    under(world, "old-secret")
    published(world)
    under(world, "new-secret", "old-secret")

    def resealed() -> dict:
        with world.app.app_context():
            answer = CliRunner().invoke(commands, ["keys", "reseal", "--json"])
        assert answer.exit_code == 0
        return json.loads(answer.stdout)

    assert resealed() == {"resealed": 1}
    assert resealed() == {"resealed": 0}
    assert Seal(["new-secret"]).open(sealed_keys(world)[0])


def test_a_key_that_no_secret_opens_is_said_and_kept(world):
    under(world, "old-secret")
    published(world)
    seal = under(world, "new-secret")
    before = sealed_keys(world)

    with world.app.app_context(), transaction() as session:
        with pytest.raises(PortalError, match="portal lti keys rotate --now"):
            keys.signer(session, seal, at=real_now(), may_write=True)
        assert keys.reseal(session, seal) == 0
    assert sealed_keys(world) == before


def test_the_private_key_is_opened_once_per_process(world, monkeypatch):
    published(world)
    seal = under(world, *world.app.extensions["settings"].secret_keys)
    opened = []
    monkeypatch.setattr(seal, "open", lambda sealed, real=seal.open: opened.append(sealed) or real(sealed))

    for _ in range(20):
        with world.app.app_context(), reading() as session:
            keys.signer(session, seal, at=real_now())

    assert len(opened) == 1
