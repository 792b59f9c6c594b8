"""The first course, loaded into a test's database."""

# PROVISIONAL: until portal.courses.services.load_course lands; then this file calls it.
import hashlib
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML
from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.form_engine.definition import Form
from portal.core.form_engine.expand import expand
from portal.courses.models import CallSession, Cohort, Course, CourseVersion
from portal.courses.package.schema import CourseContent

FIRST_COURSE = Path(__file__).resolve().parents[2] / "courses" / "leadership-and-organizing"


@lru_cache(maxsize=1)
def _content() -> CourseContent:
    yaml = YAML(typ="safe")
    course = yaml.load(FIRST_COURSE / "course.yaml")
    lessons = []
    for name in course["lessons"]:
        text = (FIRST_COURSE / "lessons" / f"{name}.md").read_text()
        _, head, body = text.split("---", 2)
        lesson = yaml.load(head)
        for video in lesson.get("videos", []):
            video["length_seconds"] = 45.0
        lessons.append(lesson | {"body": body.strip()})
    for call in course["calls"]:
        call["recording"]["length_seconds"] = 45.0
    forms = {}
    lists = {
        "objectives": [{"objective": o} for o in course["objectives"]],
        "faculty": [{"key": f["key"], "name": f["name"]} for f in course["faculty"]],
    }
    for folder in ("worksheets", "evaluation"):
        for file in sorted((FIRST_COURSE / folder).glob("*.yaml")):
            forms[f"{folder}/{file.stem}"] = expand(Form.model_validate(yaml.load(file)), lists)
    course["lessons"] = lessons
    return CourseContent.model_validate(course | {"forms": forms, "files": {}})


def first_course_loaded(session: Session, *, at: datetime) -> None:
    content = _content()
    if session.scalar(select(Course).where(Course.slug == content.slug)):
        return
    course = Course(slug=content.slug, title=content.title)
    raw = content.model_dump(mode="json", by_alias=True)
    session.add(
        CourseVersion(
            course=course,
            number=1,
            content=raw,
            loaded_at=at,
            sha256=hashlib.sha256(repr(raw).encode()).hexdigest(),
        )
    )
    session.flush()


def open_a_cohort(session: Session, slug: str, starts: date, name: str | None, *, at: datetime) -> Cohort:
    version = session.scalars(select(CourseVersion)).one()
    content = _content()
    cohort = Cohort(
        slug=slug, name=name or slug, course_version_id=version.id, starts_on=starts,
        time_zone=content.time_zone, created_at=at,
    )  # fmt: skip
    session.add(cohort)
    session.flush()
    for call in content.calls:
        hour, minute = map(int, call.at.split(":"))
        local = datetime.combine(
            starts + timedelta(days=call.day), datetime.min.time(), ZoneInfo(content.time_zone)
        )
        session.add(
            CallSession(
                cohort_id=cohort.id, number=call.number, starts_at=local.replace(hour=hour, minute=minute),
                minutes=call.minutes,
            )
        )  # fmt: skip
    session.flush()
    return cohort
