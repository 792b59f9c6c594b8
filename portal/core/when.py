"""Instants in words: the course's time, the reader's own beside it when it differs, and how far away it is.

Design reference, "Words": "Wednesday, October 7 at 11:59 PM ET"; beside it "Thursday, October 8 at 4:59 AM
your time (London)"; "in 3 days", "tomorrow", "today", "2 days late", by calendar days in the course's zone.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SOON_DAYS = 3  # amber from three days before (design reference)

# Zones whose everyday name is neither "EST" nor "EDT" but both. Others: their letters, else their city.
_GENERIC = {
    "America/New_York": ("ET", "Eastern Time"),
    "America/Detroit": ("ET", "Eastern Time"),
    "America/Toronto": ("ET", "Eastern Time"),
    "America/Chicago": ("CT", "Central Time"),
    "America/Denver": ("MT", "Mountain Time"),
    "America/Phoenix": ("MT", "Mountain Time"),
    "America/Los_Angeles": ("PT", "Pacific Time"),
    "America/Vancouver": ("PT", "Pacific Time"),
    "America/Anchorage": ("AKT", "Alaska Time"),
    "Pacific/Honolulu": ("HT", "Hawaii Time"),
    "America/Halifax": ("AT", "Atlantic Time"),
    "UTC": ("UTC", "Coordinated Universal Time"),
    "Etc/UTC": ("UTC", "Coordinated Universal Time"),
}


@dataclass(frozen=True)
class Reader:
    """Whose own time stands beside the course's."""

    zone: str | None = None  # IANA name; None: unknown, so the course's time stands alone
    has_24_hours: bool = False  # "04:59", where the course's own time stays "4:59 AM"


@dataclass(frozen=True)
class When:
    """One instant as a page shows it. All texts are plain; a template escapes and marks them up.

    The usual drawing, in `_macros/when.html`:
    `<time datetime="{{iso}}">{{day}} <span class="nowrap">at {{time}}</span></time>`, then, if `reader_time`,
    `<time datetime="{{reader_iso}}">{{reader_words}}</time>`, then `distance` (class `soon` when `soon`).
    """

    iso: str  # "2020-10-07T23:59-04:00", for <time datetime>
    course_words: str  # "Wednesday, October 7 at 11:59 PM ET"
    day: str  # "Wednesday, October 7"; with the year when it is not the cohort's
    time: str  # "11:59 PM ET"
    short: str  # "Wed, Oct 7", for the path and tables
    reader_iso: str | None  # "2020-10-08T04:59+01:00"; None when the reader's clock shows the same
    reader_words: (
        str | None
    )  # "Thursday, October 8 at 4:59 AM your time (London)", "5:00 PM your time (London)"
    reader_day: str | None  # "Thursday, October 8"; None when it is the same day
    reader_time: str | None  # "4:59 AM"
    reader_place: str | None  # "London"
    distance: str  # "in 3 days", "tomorrow", "today, in 5 hours", "now", "yesterday", "4 days ago"
    late: str  # "2 days late"; "" while it is not past
    left: str  # "2 days left"; "" when it is past
    soon: bool  # still to come, within three calendar days
    past: bool


def when(
    at: datetime,
    zone: str,
    now: datetime,
    reader: Reader | None = None,
    cohort_years: Container[int] | None = None,
    *,
    deadline: bool = False,
) -> When:
    """The instant `at` for a page of a course in `zone` (IANA name), read at `now`.

    `cohort_years`: the years that go without saying; None: no year is ever said.
    `deadline`: the instant names a minute that still counts, so it is past only once that minute is over.
    A reader's zone that is no zone is as if there was none.
    """
    local = at.astimezone(ZoneInfo(zone))
    end = end_of_minute(at) if deadline else at
    past = now >= end
    days = calendar_days(now, at, zone)
    day, time = day_words(local.date(), cohort_years), f"{clock_words(local)} {zone_short(zone, local)}"
    theirs = _theirs(local, reader, cohort_years) if reader is not None else None
    return When(
        iso=local.isoformat(timespec="minutes"),
        course_words=f"{day} at {time}",
        day=day,
        time=time,
        short=short_day(local.date()),
        reader_iso=theirs.iso if theirs else None,
        reader_words=theirs.words if theirs else None,
        reader_day=theirs.day if theirs else None,
        reader_time=theirs.time if theirs else None,
        reader_place=theirs.place if theirs else None,
        distance=distance_words(at, zone, now, past=past),
        late=f"{amount_words(abs(days), now - end)} late" if past else "",
        left="" if past else f"{amount_words(days, end - now)} left",
        soon=not past and days <= SOON_DAYS,
        past=past,
    )


def end_of_minute(at: datetime) -> datetime:
    """The first instant after the minute that `at` names: 11:59 PM is open through 23:59:59.999."""
    return at.replace(second=0, microsecond=0) + timedelta(minutes=1)


def calendar_days(since: datetime, until: datetime, zone: str) -> int:
    """How many midnights of the zone lie between two instants; negative when `until` is earlier."""
    place = ZoneInfo(zone)
    return (until.astimezone(place).date() - since.astimezone(place).date()).days


def distance_words(at: datetime, zone: str, now: datetime, *, past: bool | None = None) -> str:
    """ "in 3 days", "tomorrow", "today, in 5 hours", "now", "today, 2 hours ago", "4 days ago"."""
    past = now >= at if past is None else past
    days = calendar_days(now, at, zone)
    if days == 0:
        gap = amount_words(0, abs(at - now))
        if abs(at - now) < timedelta(minutes=1):
            return "now"
        return f"today, {gap} ago" if past else f"today, in {gap}"
    if abs(days) == 1:
        return "yesterday" if past else "tomorrow"
    return f"{abs(days)} days ago" if past else f"in {days} days"


def amount_words(days: int, gap: timedelta) -> str:
    """ "2 days" when midnights lie between, else the hours or minutes of the gap, rounded down."""
    if days >= 1:
        return plural(days, "day")
    hours, minutes = divmod(max(1, int(gap.total_seconds() // 60)), 60)
    return plural(hours, "hour") if hours else plural(minutes, "minute")


def plural(number: int, thing: str) -> str:
    """ "1 day", "2 days"."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def day_words(day: date, cohort_years: Container[int] | None = None) -> str:
    """ "Wednesday, October 7", and the year when it is not one of the cohort's."""
    return f"{WEEKDAYS[day.weekday()]}, {month_day(day, cohort_years)}"


def month_day(day: date, cohort_years: Container[int] | None = None) -> str:
    """ "October 7", or "October 7, 2019" when the year is not one of the cohort's."""
    words = f"{MONTHS[day.month - 1]} {day.day}"
    return words if cohort_years is None or day.year in cohort_years else f"{words}, {day.year}"


def short_day(day: date) -> str:
    """ "Thu, Nov 19", for the path and tables."""
    return f"{WEEKDAYS[day.weekday()][:3]}, {MONTHS[day.month - 1][:3]} {day.day}"


def day_range(first: date, last: date) -> str:
    """ "Oct 1 – 7", "Oct 29 – Nov 4"."""
    start = f"{MONTHS[first.month - 1][:3]} {first.day}"
    if first == last:
        return start
    if (first.year, first.month) == (last.year, last.month):
        return f"{start} – {last.day}"
    return f"{start} – {MONTHS[last.month - 1][:3]} {last.day}"


def clock_words(local: datetime) -> str:
    """ "11:59 PM", "12:00 PM": the wall clock of an instant already in its zone."""
    return f"{local.hour % 12 or 12}:{local.minute:02} {'AM' if local.hour < 12 else 'PM'}"


def zone_short(zone: str, local: datetime) -> str:
    """ "ET"; for zones without such a name their letters then ("GMT", "CEST"), else "Kolkata time"."""
    if zone in _GENERIC:
        return _GENERIC[zone][0]
    letters = local.tzname() or ""
    return letters if letters.isalpha() else f"{place_of(zone)} time"


def zone_long(zone: str) -> str:
    """ "Eastern Time" for the foot of a page, else "the time of Berlin"."""
    return _GENERIC[zone][1] if zone in _GENERIC else f"the time of {place_of(zone)}"


def place_of(zone: str) -> str:
    """The city in a zone's name: "Europe/London" is London, "America/Argentina/Buenos_Aires" Buenos Aires."""
    return zone.rsplit("/", 1)[-1].replace("_", " ")


def is_zone(name: str) -> bool:
    """Whether this is a time zone we know. Names come from launches and forms, so anything may be asked."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a name at all; the name of a folder
        return False
    return "/" in name or name in ("UTC", "GMT")


def local_and_utc(at: datetime, zone: str) -> dict[str, str]:
    """The instant as commands print it: `{"utc": …, "local": …}`, ISO 8601."""
    utc = at.astimezone(UTC)
    return {
        "utc": utc.isoformat().replace("+00:00", "Z"),
        "local": utc.astimezone(ZoneInfo(zone)).isoformat(),
    }


@dataclass(frozen=True)
class _Theirs:
    iso: str
    words: str
    day: str | None
    time: str
    place: str


def _theirs(local: datetime, reader: Reader, cohort_years: Container[int] | None) -> _Theirs | None:
    """The same instant on the reader's clock; None when that shows the same."""
    if not reader.zone or not is_zone(reader.zone):
        return None
    theirs = local.astimezone(ZoneInfo(reader.zone))
    if theirs.utcoffset() == local.utcoffset():
        return None
    iso, place = theirs.isoformat(timespec="minutes"), place_of(reader.zone)
    time = f"{theirs:%H:%M}" if reader.has_24_hours else clock_words(theirs)
    if theirs.date() == local.date():
        return _Theirs(iso, f"{time} your time ({place})", None, time, place)
    day = day_words(theirs.date(), cohort_years)
    return _Theirs(iso, f"{day} at {time} your time ({place})", day, time, place)
