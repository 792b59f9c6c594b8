"""Loading courses, opening cohorts, and the commands for both, on a real database."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from portal.audit.models import AuditEntry
from portal.cli import portal
from portal.core.db import reading, transaction
from portal.core.errors import Conflict, Invalid, NotFound
from portal.courses.models import CallSession, Cohort, CourseVersion, DateField, EnrollmentState, Role
from portal.courses.queries import cohort_schedule, content_of, schedule_of, schedules_of, team_of_cohort
from portal.courses.services import (
    add_team_member,
    enroll,
    move_date,
    open_cohort,
    remove_team_member,
    withdraw,
)
from portal.identity.models import Person

FIRST = Path(__file__).resolve().parents[3] / "courses" / "leadership-and-organizing"
COURSE = "leadership-and-organizing"
NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def world(sqlite_world):
    return sqlite_world


@pytest.fixture
def run(world):
    """Run a `portal` command in the world's app."""

    def command(*arguments: str) -> Result:
        with world.app.app_context():
            return CliRunner().invoke(portal, arguments)

    return command


@pytest.fixture
def package(tmp_path: Path) -> Path:
    return Path(shutil.copytree(FIRST, tmp_path / "course"))


def versions(world) -> int:
    with world.app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(CourseVersion)) or 0


def test_a_changed_package_is_a_new_version_and_the_same_one_is_not(world, run, package):
    before = versions(world)
    again = run("course", "load", str(package), "--json")
    assert json.loads(again.stdout) == {"course": COURSE, "version": before, "new": False}

    course = package / "course.yaml"
    course.write_text(course.read_text().replace("Online course with coaching", "Online course"))
    changed = run("course", "load", str(package), "--json")
    assert json.loads(changed.stdout) == {"course": COURSE, "version": before + 1, "new": True}
    assert versions(world) == before + 1


def test_a_changed_film_is_a_new_version_too(world, run, package):
    film = package / "media" / "sample-a.mp4"
    film.write_bytes(film.read_bytes() + b"\0\0\0\x08free")
    assert json.loads(run("course", "load", str(package), "--json").stdout)["new"] is True


def test_a_package_with_a_mistake_loads_nothing_and_names_it(world, run, package):
    before = versions(world)
    course = package / "course.yaml"
    course.write_text(course.read_text().replace("code: LOC", "cod: LOC"))
    answer = run("course", "load", str(package), "--json")
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert "course.yaml:5: unknown key `cod`" in answer.stderr
    assert answer.stderr.splitlines()[-1] == "The package has 2 mistakes; nothing was loaded."
    assert versions(world) == before


def test_check_prints_every_problem_and_warning(run, package):
    fine = run("course", "check", str(FIRST))
    assert fine.exit_code == 0
    assert "disclosure not yet given" in fine.stdout
    (package / "worksheets" / "asset-map.yaml").unlink()
    wrong = run("course", "check", str(package), "--json")
    assert wrong.exit_code == 1
    document = json.loads(wrong.stdout)
    assert document["ok"] is False
    assert [p["line"] for p in document["problems"] if not p["warning"]] == [19]


def test_a_cohort_gets_its_calls_on_their_dates(world, run):
    answer = run(
        "cohort", "create", "--course", COURSE, "--slug", "fall-2020", "--starts", "2020-09-24", "--json"
    )
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["cohort"] == "fall-2020"
    assert json.loads(answer.stdout)["warnings"] == []
    with world.app.app_context(), reading() as session:
        starts = session.scalars(select(CallSession.starts_at).order_by(CallSession.number)).all()
    assert [at.isoformat() for at in starts] == [
        "2020-10-08T16:00:00+00:00", "2020-10-22T16:00:00+00:00",
        "2020-11-19T17:00:00+00:00", "2020-12-17T17:00:00+00:00",
    ]  # fmt: skip


def test_another_weekday_is_warned_of_and_opened_all_the_same(run):
    answer = run(
        "cohort", "create", "--course", COURSE, "--slug", "winter", "--starts", "2027-01-13", "--json"
    )
    assert answer.exit_code == 0
    assert "is a Wednesday; the package was made for a start on a Thursday" in answer.stderr
    assert len(json.loads(answer.stdout)["warnings"]) == 1


@pytest.mark.parametrize(
    ("arguments", "exit_code", "says"),
    [
        (("--slug", "taken", "--starts", "2027-01-14"), 1, "There is already a cohort “taken”."),
        (("--slug", "Not A Slug", "--starts", "2027-01-14"), 1, "small letters, digits and hyphens"),
        (("--slug", "far", "--starts", "9999-12-31"), 1, "A cohort starts between"),
        (("--slug", "x", "--starts", "tomorrow"), 2, "does not match the format"),
        (("--slug", "x"), 2, "Missing option '--starts'"),
    ],
)
def test_a_cohort_that_cannot_be_is_refused(world, run, arguments, exit_code, says):
    world.cohort("taken")
    answer = run("cohort", "create", "--course", COURSE, *arguments)
    assert (answer.exit_code, answer.stdout) == (exit_code, "")
    assert says in answer.stderr


def test_show_gives_every_instant_in_utc_and_local(world, run):
    run("cohort", "create", "--course", COURSE, "--slug", "fall-2020", "--starts", "2020-09-24")
    shown = json.loads(run("cohort", "show", "fall-2020", "--json").stdout)
    assert shown["access_ends"] == {"utc": "2021-01-08T04:59:00Z", "local": "2021-01-07T23:59:00-05:00"}
    assert shown["claim_deadline"] == {"utc": "2021-02-07T04:59:00Z", "local": "2021-02-06T23:59:00-05:00"}
    assert shown["lessons"][3]["opens"] == {
        "utc": "2020-10-29T04:00:00Z",
        "local": "2020-10-29T00:00:00-04:00",
    }
    work = {item["id"]: item for item in shown["assignments"]}
    assert work["asset-map"]["due"] == {"utc": "2020-11-05T04:59:00Z", "local": "2020-11-04T23:59:00-05:00"}
    assert shown["calls"][0]["ends"]["local"] == "2020-10-08T13:00:00-04:00"
    assert run("cohort", "show", "none").exit_code == 1
    assert "Access ends Thursday, January 7 at 11:59 PM ET" in run("cohort", "show", "fall-2020").stdout
    assert [one["cohort"] for one in json.loads(run("cohort", "list", "--json").stdout)] == ["fall-2020"]


def test_the_course_team_is_given_listed_and_taken_back(world, run):
    world.cohort("fall")
    person = world.person("Dana Whitfield")
    one = ("--cohort", "fall", "--person", str(person.id))
    assert run("team", "add", *one).exit_code == 0
    assert run("team", "add", *one).exit_code == 0  # twice is once
    assert world.browser(person).get("/c/fall/course").status_code == 200
    listed = json.loads(run("team", "list", "--cohort", "fall", "--json").stdout)
    assert [(member["person"], member["name"]) for member in listed] == [(person.id, "Dana Whitfield")]
    assert run("team", "remove", *one).exit_code == 0
    assert run("team", "remove", *one).exit_code == 1
    assert json.loads(run("team", "list", "--cohort", "fall", "--json").stdout) == []
    assert world.browser(person).get("/c/fall/course").status_code == 404
    assert run("team", "add", "--cohort", "fall", "--person", "99999").exit_code == 1


def test_the_course_team_is_listed_in_two_statements_however_many_they_are(world, run, queries):
    fall = world.cohort("fall")
    for number in range(4):
        world.team(fall, name=f"Coordinator {number}")

    with queries(at_most=2):
        listed = json.loads(run("team", "list", "--cohort", "fall", "--json").stdout)

    assert [member["name"] for member in listed] == [f"Coordinator {number}" for number in range(4)]


def test_a_learner_of_the_course_team_stays_a_learner(world):
    fall = world.cohort("fall")
    learner = world.learner(fall)
    with world.app.app_context(), transaction() as session:
        add_team_member(session, fall, session.get_one(Person, learner.person_id), at=NOW)
        assert len(team_of_cohort(session, fall.id)) == 1
    with world.app.app_context(), transaction() as session:
        remove_team_member(session, fall, learner.person_id, at=NOW)
    assert world.browser(learner).get("/c/fall/course").status_code == 200


def test_enrolling_again_brings_back_and_changes_the_role(world):
    fall = world.cohort("fall")
    person = world.person("Ana")
    with world.app.app_context(), transaction() as session:
        first = enroll(session, session.merge(fall), session.merge(person), Role.LEARNER, at=NOW)
        withdraw(session, first, at=NOW, reason="Left")
        withdraw(session, first, at=NOW)
        assert first.state is EnrollmentState.WITHDRAWN
        again = enroll(session, first.cohort, first.person, Role.FACULTY, at=NOW, launched_at=NOW)
        assert (again.id, again.state, again.role) == (first.id, EnrollmentState.ACTIVE, Role.FACULTY)
        assert again.faculty_launched_at == NOW
        learner = enroll(session, first.cohort, first.person, Role.LEARNER, at=NOW, launched_at=NOW)
        assert learner.faculty_launched_at is None
        actions = session.scalars(select(AuditEntry.action).where(AuditEntry.about_id == first.id)).all()
        assert actions == ["withdrawn"]


def test_the_latest_move_holds_until_it_is_taken_back(world):
    fall = world.cohort("fall")
    learner, other = world.learner(fall), world.learner(fall)
    to = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
    later = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
    with world.app.app_context(), transaction() as session:
        package = cohort_schedule(session, fall).assignment("asset-map").due_at
        move_date(session, fall, "work:asset-map", DateField.DUE, to, reason="Storm", at=NOW)
        move_date(
            session, fall, "work:asset-map", DateField.DUE, later, reason="Ill", at=NOW, enrollment=learner
        )
        assert schedule_of(session, learner).assignment("asset-map").due_at == later
        assert schedule_of(session, other).assignment("asset-map").due_at == to
        move_date(
            session, fall, "work:asset-map", DateField.DUE, None, reason="Well", at=NOW, enrollment=learner
        )
        assert schedule_of(session, learner).assignment("asset-map").due_at == to
        move_date(session, fall, "work:asset-map", DateField.DUE, None, reason="No storm", at=NOW)
        found = schedules_of(session, fall, [learner.id, other.id])
        assert {schedule.assignment("asset-map").due_at for schedule in found.values()} == {package}


def test_a_move_needs_a_reason_an_item_and_a_learner_of_the_cohort(world):
    fall, spring = world.cohort("fall"), world.cohort("spring")
    stranger = world.learner(spring)
    with world.app.app_context(), reading() as session:
        for item, reason, error in (
            ("work:asset-map", " ", Invalid),
            ("work:none", "Storm", NotFound),
            ("call:1", "Storm", Invalid),
        ):
            with pytest.raises(error):
                move_date(session, fall, item, DateField.DUE, NOW, reason=reason, at=NOW)
        with pytest.raises(NotFound):
            move_date(session, fall, "ce", DateField.CLOSES, NOW, reason="Ill", at=NOW, enrollment=stranger)


def test_a_version_is_parsed_once(world, queries):
    fall = world.cohort("fall")
    with world.app.app_context(), reading() as session:
        first = content_of(session, fall.course_version_id)
        with queries(at_most=0):
            assert content_of(session, fall.course_version_id) is first
        with pytest.raises(NotFound):
            content_of(session, 999)


def test_a_cohorts_name_is_made_of_its_slug_where_none_is_given(world):
    world.cohort("any")
    with world.app.app_context(), transaction() as session:
        opened = open_cohort(session, course=COURSE, slug="fall-2027", starts=date(2027, 9, 23), at=NOW)
        assert opened.name == "Fall 2027"
        with pytest.raises(Conflict):
            open_cohort(session, course=COURSE, slug="fall-2027", starts=date(2027, 9, 23), at=NOW)
        with pytest.raises(NotFound):
            open_cohort(session, course="none", slug="other", starts=date(2027, 9, 23), at=NOW)
        assert (
            session.scalar(select(Cohort.time_zone).where(Cohort.slug == "fall-2027")) == "America/New_York"
        )
