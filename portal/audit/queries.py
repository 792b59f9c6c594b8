"""Reading the audit trail."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
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


def entries_about(session: Session, cohort_id: int, enrollment_id: int) -> Sequence[AuditEntry]:
    """What was changed of one enrollment, newest first: alone, or together with others of the cohort."""
    together = and_(AuditEntry.about_id.is_(None), _is_among_those_changed(session, enrollment_id))
    which = select(AuditEntry).where(
        AuditEntry.cohort_id == cohort_id, or_(AuditEntry.about_id == enrollment_id, together)
    )
    return session.scalars(which.order_by(AuditEntry.id.desc())).all()


def _is_among_those_changed(session: Session, enrollment_id: int) -> ColumnElement[bool]:
    """Whether `after.enrollments` names it. A list in JSON is searched by each database in its own words."""
    if session.get_bind().dialect.name == "sqlite":
        named = func.json_each(AuditEntry.after, "$.enrollments").table_valued("value")
        return exists().where(named.c.value == enrollment_id)
    listed = func.json_array_elements_text(AuditEntry.after["enrollments"]).table_valued("value")
    return exists().where(listed.c.value == str(enrollment_id))
