"""Where a learner stands in each lesson, and what the one next step is. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.completion.policy import Facts
from portal.courses.dates import ItemDates, Schedule
from portal.courses.package.parts import Assignment, AssignmentKind, Lesson
from portal.courses.policy import is_before_opening, is_closed, is_late


class LessonState(StrEnum):
    """Where one stands in a lesson, the most telling first."""

    SHUT = "shut"  # not open yet
    HERE = "here"  # this week's, or the one under way
    DONE = "done"
    LATE = "late"  # something of it is past due and still taken
    IN_PART = "in_part"
    CLOSED = "closed"  # ended with something missing


@dataclass(frozen=True)
class Task:
    """One item of a checklist for one learner. `watched`, `to_watch`: videos its lesson asks for."""

    item: Assignment
    lesson: Lesson
    dates: ItemDates
    done_at: datetime | None
    overdue: bool
    closed: bool
    watched: int = 0
    to_watch: int = 0

    @property
    def done(self) -> bool:
        """Ticked, submitted, watched or sent."""
        return self.done_at is not None

    @property
    def open(self) -> bool:
        """Still to do, and it can be done now."""
        return not self.done and not self.closed


def tasks_of(lesson: Lesson, schedule: Schedule, facts: Facts, at: datetime) -> tuple[Task, ...]:
    """The lesson's checklist in its order, required and optional."""
    return tuple(_task(item, lesson, schedule, facts, at) for item in lesson.assignments)


def _task(item: Assignment, lesson: Lesson, schedule: Schedule, facts: Facts, at: datetime) -> Task:
    dates = schedule.assignment(item.id)
    to_watch = [video.id for video in lesson.videos if video.required] or [v.id for v in lesson.videos]
    seen = [facts.watched[id_] for id_ in to_watch if id_ in facts.watched]
    if item.kind is AssignmentKind.WATCH:
        # Nothing to watch is nothing missing (PRODUCT: Completion).
        done_at = max(seen, default=dates.opens_at) if len(seen) == len(to_watch) else None
    elif item.kind is AssignmentKind.EVALUATION:
        done_at = facts.evaluation_sent_at
    else:
        done_at = facts.done.get(item.id)
    return Task(
        item=item,
        lesson=lesson,
        dates=dates,
        done_at=done_at,
        overdue=done_at is None and is_late(dates, at) and not is_closed(dates, at),
        closed=is_closed(dates, at),
        watched=len(seen),
        to_watch=len(to_watch),
    )


def lesson_state(lesson: Lesson, tasks: Sequence[Task], schedule: Schedule, at: datetime) -> LessonState:
    """Optional items never count against anyone."""
    dates = schedule.lesson(lesson.number)
    if is_before_opening(dates, at):
        return LessonState.SHUT
    if is_this_week(lesson, schedule, at):
        return LessonState.HERE
    required = [task for task in tasks if task.item.required]
    if all(task.done for task in required):
        return LessonState.DONE
    if is_closed(dates, at):
        return LessonState.CLOSED
    return LessonState.LATE if any(task.overdue for task in required) else LessonState.IN_PART


def is_this_week(lesson: Lesson, schedule: Schedule, at: datetime) -> bool:
    """Whether the day lies in the lesson's window as it is shown."""
    first, last = schedule.window(lesson.number)
    return first <= schedule.day(at) <= last and not is_closed(schedule.lesson(lesson.number), at)


def missing_videos(lesson: Lesson, facts: Facts) -> list[str]:
    """Ids of the required videos not watched yet, in order."""
    return [video.id for video in lesson.videos if video.required and video.id not in facts.watched]


def in_order_of_need(tasks: Iterable[Task], begun: Iterable[str], at: datetime) -> list[Task]:
    """What is open and required, the next to do first: by due time, what is begun before what is not.

    What is late comes after what is still in time: it has lost nothing, and has until its closing.
    """
    started = set(begun)
    waiting = [
        task for task in tasks if task.item.required and task.open and not is_before_opening(task.dates, at)
    ]

    def need(task: Task) -> tuple[bool, datetime, bool, int]:
        due_at = task.dates.due_at or task.dates.closes_at or datetime.max.replace(tzinfo=at.tzinfo)
        return task.overdue, due_at, task.item.id not in started, task.lesson.number

    return sorted(waiting, key=need)
