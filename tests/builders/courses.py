"""The first course, loaded into a test's database by the services that commands use."""

from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from portal.core.files import FileStore
from portal.courses.models import Cohort
from portal.courses.package.check import Checked, check_package
from portal.courses.package.schema import CourseContent
from portal.courses.services import keep_files, load_course, open_cohort

FIRST_COURSE = Path(__file__).resolve().parents[2] / "courses" / "leadership-and-organizing"


@lru_cache(maxsize=1)
def first_course() -> Checked:
    """The first course's package, checked once for all tests."""
    checked = check_package(FIRST_COURSE)
    assert checked.content is not None, [str(problem) for problem in checked.problems]
    return checked


def first_content() -> CourseContent:
    """What the first course says."""
    content = first_course().content
    assert content is not None
    return content


def first_course_loaded(session: Session, files: FileStore, *, at: datetime) -> None:
    """The first course is in the database, and its files in the store."""
    keep_files(first_course(), files)
    load_course(session, first_content(), at=at)


def open_a_cohort(session: Session, slug: str, starts: date, name: str | None, *, at: datetime) -> Cohort:
    """A cohort of the first course."""
    return open_cohort(
        session, course="leadership-and-organizing", slug=slug, starts=starts, name=name, at=at
    )
