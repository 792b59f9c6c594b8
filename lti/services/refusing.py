"""How many launches were refused, by day and reason: all that a refusal leaves behind."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lti.adapter.login import digest
from lti.errors import Reason
from lti.models import LoginState, PlatformRefusals, Refusals
from portal.core.upsert import upsert

LATELY = timedelta(days=7)
_KEPT = timedelta(days=90)


@dataclass(frozen=True)
class RefusedLately:
    """Launches of one platform that were refused for one reason. Days in UTC."""

    reason: str
    count: int
    since_on: date
    last_on: date


def count_refusal(
    session: Session, reason: Reason, state: str | None, *, on_day: date, registration_id: int | None = None
) -> None:
    """Count a refused launch, also for the platform whose login it was. Its state is gone, whatever came of it.

    `registration_id`: where it is known though no login began.
    """
    if state:
        begun = session.scalar(
            delete(LoginState)
            .where(LoginState.state_hash == digest(state))
            .returning(LoginState.registration_id)
        )
        registration_id = registration_id or begun
    day = {"on_day": on_day, "reason": reason.value, "count": 1}
    upsert(session, Refusals, ["on_day", "reason"], day, {"count": Refusals.count + 1})
    if registration_id is None:
        return
    session.execute(
        delete(PlatformRefusals).where(
            PlatformRefusals.registration_id == registration_id, PlatformRefusals.on_day < on_day - _KEPT
        )
    )
    upsert(
        session,
        PlatformRefusals,
        ["registration_id", "on_day", "reason"],
        day | {"registration_id": registration_id},
        {"count": PlatformRefusals.count + 1},
    )


def refused_lately(
    session: Session, registration_ids: Sequence[int], *, on_day: date
) -> dict[int, list[RefusedLately]]:
    """By registration, what was refused in the last days, the most frequent first. One statement."""
    found: dict[int, list[RefusedLately]] = {id_: [] for id_ in registration_ids}
    total = func.sum(PlatformRefusals.count)
    rows: Any = session.execute(
        select(
            PlatformRefusals.registration_id,
            PlatformRefusals.reason,
            total,
            func.min(PlatformRefusals.on_day),
            func.max(PlatformRefusals.on_day),
        )
        .where(
            PlatformRefusals.registration_id.in_(registration_ids),
            PlatformRefusals.on_day > on_day - LATELY,
        )
        .group_by(PlatformRefusals.registration_id, PlatformRefusals.reason)
        .order_by(total.desc(), PlatformRefusals.reason)
    )
    for registration_id, *said in rows:
        found[registration_id].append(RefusedLately(*said))
    return found
