"""Sentences that several pages of work say."""

from datetime import datetime
from zoneinfo import ZoneInfo

from portal.core.when import calendar_days, clock_words, day_words, short_day, zone_short
from portal.courses.dates import Schedule


def at_words(at: datetime, now: datetime, schedule: Schedule) -> str:
    """ "today at 12:04 PM ET", "Tuesday, November 17 at 9:12 PM ET", in the course's zone."""
    local = at.astimezone(ZoneInfo(schedule.zone))
    days = calendar_days(at, now, schedule.zone)
    day = {0: "today", 1: "yesterday"}.get(days) or day_words(local.date(), schedule.years)
    return f"{day} at {clock_words(local)} {zone_short(schedule.zone, local)}"


def saved_words(at: datetime, now: datetime, schedule: Schedule) -> str:
    """ "Draft saved today at 12:04 PM ET"."""
    return f"Draft saved {at_words(at, now, schedule)}"


def save_line(at: datetime, now: datetime, schedule: Schedule) -> str:
    """ "Draft saved today at 12:04 PM ET", for the line beside the buttons: older ones say the day alone."""
    if calendar_days(at, now, schedule.zone) <= 1:
        return saved_words(at, now, schedule)
    return f"Draft saved {short_day(at.astimezone(ZoneInfo(schedule.zone)).date())}"
