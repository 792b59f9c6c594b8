"""Who may see what of a cohort: every page begins here."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from portal.core.clock import real_now
from portal.core.db import rows_of
from portal.core.errors import NotFound, Refused, SignedOut
from portal.core.languages import N_
from portal.core.nav import Place, enter, reader_of, times_sentence
from portal.core.when import Reader
from portal.courses.models import Cohort, Enrollment, EnrollmentState, Role, TeamMember
from portal.courses.package.schema import CourseContent
from portal.courses.plain import PlainCohort, PlainPerson
from portal.courses.queries import content_of
from portal.identity.models import Person
from portal.identity.sign_in import signed_in

FACULTY_RIGHT_LASTS = timedelta(days=7)  # after the last launch with it (PRODUCT: Identity)


_its, _run, _who, _team = (model.__table__.c for model in (Enrollment, Cohort, Person, TeamMember))
# Built once and of tables: every page begins with it, and entities would cost three times as much.
_MEMBER = (
    select(
        _its.id, _its.role, _its.state, _its.faculty_launched_at, _team.id,
        _run.id, _run.slug, _run.name, _run.starts_on, _run.time_zone, _run.course_version_id,
        _who.id, _who.name, _who.time_zone, _who.locale, _who.certificate_name,
    )
    .select_from(Enrollment.__table__)
    .join(Cohort.__table__, _run.id == _its.cohort_id)
    .join(Person.__table__, _who.id == _its.person_id)
    .outerjoin(
        TeamMember.__table__,
        and_(_team.cohort_id == _run.id, _team.person_id == _who.id, _team.removed_at.is_(None)),
    )
    .where(_run.slug == bindparam("slug"), _its.person_id == bindparam("who"))
)  # fmt: skip
_ENROLLMENT = (
    select(Enrollment)
    .join(Enrollment.cohort)
    .join(Enrollment.person)
    .where(Enrollment.id == bindparam("id"))
    .options(contains_eager(Enrollment.cohort), contains_eager(Enrollment.person))
)


@dataclass(frozen=True)
class Member:
    """The signed-in person in one cohort, with the rights they have now."""

    id: int  # of the enrollment
    cohort: PlainCohort
    person: PlainPerson
    role: Role
    content: CourseContent
    is_staff: bool  # faculty or course team
    is_team: bool
    _session: Session = field(repr=False, compare=False)

    @cached_property
    def enrollment(self) -> Enrollment:
        """The row itself, with its cohort and person, for what writes: one statement, at the first use."""
        return self._session.scalars(_ENROLLMENT, {"id": self.id}).one()

    @property
    def is_learner(self) -> bool:
        """Takes the course; staff only read it."""
        return self.role is Role.LEARNER

    @property
    def reader(self) -> Reader:
        """Whose own time stands beside the course's: this person, in this browser."""
        return reader_of(self.person.time_zone, self.person.locale)

    @property
    def cohort_id(self) -> int:
        """The cohort's id."""
        return self.cohort.id


def person_id() -> int:
    """The signed-in person's id. Raises SignedOut."""
    who = signed_in()
    if who is None:
        raise SignedOut
    return who


def member_of(session: Session, slug: str, *, withdrawn_too: bool = False) -> Member:
    """The signed-in person in the cohort `slug`, in one statement. Raises SignedOut, or NotFound.

    `withdrawn_too`: for what stays open to those who left (their certificates).
    """
    who = person_id()
    found = rows_of(session, _MEMBER, {"slug": slug, "who": who}).one_or_none()
    if found is None or (found[2] is EnrollmentState.WITHDRAWN and not withdrawn_too):
        raise NotFound(N_("There is no such course among yours."))
    id_, role, _state, launched_at, team_id, *more = found
    cohort, person = PlainCohort(*more[:6]), PlainPerson(*more[6:])
    is_team = team_id is not None
    member = Member(
        id=id_,
        cohort=cohort,
        person=person,
        role=role,
        content=content_of(session, cohort.course_version_id),
        is_staff=is_team or _is_faculty(role, launched_at, real_now()),
        is_team=is_team,
        _session=session,
    )
    if role is Role.FACULTY and not member.is_staff:
        raise Refused(N_("Your right as faculty has lapsed. Open Lectern from the LMS course again."))
    enter(
        Place(
            name=member.person.name or "",
            cohort=member.cohort.slug,
            course=member.content.title,
            is_staff=member.is_staff,
            is_team=member.is_team,
            times=times_sentence(member.cohort.time_zone, member.person.time_zone),
        )
    )
    return member


def _is_faculty(role: Role, launched_at: datetime | None, now: datetime) -> bool:
    if role is not Role.FACULTY:
        return False
    # Without a launch the role was given by command or builder and does not lapse.
    return launched_at is None or now - launched_at <= FACULTY_RIGHT_LASTS


def learner_of(session: Session, slug: str) -> Member:
    """The signed-in learner of the cohort. Staff are refused: they only read a learner's pages."""
    member = member_of(session, slug)
    if not member.is_learner:
        raise Refused("This belongs to learners. You see the course as staff.")
    return member


def staff_of(session: Session, slug: str) -> Member:
    """Faculty or course team of the cohort; a learner is refused."""
    member = member_of(session, slug)
    if not member.is_staff:
        raise Refused("This page is for faculty.")
    return member


def team_of(session: Session, slug: str) -> Member:
    """The cohort's course team; others of the cohort are refused."""
    member = member_of(session, slug)
    if not member.is_team:
        raise Refused("This page is for the course team.")
    return member


def my_enrollments(session: Session) -> list[Enrollment]:
    """All cohorts of the signed-in person, also those they left, newest start first. Raises SignedOut."""
    return list(
        session.scalars(
            select(Enrollment)
            .join(Enrollment.cohort)
            .where(Enrollment.person_id == person_id())
            .options(
                joinedload(Enrollment.cohort).joinedload(Cohort.course_version), joinedload(Enrollment.person)
            )
            .order_by(Cohort.starts_on.desc(), Cohort.id)
        )
    )
