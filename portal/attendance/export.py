"""The register of a call as a table to take away."""

from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.attendance.policy import standing_mark
from portal.attendance.queries import learners_of_cohort, marks_by_enrollment, names_of
from portal.core.tables import csv_table
from portal.courses.access import Member
from portal.courses.models import CallSession
from portal.identity.services import shown_name

HEAD = ("enrollment", "name", "email", "call", "status", "source", "marked_at", "marked_by")


def attendance_csv(session: Session, member: Member, call: CallSession) -> bytes:
    """One line a learner; instants ISO 8601 in the course's zone. Three statements."""
    zone = ZoneInfo(member.cohort.time_zone)
    marks = marks_by_enrollment(session, call)
    standing = {id_: standing_mark(of_learner) for id_, of_learner in marks.items()}
    names = names_of(session, {mark.by_id for mark in standing.values() if mark and mark.by_id})
    rows = []
    for learner in learners_of_cohort(session, member.cohort_id):
        mark = standing.get(learner.id)
        at = mark.at.astimezone(zone).isoformat(timespec="seconds") if mark and mark.at else None
        rows.append(
            (
                learner.id,
                shown_name(learner.person),
                learner.person.email,
                call.number,
                mark.status if mark else None,
                mark.source if mark else None,
                at,
                names.get(mark.by_id or 0) if mark else None,
            )
        )
    return csv_table(HEAD, rows)
