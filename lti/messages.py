"""What LTI promises itself through the outbox."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ScoreDue:
    """One column may be out of date about one learner: state it anew."""

    topic: ClassVar[str] = "lti_score_due"
    line_item_id: int
    enrollment_id: int


@dataclass(frozen=True)
class ColumnLearned:
    """A column became known, or has a new address: everyone who came through its LMS course belongs in it."""

    topic: ClassVar[str] = "lti_column_learned"
    line_item_id: int


@dataclass(frozen=True)
class RosterDue:
    """An LMS course's list of people is to be fetched."""

    topic: ClassVar[str] = "lti_roster_due"
    context_row: int


@dataclass(frozen=True)
class ColumnWanted:
    """A linked page has no column of its launch: find one in the LMS course, or make it where we may."""

    topic: ClassVar[str] = "lti_column_wanted"
    line_item_id: int
    may_make: bool
