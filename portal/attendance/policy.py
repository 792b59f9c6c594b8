"""The rules of calls: which mark holds, what counts, when the link to join is shown.

PRODUCT.md, "Calls". Pure functions on plain values.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from operator import attrgetter

JOIN_OPENS_BEFORE = timedelta(minutes=15)


class Status(StrEnum):
    """What can be said of a learner on a call. Nothing said yet is None, never absent."""

    PRESENT = "present"
    LATE = "late"
    LEFT_EARLY = "left_early"
    ABSENT = "absent"
    EXCUSED = "excused"


class Source(StrEnum):
    """Where a mark comes from: a person's word, or a machine's proposal."""

    FACULTY = "faculty"
    CHECK_IN = "check_in"
    IMPORT = "import"


ATTENDED = frozenset({Status.PRESENT, Status.LATE, Status.LEFT_EARLY})


@dataclass(frozen=True, slots=True)
class Mark:
    """One entry of the append-only history. `status` None: a person took their mark back."""

    id: int
    status: Status | None
    source: Source
    by_id: int | None = None
    at: datetime | None = None


def standing_mark(marks: Sequence[Mark]) -> Mark | None:
    """The mark that holds: a person's beats a machine's, then the later one.

    Cleared by a person, the machine's stands. Later is by id, the order of writing: clocks can be set back.
    """
    by_person = [mark for mark in marks if mark.source is Source.FACULTY]
    if by_person and (latest := max(by_person, key=attrgetter("id"))).status is not None:
        return latest
    return max((m for m in marks if m.source is not Source.FACULTY), key=attrgetter("id"), default=None)


def persons_word(marks: Iterable[Mark]) -> Status | None:
    """What faculty last said; None when nobody has, or it was taken back."""
    by_person = [mark for mark in marks if mark.source is Source.FACULTY]
    return max(by_person, key=attrgetter("id")).status if by_person else None


class Counting(StrEnum):
    """Why a call counts for completion."""

    CANCELLED = "cancelled"
    ATTENDED = "attended"
    RECORDING = "recording"
    EXCUSED = "excused"


def why_it_counts(
    status: Status | None,
    *,
    recording_watched: bool,
    cancelled: bool,
    counts: Collection[str] = ("attended", "recording"),
) -> Counting | None:
    """Why the call counts for this learner, or None. `counts` is the package's list.

    Being there comes before the recording: a CE claim keeps which of the two it was.
    """
    if cancelled:
        return Counting.CANCELLED
    if status in ATTENDED and Counting.ATTENDED in counts:
        return Counting.ATTENDED
    if recording_watched and Counting.RECORDING in counts:
        return Counting.RECORDING
    if status is Status.EXCUSED and Counting.EXCUSED in counts:
        return Counting.EXCUSED
    return None


class Phase(StrEnum):
    """Where a call stands in time. The link to join is shown while it is OPEN."""

    BEFORE = "before"
    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"


def phase_of(starts_at: datetime, ends_at: datetime, at: datetime, *, cancelled: bool = False) -> Phase:
    """Open from 15 minutes before the start until the end."""
    if cancelled:
        return Phase.CANCELLED
    if at < join_opens_at(starts_at):
        return Phase.BEFORE
    return Phase.OPEN if at < ends_at else Phase.OVER


def join_opens_at(starts_at: datetime) -> datetime:
    """When the link to join begins to be shown."""
    return starts_at - JOIN_OPENS_BEFORE


@dataclass(frozen=True, slots=True)
class Summary:
    """How many learners have which mark on one call."""

    total: int
    by_status: Mapping[Status, int]

    @property
    def unmarked(self) -> int:
        return self.total - sum(self.by_status.values())


def summary_of(statuses: Iterable[Status | None]) -> Summary:
    """Counts of each status over the learners of a call; the rest are without a mark."""
    counted = Counter(statuses)
    return Summary(counted.total(), {status: counted[status] for status in Status})
