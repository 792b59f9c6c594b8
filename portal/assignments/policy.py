"""What a person may do with an item of a checklist, and how it stands. Pure."""

from dataclasses import dataclass
from datetime import datetime

from portal.courses.dates import ItemDates
from portal.courses.package.parts import AssignmentKind
from portal.courses.policy import is_before_opening, is_closed

MOST_FILES = 5  # of one submission (CONTRACT: Files and data)

# The learner says so; all other kinds follow from what was done elsewhere in the portal.
TICKED_BY_HAND = frozenset({AssignmentKind.TASK, AssignmentKind.POST})
HANDED_IN = frozenset({AssignmentKind.WORKSHEET, AssignmentKind.UPLOAD})

_TICKS_ITSELF = {
    AssignmentKind.WATCH: "This ticks itself when you have watched the videos.",
    AssignmentKind.WORKSHEET: "This ticks itself when you submit the worksheet.",
    AssignmentKind.UPLOAD: "This ticks itself when you hand in your file.",
    AssignmentKind.EVALUATION: "This ticks itself when you send the evaluation.",
}


@dataclass(frozen=True)
class Tick:
    """A mark on a task or post: done, and of a counted task how many so far."""

    done: bool
    count: int | None = None


def tick(needed: int | None, *, done: bool | None, count: int | None) -> Tick:
    """What a person's mark means for an item that counts to `needed` (None: it does not count).

    A count says by itself whether the item is done; a bare tick of a counted item fills or empties it.
    Counts are held between none and `needed`.
    """
    if needed is None:
        return Tick(bool(done) if done is not None else bool(count))
    if count is None:
        count = needed if done else 0
    held = min(max(count, 0), needed)
    return Tick(held >= needed, held)


def why_not_by_hand(kind: AssignmentKind) -> str | None:
    """Why an item of this kind cannot be ticked by hand; None: it can."""
    return None if kind in TICKED_BY_HAND else _TICKS_ITSELF[kind]


def is_shut(dates: ItemDates, at: datetime) -> bool:
    """Whether nothing is taken now: not open yet, or closed."""
    return is_before_opening(dates, at) or is_closed(dates, at)


def is_stale(*, revision: int, token: str, draft_revision: int, draft_token: str) -> bool:
    """Whether a page knew another draft than the one that is kept.

    `revision`, `token`: of the posting page (0: it knew none); the rest: of the kept draft. A page that was
    itself the last to write is never stale, whatever it knew when it was drawn.
    """
    return revision != draft_revision and token != draft_token


def first_revision(versions: int) -> int:
    """Where a new draft begins to count: above any page drawn before the last submission."""
    return versions * 1_000_000 + 1
