"""`portal course`, `portal cohort`, `portal team`."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from portal.core.clock import course_now
from portal.core.commands import PortalGroup, answer, json_option
from portal.core.db import reading, transaction
from portal.core.errors import NotFound, PortalError
from portal.core.files import store
from portal.core.when import local_and_utc
from portal.courses.dates import ItemDates, Schedule
from portal.courses.models import Cohort
from portal.courses.package.check import Checked, check_package
from portal.courses.policy import weekday_warning
from portal.courses.queries import cohort_of, cohort_schedule, cohorts, content_of, team_of_cohort
from portal.courses.services import add_team_member, keep_files, load_course, open_cohort, remove_team_member
from portal.identity.models import Person
from portal.identity.services import shown_name

PACKAGE = click.Path(exists=True, file_okay=False, path_type=Path)
person_option = click.option(
    "--person", "person_id", required=True, type=int, metavar="ID", help="Person's id."
)
cohort_option = click.option(
    "--cohort", "slug", required=True, metavar="COHORT", help="The cohort's short name."
)


@click.group(cls=PortalGroup)
def course() -> None:
    """Course packages: check and load."""


@course.command()
@click.argument("path", type=PACKAGE)
@json_option
def check(path: Path, as_json: bool) -> None:
    """Every problem and warning of the package in PATH, with file and line."""
    checked = check_package(path)
    problems = [
        {"file": p.file, "line": p.line, "message": p.message, "warning": p.is_warning}
        for p in checked.problems
    ]
    words = "\n".join([*map(str, checked.problems), _summary(checked)])
    answer({"ok": not checked.errors, "problems": problems}, words, as_json=as_json)
    if checked.errors:
        raise PortalError(f"The package has {_count(len(checked.errors), 'mistake')}.")


@course.command()
@click.argument("path", type=PACKAGE)
@json_option
def load(path: Path, as_json: bool) -> None:
    """Load the package in PATH as the course's next version: all of it or nothing."""
    checked = check_package(path)
    for problem in checked.problems:
        click.echo(str(problem), err=True)
    if checked.content is None:
        raise PortalError(f"The package has {_count(len(checked.errors), 'mistake')}; nothing was loaded.")
    keep_files(checked, store())
    with transaction() as session:
        loaded = load_course(session, checked.content, at=course_now())
    words = f"Loaded {loaded.course}, version {loaded.version}."
    if not loaded.is_new:
        words = f"This very package is loaded already: {loaded.course}, version {loaded.version}."
    document = {"course": loaded.course, "version": loaded.version, "new": loaded.is_new}
    answer(document, words, as_json=as_json)


@click.group(cls=PortalGroup)
def cohort() -> None:
    """Cohorts: open, list, show."""


@cohort.command()
@click.option("--course", "course_slug", required=True, metavar="SLUG")
@click.option("--slug", required=True, metavar="COHORT")
@click.option("--starts", required=True, type=click.DateTime(["%Y-%m-%d"]), help="Day 0 of the package.")
@click.option("--name", metavar="N", help="What people read, such as “Fall 2026”.")
@json_option
def create(course_slug: str, slug: str, starts: datetime, name: str | None, as_json: bool) -> None:
    """Open a cohort of a course's newest version on a start date."""
    with transaction() as session:
        opened = open_cohort(
            session, course=course_slug, slug=slug, starts=starts.date(), name=name, at=course_now()
        )
        content = content_of(session, opened.course_version_id)
        warning = _weekday(content.first_cohort.starts if content.first_cohort else None, opened.starts_on)
        document: dict[str, Any] = {
            "cohort": opened.slug,
            "name": opened.name,
            "course": content.slug,
            "version": opened.course_version.number,
            "starts": opened.starts_on.isoformat(),
            "warnings": [warning] if warning else [],
        }
    if warning:
        click.echo(f"Warning: {warning}", err=True)
    answer(document, f"Cohort {slug} is open.", as_json=as_json)


@cohort.command("list")
@json_option
def list_(as_json: bool) -> None:
    """All cohorts, the one that starts last first."""
    with reading() as session:
        found = [
            {
                "cohort": one.slug,
                "name": one.name,
                "course": one.course_version.course.slug,
                "version": one.course_version.number,
                "starts": one.starts_on.isoformat(),
                "time_zone": one.time_zone,
            }
            for one in cohorts(session)
        ]
    lines = [f"{one['cohort']}  {one['course']} {one['version']}  starts {one['starts']}" for one in found]
    answer(found, "\n".join(lines) or "There is no cohort yet.", as_json=as_json)


@cohort.command()
@click.argument("slug", metavar="COHORT")
@json_option
def show(slug: str, as_json: bool) -> None:
    """Every computed date of a cohort."""
    with reading() as session:
        found = cohort_of(session, slug)
        schedule = cohort_schedule(session, found)
        document = _document(found, schedule)
        words = _words(found, schedule)
    answer(document, words, as_json=as_json)


@click.group(cls=PortalGroup)
def team() -> None:
    """Who is of a cohort's course team."""


@team.command()
@cohort_option
@person_option
@json_option
def add(slug: str, person_id: int, as_json: bool) -> None:
    """Give somebody the course team's right."""
    with transaction() as session:
        person = _person(session, person_id)
        add_team_member(session, cohort_of(session, slug), person, at=course_now())
        words = f"{shown_name(person)} is of the course team of {slug}."
    answer({"cohort": slug, "person": person_id}, words, as_json=as_json)


@team.command()
@cohort_option
@person_option
@json_option
def remove(slug: str, person_id: int, as_json: bool) -> None:
    """Take the course team's right back."""
    with transaction() as session:
        remove_team_member(session, cohort_of(session, slug), person_id, at=course_now())
    words = f"Person {person_id} is no longer of the course team of {slug}."
    answer({"cohort": slug, "person": person_id}, words, as_json=as_json)


@team.command("list")
@cohort_option
@json_option
def list_team(slug: str, as_json: bool) -> None:
    """The course team of a cohort."""
    with reading() as session:
        found = [
            {"person": person.id, "name": person.name, "added_at": member.added_at.isoformat()}
            for member, person in team_of_cohort(session, cohort_of(session, slug).id)
        ]
    lines = [f"{one['person']}  {one['name'] or 'name unknown'}" for one in found]
    answer(found, "\n".join(lines) or f"{slug} has no course team yet.", as_json=as_json)


def _person(session: Session, person_id: int) -> Person:
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound(f"There is no person {person_id}.")
    return person


def _weekday(made_for: date | None, starts_on: date) -> str | None:
    return weekday_warning(starts_on, made_for) if made_for else None


def _summary(checked: Checked) -> str:
    warnings = len(checked.problems) - len(checked.errors)
    fit = "The package can be loaded" if not checked.errors else "The package cannot be loaded"
    return f"{fit}: {_count(len(checked.errors), 'mistake')}, {_count(warnings, 'warning')}."


def _count(number: int, thing: str) -> str:
    return f"{number or 'no'} {thing}{'' if number == 1 else 's'}"


def _document(cohort: Cohort, schedule: Schedule) -> dict[str, Any]:
    """Every instant as {"utc", "local"}; null where an item has none."""
    content, zone = schedule.content, schedule.zone

    def dates(of: ItemDates) -> dict[str, Any]:
        named = {"opens": of.opens_at, "due": of.due_at, "closes": of.closes_at}
        return {name: local_and_utc(at, zone) if at else None for name, at in named.items()}

    calls = [
        {
            "number": call.number,
            "title": call.title,
            "starts": local_and_utc(schedule.call(call.number).starts_at, zone),
            "ends": local_and_utc(schedule.call(call.number).ends_at, zone),
            "cancelled": schedule.call(call.number).cancelled,
        }
        for call in content.calls
    ]
    return {
        "cohort": cohort.slug,
        "name": cohort.name,
        "course": content.slug,
        "version": cohort.course_version.number,
        "time_zone": zone,
        "starts": cohort.starts_on.isoformat(),
        "access": dates(schedule.access()),
        "access_ends": local_and_utc(schedule.access_ends_at(), zone),
        "activity_ends": local_and_utc(schedule.activity_ends_at(), zone),
        "lessons": [
            {"number": one.number, "title": one.title, **dates(schedule.lesson(one.number))}
            for one in content.lessons
        ],
        "assignments": [
            {"id": one.id, "kind": str(one.kind), "title": one.title, **dates(schedule.assignment(one.id))}
            for one in content.assignments
        ],
        "calls": calls,
        "evaluation": dates(schedule.evaluation()) if content.evaluation else None,
        "claim_deadline": local_and_utc(schedule.claim_deadline(), zone) if content.credit else None,
    }


def _words(cohort: Cohort, schedule: Schedule) -> str:
    now = course_now()

    def said(at: datetime | None) -> str:
        return schedule.when(at, now).course_words if at else "no date"

    content = schedule.content
    lines = [f"{cohort.name} ({cohort.slug}): {content.title}, version {cohort.course_version.number}"]
    for one in content.lessons:
        lines.append(f"{one.number}. {one.title}: opens {said(schedule.lesson(one.number).opens_at)}")
        for item in one.assignments:
            if (due_at := schedule.assignment(item.id).due_at) is not None:
                lines.append(f"   {item.id}: due {said(due_at)}")
    lines += [f"Call {one.number}: {said(schedule.call(one.number).starts_at)}" for one in content.calls]
    lines.append(f"Access ends {said(schedule.access_ends_at())}")
    if content.evaluation:
        lines.append(f"The evaluation closes {said(schedule.evaluation().closes_at)}")
    if content.credit:
        lines.append(f"CE claims are taken until {said(schedule.claim_deadline())}")
    return "\n".join(lines)
