"""Opening cohorts and moving their dates."""

import re
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.core.errors import Conflict, Invalid, NotFound
from portal.courses.dates import Schedule
from portal.courses.models import CallSession, Cohort, DateField, DateOverride, Enrollment
from portal.courses.queries import content_of, latest_version
from portal.courses.services.taken import flush

YEARS = range(1990, 2200)


def open_cohort(
    session: Session,
    *,
    course: str,
    slug: str,
    starts: date,
    at: datetime,
    name: str | None = None,
    by: int | None = None,
) -> Cohort:
    """A cohort of the course's newest version, with its calls on their dates. `by`: a person's id.

    What an unusual weekday means is said by `policy.weekday_warning`.
    """
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", slug):
        raise Invalid("A cohort's short name is small letters, digits and hyphens, such as fall-2026.")
    if starts.year not in YEARS:
        raise Invalid(f"A cohort starts between {YEARS[0]} and {YEARS[-1]}.")
    version = latest_version(session, course)
    if session.scalar(select(Cohort.id).where(Cohort.slug == slug)) is not None:
        raise Conflict(f"There is already a cohort “{slug}”.")
    content = content_of(session, version.id)
    cohort = Cohort(
        slug=slug,
        name=(name or "").strip() or slug.replace("-", " ").capitalize(),
        course_version=version,
        starts_on=starts,
        time_zone=content.time_zone,
        created_at=at,
    )
    session.add(cohort)
    flush(session, f"There is already a cohort “{slug}”.")
    planned = Schedule(content, starts, content.time_zone)
    session.add_all(
        CallSession(
            cohort_id=cohort.id,
            number=call.number,
            starts_at=planned.call(call.number).starts_at,
            minutes=call.minutes,
        )
        for call in content.calls
    )
    opened = {"cohort": slug, "course": course, "version": version.number, "starts": starts.isoformat()}
    record(session, action="cohort_opened", cohort_id=cohort.id, at=at, by=by, after=opened)
    session.flush()
    return cohort


def move_date(
    session: Session,
    cohort: Cohort,
    item: str,
    date_field: DateField,
    to: datetime | None,
    *,
    reason: str,
    at: datetime,
    enrollment: Enrollment | None = None,
    by: int | None = None,
) -> None:
    """Move one date of one item, for the cohort or for one learner of it; `to` None takes the move back.

    `item`: an address of `Schedule.item`, but not a call: those are moved on their own page.
    """
    if not reason.strip():
        raise Invalid("Say why this date is moved; the reason stands in the history.")
    if item.startswith("call:"):
        raise Invalid("A call is moved on its own page.")
    if enrollment is not None and enrollment.cohort_id != cohort.id:
        raise NotFound("This learner is not in the cohort.")
    content = content_of(session, cohort.course_version_id)
    Schedule(content, cohort.starts_on, cohort.time_zone).item(item)  # raises NotFound
    about = enrollment.id if enrollment is not None else None
    session.add(
        DateOverride(
            cohort_id=cohort.id,
            enrollment_id=about,
            item=item,
            date_field=date_field,
            moved_to_at=to,
            reason=reason.strip(),
            made_by_id=by,
            made_at=at,
        )
    )
    after = {"item": item, "date": str(date_field), "to": to.isoformat() if to is not None else None}
    record(
        session,
        action="date_moved",
        cohort_id=cohort.id,
        about=about,
        by=by,
        at=at,
        after=after,
        reason=reason,
    )
    session.flush()
