"""Where and when a call takes place, whether it does, and what can be watched of it later."""

from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.core.errors import Invalid
from portal.courses.messages import ProgressChanged
from portal.courses.models import CallSession, Enrollment, Role
from portal.outbox.services import post


@dataclass(frozen=True)
class CallChange:
    """A call as it is to be. `recording_file`, `captions_file`: keys in the file store."""

    starts_at: datetime
    join_url: str | None
    recording_url: str | None
    cancelled: bool
    recording_file: str | None = None
    recording_seconds: float | None = None
    captions_file: str | None = None

    @classmethod
    def as_it_is(cls, call: CallSession) -> "CallChange":
        """No change: the call's present state."""
        return cls(
            call.starts_at,
            call.join_url,
            call.recording_url,
            call.cancelled_at is not None,
            call.recording_file,
            call.recording_seconds,
            call.captions_file,
        )

    def differences(self, other: "CallChange") -> dict[str, tuple[object, object]]:
        """What `other` changes, by field: before and after, as plain JSON."""
        pairs = {f.name: (getattr(self, f.name), getattr(other, f.name)) for f in fields(self)}
        return {name: (_plain(a), _plain(b)) for name, (a, b) in pairs.items() if a != b}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def needs_reason(before: CallChange, after: CallChange) -> bool:
    """Whether people must be told why: the call is moved or cancelled."""
    return before.starts_at != after.starts_at or (after.cancelled and not before.cancelled)


def edit_call(
    session: Session,
    call: CallSession,
    change: CallChange,
    *,
    by: int | None,
    reason: str = "",
    at: datetime,
) -> bool:
    """Change a call; its marks stay. Cancelled, it counts for everyone, so all progress is computed anew.

    `by`: a person's id, None for the operator. Returns whether anything changed. Raises Invalid where a call
    is moved or cancelled without a reason.
    """
    before = CallChange.as_it_is(call)
    different = before.differences(change)
    if not different:
        return False
    if needs_reason(before, change) and not reason:
        raise Invalid("Give a reason when you cancel or move a call. Learners read it on the call’s page.")
    call.starts_at = change.starts_at
    call.join_url = change.join_url
    call.recording_url = change.recording_url
    call.recording_file = change.recording_file
    call.recording_seconds = change.recording_seconds
    call.captions_file = change.captions_file
    if change.cancelled != before.cancelled:
        call.cancelled_at = at if change.cancelled else None
        post(session, ProgressChanged(_learner_ids(session, call.cohort_id)))
    session.flush()
    record(
        session,
        action="call_edited",
        cohort_id=call.cohort_id,
        by=by,
        before={"call": call.number} | {name: old for name, (old, _) in different.items()},
        after={"call": call.number} | {name: new for name, (_, new) in different.items()},
        reason=reason or None,
        at=at,
    )
    return True


def _learner_ids(session: Session, cohort_id: int) -> list[int]:
    return list(
        session.scalars(
            select(Enrollment.id)
            .where(Enrollment.cohort_id == cohort_id, Enrollment.role == Role.LEARNER)
            .order_by(Enrollment.id)
        )
    )
