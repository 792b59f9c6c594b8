"""When a claim is taken, what it keeps, and whether it could be reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.attendance.policy import ATTENDED, Mark
from portal.core.when import end_of_minute
from portal.courses.package.parts import Offering
from portal.courses.package.schema import RECORDING


class ClaimState(StrEnum):
    """Where CE credit stands for one learner (record.json, `ce.state`)."""

    CLOSED = "closed"  # not open yet
    NEEDS_EVALUATION = "needs_evaluation"
    OPEN = "open"
    CLAIMED = "claimed"
    EXPIRED = "expired"


def state_of(
    *,
    claimed: bool,
    deadline: datetime,
    evaluation_opens_at: datetime | None,
    evaluation_missing: bool,
    completion_missing: bool = False,
    at: datetime,
) -> ClaimState:
    """A claim made in time stands for good; else by what is missing and by the deadline's whole minute."""
    if claimed:
        return ClaimState.CLAIMED
    if at >= end_of_minute(deadline):
        return ClaimState.EXPIRED
    if evaluation_missing:
        not_yet = evaluation_opens_at is not None and at < evaluation_opens_at
        return ClaimState.CLOSED if not_yet else ClaimState.NEEDS_EVALUATION
    return ClaimState.CLOSED if completion_missing else ClaimState.OPEN


def attended_of(
    call_numbers: tuple[int, ...], marks: Mapping[int, Mark], watched: Mapping[str, datetime]
) -> dict[str, str]:
    """How each call was taken part in: `live` or `recording`; one that was missed is left out."""
    attended: dict[str, str] = {}
    for number in call_numbers:
        mark = marks.get(number)
        if mark is not None and mark.status in ATTENDED:
            attended[str(number)] = "live"
        elif f"{RECORDING}{number}" in watched:
            attended[str(number)] = "recording"
    return attended


@dataclass(frozen=True)
class Reportable:
    """Whether the claim could be reported now, in words for its owner."""

    now: bool
    words: str


def reportable(
    offering: Offering, *, may_report: bool, activity_ends_at: datetime, at: datetime
) -> Reportable:
    """Whether the provider could report this claim now; if not, what is missing or until when it could."""
    if not offering.report_permission:
        words = (
            "You report these hours yourself." if offering.self_reported else "Nothing is reported for you."
        )
        return Reportable(False, words)
    until = (
        end_of_minute(activity_ends_at) + timedelta(days=offering.report_within_days)
        if offering.report_within_days
        else None
    )
    if until is not None and at >= until:
        return Reportable(
            False,
            f"It can no longer be reported: the provider had {offering.report_within_days} days after the "
            "activity’s end.",
        )
    if not may_report:
        return Reportable(False, "It is not reported: you have not given your permission.")
    if offering.sample:
        return Reportable(
            False, "It cannot be reported yet: the provider has not confirmed the statement of this credit."
        )
    if until is not None:
        return Reportable(
            True, f"It can be reported, until {offering.report_within_days} days after the activity’s end."
        )
    return Reportable(True, "It can be reported.")
