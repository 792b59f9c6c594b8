"""When each item of a cohort opens, is due and closes: the one function of dates, used everywhere.

The package gives days after the start at wall-clock times in the course's zone; the cohort's overrides
come over that, the learner's over both (PRODUCT: Course, cohort, dates). Pure: no database, no clock.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from typing import Literal, Self
from zoneinfo import ZoneInfo

from portal.core.errors import NotFound
from portal.core.when import Reader, When, when
from portal.courses.package.parts import Assignment, AssignmentKind, Lesson, Moment
from portal.courses.package.schema import RECORDING, CourseContent

# (item address, "opens" | "due" | "closes") -> where it was moved to.
# Addresses: `lesson:3`, `work:asset-map`, `evaluation`, `access`, `ce`.
Moves = Mapping[tuple[str, str], datetime]

LAST_MINUTE = "23:59"


@dataclass(frozen=True)
class ItemDates:
    """Three instants in UTC; None: never opens by itself, has no due time, never closes.

    `due_at` and `closes_at` name a minute that still counts (`policy.is_closed`, `policy.is_late`).
    """

    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True)
class CallDates:
    """When a call takes place, as it stands now. `is_recorded`: the cohort has a recording of its own."""

    starts_at: datetime
    ends_at: datetime
    cancelled: bool = False
    is_recorded: bool = False


@dataclass(frozen=True)
class Schedule:
    """All dates of a cohort, or, with `learner_moves`, of one learner in it."""

    content: CourseContent
    starts_on: date
    zone: str
    cohort_moves: Moves = field(default_factory=dict)
    learner_moves: Moves = field(default_factory=dict)
    calls: Mapping[int, CallDates] = field(default_factory=dict)  # as they stand; missing: as planned

    @cached_property
    def _worked_out(self) -> dict[str, ItemDates]:
        """Dates by address, kept as they are asked for: one page asks for the same ones many times."""
        return {}

    def for_learner(self, moves: Moves) -> Self:
        """The same with one learner's own overrides."""
        return replace(self, learner_moves=moves)

    def lesson(self, number: int) -> ItemDates:
        """Opens at 00:00 of its first day; due at the end of its window; closes with access.

        Extended work keeps its lesson open as long (PRODUCT: Access).
        """
        address = f"lesson:{number}"
        if address not in self._worked_out:
            lesson = self.content.lesson(number)
            own = self._lesson_alone(lesson)
            extended = [self._work_closes_moved(item) for item in lesson.assignments]
            closes_at = _latest(own.closes_at, *extended)
            self._worked_out[address] = ItemDates(own.opens_at, own.due_at, closes_at)
        return self._worked_out[address]

    def assignment(self, assignment_id: str) -> ItemDates:
        """Opens with its lesson; due as the package says; late work is taken until the lesson closes.

        The evaluation's dates are those of `evaluation()`.
        """
        address = f"work:{assignment_id}"
        if address not in self._worked_out:
            self._worked_out[address] = self._assignment(*self.content.assignment(assignment_id))
        return self._worked_out[address]

    def _assignment(self, lesson: Lesson, item: Assignment) -> ItemDates:
        if item.kind is AssignmentKind.EVALUATION:
            return self.evaluation()
        around = self._lesson_alone(lesson)
        due_at = (
            self._deadline(item.due_day, item.due_at or LAST_MINUTE) if item.due_day is not None else None
        )
        on_time_only = self.content.late_work.accepted_until == "due"
        closes_at = due_at if on_time_only and due_at else around.closes_at
        return self._moved(f"work:{item.id}", ItemDates(around.opens_at, due_at, closes_at))

    def video(self, video_id: str) -> ItemDates:
        """A lecture has its lesson's dates; a recording opens when its call has ended."""
        if video_id.startswith(RECORDING) and video_id.removeprefix(RECORDING).isdecimal():
            number = int(video_id.removeprefix(RECORDING))
            announced_in = self.content.call(number).lesson
            closes_at = self.access_ends_at() if announced_in is None else self.lesson(announced_in).closes_at
            return ItemDates(self.call(number).ends_at, None, closes_at)
        placed = self.content.video(video_id)
        assert placed.lesson is not None  # recordings were answered above
        return self.lesson(placed.lesson.number)

    def evaluation(self) -> ItemDates:
        """Opens on its day, is due with the wrap-up, closes some days after the activity's end."""
        plan = self.content.evaluation
        if plan is None:
            raise NotFound("This course has no evaluation.")
        due_at = self._moment(plan.due)
        closes_at = self._days_after_activity(plan.closes_days_after_activity)
        return self._moved("evaluation", ItemDates(self._opening(plan.opens_day), due_at, closes_at))

    def access(self) -> ItemDates:
        """When the lessons as a whole open and close."""
        return self._moved("access", ItemDates(self._opening(0), None, self._cohort_access_ends_at()))

    def access_ends_at(self) -> datetime:
        """The minute with which lessons, videos and submissions close."""
        ends_at = self.access().closes_at
        assert ends_at is not None
        return ends_at

    def activity_ends_at(self) -> datetime:
        """The end of the activity as the accreditor counts it: never one learner's own."""
        return self._moment(self.content.credit.activity_ends if self.content.credit else "access_ends")

    def claim(self) -> ItemDates:
        """The CE claim. It opens when the evaluation is sent, so it has no opening date of its own."""
        days = self.content.credit.claim_until_days_after_activity if self.content.credit else 0
        deadline = self._days_after_activity(days)
        return self._moved("ce", ItemDates(None, deadline, deadline))

    def claim_deadline(self) -> datetime:
        """The last minute in which a CE claim is taken."""
        closes_at = self.claim().closes_at
        assert closes_at is not None
        return closes_at

    def call(self, number: int) -> CallDates:
        """When the call takes place: as it was moved, else as planned."""
        if number in self.calls:
            return self.calls[number]
        plan = self.content.call(number)
        starts_at = instant(self.starts_on, plan.day, plan.at, self.zone)
        return CallDates(starts_at, starts_at + timedelta(minutes=plan.minutes))

    def has_recording(self, number: int) -> bool:
        """Whether there is something to watch of a call once it is over: the cohort's own, or the package's."""
        return self.call(number).is_recorded or self.content.call(number).recording is not None

    def item(self, address: str) -> ItemDates:
        """The dates of an item by its address: those of `Moves`, and `call:2`."""
        kind, _, rest = address.partition(":")
        if kind == "lesson" and rest.isdecimal():
            return self.lesson(int(rest))
        if kind == "work":
            return self.assignment(rest)
        if kind == "call" and rest.isdecimal():
            call = self.call(int(rest))
            return ItemDates(call.starts_at, None, call.ends_at)
        whole = {"evaluation": self.evaluation, "access": self.access, "ce": self.claim}
        if address not in whole:
            raise NotFound("This course has no such item.")
        return whole[address]()

    @cached_property
    def years(self) -> range:
        """The years of the cohort, which go without saying on its pages."""
        return range(self.starts_on.year, self.day(self.access_ends_at()).year + 1)

    def day(self, at: datetime) -> date:
        """The calendar day of an instant in the course's zone."""
        return self.local(at).date()

    def local(self, at: datetime) -> datetime:
        """An instant on the course's clock."""
        return at.astimezone(ZoneInfo(self.zone))

    def window(self, number: int) -> tuple[date, date]:
        """First and last day of a lesson's week, as they are shown."""
        dates = self.lesson(number)
        assert dates.opens_at is not None
        assert dates.due_at is not None
        return self.day(dates.opens_at), self.day(dates.due_at)

    def when(
        self, at: datetime, now: datetime, reader: Reader | None = None, *, deadline: bool = False
    ) -> When:
        """The instant in words for this cohort's pages."""
        return when(at, self.zone, now, reader, self.years, deadline=deadline)

    def _lesson_alone(self, lesson: Lesson) -> ItemDates:
        opens_at = self._opening(lesson.window.from_day)
        due_at = self._deadline(lesson.window.to_day, LAST_MINUTE)
        return self._moved(f"lesson:{lesson.number}", ItemDates(opens_at, due_at, self.access_ends_at()))

    def _work_closes_moved(self, item: Assignment) -> datetime | None:
        """Until when the item was extended on its own; None: it was not."""
        moved = any(
            (f"work:{item.id}", name) in moves
            for moves in (self.cohort_moves, self.learner_moves)
            for name in ("due", "closes")
        )
        return self.assignment(item.id).closes_at if moved else None

    def _moved(self, address: str, dates: ItemDates) -> ItemDates:
        """The cohort's overrides over the package's dates, then the learner's.

        Who is given a later due time may also hand in until then, unless the closing was moved as well.
        """
        if not self.cohort_moves and not self.learner_moves:
            return dates
        for moves in (self.cohort_moves, self.learner_moves):
            due_at = moves.get((address, "due"), dates.due_at)
            closes_at = moves.get((address, "closes"), dates.closes_at)
            if (address, "due") in moves and (address, "closes") not in moves:
                closes_at = _latest(closes_at, due_at)
            dates = ItemDates(moves.get((address, "opens"), dates.opens_at), due_at, closes_at)
        return dates

    def _cohort_access_ends_at(self) -> datetime:
        moment = self.content.access_ends
        return self._deadline(moment.day, moment.at)

    def _moment(self, moment: Moment | Literal["access_ends"]) -> datetime:
        if isinstance(moment, Moment):
            return self._deadline(moment.day, moment.at)
        return self.cohort_moves.get(("access", "closes"), self._cohort_access_ends_at())

    def _days_after_activity(self, days: int) -> datetime:
        return instant(self.day(self.activity_ends_at()), days, LAST_MINUTE, self.zone, last=True)

    def _opening(self, day: int) -> datetime:
        return instant(self.starts_on, day, "00:00", self.zone)

    def _deadline(self, day: int, clock: str) -> datetime:
        return instant(self.starts_on, day, clock, self.zone, last=True)


@lru_cache(maxsize=4096)
def instant(start: date, days: int, clock: str, zone: str, *, last: bool = False) -> datetime:
    """The UTC instant of a wall-clock time (`"HH:MM"`) so many days after `start`.

    A time that the change of clocks skips is as much later as was skipped. Of a time that happens twice
    a beginning takes the first, a deadline (`last`) the second.
    """
    wall = datetime.combine(start + timedelta(days=days), time.fromisoformat(clock), ZoneInfo(zone))
    first, second = wall.astimezone(UTC), wall.replace(fold=1).astimezone(UTC)
    # In a gap fold=1 is the earlier of the two, so the maximum is right for both.
    return max(first, second) if last else first


def _latest(*instants: datetime | None) -> datetime | None:
    """The latest of those that are given. None only when none is: here it means "nothing said"."""
    return max((at for at in instants if at is not None), default=None)
