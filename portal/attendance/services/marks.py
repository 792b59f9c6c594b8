"""Marking who was there. Earlier marks stay as history; nothing is ever overwritten."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import Session

from portal.attendance.models import AttendanceRecord
from portal.attendance.policy import Source, Status, persons_word, standing_mark
from portal.attendance.queries import batch_of, marks_by_enrollment
from portal.audit.services import record
from portal.core.among import Ids, among
from portal.core.errors import Conflict
from portal.courses.messages import ProgressChanged
from portal.courses.models import CallSession, Enrollment
from portal.outbox.services import post

_mark, _learner = AttendanceRecord.__table__.c, Enrollment.__table__.c
# One INSERT … SELECT, built once: sixty times as quick as a row each for five hundred learners.
_NEW_MARKS = insert(cast(Table, AttendanceRecord.__table__)).from_select(
    ["enrollment_id", "call_id", "status", "source", "marked_by_id", "marked_at"],
    select(
        _learner.id,
        bindparam("call", type_=_mark.call_id.type),
        bindparam("status", type_=_mark.status.type),
        bindparam("source", type_=_mark.source.type),
        bindparam("by", type_=_mark.marked_by_id.type),
        bindparam("at", type_=_mark.marked_at.type),
    )
    .where(among(_learner.id, bindparam("ids", type_=Ids())))
    .order_by(_learner.id),
)


def mark_attendance(
    session: Session,
    call: CallSession,
    learners: Sequence[Enrollment],
    status: Status | None,
    *,
    by: int,
    at: datetime,
) -> list[int]:
    """Faculty mark learners on a call, one or five hundred alike. Earlier marks stay as history.

    `status` None takes a person's mark back; a machine's, if there is one, stands again. Who already has this
    mark by a person's hand gets no second one: a double click has one effect. `by`: the marking person's id.
    Returns the enrollment ids that changed.
    """
    ids = [learner.id for learner in learners]
    # Of several all marks are read: to name hundreds of ids costs more.
    marks = marks_by_enrollment(session, call, ids if len(ids) == 1 else None)
    said = {id_: persons_word(marks[id_]) for id_ in marks}
    changed = [id_ for id_ in ids if said.get(id_) is not status]
    _append(session, call, changed, status, by=by, at=at)
    return changed


def mark_remaining(
    session: Session,
    call: CallSession,
    register: Sequence[Enrollment],
    status: Status,
    *,
    by: int,
    at: datetime,
) -> list[int]:
    """Mark all of the register who have no mark yet, by a person or a machine. Returns who changed."""
    marked = {id_ for id_, marks in marks_by_enrollment(session, call).items() if standing_mark(marks)}
    unmarked = [learner.id for learner in register if learner.id not in marked]
    _append(session, call, unmarked, status, by=by, at=at)
    return unmarked


def take_back(
    session: Session, call: CallSession, *, by: int, marked_at: datetime, at: datetime
) -> list[int]:
    """Undo what a person wrote at one instant: each learner's mark by hand becomes what it was before.

    Learners marked again since keep the newer mark. Raises Conflict when nothing is left to undo.
    """
    batch = batch_of(session, call, by, marked_at)
    marks = marks_by_enrollment(session, call, list(batch))
    before: dict[Status | None, list[int]] = defaultdict(list)
    for enrollment_id, mark_id in batch.items():
        by_person = [mark for mark in marks[enrollment_id] if mark.source is Source.FACULTY]
        if by_person[-1].id == mark_id:
            before[persons_word(by_person[:-1])].append(enrollment_id)
    if not before:
        raise Conflict("These marks were changed since, or taken back already. Nothing was undone.")
    for status, ids in before.items():
        _append(session, call, ids, status, by=by, at=at)
    return [id_ for ids in before.values() for id_ in ids]


def _append(
    session: Session, call: CallSession, ids: Sequence[int], status: Status | None, *, by: int, at: datetime
) -> None:
    if not ids:
        return
    mark = {"call": call.id, "status": status, "source": Source.FACULTY, "by": by, "at": at}
    session.execute(_NEW_MARKS, mark | {"ids": list(ids)})
    post(session, ProgressChanged(list(ids)))
    record(
        session,
        action="attendance_marked",
        cohort_id=call.cohort_id,
        by=by,
        about=ids[0] if len(ids) == 1 else None,
        after={"call": call.number, "status": status, "enrollments": list(ids)},
        at=at,
    )
