"""Reading the audit trail."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry


def entries(
    session: Session, *, cohort_id: int | None = None, person_id: int | None = None, most: int = 500
) -> Sequence[AuditEntry]:
    """What was done, newest first: in a cohort, by a person, or all."""
    which = select(AuditEntry).order_by(AuditEntry.id.desc()).limit(most)
    if cohort_id is not None:
        which = which.where(AuditEntry.cohort_id == cohort_id)
    if person_id is not None:
        which = which.where(AuditEntry.by_id == person_id)
    return session.scalars(which).all()
