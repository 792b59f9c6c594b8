"""Pieces that several of a learner's pages share."""

from dataclasses import dataclass
from datetime import datetime

from portal.attendance.policy import ATTENDED, Phase, Status, join_opens_at, phase_of
from portal.attendance.words import STATUS_WORDS
from portal.completion.policy import Requirement, RequirementKind
from portal.core.when import When, month_day, plural
from portal.core.words import upper_first
from portal.courses.package.schema import RECORDING
from portal.courses.policy import is_before_opening
from portal.learning.queries import Seen


@dataclass(frozen=True)
class Shown:
    """A state as it is drawn: words, the shape beside them (static/icons.svg), and a hue that agrees."""

    words: str
    shape: str = ""
    hue: str = ""


@dataclass(frozen=True)
class Neighbour:
    """The lesson or call before or after the one on the page."""

    label: str
    title: str
    url: str


@dataclass(frozen=True)
class CallCard:
    """A coming call. `rest` follows the reader's own time; `joining` says when the link to join is shown."""

    number: int
    title: str
    url: str
    when: When
    rest: str
    joining: str


@dataclass(frozen=True)
class Sum:
    """A line of the sums: how much of one requirement is done. Without `needed` there is no bar."""

    name: str
    words: str
    done: int = 0
    needed: int = 0
    late_words: str = ""
    late_url: str = ""


def call_card(seen: Seen, number: int) -> CallCard:
    """The call as a card beside the path and on its lesson's page."""
    dates, plan = seen.schedule.call(number), seen.content.call(number)
    phase = phase_of(dates.starts_at, dates.ends_at, seen.now, cancelled=dates.cancelled)
    at = seen.when(dates.starts_at)
    joining = ""
    if phase is Phase.BEFORE:
        opens = seen.when(join_opens_at(dates.starts_at)).time.replace(" ", "\N{NO-BREAK SPACE}")
        joining = f"The link to join appears on its page at {opens}."
    return CallCard(
        number=number,
        title=plan.title,
        url=f"{seen.base}calls/{number}",
        when=at,
        rest="cancelled" if dates.cancelled else f"{at.distance}, {plural(plan.minutes, 'minute')}",
        joining=joining,
    )


def call_state(seen: Seen, number: int) -> Shown:
    """What the path says of a call: how one took part, else how far away it is."""
    dates = seen.schedule.call(number)
    mark, watched = seen.facts.marks.get(number), f"{RECORDING}{number}" in seen.facts.watched
    if dates.cancelled:
        return Shown("Cancelled, counts for all", "callfull", "done")
    if mark is not None and mark.status in ATTENDED:
        return Shown(STATUS_WORDS[mark.status], "callfull", "done")
    if watched:
        return Shown("Recording watched", "callfull", "done")
    phase = phase_of(dates.starts_at, dates.ends_at, seen.now)
    if phase is Phase.OPEN:
        return Shown("Now", "callfull", "now")
    if phase is Phase.BEFORE:
        return Shown(upper_first(seen.when(dates.starts_at).distance), "call")
    if mark is not None and mark.status is not None:
        return Shown(STATUS_WORDS[mark.status], "call", "late" if mark.status is Status.ABSENT else "")
    return Shown("Recording to watch" if seen.schedule.has_recording(number) else "Over", "call")


def sums(seen: Seen) -> list[Sum]:
    """The four requirements in short."""
    return [_sum(seen, line) for line in seen.standing.requirements if line.needed]


def _sum(seen: Seen, line: Requirement) -> Sum:
    name = line.kind.value.capitalize()
    if line.kind is RequirementKind.EVALUATION:
        return Sum(name, _evaluation_words(seen))
    words = f"{line.done} of {line.needed}"
    late = [item for item in line.missing if _is_overdue(seen, item.id)] if _is_work(line) else []
    if not late:
        return Sum(name, words, line.done, line.needed)
    return Sum(name, words, line.done, line.needed, f"{len(late)} late", seen.base + late[0].path)


def _is_work(line: Requirement) -> bool:
    return line.kind is RequirementKind.ASSIGNMENTS


def _is_overdue(seen: Seen, assignment_id: str) -> bool:
    dates = seen.schedule.assignment(assignment_id)
    return dates.due_at is not None and seen.when(dates.due_at, deadline=True).past


def _evaluation_words(seen: Seen) -> str:
    sent_at = seen.facts.evaluation_sent_at
    if sent_at is not None:
        return f"sent {day_of(seen, sent_at)}"
    dates = seen.schedule.evaluation()
    if is_before_opening(dates, seen.now) and dates.opens_at is not None:
        return f"opens {day_of(seen, dates.opens_at)}"
    if dates.closes_at is None:
        return "open"
    closing = seen.when(dates.closes_at, deadline=True)
    return f"{'closed' if closing.past else 'open until'} {day_of(seen, dates.closes_at)}"


def day_of(seen: Seen, at: datetime) -> str:
    """ "December 30", in the course's zone."""
    return month_day(seen.schedule.day(at), seen.schedule.years)


def saved_words(seen: Seen, at: datetime) -> str:
    """ "today at 12:04 PM ET", "yesterday at 9:10 AM ET", "November 12"."""
    moment, days = seen.when(at), (seen.schedule.day(seen.now) - seen.schedule.day(at)).days
    if days in (0, 1):
        return f"{('today', 'yesterday')[days]} at {moment.time}"
    return day_of(seen, at)


def minutes_words(seconds: float) -> str:
    """ "12 minutes"; of what is shorter than a minute and a half the seconds."""
    return plural(round(seconds), "second") if seconds < 90 else plural(round(seconds / 60), "minute")
