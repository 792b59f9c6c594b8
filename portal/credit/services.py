"""Claiming credit, and amending a claim."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.core.errors import Closed, Conflict
from portal.courses.dates import Schedule
from portal.courses.models import Enrollment
from portal.courses.services import take_turn
from portal.credit.models import CreditClaim
from portal.credit.policy import Claim, ClaimState
from portal.credit.queries import attended_by, standing_of_ce

_WHY_NOT = {
    ClaimState.CLOSED: "CE credit cannot be claimed yet.",
    ClaimState.NEEDS_EVALUATION: "Send the evaluation first; then CE credit can be claimed.",
    ClaimState.EXPIRED: "The deadline for claiming has passed; no CE certificate can be had any more.",
}


def claim_credit(
    session: Session, enrollment: Enrollment, schedule: Schedule, claim: Claim, *, at: datetime
) -> CreditClaim:
    """Keep a claim, with how each call was taken part in. The same claim again is the one there is.

    A claim made in time can be amended later (PRODUCT: CE credit). Closed while none can be made.
    """
    take_turn(session, enrollment.id)
    standing = standing_of_ce(session, enrollment, schedule, at)
    if standing.state in _WHY_NOT:
        raise Closed(_WHY_NOT[standing.state])
    if enrollment.is_test:
        raise Conflict("A test student of the LMS cannot claim credit.")
    last = standing.claim
    if last is not None and _says(last) == _says(claim):
        return last
    kept = CreditClaim(
        enrollment_id=enrollment.id,
        offering=claim.offering,
        credit_hundredths=claim.credit_hundredths,
        details=claim.details,
        attended=attended_by(session, enrollment, schedule),
        may_report=claim.may_report,
        claimed_at=at,
    )
    session.add(kept)
    session.flush()
    return kept


def _says(claim: Claim | CreditClaim) -> tuple[object, ...]:
    return claim.offering, claim.credit_hundredths, dict(claim.details), claim.may_report
