"""Where a learner stands, cell by cell, and the word for the whole. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.attendance.policy import ATTENDED, Status
from portal.completion.policy import Facts, Item, Requirement, RequirementKind
from portal.courses.dates import ItemDates, Schedule
from portal.courses.package.schema import RECORDING
from portal.courses.policy import is_before_opening, is_late


class Cell(StrEnum):
    """What stands in a cell of the matrix."""

    DONE = "done"
    PART = "part"
    OPEN = "open"  # nothing yet
    LATE = "late"
    SHUT = "shut"  # not open yet
    TO_COME = "to-come"  # a call not held yet
    PRESENT = "present"
    CAME_LATE = "camelate"
    LEFT_EARLY = "leftearly"
    ABSENT = "absent"
    EXCUSED = "excused"
    RECORDING = "recording"
    NO_MARK = "none"
    CANCELLED = "cancelled"
    NOTHING = "nothing"  # asks nothing


CELL_WORDS = {
    Cell.DONE: "Done",
    Cell.PART: "In part",
    Cell.OPEN: "Nothing yet",
    Cell.LATE: "Late",
    Cell.SHUT: "Not open yet",
    Cell.TO_COME: "Not held yet",
    Cell.PRESENT: "Present",
    Cell.CAME_LATE: "Came late",
    Cell.LEFT_EARLY: "Left early",
    Cell.ABSENT: "Absent",
    Cell.EXCUSED: "Excused",
    Cell.RECORDING: "Recording watched",
    Cell.NO_MARK: "No mark",
    Cell.CANCELLED: "Cancelled, counts",
    Cell.NOTHING: "Nothing asked",
}

CELL_CLASS = {Cell.TO_COME: Cell.SHUT}  # drawn alike

_OF_STATUS = {
    Status.PRESENT: Cell.PRESENT,
    Status.LATE: Cell.CAME_LATE,
    Status.LEFT_EARLY: Cell.LEFT_EARLY,
    Status.ABSENT: Cell.ABSENT,
    Status.EXCUSED: Cell.EXCUSED,
}


class Verdict(StrEnum):
    """The word for the whole: what the certificate of completion waits for."""

    ISSUED = "issued"
    ELIGIBLE = "eligible"
    ONE_SHORT = "one-short"
    SHORT = "short"
    BEHIND = "behind"


class Show(StrEnum):
    """Whom the list shows."""

    ALL = "all"
    BEHIND = "behind"
    ONE_SHORT = "one-short"
    ELIGIBLE = "eligible"
    ISSUED = "issued"


@dataclass(frozen=True)
class Deadlines:
    """The dates of everything of one schedule, worked out once for all learners that share it."""

    lessons: Mapping[int, ItemDates]
    items: Mapping[str, ItemDates]  # by id of video or assignment, and `evaluation`

    @classmethod
    def of(cls, schedule: Schedule) -> "Deadlines":
        """A lecture is due with its lesson's window."""
        content = schedule.content
        lessons = {lesson.number: schedule.lesson(lesson.number) for lesson in content.lessons}
        items = {v.id: lessons[lesson.number] for lesson in content.lessons for v in lesson.videos}
        items |= {item.id: schedule.assignment(item.id) for item in content.assignments}
        if content.evaluation is not None:
            items["evaluation"] = schedule.evaluation()
        return cls(lessons, items)

    def is_overdue(self, item: Item, at: datetime) -> bool:
        """Not done though its time has passed."""
        return item.done_at is None and item.id in self.items and is_late(self.items[item.id], at)


def lesson_cell(items: Sequence[Item], dates: ItemDates, deadlines: Deadlines, at: datetime) -> Cell:
    """How one lesson stands: its required videos and work together."""
    done = sum(item.done_at is not None for item in items)
    if items and done == len(items):
        return Cell.DONE
    if is_before_opening(dates, at):
        return Cell.SHUT
    if not items:
        return Cell.NOTHING
    if any(deadlines.is_overdue(item, at) for item in items):
        return Cell.LATE
    return Cell.PART if done else Cell.OPEN


def call_cell(number: int, facts: Facts, *, ends_at: datetime, cancelled: bool, at: datetime) -> Cell:
    """How one call stands. The recording watched says more than an absence."""
    mark = facts.marks.get(number)
    if cancelled:
        return Cell.CANCELLED
    status = mark.status if mark else None
    if status not in ATTENDED and f"{RECORDING}{number}" in facts.watched:
        return Cell.RECORDING
    if status is not None:
        return _OF_STATUS[status]
    return Cell.TO_COME if at < ends_at else Cell.NO_MARK


def overdue_of(lines: Iterable[Requirement], deadlines: Deadlines, at: datetime) -> list[Item]:
    """What of all that completion needs should have been done by now."""
    return [item for line in lines for item in line.items if deadlines.is_overdue(item, at)]


def verdict_of(*, issued: bool, missing: int, overdue: int) -> Verdict:
    """The most telling word. One thing short stays that, late or not: it is what a coach can act on."""
    if issued:
        return Verdict.ISSUED
    if missing == 0:
        return Verdict.ELIGIBLE
    if missing == 1:
        return Verdict.ONE_SHORT
    return Verdict.BEHIND if overdue else Verdict.SHORT


def verdict_words(verdict: Verdict, *, done: int, needed: int, overdue: int, ending: bool) -> str:
    """In words. Until the evaluation opens (`ending`), what is still to come is not called short."""
    missing = needed - done
    if verdict is Verdict.ISSUED:
        return "Issued"
    if verdict is Verdict.ELIGIBLE:
        return "Eligible, not claimed"
    if verdict is Verdict.ONE_SHORT:
        return "One thing short"
    if ending:
        return f"{missing} things short{', behind' if overdue else ''}"
    if overdue:
        return f"{done} of {needed}, {overdue} late"
    return f"{done} of {needed}, on track"


def by_lesson(lines: Iterable[Requirement]) -> dict[int, list[Item]]:
    """What each lesson asks for: its videos and work."""
    found: dict[int, list[Item]] = {}
    for line in lines:
        if line.kind in (RequirementKind.VIDEOS, RequirementKind.ASSIGNMENTS):
            for item in line.items:
                if item.lesson is not None:
                    found.setdefault(item.lesson, []).append(item)
    return found
