"""Platforms that are let in, and what each of them is offered."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti.models import Context, Deployment, Offer, Registration
from lti.protocol.origins import is_public_host, is_web_address
from portal.core.errors import Conflict, Invalid, NotFound
from portal.courses.models import Cohort, Course
from portal.courses.queries import cohort_of, latest_version
from portal.identity.models import Platform
from portal.identity.services import platform_for

_LONGEST_ID = 255


@dataclass(frozen=True)
class PlatformForm:
    """What an operator says of a platform."""

    issuer: str
    client_id: str
    auth_login_url: str
    auth_token_url: str
    jwks_url: str
    auth_audience: str | None = None
    name: str | None = None


def register(
    session: Session, form: PlatformForm, deployment_id: str, *, allow_private: bool, at: datetime
) -> Registration:
    """Let a platform in; known already, add the deployment. Addresses of a known one never change by this.

    Raises Invalid for addresses we would not call, Conflict where it is known with others.
    """
    check_id("deployment id", deployment_id)
    platform = session.scalar(
        select(Platform).where(Platform.issuer == form.issuer, Platform.client_id == form.client_id)
    )
    known = session.get(Registration, platform.id) if platform is not None else None
    if known is None:
        known = add_platform(session, form, allow_private=allow_private, at=at)
    elif addresses(known) != addresses(form):
        raise Conflict(
            f"This issuer and client are registered already (as {known.platform_id}) with other addresses. They stay "
            "as they are; a platform that moved is registered under its new client id. If that one was a mistake and "
            f"nobody has come from there yet: portal lti remove {known.platform_id}"
        )
    known.activated_at = (
        known.activated_at or at
    )  # one that registered itself and waits: this is the operator's yes
    add_deployment(session, known, deployment_id, at=at)
    return known


def add_platform(session: Session, form: PlatformForm, *, allow_private: bool, at: datetime) -> Registration:
    """A new registration, active. Raises Invalid for addresses we would not call."""
    _check(form, allow_private=allow_private)
    name = form.name or urlsplit(form.issuer).hostname or form.issuer
    platform = platform_for(session, form.issuer, form.client_id, name=name, at=at)
    made = Registration(
        platform_id=platform.id,
        auth_login_url=form.auth_login_url,
        auth_token_url=form.auth_token_url,
        jwks_url=form.jwks_url,
        auth_audience=form.auth_audience,
        frame_origins="",
        registered_at=at,
        activated_at=at,
    )
    session.add(made)
    session.flush()
    return made


def add_deployment(session: Session, registration: Registration, deployment_id: str, *, at: datetime) -> None:
    """The deployment may launch from now on; known already, nothing happens."""
    known = session.scalar(
        select(Deployment.id).where(
            Deployment.registration_id == registration.platform_id, Deployment.deployment_id == deployment_id
        )
    )
    if known is None:
        session.add(
            Deployment(registration_id=registration.platform_id, deployment_id=deployment_id, added_at=at)
        )
        session.flush()


def registration_of(session: Session, registration_id: int) -> Registration:
    """The registration of this id. Raises NotFound."""
    found = session.get(Registration, registration_id)
    if found is None:
        raise NotFound(f"There is no registration {registration_id}. See: portal lti list")
    return found


def offer(
    session: Session,
    registration_id: int,
    *,
    cohort: str | None = None,
    course: str | None = None,
    at: datetime,
) -> Offer:
    """Offer a cohort, or a new one of a course, to instructors of a platform: for one connection."""
    if (cohort is None) == (course is None):
        raise Invalid("Offer either a cohort or a course.")
    registration = registration_of(session, registration_id)
    made = Offer(
        registration_id=registration.platform_id,
        cohort_id=cohort_of(session, cohort).id if cohort is not None else None,
        course_id=latest_version(session, course).course_id if course is not None else None,
        offered_at=at,
    )
    session.add(made)
    session.flush()
    return made


def registrations(session: Session) -> list[dict[str, object]]:
    """Everything that is registered, offered and connected, as plain JSON. Four statements."""
    deployments, contexts, offers = _by_registration(session)
    return [
        {
            "registration_id": platform.id,
            "name": platform.name,
            "issuer": platform.issuer,
            "client_id": platform.client_id,
            "auth_login_url": registration.auth_login_url,
            "auth_token_url": registration.auth_token_url,
            "jwks_url": registration.jwks_url,
            "auth_audience": registration.auth_audience,
            "active": registration.activated_at is not None,
            "deployments": deployments.get(platform.id, []),
            "contexts": contexts.get(platform.id, []),
            "offers": offers.get(platform.id, []),
        }
        for registration, platform in session.execute(
            select(Registration, Platform).join(Registration.platform).order_by(Platform.id)
        )
    ]


_Lists = dict[int, list[object]]


def _by_registration(session: Session) -> tuple[_Lists, _Lists, _Lists]:
    deployments: _Lists = {}
    contexts: _Lists = {}
    offers: _Lists = {}
    for one in session.scalars(select(Deployment).order_by(Deployment.id)):
        deployments.setdefault(one.registration_id, []).append(one.deployment_id)
    for context, slug in session.execute(
        select(Context, Cohort.slug).outerjoin(Cohort, Cohort.id == Context.cohort_id).order_by(Context.id)
    ):
        contexts.setdefault(context.registration_id, []).append(
            {"context_id": context.context_id, "title": context.title, "cohort": slug}
        )
    for made, cohort, course in session.execute(
        select(Offer, Cohort.slug, Course.slug)
        .outerjoin(Cohort, Cohort.id == Offer.cohort_id)
        .outerjoin(Course, Course.id == Offer.course_id)
        .order_by(Offer.id)
    ):
        offers.setdefault(made.registration_id, []).append(
            {"offer_id": made.id, "cohort": cohort, "course": course, "used": made.used_at is not None}
        )
    return deployments, contexts, offers


def addresses(of: Registration | PlatformForm) -> tuple[str, str, str, str | None]:
    """What never changes of a registration."""
    return of.auth_login_url, of.auth_token_url, of.jwks_url, of.auth_audience


def _check(form: PlatformForm, *, allow_private: bool) -> None:
    if not is_web_address(form.issuer) or len(form.issuer) > 512:
        raise Invalid("The issuer must be the platform's http(s) address, exactly as it writes it.")
    check_id("client id", form.client_id)
    for name, url in (
        ("authorization address", form.auth_login_url),
        ("token address", form.auth_token_url),
        ("key set address", form.jwks_url),
    ):
        if not is_web_address(url) or len(url) > 2000:
            raise Invalid(f"The {name} is not an http(s) address: {url[:200]}")
        if not allow_private and (
            not url.startswith("https://") or not is_public_host(urlsplit(url).hostname or "")
        ):
            raise Invalid(
                f"The {name} must be https on a public host: {url[:200]}. (PORTAL_ALLOW_LOOPBACK_PLATFORMS=1 lets "
                "platforms live on loopback or private addresses.)"
            )


def check_id(name: str, text: str) -> None:
    """Raises Invalid for an id that no platform sends."""
    if not 0 < len(text) <= _LONGEST_ID or not text.isprintable():
        raise Invalid(f"The {name} must be 1 to {_LONGEST_ID} characters.")
