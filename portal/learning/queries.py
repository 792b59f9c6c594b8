"""What a learner's pages are made from, in a constant number of statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, cached_property
from typing import Any

from sqlalchemy import Float, String, bindparam, cast, literal, null, select, union_all
from sqlalchemy.orm import Session

from portal.assignments.models import ChecklistMark, Draft
from portal.completion.policy import Call, Facts
from portal.completion.queries import Standing, facts_in, facts_of_one, standing
from portal.core.db import rows_of
from portal.core.when import Reader, When
from portal.courses.access import Member
from portal.courses.dates import Schedule
from portal.courses.package.schema import CourseContent
from portal.courses.queries import schedule_of
from portal.evaluation.models import EvaluationDraft
from portal.videos.models import VideoProgress
from portal.videos.policy import WatchedHow
from portal.videos.queries import Progress


@dataclass(frozen=True)
class Under:
    """What is under way and not done: drafts by assignment id, counts of counted tasks, videos in part."""

    drafts: Mapping[str, datetime] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    videos: Mapping[str, Progress] = field(default_factory=dict)


@dataclass(frozen=True)
class Seen:
    """The course as one member sees it now: content, dates as they hold for them, what they have done.

    `is_learner` false: staff read the same pages, and nothing of theirs is counted.
    """

    cohort: str
    cohort_name: str
    content: CourseContent
    schedule: Schedule
    facts: Facts  # what the learner has done
    under_way: Under
    now: datetime
    reader: Reader | None
    is_learner: bool

    @cached_property
    def standing(self) -> Standing:
        """What the facts come to; worked out where a page asks for it."""
        return standing(self.content, _calls(self.schedule), self.facts)

    @property
    def base(self) -> str:
        """The address of the cohort's home, with its slash."""
        return f"/c/{self.cohort}/"

    @property
    def calendar_url(self) -> str:
        """The cohort's dates as a file for calendar apps."""
        return f"{self.base}calendar.ics"

    def file_url(self, path: str) -> str:
        """Where a file of the course's package is had."""
        return f"{self.base}files/{path}"

    def when(self, at: datetime, *, deadline: bool = False) -> When:
        """An instant in words for this reader."""
        return self.schedule.when(at, self.now, self.reader, deadline=deadline)


def seen_by(
    session: Session,
    member: Member,
    reader: Reader | None,
    *,
    at: datetime,
    schedule: Schedule | None = None,
) -> Seen:
    """All that home and lesson pages need, in two statements whatever the cohort's size.

    `schedule`: the member's dates, when they were read already.
    """
    schedule = schedule or schedule_of(session, member)
    facts, under_way = Facts(), Under()
    if member.is_learner:
        facts, under_way = _known_of(session, member.id)
    return Seen(
        cohort=member.cohort.slug,
        cohort_name=member.cohort.name,
        content=member.content,
        schedule=schedule,
        facts=facts,
        under_way=under_way,
        now=at,
        reader=reader,
        is_learner=member.is_learner,
    )


def _calls(schedule: Schedule) -> list[Call]:
    """The cohort's calls as completion sees them, from dates that are already read."""
    return [
        Call(
            number,
            schedule.content.call(number).title,
            call.starts_at,
            call.starts_at if call.cancelled else None,
        )
        for number, call in schedule.calls.items()
    ]


def _known_of(session: Session, enrollment_id: int) -> tuple[Facts, Under]:
    """What a learner has done, and what is under way. One statement."""
    rows = rows_of(session, _known(), {"asked": enrollment_id}).all()
    drafts: dict[str, datetime] = {}
    counts: dict[str, int] = {}
    videos: dict[str, Progress] = {}
    for _, kind, key, how, _, _, at, first, second in rows:
        if kind == "draft":
            drafts[key] = at
        elif kind == "count":
            counts[key] = int(first)
        elif kind == "progress":
            videos[key] = Progress(first, second, at, WatchedHow(how) if how else None)
    facts = facts_in(row[:7] for row in rows).get(enrollment_id, Facts())
    return facts, Under(drafts, counts, videos)


@cache
def _known() -> Any:
    """The statement, built once: building it anew costs more than running it. Of tables, not entities: half the cost.

    Facts with two columns more, then in the same columns what is under way.
    """
    nothing, no_word = literal(0.0), cast(null(), String)

    def row(kind: str, who: Any, key: Any, at: Any, order: Any, *values: Any) -> Any:
        first, second, how = values or (nothing, nothing, no_word)
        columns = (who, literal(kind), key, cast(how, String), no_word, order, at)
        return select(*columns, cast(first, Float), cast(second, Float)).where(who == bindparam("asked"))

    facts = facts_of_one().subquery()
    draft, evaluation = Draft.__table__.c, EvaluationDraft.__table__.c
    ticks, video = ChecklistMark.__table__.c, VideoProgress.__table__.c
    counted = (ticks.count, nothing, no_word)
    played = (video.share, video.position_seconds, video.watched_how)
    its_evaluation = (evaluation.enrollment_id, literal("evaluation"), evaluation.saved_at)
    rows = union_all(
        select(*facts.c, nothing.label("first"), nothing.label("second")),
        row("draft", draft.enrollment_id, draft.assignment, draft.saved_at, draft.id),
        row("draft", *its_evaluation, evaluation.enrollment_id),
        row("count", ticks.enrollment_id, ticks.assignment, ticks.marked_at, ticks.id, *counted).where(
            ticks.count.is_not(None)
        ),
        row("progress", video.enrollment_id, video.video_id, video.watched_at, video.id, *played),
    ).subquery()
    return select(*rows.c).order_by(rows.c.row_id)
