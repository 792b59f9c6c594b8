"""All calls of a cohort at a glance."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.attendance.pages.register import Count, call_title, counts_of, summary_words
from portal.attendance.policy import Status, summary_of
from portal.attendance.queries import learners_of_cohort, standing_marks_of_cohort
from portal.attendance.words import hours_words
from portal.courses.access import Member
from portal.courses.queries import calls_of


@dataclass(frozen=True)
class CallSummary:
    """One call in the overview of all."""

    number: int
    title: str
    hours: str
    starts_iso: str
    url: str
    edit_url: str
    csv_url: str
    state: str
    counts: Sequence[Count]
    summary_words: str
    marked: int
    unmarked: int
    attended: int


@dataclass(frozen=True)
class OverviewPage:
    """All calls of a cohort with what is marked."""

    total: int
    calls: Sequence[CallSummary]


def overview_page(session: Session, member: Member, *, at: datetime) -> OverviewPage:
    """All calls; three statements, however many learners."""
    learners = learners_of_cohort(session, member.cohort_id)
    standing = standing_marks_of_cohort(session, member.cohort_id)
    summaries = []
    for call in calls_of(session, member.cohort_id):
        marks = [standing.get(learner.id, {}).get(call.number) for learner in learners]
        summary = summary_of(mark.status if mark else None for mark in marks)
        base = f"/c/{member.cohort.slug}/calls/{call.number}"
        over = at >= call.starts_at
        state = (
            "Cancelled"
            if call.cancelled_at
            else ("" if not over else f"{summary.total - summary.unmarked} marked")
        )
        by = summary.by_status
        summaries.append(
            CallSummary(
                number=call.number,
                title=call_title(member, call.number),
                hours=hours_words(call.starts_at, call.minutes, member.cohort.time_zone),
                starts_iso=call.starts_at.isoformat(timespec="minutes"),
                url=f"{base}/attendance",
                edit_url=f"{base}/edit",
                csv_url=f"{base}/attendance.csv",
                state=state,
                counts=counts_of(summary, f"{base}/attendance", "", ""),
                summary_words=summary_words(summary),
                marked=summary.total - summary.unmarked,
                unmarked=summary.unmarked,
                attended=by[Status.PRESENT] + by[Status.LATE] + by[Status.LEFT_EARLY],
            )
        )
    return OverviewPage(len(learners), summaries)
