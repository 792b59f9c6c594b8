"""All facts of learners as rows of one statement."""

from collections.abc import Sequence
from enum import Enum
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, case, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from portal.assignments.models import ChecklistMark, Submission
from portal.attendance.models import AttendanceRecord
from portal.core.base import UTCDateTime
from portal.core.db import rows_of
from portal.courses.models import CallSession, Enrollment
from portal.evaluation.models import EvaluationSent
from portal.videos.models import VideoProgress


class _Asked(Enum):
    """Whose facts a statement asks for."""

    ONE = "one learner"
    SEVERAL = "several learners"
    COHORT = "a cohort"


def fact_rows(session: Session, enrollment_ids: Sequence[int], cohort_id: int | None) -> Any:
    """(enrollment id, kind, key, value, source, row id, instant) of these learners, or of a whole cohort."""
    if cohort_id is not None:
        return rows_of(session, _all_facts(_Asked.COHORT), {"asked": cohort_id})
    if len(enrollment_ids) == 1:
        return rows_of(session, facts_of_one(), {"asked": enrollment_ids[0]})
    return rows_of(session, _all_facts(_Asked.SEVERAL), {"asked": list(enrollment_ids)})


def facts_of_one() -> Any:
    """The statement for one learner (bound as `asked`): who, kind, key, value, source, row_id, at."""
    return _all_facts(_Asked.ONE)


@cache
def _all_facts(asked: _Asked) -> Any:
    """The statement, built once: building it anew costs more than running it. Of tables, not entities: half the cost."""

    def row(
        kind: str, who: Any, key: Any, value: Any, at: Any, *, source: Any = None, id_: Any = None
    ) -> Any:
        columns = select(
            who.label("who"),
            literal(kind).label("kind"),
            key.label("key"),
            value.label("value"),
            (cast(null(), String) if source is None else cast(source, String)).label("source"),
            (literal(0) if id_ is None else id_).label("row_id"),
            at.label("at"),
        )
        if asked is _Asked.ONE:
            return columns.where(who == bindparam("asked"))
        if asked is _Asked.SEVERAL:
            return columns.where(who.in_(bindparam("asked", expanding=True)))
        return columns.join(enrollments, enrollments.c.id == who).where(
            enrollments.c.cohort_id == bindparam("asked")
        )

    enrollments, calls = Enrollment.__table__, CallSession.__table__
    ticks, works, marks = ChecklistMark.__table__.c, Submission.__table__.c, AttendanceRecord.__table__.c
    videos, sent = VideoProgress.__table__.c, EvaluationSent.__table__.c
    nothing = cast(null(), String)
    ticked, late = case((ticks.done, "1"), else_="0"), case((works.late, "1"), else_="0")
    call_number, status = cast(calls.c.number, String), cast(marks.status, String)
    together = union_all(
        row("video", videos.enrollment_id, videos.video_id, nothing, videos.watched_at).where(
            videos.watched_at.is_not(None)
        ),
        row("tick", ticks.enrollment_id, ticks.assignment, ticked, ticks.marked_at, id_=ticks.id),
        row("work", works.enrollment_id, works.assignment, late, works.submitted_at, id_=works.id),
        row(
            "mark",
            marks.enrollment_id,
            call_number,
            status,
            marks.marked_at,
            source=marks.source,
            id_=marks.id,
        ).join(calls, calls.c.id == marks.call_id),
        row("sent", sent.enrollment_id, literal("evaluation"), nothing, sent.sent_at),
    ).subquery()
    return select(
        together.c.who,
        together.c.kind,
        together.c.key,
        together.c.value,
        together.c.source,
        together.c.row_id,
        func.coalesce(together.c.at, together.c.at, type_=UTCDateTime()).label("at"),
    ).order_by(together.c.row_id)
