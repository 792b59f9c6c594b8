"""One line of a lesson's checklist: what `templates/assignments/_item.html` draws, alone or in the page.

The lesson page joins facts of several rooms, so they come in as plain values:

    place = Place(slug, lesson.number, schedule, now)
    facts = ItemFacts(done_at=..., late=..., draft_at=..., count=..., watched=(1, 3))
    item_line(item, place=place, dates=schedule.assignment(item.id), facts=facts)
"""

from dataclasses import dataclass
from datetime import datetime

from portal.assignments.policy import HANDED_IN, TICKED_BY_HAND, is_shut
from portal.assignments.words import saved_words
from portal.core.when import day_words
from portal.core.words import number_words
from portal.courses.dates import ItemDates, Schedule
from portal.courses.package.parts import Assignment, AssignmentKind
from portal.courses.policy import is_before_opening, is_closed, is_late


@dataclass(frozen=True)
class Place:
    """Where and when the line is read. `is_learner` false: staff, who see it and tick nothing."""

    cohort: str
    lesson: int
    schedule: Schedule
    now: datetime
    is_learner: bool = True
    files_url: str | None = None  # where the package's files are had; the path is added


@dataclass(frozen=True)
class ItemFacts:
    """What the learner has done of the item; what does not apply to its kind stays empty."""

    done_at: datetime | None = None
    late: bool = False  # of work: the version that counts came after its due time
    draft_at: datetime | None = None
    count: int = 0
    watched: tuple[int, int] | None = None  # videos watched, of how many


@dataclass(frozen=True)
class ItemLine:
    """One item. `icon` and `hue` are the shape of what ticks itself; `url` is where it is done."""

    key: str
    title: str
    text: str
    is_required: bool
    is_done: bool
    icon: str
    hue: str
    state_words: str
    can_tick: bool
    is_ticked_by_hand: bool
    mark_url: str
    url: str
    link: str
    file_url: str
    count: int
    needed: int  # of a counted item; 0: it does not count


def item_line(item: Assignment, *, place: Place, dates: ItemDates, facts: ItemFacts) -> ItemLine:
    """The line as it stands now."""
    by_hand = item.kind in TICKED_BY_HAND
    shut = is_shut(dates, place.now)
    base = f"/c/{place.cohort}"
    is_done = facts.done_at is not None
    icon, hue = _shape(place, dates, facts)
    file_url = f"{place.files_url}{item.file}" if item.file and place.files_url else ""
    return ItemLine(
        key=item.id,
        title=item.title,
        text=item.text or "",
        is_required=item.required,
        is_done=is_done,
        icon=icon,
        hue=hue,
        state_words=" ".join(_words(item, place, dates, facts)),
        can_tick=by_hand and place.is_learner and not shut,
        is_ticked_by_hand=by_hand,
        mark_url=f"{base}/lessons/{place.lesson}/items/{item.id}",
        url=_url(item, base, dates, place.now),
        link=item.link or "",
        file_url=file_url,
        count=facts.count if item.count else 0,
        needed=item.count or 0,
    )


def _url(item: Assignment, base: str, dates: ItemDates, now: datetime) -> str:
    if item.kind is AssignmentKind.WATCH:
        return "#videos"
    if item.kind is AssignmentKind.EVALUATION:
        return "" if is_before_opening(dates, now) else f"{base}/evaluation"
    return f"{base}/work/{item.id}" if item.kind in HANDED_IN else ""


def _shape(place: Place, dates: ItemDates, facts: ItemFacts) -> tuple[str, str]:
    if facts.done_at is not None:
        return "done", "done"
    if is_shut(dates, place.now):
        return "shut", ""
    begun = facts.draft_at or facts.count or (facts.watched and facts.watched[0])
    return ("part", "") if begun else ("open", "")


def _words(item: Assignment, place: Place, dates: ItemDates, facts: ItemFacts) -> list[str]:
    """How it stands, in sentences. Deadlines stand once above the checklist."""

    def day(at: datetime) -> str:
        return day_words(place.schedule.day(at), place.schedule.years)

    if is_before_opening(dates, place.now) and dates.opens_at is not None:
        return [f"Opens {day(dates.opens_at)}."]
    words = []
    if item.kind is AssignmentKind.WATCH:
        words += _watched_words(facts)
    elif facts.done_at is not None and item.kind not in TICKED_BY_HAND:
        verb = "Sent" if item.kind is AssignmentKind.EVALUATION else "Submitted"
        words.append(f"{verb} {day(facts.done_at)}{', late, for full credit' if facts.late else ''}.")
    if facts.draft_at is not None and item.kind not in TICKED_BY_HAND:
        saved = saved_words(facts.draft_at, place.now, place.schedule)
        words.append(f"{saved}." if facts.done_at else f"{saved}. Not submitted yet.")
    if facts.done_at is not None:
        return words
    if is_closed(dates, place.now) and dates.closes_at is not None:
        return [*words, f"Closed since {day(dates.closes_at)}."]
    if is_late(dates, place.now) and item.required:
        until = f" until {day(dates.closes_at)}" if dates.closes_at else ""
        words.append(f"Late. Full credit{until}.")
    return words


def _watched_words(facts: ItemFacts) -> list[str]:
    if facts.watched is None:
        return []
    seen, of = facts.watched
    if seen >= of:
        return [f"All {of} watched." if of > 1 else "Watched."]
    all_of_them = {1: "it", 2: "both"}.get(of, f"all {number_words(of)}")
    return [f"{seen} of {of} watched.", f"Ticks itself when you have watched {all_of_them}."]
