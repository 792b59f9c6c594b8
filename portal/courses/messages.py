"""What the slices of a course tell each other through the outbox."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class ProgressChanged:
    """A fact that counts for completion changed for these learners."""

    topic: ClassVar[str] = "progress_changed"
    enrollment_ids: list[int]


@dataclass(frozen=True)
class ScoreChanged:
    """The standing of these learners changed: what their LMS shows may be out of date."""

    topic: ClassVar[str] = "score_changed"
    enrollment_ids: list[int]
