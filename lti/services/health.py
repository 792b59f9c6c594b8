"""How the services of each platform answered last, for the course team and the operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lti.models import Context, ContextMember, LineItem, Registration, ScoreSent, ServiceHealth
from lti.protocol.platform import RegisteredPlatform
from lti.services.logins import as_platform
from lti.services.register import registration_of
from portal.core.upsert import upsert

_MOST_WORDS = 500


class Service(StrEnum):
    """What of a platform can work or fail by itself."""

    KEYS = "keys"
    TOKEN = "token"  # noqa: S105
    PEOPLE = "people"
    SCORES = "scores"


@dataclass(frozen=True)
class Health:
    """One service: when it last worked and failed, and what was said about the later of the two."""

    service: Service
    worked_at: datetime | None
    failed_at: datetime | None
    said: str

    @property
    def works(self) -> bool:
        """Whether the latest answer was a good one."""
        return self.worked_at is not None and (self.failed_at is None or self.failed_at <= self.worked_at)

    @property
    def last_at(self) -> datetime | None:
        """The latest answer of either kind."""
        return max(filter(None, (self.worked_at, self.failed_at)), default=None)


@dataclass(frozen=True)
class Subject:
    """What a check of a platform needs: its addresses, and one of each that its launches named."""

    platform: RegisteredPlatform
    family: str | None
    memberships_url: str | None
    line_item_url: str | None


def note(
    session: Session, registration_id: int, service: Service, *, worked: bool, said: str = "", at: datetime
) -> None:
    """Keep how a service answered. One statement."""
    when = {"worked_at" if worked else "failed_at": at, "said": said[:_MOST_WORDS]}
    key = {"registration_id": registration_id, "service": service.value}
    upsert(session, ServiceHealth, ["registration_id", "service"], key | when, when)


def keep(
    session: Session, registration_id: int, service: Service, works: bool | None, said: str, *, at: datetime
) -> None:
    """Keep what a check found. What could not be tried changes nothing."""
    if works is not None:
        note(session, registration_id, service, worked=works, said=said, at=at)


def health_of(session: Session, registration_ids: Sequence[int]) -> dict[int, dict[Service, Health]]:
    """By registration, what is known of its services; scores from what has arrived. Two statements."""
    found: dict[int, dict[Service, Health]] = {id_: {} for id_ in registration_ids}
    for row in session.scalars(
        select(ServiceHealth).where(ServiceHealth.registration_id.in_(registration_ids))
    ):
        service = Service(row.service)
        found[row.registration_id][service] = Health(service, row.worked_at, row.failed_at, row.said)
    arrivals: Any = session.execute(
        select(Context.registration_id, func.max(ScoreSent.arrived_at))
        .join(LineItem, LineItem.context_id == Context.id)
        .join(ScoreSent, ScoreSent.line_item_id == LineItem.id)
        .where(Context.registration_id.in_(registration_ids), ScoreSent.arrived_at.is_not(None))
        .group_by(Context.registration_id)
    )
    for registration_id, arrived_at in arrivals:
        known = found[registration_id].get(Service.SCORES, Health(Service.SCORES, None, None, ""))
        worked_at = max(filter(None, (known.worked_at, arrived_at)))
        said = known.said if worked_at == known.worked_at else ""
        if known.failed_at is not None and known.failed_at > worked_at:
            said = known.said
        found[registration_id][Service.SCORES] = Health(Service.SCORES, worked_at, known.failed_at, said)
    return found


def last_launches(session: Session, registration_ids: Sequence[int]) -> dict[int, datetime]:
    """By registration, when somebody last came from it. One statement."""
    rows: Any = session.execute(
        select(Context.registration_id, func.max(ContextMember.launched_at))
        .join(ContextMember, ContextMember.context_id == Context.id)
        .where(Context.registration_id.in_(registration_ids))
        .group_by(Context.registration_id)
    )
    return dict(rows.all())


def subject_of(session: Session, registration_id: int, cohort_id: int | None = None) -> Subject:
    """What there is to check, of the whole registration or of one cohort's LMS courses. Raises NotFound."""
    registration: Registration = registration_of(session, registration_id)
    ours = [Context.registration_id == registration_id]
    if cohort_id is not None:
        ours.append(Context.cohort_id == cohort_id)
    latest = session.scalar(
        select(Context)
        .where(*ours, Context.memberships_url.is_not(None))
        .order_by(Context.connected_at.desc().nulls_last(), Context.id.desc())
        .limit(1)
    )
    column = session.scalar(
        select(LineItem.url)
        .join(Context, Context.id == LineItem.context_id)
        .where(*ours, LineItem.gone_at.is_(None))
        .order_by(LineItem.learned_at.desc(), LineItem.id.desc())
        .limit(1)
    )
    family = registration.family or session.scalar(
        select(Context.family).where(*ours, Context.family.is_not(None)).order_by(Context.id.desc()).limit(1)
    )
    platform = as_platform(registration, registration.platform)
    return Subject(platform, family, latest.memberships_url if latest is not None else None, column)
