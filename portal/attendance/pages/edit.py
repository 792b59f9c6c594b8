"""The page that edits a call: its form, what would change, what was changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.attendance.forms import CallForm
from portal.attendance.pages.register import call_title
from portal.attendance.policy import join_opens_at
from portal.attendance.queries import changes_of, names_of
from portal.attendance.services import CallChange
from portal.core.when import MONTHS, clock_words, day_words, zone_long, zone_short
from portal.core.words import upper_first
from portal.courses.access import Member
from portal.courses.models import CallSession, Enrollment, EnrollmentState, Role

FIELD_WORDS = {
    "starts_at": "Time",
    "join_url": "Join link",
    "recording_url": "Recording",
    "recording_file": "Recording",
    "captions_file": "Captions",
    "cancelled": "Takes place",
}


@dataclass(frozen=True)
class Change:
    """One thing that changes: was, becomes."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class PastChange:
    """An entry of the history."""

    iso: str
    when: str
    who: str
    changes: Sequence[Change]
    reason: str


@dataclass(frozen=True)
class EditCallPage:
    """The form with what was typed, and all around it."""

    call_number: int
    title: str
    url: str
    attendance_url: str
    zone: str
    minutes: int
    join_from: str
    learners: int
    has_recording: bool
    form: CallForm
    changes: Sequence[Change]
    history: Sequence[PastChange]
    saved: bool = False


def edit_call_page(
    session: Session, member: Member, call: CallSession, form: CallForm, *, saved: bool = False
) -> EditCallPage:
    """Three statements. `form` holds what was typed, or the call as it is."""
    zone = member.cohort.time_zone
    base = f"/c/{member.cohort.slug}/calls/{call.number}"
    opens = join_opens_at(call.starts_at).astimezone(ZoneInfo(zone))
    different = CallChange.as_it_is(call).differences(form.change)
    return EditCallPage(
        call_number=call.number,
        title=call_title(member, call.number),
        url=f"{base}/edit",
        attendance_url=f"{base}/attendance",
        zone=upper_first(zone_long(zone)),
        minutes=call.minutes,
        join_from=f"{clock_words(opens)} {zone_short(zone, opens)}",
        learners=_learner_count(session, member.cohort_id),
        has_recording=member.content.recording(call.number) is not None,
        form=form,
        changes=[_change(field, *pair, zone) for field, pair in different.items() if field in FIELD_WORDS],
        history=_history(session, member, call.number),
        saved=saved,
    )


def _learner_count(session: Session, cohort_id: int) -> int:
    return (
        session.scalar(
            select(func.count()).where(
                Enrollment.cohort_id == cohort_id,
                Enrollment.role == Role.LEARNER,
                Enrollment.state == EnrollmentState.ACTIVE,
                Enrollment.is_test.is_(False),
            )
        )
        or 0
    )


def _change(field: str, before: object, after: object, zone: str) -> Change:
    return Change(FIELD_WORDS.get(field, field), _words(field, before, zone), _words(field, after, zone))


def _words(field: str, value: object, zone: str) -> str:
    if field == "cancelled":
        return "no, cancelled" if value else "yes"
    if not value:
        return "none"
    if field == "starts_at":
        local = datetime.fromisoformat(str(value)).astimezone(ZoneInfo(zone))
        return f"{day_words(local.date())} at {clock_words(local)} {zone_short(zone, local)}"
    if field.endswith("_url"):
        return urlsplit(str(value)).hostname or str(value)
    return str(value).rsplit("/", 1)[-1]


def _history(session: Session, member: Member, number: int) -> list[PastChange]:
    entries = changes_of(session, member.cohort_id, number)
    names = names_of(session, {entry.by_id for entry in entries if entry.by_id})
    zone = member.cohort.time_zone
    return [
        PastChange(
            iso=(local := entry.at.astimezone(ZoneInfo(zone))).isoformat(timespec="minutes"),
            when=f"{MONTHS[local.month - 1][:3]} {local.day}, {clock_words(local)}",
            who=names.get(entry.by_id or 0, "By command"),
            changes=_past(entry.before or {}, entry.after or {}, zone),
            reason=entry.reason or "",
        )
        for entry in entries
    ]


def _past(before: Mapping[str, Any], after: Mapping[str, Any], zone: str) -> list[Change]:
    return [
        _change(field, before.get(field), after.get(field), zone) for field in after if field in FIELD_WORDS
    ]
