"""Logins that have begun: kept as hashes, found by their state, used up by one statement.

What vouches that the browser of the launch is the one of the login: the login's cookie; else the secret that the
platform's page kept for us; else, where neither lives in a frame, a person's click on our own page (`move`).
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from lti.adapter.launch import KnownLogin
from lti.adapter.login import LOGIN_LIVES_SECONDS, BegunLogin, LoginRequest, digest, secret
from lti.errors import LaunchRefused, Reason
from lti.models import Deployment, LoginState, Registration
from lti.protocol.platform import RegisteredPlatform
from portal.identity.models import Platform

LOGIN_LIVES = timedelta(seconds=LOGIN_LIVES_SECONDS)
MOVED_LIVES = timedelta(minutes=5)  # to read a page and press its button


@dataclass(frozen=True)
class FoundLogin:
    """A login as it was kept, and whose browser began it."""

    login: KnownLogin
    browser_hash: str
    storage_target: str | None = None  # None: the platform offers no storage, or it was not needed
    storage_hash: str | None = None
    moved_at: datetime | None = None  # when its token was found good, and the browser was sent to a tab

    def is_of(self, cookie: str | None) -> bool:
        """Whether this cookie is the one of the browser that began."""
        return cookie is not None and hmac.compare_digest(digest(cookie), self.browser_hash)

    def was_kept(self, value: str | None) -> bool:
        """Whether this is what the platform's page was given to keep."""
        kept = self.storage_hash
        return value is not None and kept is not None and hmac.compare_digest(digest(value), kept)


# Built once: building a statement costs more than running it.
_PLATFORM = (
    Platform.id,
    Platform.issuer,
    Platform.client_id,
    Registration.auth_login_url,
    Registration.auth_token_url,
    Registration.jwks_url,
    Registration.auth_audience,
    Registration.frame_origins,
)
_LOGIN = (
    select(
        LoginState.nonce_hash,
        LoginState.browser_hash,
        LoginState.storage_target,
        LoginState.storage_hash,
        LoginState.moved_at,
        LoginState.target_link_uri,
        Deployment.id,
        *_PLATFORM,
    )
    .join(Registration, Registration.platform_id == LoginState.registration_id)
    .join(Platform, Platform.id == Registration.platform_id)
    .outerjoin(
        Deployment,
        and_(
            Deployment.registration_id == Registration.platform_id,
            Deployment.deployment_id == bindparam("deployment_id"),
        ),
    )
    .where(LoginState.state_hash == bindparam("state_hash"), LoginState.expires_at > bindparam("at"))
)
_USE_UP = delete(LoginState.__table__).where(  # type: ignore[arg-type]  # a table, past the ORM's bookkeeping
    LoginState.state_hash == bindparam("state_hash"), LoginState.expires_at > bindparam("at")
)


def platform_of_login(session: Session, request: LoginRequest) -> RegisteredPlatform:
    """The platform that a login names. Without a client id only where its issuer has exactly one.

    Raises LaunchRefused, also for a platform that registered itself and is not activated yet.
    """
    asked = (
        select(*_PLATFORM, Registration.activated_at)
        .join(Registration, Registration.platform_id == Platform.id)
        .where(Platform.issuer == request.issuer)
    )
    if request.client_id is not None:
        asked = asked.where(Platform.client_id == request.client_id)
    found = session.execute(asked).all()
    # One that is pending makes no other ambiguous.
    active = [row for row in found if row[-1] is not None]
    if not active and len(found) == 1:
        pending = LaunchRefused(Reason.PENDING, f"registration {found[0][0]} is not activated")
        pending.registration_id = found[0][0]
        raise pending
    if len(active) != 1:
        raise LaunchRefused(Reason.PLATFORM, "no such issuer and client" if not active else "several clients")
    return RegisteredPlatform(*active[0][:-1])


def keep_login(
    session: Session, begun: BegunLogin, request: LoginRequest, platform: RegisteredPlatform, *, at: datetime
) -> None:
    """Keep what the launch will be held against, and sweep what has expired."""
    session.execute(delete(LoginState).where(LoginState.expires_at < at))
    session.execute(
        insert(LoginState).values(
            state_hash=digest(begun.state),
            nonce_hash=digest(begun.nonce),
            browser_hash=digest(begun.browser),
            storage_target=request.storage_target,
            storage_hash=digest(begun.storage) if begun.storage is not None else None,
            registration_id=platform.id,
            target_link_uri=request.target_link_uri,
            expires_at=at + LOGIN_LIVES,
        )
    )


def login_of(session: Session, state: str, deployment_id: Any, *, at: datetime) -> FoundLogin:
    """The login of this state, with its platform. One statement. Raises LaunchRefused.

    `deployment_id`: what the token says, not checked yet; it is only looked up.
    """
    said = deployment_id if isinstance(deployment_id, str) and deployment_id.isprintable() else ""
    row = session.execute(
        _LOGIN, {"state_hash": digest(state), "deployment_id": said, "at": at}
    ).one_or_none()
    if row is None:
        raise LaunchRefused(Reason.STATE, "unknown, used or expired")
    nonce_hash, browser_hash, target, storage_hash, moved_at, target_link_uri, deployment, *platform = row
    known = KnownLogin(
        RegisteredPlatform(*platform), nonce_hash, target_link_uri, deployment_known=deployment is not None
    )
    return FoundLogin(known, browser_hash, target, storage_hash, moved_at)


def use_up(session: Session, state: str, *, at: datetime) -> None:
    """Use the state and its nonce: exactly one caller succeeds, in whatever process. Raises LaunchRefused."""
    used: Any = session.execute(_USE_UP, {"state_hash": digest(state), "at": at})
    if used.rowcount != 1:
        raise LaunchRefused(Reason.NONCE, "used meanwhile")


def move(session: Session, state: str, *, at: datetime) -> str:
    """A checked launch that nothing vouches for goes on in a tab: a new state, good once; the old one is spent.

    Raises LaunchRefused where the state is used already.
    """
    fresh = secret()
    moved: Any = session.execute(
        update(LoginState)
        .where(
            LoginState.state_hash == digest(state), LoginState.expires_at > at, LoginState.moved_at.is_(None)
        )
        .values(
            state_hash=digest(fresh),
            browser_hash="",  # no cookie has this hash
            storage_hash=None,
            moved_at=at,
            expires_at=at + MOVED_LIVES,
        )
    )
    if moved.rowcount != 1:
        raise LaunchRefused(Reason.NONCE, "used meanwhile")
    return fresh


def as_platform(registration: Registration, platform: Platform) -> RegisteredPlatform:
    """The registration as the wire needs it."""
    return RegisteredPlatform(
        id=platform.id,
        issuer=platform.issuer,
        client_id=platform.client_id,
        auth_login_url=registration.auth_login_url,
        auth_token_url=registration.auth_token_url,
        jwks_url=registration.jwks_url,
        auth_audience=registration.auth_audience,
        frame_origins=registration.frame_origins,
    )
