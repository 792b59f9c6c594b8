"""Loading a package as a course's next version."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.core.errors import NotFound
from portal.core.files import FileStore
from portal.courses.models import Course, CourseVersion
from portal.courses.package.check import Checked
from portal.courses.package.schema import CourseContent
from portal.courses.queries import forget_contents, latest_version
from portal.courses.services.taken import flush


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
    flush(session, "This course was loaded by somebody else meanwhile. Load it again.")
    forget_contents(session)
    record(
        session,
        action="course_loaded",
        cohort_id=None,
        at=at,
        after={"course": content.slug, "version": number, "sha256": digest},
    )
    return Loaded(content.slug, number, is_new=True)
