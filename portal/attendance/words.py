"""How marks and calls are said: one place for learners, faculty and exports."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from portal.attendance.policy import Source, Status
from portal.core.when import MONTHS, clock_words, day_words, zone_short

STATUS_WORDS = {
    Status.PRESENT: "Present",
    Status.LATE: "Late",
    Status.LEFT_EARLY: "Left early",
    Status.ABSENT: "Absent",
    Status.EXCUSED: "Excused",
}
NO_MARK = "No mark"
SOURCE_WORDS = {Source.FACULTY: "Faculty", Source.CHECK_IN: "Check-in", Source.IMPORT: "Meeting report"}

# The shape beside the word (static/icons.svg) and the hue that agrees with it.
STATUS_SHAPES = {
    Status.PRESENT: ("check", ""),
    Status.LATE: ("camelate", ""),
    Status.LEFT_EARLY: ("leftearly", ""),
    Status.ABSENT: ("absent", "late"),
    Status.EXCUSED: ("excused", ""),
}
KEYS = {
    Status.PRESENT: "P",
    Status.LATE: "L",
    Status.LEFT_EARLY: "E",
    Status.ABSENT: "A",
    Status.EXCUSED: "X",
}


def hours_words(starts_at: datetime, minutes: int, zone: str, *, day: bool = True) -> str:
    """ "Thursday, November 19, 12:00 to 1:00 PM ET"."""
    start = starts_at.astimezone(ZoneInfo(zone))
    end = (starts_at + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone))
    first, last = clock_words(start), clock_words(end)
    if first[-2:] == last[-2:] and start.date() == end.date():
        first = first[:-3]
    hours = f"{first} to {last} {zone_short(zone, start)}"
    return f"{day_words(start.date())}, {hours}" if day else hours


def moment_words(at: datetime, near: datetime, zone: str) -> str:
    """ "1:04 PM" on the day of `near`, else "Nov 12"."""
    local, other = at.astimezone(ZoneInfo(zone)), near.astimezone(ZoneInfo(zone))
    return (
        clock_words(local) if local.date() == other.date() else f"{MONTHS[local.month - 1][:3]} {local.day}"
    )
