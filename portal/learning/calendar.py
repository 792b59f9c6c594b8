"""The cohort's dates for calendar apps (RFC 5545): calls, due times, the days on which lessons open."""

from datetime import timedelta

from icalendar import Alarm, Calendar, Event

from portal.assignments.policy import HANDED_IN
from portal.courses.package.parts import AssignmentKind
from portal.learning.policy import tasks_of
from portal.learning.queries import Seen


def calendar_of(seen: Seen, base_url: str) -> bytes:
    """One member's dates. `base_url`: the portal's public address; events lead to their pages."""
    calendar = Calendar()
    calendar.add("prodid", "-//Lectern//Cohort calendar//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", f"{seen.content.title}, {seen.cohort_name}")
    calendar.add("x-wr-timezone", seen.schedule.zone)
    for event in [*_calls(seen, base_url), *_due(seen, base_url), *_openings(seen, base_url)]:
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _event(seen: Seen, base_url: str, key: str, title: str, path: str, starts: object) -> Event:
    event = Event()
    # Stable for an item whatever its date: a new copy replaces the old one.
    event.add("uid", f"{key}.{seen.cohort}@lectern")
    event.add("dtstamp", seen.now)
    event.add("summary", title)
    event.add("dtstart", starts)
    event.add("url", f"{base_url}{seen.base}{path}")
    event.add("description", f"{seen.content.title}\n{base_url}{seen.base}{path}")
    return event


def _calls(seen: Seen, base_url: str) -> list[Event]:
    events = []
    for number, call in seen.schedule.calls.items():
        title = f"Call {number}: {seen.content.call(number).title}"
        event = _event(seen, base_url, f"call-{number}", title, f"calls/{number}", call.starts_at)
        event.add("dtend", call.ends_at)
        event.add("status", "CANCELLED" if call.cancelled else "CONFIRMED")
        if not call.cancelled:
            event.add_component(_reminder(title, timedelta(minutes=-15)))
        events.append(event)
    return events


def _due(seen: Seen, base_url: str) -> list[Event]:
    """What is required and has a due time; what is already done keeps its place, marked as done."""
    events = []
    for lesson in seen.content.lessons:
        for task in tasks_of(lesson, seen.schedule, seen.facts, seen.now):
            if not task.item.required or task.dates.due_at is None:
                continue
            event = _event(
                seen,
                base_url,
                f"work-{task.item.id}",
                f"{'Done' if task.done else 'Due'}: {task.item.title}",
                _path(task.item.kind, task.item.id, lesson.number),
                task.dates.due_at,
            )
            event.add("transp", "TRANSPARENT")
            if not task.done:
                event.add_component(_reminder(task.item.title, timedelta(days=-1)))
            events.append(event)
    return events


def _path(kind: AssignmentKind, key: str, lesson: int) -> str:
    if kind is AssignmentKind.EVALUATION:
        return "evaluation"
    return f"work/{key}" if kind in HANDED_IN else f"lessons/{lesson}"


def _openings(seen: Seen, base_url: str) -> list[Event]:
    events = []
    for lesson in seen.content.lessons:
        opens_at = seen.schedule.lesson(lesson.number).opens_at
        if opens_at is None:
            continue
        title = (
            f"{lesson.name} opens: {lesson.title}" if lesson.name != lesson.title else f"{lesson.title} opens"
        )
        day = seen.schedule.day(opens_at)
        event = _event(seen, base_url, f"lesson-{lesson.number}", title, f"lessons/{lesson.number}", day)
        event.add("dtend", day + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
        events.append(event)
    return events


def _reminder(title: str, before: timedelta) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", before)
    return alarm
