"""A lesson: what it is about, its checklist, videos with transcript, things to read, its call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from portal.assignments.lines import ItemFacts, ItemLine, Place, item_line
from portal.core.markdown import to_html, to_inline_html
from portal.core.when import When, month_day
from portal.courses.package.parts import Lesson
from portal.learning.pages.parts import CallCard, Neighbour, Shown, call_card
from portal.learning.pages.player import Player, Reel, choose, player, reel
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
class Checklist:
    """Required and optional items. `apart`: items of another due time than the list's own."""

    required: tuple[ItemLine, ...]
    optional: tuple[ItemLine, ...]
    due: When | None
    accepted_until: When | None
    apart: tuple[tuple[str, When], ...]
    done: int
    needed: int


@dataclass(frozen=True)
class LessonPage:
    """A lesson that is open. `closed`: it has ended with the course; what was done is on the record."""

    name: str
    title: str
    first_day: str
    last_day: str
    state: Shown | None
    description: str
    objectives: tuple[str, ...]
    teachers: tuple[Teacher, ...]
    body: Markup
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
    checklist: Checklist
    state: Shown | None


def lesson_page(seen: Seen, number: int, *, video_id: str = "", seconds: float | None = None) -> LessonPage:
    """The open (or closed) lesson. `video_id`, `seconds`: which video to show and from where, as asked."""
    lesson = seen.content.lesson(number)
    tasks = tasks_of(lesson, seen.schedule, seen.facts, seen.now)
    state = lesson_state(lesson, tasks, seen.schedule, seen.now)
    url = f"{seen.base}lessons/{number}"
    closes_at = seen.schedule.lesson(number).closes_at
    closing = seen.when(closes_at, deadline=True) if closes_at else None
    closed = closing if closing and closing.past else None
    chosen = choose(seen, lesson.videos, video_id) if lesson.videos and not closed else None
    first_day, last_day = window_words(seen, number)
    return LessonPage(
        name=lesson.name,
        title=lesson.title,
        first_day=first_day,
        last_day=last_day,
        state=_state(state, tasks),
        description=lesson.description,
        objectives=lesson.objectives,
        teachers=teachers_of(seen, lesson),
        body=to_html(lesson.body),
        checklist=checklist(seen, lesson, tasks),
        videos=() if chosen is None else reel(seen, lesson.videos, url, chosen),
        player=None if chosen is None else player(seen, chosen, url, seconds),
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
    lines = [(task, _line(seen, place, task)) for task in tasks]
    required = [task for task, _ in lines if task.item.required]
    left = [task for task in required if not task.done] or required
    dues = [task.dates.due_at for task in left if task.dates.due_at]
    common = max(set(dues), key=lambda due: (dues.count(due), -due.timestamp())) if dues else None
    due = seen.when(common, deadline=True) if common else None
    closes_at = seen.schedule.lesson(lesson.number).closes_at
    waits = due is not None and due.past and any(task.open for task in required)
    return Checklist(
        required=tuple(line for task, line in lines if task.item.required),
        optional=tuple(line for task, line in lines if not task.item.required),
        due=due,
        accepted_until=seen.when(closes_at, deadline=True) if waits and closes_at else None,
        apart=tuple(_apart(seen, task) for task in left if _is_apart(task, common)),
        done=sum(task.done for task in required),
        needed=len(required),
    )


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
    return Marked(
        _line(seen, _place(seen, lesson), task), checklist(seen, lesson, tasks), _state(state, tasks)
    )


def _place(seen: Seen, lesson: Lesson) -> Place:
    return Place(
        cohort=seen.cohort,
        lesson=lesson.number,
        schedule=seen.schedule,
        now=seen.now,
        reader=seen.reader,
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


def teachers_of(seen: Seen, lesson: Lesson) -> tuple[Teacher, ...]:
    """Who teaches the lesson: name, role and the first sentence of what is said of them."""
    people = [seen.content.faculty_member(key) for key in lesson.faculty]
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


def window_words(seen: Seen, number: int) -> tuple[str, str]:
    """ "November 12", "18"; "November 25", "December 2"."""
    first, last = seen.schedule.window(number)
    years = seen.schedule.years
    same = (first.year, first.month) == (last.year, last.month)
    return month_day(first, years), str(last.day) if same else month_day(last, years)
