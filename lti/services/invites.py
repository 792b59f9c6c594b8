"""One-time addresses at which a platform registers itself: made, held while it does, used up with what came."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from lti.models import Invite, Registration
from lti.protocol.origins import origin_of
from lti.protocol.registration import Granted, PlatformConfiguration
from lti.services.register import PlatformForm, add_deployment, add_platform, addresses
from portal.core.errors import Conflict, Invalid, NotFound
from portal.identity.models import Platform

INVITE_LIVES = timedelta(days=7)
_LONGEST_NAME = 200
HOLD = timedelta(minutes=1)  # longer than the two calls may take; a crash in between frees it after that


@dataclass(frozen=True)
class HeldInvite:
    """An invite that a registration under way has for itself."""

    id: int
    name: str | None
    activates: bool


@dataclass(frozen=True)
class Joined:
    """What became of a registration. `known`: it was registered before, and stays as it was; `scopes`: granted."""

    registration_id: int
    name: str
    active: bool
    has_deployment: bool
    known: bool
    scopes: tuple[str, ...]


def make_invite(session: Session, *, name: str | None, activates: bool, at: datetime) -> str:
    """A new invite's secret: shown once, kept as its hash. Raises Invalid for a name nobody could read."""
    if name is not None and (not 0 < len(name.strip()) <= _LONGEST_NAME or not name.isprintable()):
        raise Invalid(f"The name must be 1 to {_LONGEST_NAME} characters.")
    secret = secrets.token_urlsafe(32)
    session.add(
        Invite(
            secret_hash=_digest(secret),
            name=name,
            activates=activates,
            made_at=at,
            expires_at=at + INVITE_LIVES,
        )
    )
    session.flush()
    return secret


def require_live(session: Session, secret: str, *, at: datetime) -> bool:
    """Whether this invite lets its platform in at once. Writes nothing, whoever asks how often.

    Raises NotFound for one that is unknown, used or too old.
    """
    activates = session.scalar(select(Invite.activates).where(*_live(secret, at)))
    if activates is None:
        raise NotFound(
            "This registration address has been used, or is older than seven days, or is not whole. If that was you "
            "a moment ago, all is well: your LMS lists Lectern now."
        )
    return activates


def take_back(session: Session, address: str, *, at: datetime) -> None:
    """An address that went astray registers nobody any more. Raises NotFound for one that is no live invite's."""
    secret = urlsplit(address.strip()).path.rstrip("/").rpartition("/")[2]
    taken: Any = session.execute(update(Invite).where(*_live(secret, at)).values(used_at=at, held_until=None))
    if taken.rowcount != 1:
        raise NotFound("This is no registration address that is still good.")


def hold(session: Session, secret: str, *, at: datetime) -> HeldInvite:
    """Take the invite for one registration: of several callers at once exactly one succeeds.

    Raises NotFound for one that is unknown, used or too old; Conflict while another registration has it.
    """
    taken: Any = session.execute(
        update(Invite)
        .where(*_live(secret, at), or_(Invite.held_until.is_(None), Invite.held_until <= at))
        .values(held_until=at + HOLD)
    )
    if taken.rowcount != 1:
        require_live(session, secret, at=at)
        raise Conflict(
            "A registration by this address is under way. Wait a minute and look whether your LMS lists Lectern; "
            "only if it does not, try again."
        )
    found = session.scalars(select(Invite).where(Invite.secret_hash == _digest(secret))).one()
    return HeldInvite(found.id, found.name, found.activates)


def release(session: Session, held: HeldInvite) -> None:
    """Nothing came of it: the invite lives on."""
    session.execute(update(Invite).where(Invite.id == held.id).values(held_until=None))


def use(
    session: Session,
    held: HeldInvite,
    platform: PlatformConfiguration,
    granted: Granted,
    *,
    allow_private: bool,
    at: datetime,
) -> Joined:
    """Use the invite up, and keep what the platform registered. Raises Conflict, Invalid: then nothing is kept.

    A pair of issuer and client id that is there already stays as it is, its deployments too.
    """
    used: Any = session.execute(
        update(Invite)
        .where(Invite.id == held.id, Invite.used_at.is_(None))
        .values(used_at=at, held_until=None)
    )
    if used.rowcount != 1:
        raise NotFound("This registration address has been used meanwhile.")
    form = PlatformForm(
        issuer=platform.issuer,
        client_id=granted.client_id,
        auth_login_url=platform.auth_login_url,
        auth_token_url=platform.auth_token_url,
        jwks_url=platform.jwks_url,
        auth_audience=platform.audience,
        name=held.name or platform.account or _host(platform),
    )
    known = _known(session, form)
    if known is None:
        made = add_platform(session, form, allow_private=allow_private, at=at)
        made.family, made.scopes = platform.family, " ".join(granted.scopes)
        made.frame_origins = " ".join(
            origin for origin in platform.frame_origins if origin != origin_of(platform.issuer)
        )
        made.activated_at = at if held.activates else None
        if granted.deployment_id is not None:
            add_deployment(session, made, granted.deployment_id, at=at)
    elif addresses(known) != addresses(form):
        raise Conflict(
            "Your LMS is registered here under this client id already, with other addresses, and those stay as they "
            "are. Remove Lectern from your LMS and register it anew."
        )
    registration = known or made
    session.execute(
        update(Invite).where(Invite.id == held.id).values(registration_id=registration.platform_id)
    )
    session.flush()
    return Joined(
        registration_id=registration.platform_id,
        name=session.get_one(Platform, registration.platform_id).name,
        active=registration.activated_at is not None,
        has_deployment=granted.deployment_id is not None,
        known=known is not None,
        scopes=granted.scopes,
    )


def _known(session: Session, form: PlatformForm) -> Registration | None:
    return session.scalar(
        select(Registration)
        .join(Registration.platform)
        .where(Platform.issuer == form.issuer, Platform.client_id == form.client_id)
    )


def _host(platform: PlatformConfiguration) -> str | None:
    # The school's own host says more than an issuer that schools share.
    own = [urlsplit(origin).netloc for origin in platform.frame_origins]
    return own[-1] if own else None


def _live(secret: str, at: datetime) -> tuple[Any, ...]:
    return Invite.secret_hash == _digest(secret), Invite.used_at.is_(None), Invite.expires_at > at


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
