"""Our own keys at rest: sealed under the secret key, and sealed anew once that was rotated."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from lti.adapter.signing import CannotUnseal, Seal
from lti.cli import lti as commands
from lti.models import ToolKey
from lti.services import keys
from portal.core.clock import real_now
from portal.core.db import db, reading, transaction
from portal.core.errors import PortalError
from portal.outbox.models import MessageState
from tests.builders.world import Browser
from tests.lti.choosing import answer_of, chooser
from tests.lti.key_sets import published
from tests.lti.scoring import drain, tick, wait, waiting


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


def score(school):
    tick(school)
    school.world.drain()


def roster(school):
    client = school.browser()
    school.launch("tina", "home", browser=client)
    Browser(client).post(f"/c/{school.cohort.slug}/participants/sync")
    school.world.drain()


def placing(school):
    browser, page = chooser(school)
    answer_of(browser, page, choose=["lesson:1"])


@pytest.mark.parametrize("use", [score, roster, placing])
def test_any_ordinary_use_after_a_rotation_of_the_secret_key_seals_them_anew(school, use):
    school.launch("sam", "lesson:1")
    school.world.drain()
    ours = school.world.app.extensions["settings"].secret_keys[0]
    under(school.world, "new-secret", ours)
    # Another process, or an earlier use that only read, has the key loaded already.
    with school.world.app.app_context(), reading() as session:
        keys.signer(session, Seal(["new-secret", ours]), at=real_now())

    use(school)

    [after] = sealed_keys(school.world)
    assert Seal(["new-secret"]).open(after)
    under(school.world, "new-secret")  # the earlier one may go
    assert published(school.world)


def test_it_is_written_before_the_platform_is_asked_and_nothing_is_open_meanwhile(school):
    school.launch("sam", "lesson:1")
    school.world.drain()
    ours = school.world.app.extensions["settings"].secret_keys[0]
    under(school.world, "new-secret", ours)
    seen: list[list[str]] = []
    session = school.world.app.extensions["http"] = school.lms.http()
    send = session.send

    def watched(request, **how):
        engine = db.engine
        with engine.connect() as other, other.begin():  # a transaction of its own, which may write
            seen.append(list(other.scalars(select(ToolKey.private_sealed).with_for_update(nowait=True))))
            other.execute(update(ToolKey).values(published_until_at=ToolKey.published_until_at))
        return send(request, **how)

    session.send = watched
    score(school)

    assert len(seen) >= 2  # the token, the score
    assert all(Seal(["new-secret"]).open(sealed) for [sealed] in seen)
    assert school.lms.grade("sam", "lesson:1") == 25


def test_scores_wait_with_the_reason_while_no_secret_opens_the_key(sqlite_school):
    sqlite_school.launch("sam", "lesson:1")
    sqlite_school.world.drain()
    ours = sqlite_school.world.app.extensions["settings"].secret_keys[0]
    under(sqlite_school.world, "another-secret")
    score(sqlite_school)
    [(state, reason)] = waiting(sqlite_school)
    assert state is MessageState.WAITING
    assert "PORTAL_SECRET_KEY" in (reason or "")
    assert not [call for call in sqlite_school.lms.requests if call.service in ("token", "scores")]

    under(sqlite_school.world, "another-secret", ours)  # put back behind a comma
    wait(sqlite_school, seconds=15)
    drain(sqlite_school)
    assert sqlite_school.lms.grade("sam", "lesson:1") == 25
