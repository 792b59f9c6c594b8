"""One registration as its operator handles it: shown, activated, removed while nobody came from it."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lti.models import (
    Context,
    Deployment,
    Invite,
    LoginState,
    Offer,
    PlatformRefusals,
    Registration,
    ServiceHealth,
)
from lti.protocol.refusals import explained
from lti.services import health
from lti.services.refusing import refused_lately
from lti.services.register import add_deployment, check_id, registration_of, registrations
from lti.services.stuck import count_stuck
from portal.core.errors import Conflict, Invalid
from portal.identity.models import Person, Platform


def activate(
    session: Session, registration_id: int, *, deployment_id: str | None = None, at: datetime
) -> Registration:
    """Let a platform's people in that registered itself. Raises NotFound; Invalid where no deployment is known."""
    found = registration_of(session, registration_id)
    if deployment_id is not None:
        check_id("deployment id", deployment_id)
        add_deployment(session, found, deployment_id, at=at)
    if not _count(session, Deployment, registration_id):
        raise Invalid(
            "Its LMS has named no deployment. Find the deployment id there (Canvas: the menu of the installed app), "
            f"then: portal lti activate {registration_id} --deployment-id D"
        )
    found.activated_at = found.activated_at or at
    session.flush()
    return found


def remove(session: Session, registration_id: int) -> str:
    """Take back a registration that nobody has come from; its name. Raises NotFound, Conflict."""
    registration_of(session, registration_id)
    people = session.scalar(select(func.count(Person.id)).where(Person.platform_id == registration_id)) or 0
    courses = _count(session, Context, registration_id)
    if people or courses:
        raise Conflict(
            f"Registration {registration_id} stays: {people} people and {courses} LMS courses have come from it, and "
            "their records are never lost with it."
        )
    session.execute(
        update(Invite).where(Invite.registration_id == registration_id).values(registration_id=None)
    )
    for model in (LoginState, ServiceHealth, PlatformRefusals, Offer, Deployment):
        session.execute(delete(model).where(model.registration_id == registration_id))
    session.execute(delete(Registration).where(Registration.platform_id == registration_id))
    name = session.get_one(Platform, registration_id).name
    session.execute(delete(Platform).where(Platform.id == registration_id))
    return name


def shown(session: Session, registration_id: int, *, at: datetime) -> dict[str, object]:
    """Everything about one registration, as plain JSON. `at`: real time. Raises NotFound."""
    found = registration_of(session, registration_id)
    listed = next(one for one in registrations(session) if one["registration_id"] == registration_id)
    known = health.health_of(session, [registration_id])[registration_id]
    token = known.get(health.Service.TOKEN)
    return listed | {
        "family": found.family,
        "scopes": found.scopes.split(),
        "frame_origins": found.frame_origins.split(),
        "registered_at": _iso(found.registered_at),
        "activated_at": _iso(found.activated_at),
        "last_launch_at": _iso(health.last_launches(session, [registration_id]).get(registration_id)),
        "last_token_at": _iso(token.worked_at if token is not None else None),
        "services": {
            service.value: {
                "works": one.works,
                "worked_at": _iso(one.worked_at),
                "failed_at": _iso(one.failed_at),
                "said": one.said,
            }
            for service, one in known.items()
        },
        "stuck": count_stuck(session, registration_id),
        "refused_lately": _refused(session, found, at),
    }


def _refused(session: Session, registration: Registration, at: datetime) -> list[dict[str, object]]:
    """Launches refused in the last seven days, with what to change."""
    id_, client_id = registration.platform_id, registration.platform.client_id
    return [
        {
            "reason": one.reason,
            "count": one.count,
            "since": one.since_on.isoformat(),
            "last": one.last_on.isoformat(),
            "said": explained(one.reason, registration_id=id_, client_id=client_id).words,
        }
        for one in refused_lately(session, [id_], on_day=at.date())[id_]
    ]


def _count(session: Session, model: Any, registration_id: int) -> int:
    found = session.scalar(
        select(func.count()).select_from(model).where(model.registration_id == registration_id)
    )
    return found or 0


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None
