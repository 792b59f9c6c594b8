"""Facts and standings: one statement for all facts, whatever the number of learners."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import String, bindparam, case, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from portal.assignments.models import ChecklistMark, Submission
from portal.attendance.models import AttendanceRecord
from portal.attendance.policy import Mark, Source, Status, standing_mark
from portal.completion.models import CompletionRecord
from portal.completion.policy import (
    RULES_VERSION,
    Call,
    Facts,
    Requirement,
    Share,
    all_met,
    requirements,
    share_for,
)
from portal.core.base import UTCDateTime
from portal.courses.models import CallSession, Cohort, Enrollment, EnrollmentState, Role
from portal.courses.package.schema import CourseContent
from portal.courses.queries import content_of
from portal.evaluation.models import EvaluationSent
from portal.videos.models import VideoProgress


@dataclass(frozen=True)
class Standing:
    """One learner's facts and what they come to now."""

    facts: Facts
    requirements: tuple[Requirement, ...]

    @property
    def done(self) -> int:
        """Things done of all that completion needs."""
        return sum(line.done for line in self.requirements)

    @property
    def needed(self) -> int:
        """Things that completion needs."""
        return sum(line.needed for line in self.requirements)

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return all_met(self.requirements)


@dataclass(frozen=True)
class Verdict:
    """Whether the certificate of completion can be had, with what that rests on."""

    met: bool
    completed_at: datetime | None
    rules_version: int
    standing: Standing


def calls_of_cohort(session: Session, cohort_id: int, content: CourseContent) -> tuple[Call, ...]:
    """The cohort's calls in order. One statement."""
    rows = session.scalars(
        select(CallSession).where(CallSession.cohort_id == cohort_id).order_by(CallSession.number)
    )
    return tuple(Call(c.number, content.call(c.number).title, c.starts_at, c.cancelled_at) for c in rows)


def facts_of(
    session: Session, *, enrollment_ids: Sequence[int] = (), cohort_id: int | None = None
) -> dict[int, Facts]:
    """The facts of these learners, or of everyone in a cohort, by enrollment. One statement.

    A learner of whom nothing is known is not in the answer: use `.get(id, Facts())`.
    """
    if cohort_id is None and not enrollment_ids:
        return {}
    videos: dict[int, dict[str, datetime]] = defaultdict(dict)
    done: dict[int, dict[str, datetime]] = defaultdict(dict)
    late: dict[int, set[str]] = defaultdict(set)
    history: dict[int, dict[int, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    sent: dict[int, datetime] = {}
    asked = {"ids": list(enrollment_ids)} if cohort_id is None else {"cohort_id": cohort_id}
    for who, kind, key, value, source, row_id, at in session.execute(_all_facts(cohort_id is None), asked):
        if kind == "video":
            videos[who][key] = at
        elif kind == "tick":
            if value == "1":
                done[who].setdefault(key, at)
            else:
                done[who].pop(key, None)
        elif kind == "work":
            done[who][key] = at
            late[who].discard(key)
            if value == "1":
                late[who].add(key)
        elif kind == "mark":
            status = Status(value) if value else None
            history[who][int(key)].append(Mark(row_id, status, Source(source), at=at))
        else:
            sent[who] = at
    people = {*videos, *done, *history, *sent}
    return {
        who: Facts(
            watched=videos[who],
            done=done[who],
            late=frozenset(late[who]),
            marks={
                n: mark for n, marks in history[who].items() if (mark := standing_mark(marks)) is not None
            },
            evaluation_sent_at=sent.get(who),
        )
        for who in people
    }


@cache
def _all_facts(by_learner: bool) -> Any:
    """The statement, built once: building it anew costs more than running it."""

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
        if by_learner:
            return columns.where(who.in_(bindparam("ids", expanding=True)))
        return columns.join(Enrollment, Enrollment.id == who).where(
            Enrollment.cohort_id == bindparam("cohort_id")
        )

    nothing = cast(null(), String)
    ticked, late = case((ChecklistMark.done, "1"), else_="0"), case((Submission.late, "1"), else_="0")
    ticks, works, marks = ChecklistMark, Submission, AttendanceRecord
    together = union_all(
        row(
            "video", VideoProgress.enrollment_id, VideoProgress.video_id, nothing, VideoProgress.watched_at
        ).where(VideoProgress.watched_at.is_not(None)),
        row("tick", ticks.enrollment_id, ticks.assignment, ticked, ticks.marked_at, id_=ticks.id),
        row("work", works.enrollment_id, works.assignment, late, works.submitted_at, id_=works.id),
        row(
            "mark",
            marks.enrollment_id,
            cast(CallSession.number, String),
            cast(marks.status, String),
            marks.marked_at,
            source=marks.source,
            id_=marks.id,
        ).join(CallSession, CallSession.id == marks.call_id),
        row("sent", EvaluationSent.enrollment_id, literal("evaluation"), nothing, EvaluationSent.sent_at),
    ).subquery()
    return select(
        together.c.who,
        together.c.kind,
        together.c.key,
        together.c.value,
        together.c.source,
        together.c.row_id,
        func.coalesce(together.c.at, together.c.at, type_=UTCDateTime()),
    ).order_by(together.c.row_id)


def standing(content: CourseContent, calls: Sequence[Call], facts: Facts) -> Standing:
    """What these facts come to."""
    return Standing(facts, requirements(content, calls, facts))


def standing_of(session: Session, enrollment: Enrollment, content: CourseContent) -> Standing:
    """One learner's standing now. Two statements."""
    facts = facts_of(session, enrollment_ids=[enrollment.id]).get(enrollment.id, Facts())
    return standing(content, calls_of_cohort(session, enrollment.cohort_id, content), facts)


def progress_of_cohort(session: Session, cohort: Cohort) -> dict[int, Standing]:
    """The standing of every enrollment of a cohort that is known of, by id. Two statements.

    One of whom nothing is known is there too: all learners that take part, test students left out.
    """
    content = content_of(session, cohort.course_version_id)
    calls = calls_of_cohort(session, cohort.id, content)
    facts = facts_of(session, cohort_id=cohort.id)
    ids = session.scalars(
        select(Enrollment.id).where(
            Enrollment.cohort_id == cohort.id,
            Enrollment.role == Role.LEARNER,
            Enrollment.state == EnrollmentState.ACTIVE,
            Enrollment.is_test.is_(False),
        )
    )
    return {id_: standing(content, calls, facts.get(id_, Facts())) for id_ in ids}


def latest_record(session: Session, enrollment_id: int) -> CompletionRecord | None:
    """The learner's standing as last recorded."""
    return latest_records(session, [enrollment_id]).get(enrollment_id)


def latest_records(session: Session, enrollment_ids: Sequence[int]) -> dict[int, CompletionRecord]:
    """The same for several, by enrollment. One statement."""
    newest = (
        select(func.max(CompletionRecord.id))
        .where(CompletionRecord.enrollment_id.in_(enrollment_ids))
        .group_by(CompletionRecord.enrollment_id)
    )
    rows = session.scalars(select(CompletionRecord).where(CompletionRecord.id.in_(newest)))
    return {row.enrollment_id: row for row in rows}


def verdict_of(session: Session, enrollment: Enrollment, content: CourseContent) -> Verdict:
    """Whether completion is reached now, from the facts themselves and never from a stale record.

    Who completed under earlier rules keeps it.
    """
    now = standing_of(session, enrollment, content)
    record = latest_record(session, enrollment.id)
    kept = record is not None and record.completed_at is not None
    if kept and record is not None and record.rules_version != RULES_VERSION and not now.met:
        return Verdict(True, record.completed_at, record.rules_version, now)
    completed_at = None
    if now.met:
        completed_at = record.completed_at if kept and record is not None else completed_at_of(now)
    return Verdict(now.met, completed_at, RULES_VERSION, now)


def completed_at_of(now: Standing) -> datetime | None:
    """When the last thing was done."""
    instants = [item.done_at for line in now.requirements for item in line.items if item.done_at is not None]
    return max(instants, default=None)


def share_of(session: Session, enrollment: Enrollment, destination: str) -> Share | None:
    """What the gradebook column of this destination shows for this learner now; None: no score."""
    cohort = session.get_one(Cohort, enrollment.cohort_id)
    content = content_of(session, cohort.course_version_id)
    facts = facts_of(session, enrollment_ids=[enrollment.id]).get(enrollment.id, Facts())
    return share_for(destination, content, calls_of_cohort(session, cohort.id, content), facts)
