"""Reading claims: the latest holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.completion.queries import standing_of
from portal.courses.dates import Schedule
from portal.courses.models import Enrollment
from portal.credit.models import CreditClaim
from portal.credit.policy import ClaimState, attended_of, hundredths_of, state_of
from portal.evaluation.queries import sent_at_of


@dataclass(frozen=True)
class CeStanding:
    """CE credit of one learner now. `deadline` None and `maximum_hundredths` 0: the course offers none."""

    state: ClaimState
    deadline: datetime | None
    maximum_hundredths: int
    evaluation_sent_at: datetime | None
    claim: CreditClaim | None


def claim_of(session: Session, enrollment_id: int) -> CreditClaim | None:
    """The claim that holds."""
    return claims_of(session, [enrollment_id]).get(enrollment_id)


def claims_of(session: Session, enrollment_ids: Sequence[int]) -> dict[int, CreditClaim]:
    """The same for several, by enrollment. One statement."""
    newest = (
        select(func.max(CreditClaim.id))
        .where(CreditClaim.enrollment_id.in_(enrollment_ids))
        .group_by(CreditClaim.enrollment_id)
    )
    return {
        claim.enrollment_id: claim
        for claim in session.scalars(select(CreditClaim).where(CreditClaim.id.in_(newest)))
    }


def standing_of_ce(session: Session, enrollment: Enrollment, schedule: Schedule, at: datetime) -> CeStanding:
    """Where CE credit stands for this learner."""
    credit = schedule.content.credit
    if credit is None:
        return CeStanding(ClaimState.CLOSED, None, 0, None, None)
    claim = claim_of(session, enrollment.id)
    sent_at = sent_at_of(session, enrollment.id)
    needs = credit.requires
    evaluation = schedule.evaluation() if schedule.content.evaluation else None
    unfinished = "completion" in needs and not standing_of(session, enrollment, schedule.content).met
    state = state_of(
        claimed=claim is not None,
        deadline=schedule.claim_deadline(),
        evaluation_opens_at=evaluation.opens_at if evaluation else None,
        evaluation_missing="evaluation" in needs and evaluation is not None and sent_at is None,
        completion_missing=unfinished,
        at=at,
    )
    maximum = hundredths_of(credit.maximum)
    return CeStanding(state, schedule.claim_deadline(), maximum, sent_at, claim)


def ce_state_of(session: Session, enrollment: Enrollment, schedule: Schedule, at: datetime) -> dict[str, Any]:
    """The `ce` of record.json: state, deadline, maximum and claimed credits."""
    standing = standing_of_ce(session, enrollment, schedule, at)
    local = standing.deadline.astimezone(ZoneInfo(schedule.zone)) if standing.deadline else None
    return {
        "state": standing.state.value,
        "deadline": local.isoformat() if local else None,
        "maximum": standing.maximum_hundredths / 100,
        "claimed": standing.claim.credit_hundredths / 100 if standing.claim else None,
    }


def attended_by(session: Session, enrollment: Enrollment, schedule: Schedule) -> dict[str, str]:
    """How this learner took part in each call so far: number → `live` or `recording`."""
    facts = standing_of(session, enrollment, schedule.content).facts
    numbers = tuple(call.number for call in schedule.content.calls)
    return attended_of(numbers, facts.marks, facts.watched)
