"""What a date means at a given time: open, late, closed. Pure."""

from datetime import date, datetime
from enum import StrEnum

from portal.core.when import WEEKDAYS, end_of_minute
from portal.courses.dates import ItemDates, Schedule


class ItemState(StrEnum):
    """Where an item stands for one who has not done it yet."""

    NOT_YET = "not_yet"
    OPEN = "open"
    LATE = "late"  # past due, still taken
    CLOSED = "closed"


class AccessState(StrEnum):
    """Whether a participant is in the lessons (record.json, `access.state`)."""

    NOT_YET = "not_yet"
    OPEN = "open"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


def is_before_opening(dates: ItemDates, at: datetime) -> bool:
    """Whether the item is still to open."""
    return dates.opens_at is not None and at < dates.opens_at


def is_late(dates: ItemDates, at: datetime) -> bool:
    """Whether what is done `at` is late: a deadline of 11:59 PM includes that whole minute (PRODUCT)."""
    return dates.due_at is not None and at >= end_of_minute(dates.due_at)


def is_closed(dates: ItemDates, at: datetime) -> bool:
    """Whether nothing is taken any more; the closing minute itself is still open."""
    return dates.closes_at is not None and at >= end_of_minute(dates.closes_at)


def is_open(dates: ItemDates, at: datetime) -> bool:
    """Whether the item can be done `at`, in time or late."""
    return not is_before_opening(dates, at) and not is_closed(dates, at)


def state_of(dates: ItemDates, at: datetime) -> ItemState:
    """The item's state for one who has not done it yet."""
    if is_closed(dates, at):
        return ItemState.CLOSED
    if is_before_opening(dates, at):
        return ItemState.NOT_YET
    return ItemState.LATE if is_late(dates, at) else ItemState.OPEN


def access_state(schedule: Schedule, at: datetime, *, withdrawn: bool = False) -> AccessState:
    """Whether the lessons as a whole are open to a participant."""
    if withdrawn:
        return AccessState.WITHDRAWN
    if is_closed(schedule.access(), at):
        return AccessState.ENDED
    return AccessState.NOT_YET if is_before_opening(schedule.access(), at) else AccessState.OPEN


def weekday_warning(starts_on: date, made_for: date) -> str | None:
    """A sentence when a cohort starts on another weekday than the package was made for; else None."""
    if starts_on.weekday() == made_for.weekday():
        return None
    return (
        f"{starts_on.isoformat()} is a {WEEKDAYS[starts_on.weekday()]}; the package was made for a start "
        f"on a {WEEKDAYS[made_for.weekday()]}, so every window, due date and call falls on another weekday."
    )


def dates_of_file(schedule: Schedule, path: str) -> list[ItemDates]:
    """The dates of everything that shows a file; empty: nothing does. One open place is enough."""
    content = schedule.content
    dates = [
        schedule.lesson(lesson.number)
        for lesson in content.lessons
        if any(path in (video.file, video.captions) for video in lesson.videos)
        or any(path == item.file for item in lesson.assignments)
        or any(path == resource.file for resource in lesson.resources)
    ]
    recordings = (video for video in content.recordings if path in (video.file, video.captions))
    return dates + [schedule.video(video.id) for video in recordings]
