"""Changes to courses, cohorts and who is in them."""

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.core.errors import Conflict, Invalid, NotFound
from portal.core.files import FileStore
from portal.courses.dates import Schedule
from portal.courses.models import (
    CallSession,
    Cohort,
    Course,
    CourseVersion,
    DateField,
    DateOverride,
    Enrollment,
    EnrollmentState,
    Role,
    TeamMember,
)
from portal.courses.package.check import Checked
from portal.courses.package.schema import CourseContent
from portal.courses.queries import content_of, forget_contents, latest_version
from portal.identity.models import Person

YEARS = range(1990, 2200)


@dataclass(frozen=True)
class Loaded:
    """What loading a package came to."""

    course: str
    version: int
    is_new: bool  # False: the newest version was this very package


def keep_files(checked: Checked, files: FileStore) -> None:
    """Store the package's files, each under its content's hash: what is there already stays as it is.

    Before the transaction that loads the course: films are large, and a version names only what is stored.
    """
    if checked.content is None:
        return
    for path in checked.content.files:
        key = file_key(checked.content, path)
        if not files.exists(key):
            with checked.files[path].open("rb") as file:
                files.save(key, file)


def file_key(content: CourseContent, path: str) -> str:
    """Where a file of a course is kept. Raises NotFound for what the package does not name."""
    if path not in content.files:
        raise NotFound("This course has no such file.")
    return f"courses/{content.slug}/{content.files[path].sha256}"


def load_course(session: Session, content: CourseContent, *, at: datetime) -> Loaded:
    """A checked package as the course's next version, unless the newest is the same. Files: `keep_files`."""
    stored = content.model_dump(mode="json")
    digest = hashlib.sha256(content.model_dump_json().encode()).hexdigest()
    course = session.scalar(select(Course).where(Course.slug == content.slug))
    number = 1
    if course is None:
        course = Course(slug=content.slug, title=content.title)
        session.add(course)
    else:
        newest = latest_version(session, content.slug)
        if newest.sha256 == digest:
            return Loaded(content.slug, newest.number, is_new=False)
        course.title = content.title
        number = newest.number + 1
    session.add(CourseVersion(course=course, number=number, content=stored, sha256=digest, loaded_at=at))
    _flush(session, "This course was loaded by somebody else meanwhile. Load it again.")
    forget_contents(session)
    record(
        session,
        action="course_loaded",
        cohort_id=None,
        at=at,
        after={"course": content.slug, "version": number, "sha256": digest},
    )
    return Loaded(content.slug, number, is_new=True)


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
    _flush(session, f"There is already a cohort “{slug}”.")
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


def enroll(
    session: Session,
    cohort: Cohort,
    person: Person,
    role: Role,
    *,
    at: datetime,
    launched_at: datetime | None = None,
    is_test: bool = False,
) -> Enrollment:
    """The person in the cohort with this role, new, back again or changed.

    `launched_at`: real time of the launch that said so; None when it was no launch.
    """
    found = session.scalar(
        select(Enrollment).where(Enrollment.cohort_id == cohort.id, Enrollment.person_id == person.id)
    )
    if found is None:
        found = Enrollment(cohort=cohort, person=person, role=role, enrolled_at=at, is_test=is_test)
        session.add(found)
    found.role = role
    found.state = EnrollmentState.ACTIVE
    found.withdrawn_at = None
    found.is_test = is_test
    if launched_at is not None:
        found.launched_at = launched_at
        found.faculty_launched_at = launched_at if role is Role.FACULTY else None
    session.flush()
    return found


def withdraw(
    session: Session,
    enrollment: Enrollment,
    *,
    at: datetime,
    by: int | None = None,
    reason: str | None = None,
) -> None:
    """The person no longer takes part. Nothing of theirs is deleted; withdrawn twice is withdrawn once."""
    if enrollment.state is EnrollmentState.WITHDRAWN:
        return
    enrollment.state = EnrollmentState.WITHDRAWN
    enrollment.withdrawn_at = at
    record(
        session,
        action="withdrawn",
        cohort_id=enrollment.cohort_id,
        about=enrollment.id,
        by=by,
        at=at,
        reason=reason,
    )
    session.flush()


def add_team_member(
    session: Session, cohort: Cohort, person: Person, *, at: datetime, by: int | None = None
) -> TeamMember:
    """Give somebody the course team's right in a cohort. Who is not in it yet joins as faculty."""
    member = _team_member(session, cohort.id, person.id)
    if member is not None and member.removed_at is None:
        return member
    if member is None:
        member = TeamMember(cohort_id=cohort.id, person_id=person.id, added_by_id=by, added_at=at)
        session.add(member)
    member.removed_at = None
    member.added_by_id = by
    member.added_at = at
    _let_in(session, cohort, person, at=at)
    record(session, action="team_added", cohort_id=cohort.id, by=by, at=at, after={"person_id": person.id})
    session.flush()
    return member


def remove_team_member(
    session: Session, cohort: Cohort, person_id: int, *, at: datetime, by: int | None = None
) -> None:
    """Take the course team's right back. Who came in by it alone leaves the cohort too."""
    member = _team_member(session, cohort.id, person_id)
    if member is None or member.removed_at is not None:
        raise NotFound("This person is not of the cohort's course team.")
    member.removed_at = at
    record(session, action="team_removed", cohort_id=cohort.id, by=by, at=at, before={"person_id": person_id})
    enrollment = session.scalar(
        select(Enrollment).where(Enrollment.cohort_id == cohort.id, Enrollment.person_id == person_id)
    )
    if enrollment is not None and enrollment.role is Role.FACULTY and enrollment.launched_at is None:
        withdraw(session, enrollment, at=at, by=by, reason="Left the course team")
    session.flush()


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


def _let_in(session: Session, cohort: Cohort, person: Person, *, at: datetime) -> None:
    enrollment = session.scalar(
        select(Enrollment).where(Enrollment.cohort_id == cohort.id, Enrollment.person_id == person.id)
    )
    if enrollment is None:
        enroll(session, cohort, person, Role.FACULTY, at=at)
    elif enrollment.state is EnrollmentState.WITHDRAWN:
        enroll(session, cohort, person, enrollment.role, at=at, is_test=enrollment.is_test)


def _team_member(session: Session, cohort_id: int, person_id: int) -> TeamMember | None:
    return session.scalar(
        select(TeamMember).where(TeamMember.cohort_id == cohort_id, TeamMember.person_id == person_id)
    )


def _flush(session: Session, taken: str) -> None:
    """Flush; where a unique key was taken meanwhile, say so."""
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(taken) from None
