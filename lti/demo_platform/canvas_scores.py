"""Scores as Canvas takes them: each is an attempt unless it says otherwise, and clears what it does not restate."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lti.demo_platform.asked import SCORE, ServiceRefused
from lti.demo_platform.state import Lms
from lti.demo_platform.store import Row

EXTENSION = "https://canvas.instructure.com/lti/submission"
_COUNTS = ("FullyGraded", "PendingManual")


@dataclass(frozen=True)
class Grade:
    """What stands in the gradebook. `stated_at`: seconds since 1970, with their fractions."""

    score: float | None
    comment: str | None
    stated_at: float


def graded(
    here: Lms, row: Row, said: dict[str, Any], sub: str | None, stated_at: float, before: Row | None
) -> Grade:
    """The grade after this score. Raises ServiceRefused in Canvas's words. `sub`: our number, None for nobody."""
    person = here.store.person(sub) if sub else None
    member = here.store.membership(row["course_id"], sub) if sub else None
    is_learner = member is not None and member["role"] == "learner" and member["status"] == "active"
    if person is None or not is_learner or person["test_user"]:
        raise _refused(422, "User not found in course or is not a student")
    if before and stated_at < before["stated_at"]:
        older = datetime.fromtimestamp(before["stated_at"]).astimezone().isoformat()
        words = f"Provided timestamp of {said['timestamp']} before last updated timestamp of {older}"
        raise _refused(400, words)
    _check_numbers(said)
    extension = said.get(EXTENSION)
    asked = extension if isinstance(extension, dict) else {}
    known, known_comment = (before["score"], before["comment"]) if before else (None, None)
    comment = "\n".join(filter(None, (known_comment, said.get("comment")))) or None  # added, never replaced
    return Grade(_score(row, said, asked, known), comment, stated_at)


def _score(row: Row, said: dict[str, Any], asked: dict[str, Any], known: float | None) -> float | None:
    if said["gradingProgress"] not in _COUNTS or said.get("scoreGiven") is None:
        return known if asked.get("preserve_score") is True else None
    if known is not None and asked.get("prioritize_non_tool_grade") is True:
        return known  # any grade that is there, the tool's own too
    return (
        float(said["scoreGiven"]) / float(said["scoreMaximum"]) * float(row["maximum"])
    )  # more than all is taken


def _check_numbers(said: dict[str, Any]) -> None:
    given, maximum = said.get("scoreGiven"), said.get("scoreMaximum")
    if given is None:
        return
    if maximum is None:
        raise _refused(422, "ScoreMaximum not supplied when ScoreGiven present.")
    if float(maximum) <= 0:
        raise _refused(422, "cannot be zero if line item's maximum is not zero")
    if float(given) < 0:
        raise _refused(422, "ScoreGiven must be greater than or equal to 0")


def is_attempt(said: object) -> bool:
    """Whether a score that was taken is a new submission: progress too, unless it says that it is none."""
    extension = said.get(EXTENSION) if isinstance(said, dict) else None
    return not (isinstance(extension, dict) and extension.get("new_submission") is False)


def _refused(status: int, words: str) -> ServiceRefused:
    return ServiceRefused(status, words, SCORE)
