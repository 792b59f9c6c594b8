"""What a learner's pages are made from, in a constant number of statements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Float, cast, func, literal, select, union_all
from sqlalchemy.orm import Session

from portal.assignments.models import ChecklistMark, Draft
from portal.completion.policy import Call, Facts, requirements
from portal.completion.queries import Standing, facts_of
from portal.core.base import UTCDateTime
from portal.core.when import When
from portal.courses.access import Member
from portal.courses.dates import Schedule
from portal.courses.package.schema import CourseContent
from portal.courses.queries import schedule_of
from portal.evaluation.models import EvaluationDraft
from portal.videos.models import VideoProgress
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
    standing: Standing
    under_way: Under
    now: datetime
    reader_zone: str | None
    is_learner: bool

    @property
    def facts(self) -> Facts:
        """What the learner has done."""
        return self.standing.facts

    @property
    def base(self) -> str:
        """The address of the cohort's home, with its slash."""
        return f"/c/{self.cohort}/"

    def when(self, at: datetime, *, deadline: bool = False) -> When:
        """An instant in words for this reader."""
        return self.schedule.when(at, self.now, self.reader_zone, deadline=deadline)


def seen_by(session: Session, member: Member, reader_zone: str | None, *, at: datetime) -> Seen:
    """All that home and lesson pages need, in four statements whatever the cohort's size."""
    schedule = schedule_of(session, member.enrollment)
    facts, under_way = Facts(), Under()
    if member.is_learner:
        facts = facts_of(session, enrollment_ids=[member.id]).get(member.id, facts)
        under_way = _under_way(session, member.id)
    return Seen(
        cohort=member.cohort.slug,
        cohort_name=member.cohort.name,
        content=member.content,
        schedule=schedule,
        standing=Standing(facts, requirements(member.content, _calls(schedule), facts)),
        under_way=under_way,
        now=at,
        reader_zone=reader_zone,
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


def _under_way(session: Session, enrollment_id: int) -> Under:
    drafts: dict[str, datetime] = {}
    counts: dict[str, int] = {}
    videos: dict[str, Progress] = {}
    for kind, key, first, second, at in session.execute(_under_way_rows(enrollment_id)):
        if kind == "draft":
            drafts[key] = at
        elif kind == "count":
            counts[key] = int(first)
        else:
            videos[key] = Progress(first, second)
    return Under(drafts, counts, videos)


def _under_way_rows(enrollment_id: int) -> Any:
    def row(kind: str, model: Any, key: Any, first: Any, second: Any, at: Any, order: Any) -> Any:
        return select(
            literal(kind).label("kind"),
            key.label("key"),
            cast(first, Float).label("first"),
            cast(second, Float).label("second"),
            at.label("at"),
            order.label("row_id"),
        ).where(model.enrollment_id == enrollment_id)

    ticks, videos = ChecklistMark, VideoProgress
    rows = union_all(
        row("draft", Draft, Draft.assignment, literal(0), literal(0), Draft.saved_at, Draft.id),
        row(
            "draft",
            EvaluationDraft,
            literal("evaluation"),
            literal(0),
            literal(0),
            EvaluationDraft.saved_at,
            EvaluationDraft.enrollment_id,
        ),
        row("count", ticks, ticks.assignment, ticks.count, literal(0), ticks.marked_at, ticks.id).where(
            ticks.count.is_not(None)
        ),
        row(
            "video",
            videos,
            videos.video_id,
            videos.share,
            videos.position_seconds,
            videos.updated_at,
            videos.id,
        ),
    ).subquery()
    at = func.coalesce(rows.c.at, rows.c.at, type_=UTCDateTime())
    return select(rows.c.kind, rows.c.key, rows.c.first, rows.c.second, at).order_by(rows.c.row_id)
