"""What of a cohort can be placed in its LMS course: every page a link may open, with its dates. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lti.protocol.deep_linking import Item
from lti.protocol.destinations import HOME, Destination, Kind
from portal.core.when import clock_words, day_range, plural
from portal.courses.dates import ItemDates, Schedule
from portal.courses.package.parts import Assignment, AssignmentKind, Lesson, LessonKind
from portal.courses.package.schema import CourseContent

WHOLE_COURSE_POINTS = 100.0
ITEM_POINTS = 10.0
NO_DATES = ItemDates(None, None, None)
_WITH_A_PAGE = {AssignmentKind.WORKSHEET: "Worksheet", AssignmentKind.UPLOAD: "Files to hand in"}


class Show(StrEnum):
    """The tabs."""

    ALL = "all"
    LESSONS = "lessons"
    WORK = "work"
    CALLS = "calls"
    MINE = "mine"
    NOT_YET = "not-yet"


class Order(StrEnum):
    """In which order pages are listed, and placed."""

    COURSE = "course"
    DUE = "due"
    KIND = "kind"


@dataclass(frozen=True)
class Choosable:
    """A page that can be placed. `points`: what its column is worth at first; None: it has none."""

    destination: Destination
    title: str
    about: str
    dates_words: str = ""
    dates: ItemDates = NO_DATES
    points: float | None = None
    starts_at: datetime | None = None  # of a call

    @property
    def show(self) -> Show:
        """Its tab."""
        return _TABS.get(self.destination.kind, Show.MINE)

    @property
    def counts_by_itself(self) -> bool:
        """A piece of graded work, not the course as a whole."""
        return self.points == ITEM_POINTS

    def item(self, *, points: float | None, with_dates: bool) -> Item:
        """The link as it is placed."""
        dates = self.dates if with_dates else NO_DATES
        return Item(
            destination=self.destination,
            title=self.title,
            text=self.about,
            points=points,
            opens_at=dates.opens_at,
            due_at=dates.due_at,
            closes_at=dates.closes_at,
        )


_TABS = {
    Kind.LESSON: Show.LESSONS,
    Kind.WORK: Show.WORK,
    Kind.CALL: Show.CALLS,
    Kind.ATTENDANCE: Show.CALLS,
}
_KINDS = (
    Kind.HOME, Kind.RECORD, Kind.LESSON, Kind.WORK, Kind.CALL, Kind.EVALUATION, Kind.CE, Kind.ATTENDANCE,
)  # fmt: skip


def in_order(pages: tuple[Choosable, ...], order: Order) -> tuple[Choosable, ...]:
    """The pages as they are listed. Those without dates go last by due date."""
    if order is Order.DUE:
        return tuple(sorted(pages, key=lambda page: (_when(page) is None, _when(page))))
    if order is Order.KIND:
        return tuple(sorted(pages, key=lambda page: _KINDS.index(page.destination.kind)))
    return pages


def _when(page: Choosable) -> datetime | None:
    return page.starts_at or page.dates.due_at or page.dates.opens_at or page.dates.closes_at


def choosable(content: CourseContent, schedule: Schedule) -> tuple[Choosable, ...]:
    """Every page of the cohort that a link may open, as in the course."""
    return tuple(_pages(content, schedule))


def _pages(content: CourseContent, schedule: Schedule) -> Iterator[Choosable]:
    yield Choosable(HOME, "Home", "The next step and the path of lessons", points=WHOLE_COURSE_POINTS)
    record = Destination(Kind.RECORD)
    yield Choosable(record, "My record", "What is done and what is missing", points=WHOLE_COURSE_POINTS)
    told: set[int] = set()
    for lesson in content.lessons:
        yield _lesson(lesson, schedule)
        for item in lesson.assignments:
            if item.kind in _WITH_A_PAGE:
                yield _work(lesson, item, schedule)
        for call in content.calls:
            if call.number not in told and call.number in (lesson.call, *_announced(content, lesson)):
                told.add(call.number)
                yield _call(call.number, call.title, schedule)
    for call in content.calls:
        if call.number not in told:
            yield _call(call.number, call.title, schedule)
    yield from _end(content, schedule)
    for call in content.calls:
        starts_at = schedule.call(call.number).starts_at
        yield Choosable(
            Destination(Kind.ATTENDANCE, str(call.number)),
            f"Attendance of call {call.number}",
            "For faculty only",
            _short(starts_at, schedule),
            starts_at=starts_at,
        )


def _announced(content: CourseContent, lesson: Lesson) -> list[int]:
    return [call.number for call in content.calls if call.lesson == lesson.number]


def _lesson(lesson: Lesson, schedule: Schedule) -> Choosable:
    parts = [plural(len(lesson.videos), "video")] if lesson.videos else []
    parts += [plural(len(lesson.assignments), "item")] if lesson.assignments else []
    return Choosable(
        Destination(Kind.LESSON, str(lesson.number)),
        f"{lesson.name}: {lesson.title}" if lesson.kind is LessonKind.LESSON else lesson.title,
        ", ".join(parts) or "To read",
        day_range(*schedule.window(lesson.number)),
        schedule.lesson(lesson.number),
        ITEM_POINTS,
    )


def _work(lesson: Lesson, item: Assignment, schedule: Schedule) -> Choosable:
    dates = schedule.assignment(item.id)
    return Choosable(
        Destination(Kind.WORK, item.id),
        item.title,
        f"{_WITH_A_PAGE[item.kind]} of {lesson.name}",
        f"due {_short(dates.due_at, schedule)}" if dates.due_at else "",
        dates,
        ITEM_POINTS,
    )


def _call(number: int, title: str, schedule: Schedule) -> Choosable:
    call = schedule.call(number)
    words = f"{_short(call.starts_at, schedule)}, {clock_words(schedule.local(call.starts_at))}"
    # A call's page is open before and after it, so it has no dates to give: its time stands in its text.
    return Choosable(
        Destination(Kind.CALL, str(number)),
        f"Call {number}: {title}",
        "Cancelled" if call.cancelled else "Join, check in, recording",
        words,
        NO_DATES,
        ITEM_POINTS,
        call.starts_at,
    )


def _end(content: CourseContent, schedule: Schedule) -> Iterator[Choosable]:
    if content.evaluation is not None:
        dates = schedule.evaluation()
        assert dates.opens_at is not None
        assert dates.closes_at is not None
        first, last = schedule.day(dates.opens_at), schedule.day(dates.closes_at)
        yield Choosable(
            Destination(Kind.EVALUATION),
            "Post-course evaluation",
            "Confidential; asked at the end",
            day_range(first, last),
            dates,
            ITEM_POINTS,
        )
    if content.credit is not None:
        dates = schedule.claim()
        yield Choosable(
            Destination(Kind.CE),
            "Claim CE credit",
            "When the evaluation is sent",
            f"until {_short(dates.closes_at, schedule)}" if dates.closes_at else "",
            dates,
        )


def _short(at: datetime, schedule: Schedule) -> str:
    day = schedule.day(at)
    return day_range(day, day)
