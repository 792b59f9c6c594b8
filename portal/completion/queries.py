"""Facts and standings: one statement for all facts, whatever the number of learners."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.attendance.policy import Mark, Source, Status, standing_mark
from portal.completion.fact_rows import fact_rows
from portal.completion.fact_rows import facts_of_one as facts_of_one  # for pages that ask for more beside
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
from portal.courses.models import CallSession, Cohort, Enrollment, EnrollmentState, Role
from portal.courses.package.schema import CourseContent
from portal.courses.plain import PlainCohort
from portal.courses.queries import content_of


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
    return facts_in(fact_rows(session, enrollment_ids, cohort_id))


def facts_in(rows: Iterable[Sequence[Any]]) -> dict[int, Facts]:
    """What rows of `fact_rows` come to, by enrollment. Rows of other kinds among them are left aside."""
    videos: dict[int, dict[str, datetime]] = defaultdict(dict)
    done: dict[int, dict[str, datetime]] = defaultdict(dict)
    late: dict[int, set[str]] = defaultdict(set)
    history: dict[int, dict[int, list[Mark]]] = defaultdict(lambda: defaultdict(list))
    sent: dict[int, datetime] = {}
    for who, kind, key, value, source, row_id, at in rows:
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
        elif kind == "sent":
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


def standing(content: CourseContent, calls: Sequence[Call], facts: Facts) -> Standing:
    """What these facts come to."""
    return Standing(facts, requirements(content, calls, facts))


def standing_of(session: Session, enrollment: Enrollment, content: CourseContent) -> Standing:
    """One learner's standing now. Two statements."""
    facts = facts_of(session, enrollment_ids=[enrollment.id]).get(enrollment.id, Facts())
    return standing(content, calls_of_cohort(session, enrollment.cohort_id, content), facts)


def progress_of_cohort(session: Session, cohort: Cohort | PlainCohort) -> dict[int, Standing]:
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
