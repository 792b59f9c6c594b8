"""Courses, their immutable versions, cohorts, who is in them, and moved dates."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.core.base import Base
from portal.identity.models import Person


class Role(StrEnum):
    """What a person is in a cohort. The course team is given apart (TeamMember)."""

    LEARNER = "learner"
    FACULTY = "faculty"


class EnrollmentState(StrEnum):
    """Whether a person still takes part. Nobody is ever deleted."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Course(Base):
    """A course by its slug; what it holds is in its versions."""

    __tablename__ = "course"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(Text)


class CourseVersion(Base):
    """One loaded package. Never changed after it is written."""

    __tablename__ = "course_version"
    __table_args__ = (UniqueConstraint("course_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    number: Mapped[int]
    content: Mapped[dict[str, Any]]  # the validated package, as CourseContent dumps itself
    sha256: Mapped[str] = mapped_column(String(64))  # of the package with its files
    loaded_at: Mapped[datetime]

    course: Mapped[Course] = relationship()


class Cohort(Base):
    """One run of a course version, from a start date."""

    __tablename__ = "cohort"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(Text)
    course_version_id: Mapped[int] = mapped_column(ForeignKey("course_version.id"), index=True)
    starts_on: Mapped[date]
    time_zone: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]

    course_version: Mapped[CourseVersion] = relationship()


class Enrollment(Base):
    """A person in a cohort, as learner or faculty."""

    __tablename__ = "enrollment"
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role]
    state: Mapped[EnrollmentState] = mapped_column(default=EnrollmentState.ACTIVE)
    is_test: Mapped[bool] = mapped_column(default=False)  # an LMS's test student: out of counts and scores
    enrolled_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    launched_at: Mapped[datetime | None]  # real time of the last launch; None: never launched
    faculty_launched_at: Mapped[datetime | None]  # real time of the last launch as faculty; the right lapses

    person: Mapped[Person] = relationship()
    cohort: Mapped[Cohort] = relationship()


class TeamMember(Base):
    """Somebody of a cohort's course team. Given by Lectern, never by the LMS."""

    __tablename__ = "team_member"
    __table_args__ = (UniqueConstraint("cohort_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the operator
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]


class DateField(StrEnum):
    """Which of an item's three dates."""

    OPENS = "opens"
    DUE = "due"
    CLOSES = "closes"


class DateOverride(Base):
    """One date of one item moved, for a cohort or for one learner. Append-only: the latest row holds.

    `item`: `lesson:3`, `work:asset-map`, `evaluation`, `access` or `ce`. `moved_to_at` None: taken back.
    """

    __tablename__ = "date_override"
    __table_args__ = (Index(None, "cohort_id", "enrollment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"))
    item: Mapped[str] = mapped_column(String(80))
    date_field: Mapped[DateField]
    moved_to_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime]


class CallSession(Base):
    """One live call of a cohort. Moving it keeps its marks; changes of it stand in the audit trail."""

    __tablename__ = "call_session"
    __table_args__ = (UniqueConstraint("cohort_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"))
    number: Mapped[int]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    join_url: Mapped[str | None] = mapped_column(Text)
    recording_url: Mapped[str | None] = mapped_column(Text)  # elsewhere, in place of the package's own
    recording_file: Mapped[str | None] = mapped_column(Text)  # key in the file store
    recording_seconds: Mapped[float | None]  # how long that file plays
    captions_file: Mapped[str | None] = mapped_column(Text)  # key in the file store
    cancelled_at: Mapped[datetime | None]
