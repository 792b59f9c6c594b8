"""My courses: all cohorts of one person, also those they left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.orm import Session

from portal.core.when import month_day
from portal.courses.models import Enrollment, EnrollmentState, Role
from portal.courses.queries import content_of


@dataclass(frozen=True)
class MyCohort:
    """One cohort. Empty `url`: the person left it, and what stays are the certificates."""

    title: str
    name: str
    url: str
    days: str
    role: str


@dataclass(frozen=True)
class MyCohortsPage:
    """The newest start first."""

    cohorts: tuple[MyCohort, ...]


def my_cohorts_page(session: Session, enrollments: Sequence[Enrollment]) -> MyCohortsPage:
    """Built without a statement of its own: contents are kept per process."""
    return MyCohortsPage(tuple(_mine(session, enrollment) for enrollment in enrollments))


def _mine(session: Session, enrollment: Enrollment) -> MyCohort:
    cohort = enrollment.cohort
    content = content_of(session, cohort.course_version_id)
    left = enrollment.state is EnrollmentState.WITHDRAWN
    roles = {Role.LEARNER: "You take part as a learner", Role.FACULTY: "You are faculty"}
    return MyCohort(
        title=content.title,
        name=cohort.name,
        url="" if left else f"/c/{cohort.slug}/",
        days=_days(cohort.starts_on, cohort.starts_on + timedelta(days=content.access_ends.day)),
        role="You left this course" if left else roles[enrollment.role],
    )


def _days(first: date, last: date) -> str:
    return f"{month_day(first, ())} to {month_day(last, ())}"
