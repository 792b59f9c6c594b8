"""A lesson: what it is about, its checklist, videos with transcript, things to read, its call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from markupsafe import Markup

from portal.assignments.lines import ItemFacts, ItemLine, Place, item_line
from portal.core.kept import Same
from portal.core.markdown import to_html, to_inline_html
from portal.core.when import When, month_day
from portal.courses.dates import Schedule
from portal.courses.package.parts import Lesson
from portal.courses.package.schema import CourseContent
from portal.courses.policy import is_closed
from portal.learning.pages.parts import CallCard, Neighbour, Shown, call_card
from portal.learning.pages.player import Player, Reel, choose, kept_transcript, player, reel
from portal.learning.policy import LessonState, Task, lesson_state, tasks_of
from portal.learning.queries import Seen


@dataclass(frozen=True)
class Teacher:
    """One of the faculty, as the lesson names them. `disclosure` empty: not yet given."""

    name: str
    about: str
    disclosure: str


@dataclass(frozen=True)
class Reading:
    """Something to read or keep."""

    citation: Markup
    link: str
    file_url: str


@dataclass(frozen=True)
class About:
    """What a lesson is about: the same for everyone who reads it, and drawn once."""

    name: str
    title: str
    first_day: str
    last_day: str
    description: str
    objectives: tuple[str, ...]
    teachers: tuple[Teacher, ...]
    body: Markup


@dataclass(frozen=True)
class Count:
    """How many of the required items are done, and by when they are due. `accepted_until`: for what is late."""

    done: int
    needed: int
    due: When | None
    accepted_until: When | None


@dataclass(frozen=True)
class Checklist:
    """Required and optional items. `apart`: items of another due time than the list's own."""

    required: tuple[ItemLine, ...]
    optional: tuple[ItemLine, ...]
    count: Count
    apart: tuple[tuple[str, When], ...]


@dataclass(frozen=True)
class LessonPage:
    """A lesson that is open. `closed`: it has ended with the course; what was done is on the record."""

    about: About
    state: Shown | None
    checklist: Checklist
    videos: tuple[Reel, ...]
    player: Player | None
    readings: tuple[Reading, ...]
    call: CallCard | None
    before: Neighbour | None
    after: Neighbour | None
    url: str
    closed: When | None
    as_learner: bool
    calendar_url: str


@dataclass(frozen=True)
class Marked:
    """What a tick changed."""

    item: ItemLine
    count: Count
    state: Shown | None


def lesson_page(seen: Seen, number: int, *, video_id: str = "", seconds: float | None = None) -> LessonPage:
    """The open (or closed) lesson. `video_id`, `seconds`: which video to show and from where, as asked."""
    lesson = seen.content.lesson(number)
    tasks = tasks_of(lesson, seen.schedule, seen.facts, seen.now)
    state = lesson_state(lesson, tasks, seen.schedule, seen.now)
    url = f"{seen.base}lessons/{number}"
    dates = seen.schedule.lesson(number)
    shut = is_closed(dates, seen.now)
    closed = seen.when(dates.closes_at, deadline=True) if dates.closes_at and shut else None
    chosen = choose(seen, lesson.videos, video_id) if lesson.videos and not closed else None
    return LessonPage(
        about=about_of(Same(seen.schedule), number),
        state=_state(state, tasks),
        checklist=checklist(seen, lesson, tasks),
        videos=() if chosen is None else reel(seen, lesson.videos, url, chosen),
        player=None
        if chosen is None
        else player(seen, chosen, url, seconds, kept_transcript(Same(chosen), url)),
        readings=() if closed else _readings(seen, lesson),
        call=call_card(seen, lesson.call) if lesson.call else None,
        before=neighbour(seen, number, -1),
        after=neighbour(seen, number, +1),
        url=url,
        closed=closed,
        as_learner=seen.is_learner,
        calendar_url=seen.calendar_url,
    )


def _state(state: LessonState, tasks: Sequence[Task]) -> Shown | None:
    required = [task for task in tasks if task.item.required]
    if state is LessonState.CLOSED:
        return Shown("Closed", "shut")
    if state is LessonState.DONE or (required and all(task.done for task in required)):
        return Shown("Done", "done", "done")
    if state is LessonState.HERE:
        return Shown("This week", "part", "now")
    return Shown("Something is late", "late", "late") if state is LessonState.LATE else None


def checklist(seen: Seen, lesson: Lesson, tasks: Sequence[Task]) -> Checklist:
    """The lesson's items as lines, with the one due time that most of them share."""
    place = _place(seen, lesson)
    left = _left(tasks)
    common = _common_due(left)
    return Checklist(
        required=tuple(_line(seen, place, task) for task in tasks if task.item.required),
        optional=tuple(_line(seen, place, task) for task in tasks if not task.item.required),
        count=_count(seen, lesson, tasks),
        apart=tuple(_apart(seen, task) for task in left if _is_apart(task, common)),
    )


def _count(seen: Seen, lesson: Lesson, tasks: Sequence[Task]) -> Count:
    required = [task for task in tasks if task.item.required]
    common = _common_due(_left(tasks))
    due = seen.when(common, deadline=True) if common else None
    closes_at = seen.schedule.lesson(lesson.number).closes_at
    waits = due is not None and due.past and any(task.open for task in required)
    return Count(
        done=sum(task.done for task in required),
        needed=len(required),
        due=due,
        accepted_until=seen.when(closes_at, deadline=True) if waits and closes_at else None,
    )


def _left(tasks: Sequence[Task]) -> list[Task]:
    """The required items still to do; all of them once there are none."""
    required = [task for task in tasks if task.item.required]
    return [task for task in required if not task.done] or required


def _common_due(tasks: Sequence[Task]) -> datetime | None:
    """The due time that most of these share; of two the earlier."""
    dues = [task.dates.due_at for task in tasks if task.dates.due_at]
    return max(set(dues), key=lambda due: (dues.count(due), -due.timestamp())) if dues else None


def _is_apart(task: Task, common: datetime | None) -> bool:
    return task.dates.due_at is not None and task.dates.due_at != common


def _apart(seen: Seen, task: Task) -> tuple[str, When]:
    assert task.dates.due_at is not None
    return task.item.title, seen.when(task.dates.due_at, deadline=True)


def marked(seen: Seen, number: int, item_id: str) -> Marked:
    """One line as it stands now, with the list and the lesson it belongs to."""
    lesson = seen.content.lesson(number)
    tasks = tasks_of(lesson, seen.schedule, seen.facts, seen.now)
    task = next(task for task in tasks if task.item.id == item_id)
    state = lesson_state(lesson, tasks, seen.schedule, seen.now)
    return Marked(_line(seen, _place(seen, lesson), task), _count(seen, lesson, tasks), _state(state, tasks))


def _place(seen: Seen, lesson: Lesson) -> Place:
    return Place(
        cohort=seen.cohort,
        lesson=lesson.number,
        schedule=seen.schedule,
        now=seen.now,
        is_learner=seen.is_learner,
        files_url=seen.file_url(""),
    )


def _line(seen: Seen, place: Place, task: Task) -> ItemLine:
    facts = ItemFacts(
        done_at=task.done_at,
        late=task.item.id in seen.facts.late,
        draft_at=seen.under_way.drafts.get(task.item.id),
        count=seen.under_way.counts.get(task.item.id, 0),
        watched=(task.watched, task.to_watch),
    )
    return item_line(task.item, place=place, dates=task.dates, facts=facts)


@lru_cache(maxsize=1024)
def about_of(schedule: Same[Schedule], number: int) -> About:
    """What a lesson is about. Schedules are kept (`courses.queries`), so this is worked out once for each cohort."""
    lesson = schedule.it.content.lesson(number)
    first_day, last_day = window_words(schedule.it, number)
    return About(
        name=lesson.name,
        title=lesson.title,
        first_day=first_day,
        last_day=last_day,
        description=lesson.description,
        objectives=lesson.objectives,
        teachers=_teachers(schedule.it.content, lesson),
        body=to_html(lesson.body),
    )


def _teachers(content: CourseContent, lesson: Lesson) -> tuple[Teacher, ...]:
    """Who teaches the lesson: name, role and the first sentence of what is said of them."""
    people = [content.faculty_member(key) for key in lesson.faculty]
    return tuple(
        Teacher(
            name=person.full_name,
            about=". ".join(part for part in (person.role or "", _first_sentence(person.bio or "")) if part),
            disclosure=person.disclosure or "",
        )
        for person in people
    )


def _first_sentence(text: str) -> str:
    sentence, dot, _ = " ".join(text.split()).partition(". ")
    return sentence + ("." if dot else "")


def _readings(seen: Seen, lesson: Lesson) -> tuple[Reading, ...]:
    return tuple(
        Reading(
            citation=to_inline_html(resource.citation),
            link=resource.link or "",
            file_url=seen.file_url(resource.file) if resource.file else "",
        )
        for resource in lesson.resources
    )


def neighbour(seen: Seen, number: int, step: int) -> Neighbour | None:
    """The lesson before (-1) or after (+1), with when it opens if it is still shut."""
    numbers = [lesson.number for lesson in seen.content.lessons]
    index = numbers.index(number) + step
    if not 0 <= index < len(numbers):
        return None
    lesson = seen.content.lessons[index]
    opens_at = seen.schedule.lesson(lesson.number).opens_at
    label = lesson.name
    if opens_at is not None and opens_at > seen.now:
        label += f", opens {month_day(seen.schedule.day(opens_at), seen.schedule.years)}"
    return Neighbour(label, lesson.title, f"{seen.base}lessons/{lesson.number}")


def window_words(schedule: Schedule, number: int) -> tuple[str, str]:
    """ "November 12", "18"; "November 25", "December 2"."""
    first, last = schedule.window(number)
    years = schedule.years
    same = (first.year, first.month) == (last.year, last.month)
    return month_day(first, years), str(last.day) if same else month_day(last, years)
