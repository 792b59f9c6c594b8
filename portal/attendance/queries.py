"""Reading calls and marks: a constant number of statements for five learners or five hundred."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session, contains_eager

from portal.attendance.models import AttendanceRecord
from portal.attendance.policy import Mark, Source, Status, standing_mark
from portal.audit.models import AuditEntry
from portal.core.among import Ids, among
from portal.core.errors import NotFound
from portal.courses.models import CallSession, Enrollment, EnrollmentState, Role
from portal.identity.models import Person
from portal.identity.services import shown_name

# Built once: building them anew costs more than running them.
_CALL = select(CallSession).where(
    CallSession.cohort_id == bindparam("cohort_id"), CallSession.number == bindparam("number")
)
_mark = AttendanceRecord.__table__.c
_MARKS_OF_CALL = (
    select(_mark.id, _mark.enrollment_id, _mark.status, _mark.source, _mark.marked_by_id, _mark.marked_at)
    .where(_mark.call_id == bindparam("call"))
    .order_by(_mark.id)
)
_MARKS_OF_SOME = _MARKS_OF_CALL.where(among(_mark.enrollment_id, bindparam("ids", type_=Ids())))


def call_of(session: Session, cohort_id: int, number: int) -> CallSession:
    """The cohort's call `number`. Another cohort's call is not there, whatever its id."""
    call = session.scalar(_CALL, {"cohort_id": cohort_id, "number": number})
    if call is None:
        raise NotFound(f"This course has no call {number}.")
    return call


def _taking_part(cohort_id: int) -> Select[Enrollment]:
    return (
        select(Enrollment)
        .join(Enrollment.person)
        .where(
            Enrollment.cohort_id == cohort_id,
            Enrollment.role == Role.LEARNER,
            Enrollment.state == EnrollmentState.ACTIVE,
            Enrollment.is_test.is_(False),
        )
        .options(contains_eager(Enrollment.person))
    )


def learners_of_cohort(session: Session, cohort_id: int) -> list[Enrollment]:
    """Who is on the register: learners that take part, by family name. No test students, no one who left."""
    return sorted(session.scalars(_taking_part(cohort_id)), key=_by_family_name)


def learners_of(session: Session, cohort_id: int, ids: Iterable[int]) -> list[Enrollment]:
    """These learners of the cohort. One that is not on its register is not there, and then none is."""
    wanted = set(ids)
    # Past what a column holds a database says "out of range" where it should say "not there".
    found = (
        list(session.scalars(_taking_part(cohort_id).where(Enrollment.id.in_(sorted(wanted)))))
        if all(0 < id_ < 2**31 for id_ in wanted)
        else []
    )
    if len(found) != len(wanted):
        raise NotFound("One of these learners is not on this course's register. Nobody was marked.")
    return sorted(found, key=_by_family_name)


def _by_family_name(learner: Enrollment) -> tuple[str, str, int]:
    return (*name_order(learner.person.family_name, shown_name(learner.person)), learner.id)


def name_order(family_name: str | None, name: str) -> tuple[str, str]:
    """The order of registers: family name, else the last word of the name; accents and case aside."""
    family = family_name or (name.split() or [""])[-1]
    return plain(family), plain(name)


def plain(text: str) -> str:
    """Letters without case and accents: for ordering and finding."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def _marks(*where: Any) -> Select[int, int, Status | None, Source, int | None, datetime]:
    return select(
        AttendanceRecord.id,
        AttendanceRecord.enrollment_id,
        AttendanceRecord.status,
        AttendanceRecord.source,
        AttendanceRecord.marked_by_id,
        AttendanceRecord.marked_at,
    ).where(*where)


def marks_by_enrollment(
    session: Session, call: CallSession, enrollment_ids: Sequence[int] | None = None
) -> dict[int, list[Mark]]:
    """All marks of a call in the order of writing, by enrollment; of these learners, or of everyone."""
    if enrollment_ids is None:
        rows = session.execute(_MARKS_OF_CALL, {"call": call.id})
    else:
        rows = session.execute(_MARKS_OF_SOME, {"call": call.id, "ids": list(enrollment_ids)})
    marks: dict[int, list[Mark]] = defaultdict(list)
    for id_, enrollment_id, status, source, by_id, at in rows:
        marks[enrollment_id].append(Mark(id_, status, source, by_id, at))
    return marks


def standing_marks_of_cohort(session: Session, cohort_id: int) -> dict[int, dict[int, Mark]]:
    """The marks that hold: by enrollment, then by the call's number. One statement."""
    return _standing(session, CallSession.cohort_id == cohort_id)


def standing_marks_of(session: Session, enrollment_ids: Sequence[int]) -> dict[int, dict[int, Mark]]:
    """The same for these learners alone. One statement."""
    return _standing(session, AttendanceRecord.enrollment_id.in_(enrollment_ids))


def _standing(session: Session, *where: Any) -> dict[int, dict[int, Mark]]:
    rows = session.execute(
        _marks(*where).add_columns(CallSession.number).join(CallSession).order_by(AttendanceRecord.id)
    )
    history: dict[tuple[int, int], list[Mark]] = defaultdict(list)
    for id_, enrollment_id, status, source, by_id, at, number in rows:
        history[enrollment_id, number].append(Mark(id_, status, source, by_id, at))
    standing: dict[int, dict[int, Mark]] = defaultdict(dict)
    for (enrollment_id, number), marks in history.items():
        if (mark := standing_mark(marks)) is not None:
            standing[enrollment_id][number] = mark
    return standing


def batch_of(session: Session, call: CallSession, by: int, at: datetime) -> dict[int, int]:
    """What one person wrote on a call at one instant: mark ids by enrollment. For taking it back."""
    written = select(AttendanceRecord.enrollment_id, AttendanceRecord.id).where(
        AttendanceRecord.call_id == call.id,
        AttendanceRecord.marked_by_id == by,
        AttendanceRecord.marked_at == at,
        AttendanceRecord.source == Source.FACULTY,
    )
    return {row.enrollment_id: row.id for row in session.execute(written)}


def changes_of(session: Session, cohort_id: int, number: int) -> list[AuditEntry]:
    """What was changed of a call and by whom, newest first."""
    return list(
        session.scalars(
            select(AuditEntry)
            .where(
                AuditEntry.cohort_id == cohort_id,
                AuditEntry.action == "call_edited",
                AuditEntry.after["call"].as_integer() == number,
            )
            .order_by(AuditEntry.id.desc())
        )
    )


def names_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """What to call these people, by id. One statement."""
    people = session.scalars(select(Person).where(Person.id.in_(sorted(set(person_ids)))))
    return {person.id: shown_name(person) for person in people}
