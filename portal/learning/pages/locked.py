"""A lesson before its release: what it will hold, and when it opens."""

from dataclasses import dataclass

from portal.core.kept import Same
from portal.core.when import When, plural
from portal.core.words import number_words, upper_first
from portal.courses.package.parts import AssignmentKind, Lesson
from portal.learning.pages.lesson import About, about_of, neighbour
from portal.learning.pages.parts import Neighbour
from portal.learning.queries import Seen


@dataclass(frozen=True)
class Coming:
    """One thing that will be here."""

    title: str
    due: When | None = None
    is_optional: bool = False


@dataclass(frozen=True)
class LockedPage:
    """Title, description and dates stand from the start; the rest opens with the lesson."""

    about: About
    opens: When
    coming: tuple[Coming, ...]
    before: Neighbour | None
    after: Neighbour | None
    as_learner: bool
    calendar_url: str


def locked_page(seen: Seen, number: int) -> LockedPage:
    """The page of a lesson that is not open yet."""
    lesson = seen.content.lesson(number)
    opens_at = seen.schedule.lesson(number).opens_at
    assert opens_at is not None
    return LockedPage(
        about=about_of(Same(seen.schedule), number),
        opens=seen.when(opens_at),
        coming=_coming(seen, lesson),
        before=neighbour(seen, number, -1),
        after=neighbour(seen, number, +1),
        as_learner=seen.is_learner,
        calendar_url=seen.calendar_url,
    )


def _coming(seen: Seen, lesson: Lesson) -> tuple[Coming, ...]:
    things = []
    if lesson.videos:
        count, minutes = len(lesson.videos), round(sum(video.length_seconds for video in lesson.videos) / 60)
        noun = "video" if count == 1 else "videos"
        length = f", {plural(minutes, 'minute')}" if minutes else ""
        things.append(Coming(f"{upper_first(number_words(count))} {noun}{length}"))
    for item in lesson.assignments:
        if item.kind is AssignmentKind.WATCH:
            continue  # said by the line above
        due_at = seen.schedule.assignment(item.id).due_at
        due = seen.when(due_at, deadline=True) if due_at and item.required else None
        things.append(Coming(item.title, due, is_optional=not item.required))
    return tuple(things)
