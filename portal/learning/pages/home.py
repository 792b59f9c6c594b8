"""Home: the next step, the path of lessons and calls, and how far the certificates are."""

from dataclasses import dataclass
from datetime import datetime

from portal.attendance.policy import Phase, phase_of
from portal.core.when import When, day_range, month_day
from portal.courses.package.parts import AssignmentKind, LessonKind
from portal.courses.policy import AccessState, access_state, is_before_opening, is_closed
from portal.learning.pages.next_step import NextStep, next_step
from portal.learning.pages.parts import CallCard, Shown, Sum, call_card, call_state, day_of, sums
from portal.learning.policy import LessonState, Task, lesson_state, tasks_of
from portal.learning.queries import Seen


@dataclass(frozen=True)
class Line:
    """Something said under a lesson's name; linked where `url` is given."""

    words: str
    url: str = ""
    shape: str = ""


@dataclass(frozen=True)
class Stop:
    """A lesson or a call on the path. `iso`: the instant of a call."""

    date: str
    iso: str
    name: str
    number: str
    url: str
    mark: Shown
    word: Shown
    lines: tuple[Line, ...] = ()
    is_call: bool = False
    is_here: bool = False
    is_shut: bool = False


@dataclass(frozen=True)
class CreditLine:
    """What is said of CE credit beside the path."""

    title: str
    words: str
    until: When | None = None


@dataclass(frozen=True)
class Kept:
    """What stays open after the lessons have closed."""

    name: str
    url: str
    until: str
    done: bool


@dataclass(frozen=True)
class HomePage:
    """A cohort's home as one member sees it. `ended`: lessons are closed, and there is no path any more."""

    title: str
    cohort_name: str
    first_day: str
    closing: When
    last_day: str
    today: When
    ended: bool
    as_learner: bool
    calendar_url: str
    about_url: str
    next: NextStep
    path: tuple[Stop, ...]
    call: CallCard | None
    sums: tuple[Sum, ...]
    record_url: str
    credit: CreditLine | None
    credit_url: str
    kept: tuple[Kept, ...]

    @property
    def first_call(self) -> int:
        """The place of the first call on the path, from 1: what "Calls" in the bar leads to."""
        return next((place for place, stop in enumerate(self.path, 1) if stop.is_call), 0)


def home_page(seen: Seen) -> HomePage:
    """Built from what was read; asks nothing more."""
    access = seen.schedule.access()
    assert access.opens_at is not None
    ends_at = seen.schedule.access_ends_at()
    ended = access_state(seen.schedule, seen.now) is AccessState.ENDED
    return HomePage(
        title=seen.content.title,
        cohort_name=seen.cohort_name,
        first_day=day_of(seen, access.opens_at),
        closing=seen.when(ends_at, deadline=True),
        last_day=day_of(seen, ends_at),
        today=seen.when(seen.now),
        ended=ended,
        as_learner=seen.is_learner,
        calendar_url=seen.calendar_url,
        about_url=f"{seen.base}course",
        next=next_step(seen),
        path=() if ended else path(seen),
        call=_next_call(seen),
        sums=tuple(sums(seen)),
        record_url=f"{seen.base}record",
        credit=_credit(seen),
        credit_url=f"{seen.base}ce",
        kept=_kept(seen) if ended else (),
    )


def path(seen: Seen) -> tuple[Stop, ...]:
    """Lessons by their first day, calls between them by their date."""
    stops: list[tuple[datetime, bool, int, Stop]] = []
    for lesson in seen.content.lessons:
        opens_at = seen.schedule.lesson(lesson.number).opens_at
        assert opens_at is not None
        stops.append((opens_at, False, lesson.number, _lesson_stop(seen, lesson.number)))
    for number, call in seen.schedule.calls.items():
        stops.append((call.starts_at, True, number, _call_stop(seen, number)))
    return tuple(stop for *_, stop in sorted(stops, key=lambda entry: entry[:3]))


def _lesson_stop(seen: Seen, number: int) -> Stop:
    lesson = seen.content.lesson(number)
    tasks = tasks_of(lesson, seen.schedule, seen.facts, seen.now)
    state = lesson_state(lesson, tasks, seen.schedule, seen.now)
    mark, word, lines = _lesson_words(seen, number, tasks, state)
    return Stop(
        date=day_range(*seen.schedule.window(number)),
        iso="",
        name=lesson.title,
        number=f"{number}. " if lesson.kind is LessonKind.LESSON else "",
        url=f"{seen.base}lessons/{number}",
        mark=mark,
        word=word,
        lines=lines,
        is_here=state is LessonState.HERE,
        is_shut=state is LessonState.SHUT,
    )


def _lesson_words(
    seen: Seen, number: int, tasks: tuple[Task, ...], state: LessonState
) -> tuple[Shown, Shown, tuple[Line, ...]]:
    required = [task for task in tasks if task.item.required]
    dates = seen.schedule.lesson(number)
    if state is LessonState.SHUT and dates.opens_at is not None:
        return Shown("", "shut", "shut"), Shown(f"Opens {seen.when(dates.opens_at).short}", "", "shut"), ()
    if state is LessonState.DONE:
        return Shown("", "done", "done"), Shown("Done", "", "done"), ()
    if state is LessonState.HERE:
        all_done = all(task.done for task in required)
        lines = tuple(_task_line(seen, task) for task in required)
        mark = Shown("", "done", "done") if all_done else Shown("", "part", "now")
        return mark, Shown("This week", "", "now"), lines
    if state is LessonState.LATE:
        late = [task for task in required if task.overdue]
        words = f"{len(late)} item{'s' if len(late) > 1 else ''} late"
        return Shown("", "late", "late"), Shown(words, "", "late"), _late_lines(seen, late)
    if state is LessonState.CLOSED:
        return Shown("", "absent"), Shown("Closed"), ()
    done = sum(task.done for task in required)
    return Shown("", "part" if done else "open"), Shown(f"{done} of {len(required)} done"), ()


def _task_line(seen: Seen, task: Task) -> Line:
    if task.item.kind is AssignmentKind.WATCH:
        shape = "done" if task.done else "part" if task.watched else "open"
        return Line(f"Videos, {task.watched} of {task.to_watch} watched", shape=shape)
    if task.done:
        return Line(f"{task.item.title}, done", shape="done")
    if task.item.id in seen.under_way.drafts:
        return Line(f"{task.item.title}, draft saved", shape="part")
    count = seen.under_way.counts.get(task.item.id, 0)
    if task.item.count:
        return Line(f"{task.item.title}, {count} of {task.item.count}", shape="part" if count else "open")
    return Line(task.item.title, shape="open")


def _late_lines(seen: Seen, late: list[Task]) -> tuple[Line, ...]:
    """What is late, with the reassurance in the same breath: once, unless items close on different days."""
    days = [day_of(seen, task.dates.closes_at) if task.dates.closes_at else "" for task in late]
    lines = []
    for task, day, following in zip(late, days, [*days[1:], None], strict=True):
        until = f" Full credit until {day}." if day and day != following else ""
        lines.append(Line(f"{task.item.title}.{until}"))
    return tuple(lines)


def _call_stop(seen: Seen, number: int) -> Stop:
    at, state = seen.when(seen.schedule.call(number).starts_at), call_state(seen, number)
    return Stop(
        date=at.short,
        iso=at.iso,
        name=f"Call {number}: {seen.content.call(number).title}",
        number="",
        url=f"{seen.base}calls/{number}",
        mark=state,
        word=Shown(state.words, "", state.hue),
        is_call=True,
    )


def _next_call(seen: Seen) -> CallCard | None:
    coming = [
        (call.starts_at, number)
        for number, call in seen.schedule.calls.items()
        if phase_of(call.starts_at, call.ends_at, seen.now, cancelled=call.cancelled)
        in (Phase.BEFORE, Phase.OPEN)
    ]
    return call_card(seen, min(coming)[1]) if coming else None


def _credit(seen: Seen) -> CreditLine | None:
    if seen.content.credit is None:
        return None
    title = f"CE credit, up to {seen.content.credit.maximum.normalize():f} credits"
    until = seen.when(seen.schedule.claim_deadline(), deadline=True)
    if until.past:
        return CreditLine(title, "The time to claim has passed. What was claimed in time is on your record.")
    if seen.facts.evaluation_sent_at is not None:
        return CreditLine(title, "Your evaluation is sent. Claim by", until)
    evaluation = seen.schedule.evaluation() if seen.content.evaluation else None
    if evaluation and is_before_opening(evaluation, seen.now) and evaluation.opens_at is not None:
        opens = day_of(seen, evaluation.opens_at)
        return CreditLine(title, f"Nothing to do before {opens}. Send the evaluation and claim by", until)
    return CreditLine(title, "Send the evaluation and claim by", until)


def _kept(seen: Seen) -> tuple[Kept, ...]:
    """After the end: record for good, the rest as each says."""
    years = seen.schedule.years
    rows = [Kept("My record", f"{seen.base}record", "For good", done=True)]
    met, sent = seen.standing.met, seen.facts.evaluation_sent_at is not None
    only_evaluation = not met and all(
        line.met or line.kind.value == "evaluation" for line in seen.standing.requirements
    )
    until = "Ready for you" if met else "When the evaluation is sent" if only_evaluation else "Not reached"
    rows.append(Kept("Certificate of completion", f"{seen.base}record", until, done=met))
    if seen.content.credit is not None:
        deadline = seen.schedule.claim()
        closed = is_closed(deadline, seen.now)
        assert deadline.closes_at is not None
        day = month_day(seen.schedule.day(deadline.closes_at), years)
        words = f"Claiming ended {day}" if closed else f"Until {day}"
        rows.append(Kept("CE certificate", f"{seen.base}ce", words, done=sent and not closed))
    rows.append(Kept("All my certificates", "/certificates", "For good", done=True))
    return tuple(rows)
