"""Our signing keys: one signs, the one before stays published until what it signed has expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from lti.adapter.signing import CannotUnseal, Seal, Signer, make_key, public_jwk
from lti.models import ToolKey
from portal.core.errors import PortalError

KEY_SET_LASTS = timedelta(minutes=10)  # how long platforms may keep our set: a new key signs after that
_STAYS = timedelta(days=1)  # after it has signed for the last time

_signers: dict[str, Signer] = {}  # by kid: loading a key costs a hundred times what signing does


@dataclass(frozen=True)
class Rotated:
    """The new key, and when it begins to sign."""

    kid: str
    signs_from_at: datetime


def ensure_key(session: Session, seal: Seal, *, at: datetime) -> None:
    """Make the first key where there is none."""
    if session.scalar(select(ToolKey.id).limit(1)) is None:
        _add(session, seal, at=at, signs_from=at)


def reseal(session: Session, seal: Seal) -> int:
    """Seal anew, under the first secret key, what an earlier one sealed. Returns how many were.

    What none of the keys opens stays as it is: the earlier key may still be put back.
    """
    count = 0
    for key in session.scalars(select(ToolKey)):
        if not seal.is_of_first_key(key.private_sealed):
            try:
                key.private_sealed = seal.close(seal.open(key.private_sealed))
            except CannotUnseal:
                continue
            count += 1
    session.flush()
    return count


def rotate_key(session: Session, seal: Seal, *, at: datetime, at_once: bool = False) -> Rotated:
    """Make a new key. It is published now and signs once platforms have had time to read it, or at once."""
    reseal(session, seal)
    keys = _published(session, at)
    signs_from = at if at_once or not keys else at + KEY_SET_LASTS
    for key in keys:
        if key.published_until_at is None:
            key.published_until_at = signs_from + _STAYS
    return Rotated(_add(session, seal, at=at, signs_from=signs_from).kid, signs_from)


def key_set(session: Session, *, at: datetime) -> dict[str, Any]:
    """Our public keys, as platforms read them."""
    return {"keys": [public_jwk(key.kid, key.public_pem) for key in _published(session, at)]}


def signer(session: Session, seal: Seal, *, at: datetime, may_write: bool = False) -> Signer:
    """The key that signs now, loaded once per process. Raises PortalError where it cannot be opened.

    `may_write`: the session is one that commits; after a rotation of the secret key it then seals the keys anew,
    whatever this process has loaded before.
    """
    keys = [key for key in _published(session, at) if key.signs_from_at <= at]
    if not keys:
        raise PortalError("There is no signing key yet. Register a platform first.")
    newest = max(keys, key=lambda key: key.id)
    if newest.kid not in _signers:
        try:
            _signers[newest.kid] = Signer(newest.kid, seal.open(newest.private_sealed))
        except CannotUnseal:
            raise PortalError(
                "The signing key was sealed under another PORTAL_SECRET_KEY. Put the earlier key back, behind a "
                "comma, or run: portal lti keys rotate --now"
            ) from None
    if may_write and not seal.is_of_first_key(newest.private_sealed):
        reseal(session, seal)
    return _signers[newest.kid]


def _published(session: Session, at: datetime) -> Sequence[ToolKey]:
    return session.scalars(
        select(ToolKey)
        .where(or_(ToolKey.published_until_at.is_(None), ToolKey.published_until_at > at))
        .order_by(ToolKey.id)
    ).all()


def _add(session: Session, seal: Seal, *, at: datetime, signs_from: datetime) -> ToolKey:
    made = make_key()
    key = ToolKey(
        kid=made.kid,
        public_pem=made.public_pem,
        private_sealed=seal.close(made.private_pem),
        created_at=at,
        signs_from_at=signs_from,
    )
    session.add(key)
    session.flush()
    return key
