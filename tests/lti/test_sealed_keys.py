"""Our own keys at rest: sealed under the secret key, and sealed anew once that was rotated."""

import json

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
from tests.lti.key_sets import published


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

    def resealed():
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
    opened: list[str] = []
    real = seal.open

    def opens(sealed: str) -> bytes:
        opened.append(sealed)
        return real(sealed)

    monkeypatch.setattr(seal, "open", opens)

    for _ in range(20):
        with world.app.app_context(), reading() as session:
            keys.signer(session, seal, at=real_now())

    assert len(opened) == 1
