"""`portal lti move`: a platform registered anew, its people with their records."""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lti.cli import lti as commands
from lti.demo_platform import DemoPlatform
from lti.models import Context
from portal.audit.models import AuditEntry
from portal.core.db import reading, transaction
from portal.courses.models import Enrollment, EnrollmentState, Role
from portal.courses.queries import content_of
from portal.identity.models import Person
from tests.builders.world import Browser
from tests.lti.conftest import School, make_school
from tests.lti.scoring import tick
from tests.web.test_certificates import AFTER, certificates
from tests.web.test_completion import do_everything


@pytest.fixture
def moved(school):
    """The LMS of a school, registered a second time under a new client id."""
    school.launch("sam", "lesson:1")
    school.launch("zoe", "lesson:1")
    tick(school)
    school.anew = make_school(school.world, DemoPlatform(client_id="anew"))
    school.anew.cohort = school.cohort
    return school


def move(school: Any, *more: str, of: School | None = None) -> Any:
    """The command's JSON."""
    to = (of or school.anew).registration_id
    with school.world.app.app_context():
        answer = CliRunner().invoke(
            commands, ["move", "--from", str(school.registration_id), "--to", str(to), "--json", *more]
        )
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.output)


def of(school: School, sub: str) -> list[tuple[int, int]]:
    """(registration, person) for each row of this sub."""
    with school.world.app.app_context(), reading() as session:
        found = session.execute(
            select(Person.platform_id, Person.id).where(Person.sub == sub).order_by(Person.platform_id)
        )
        return [(row[0], row[1]) for row in found]


def ticks(school: School, enrollment_id: int) -> int:
    from portal.assignments.models import ChecklistMark

    with school.world.app.app_context(), reading() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(ChecklistMark)
                .where(ChecklistMark.enrollment_id == enrollment_id)
            )
            or 0
        )


def test_who_has_not_come_anew_yet_finds_their_record_when_they_do(moved):
    sub = moved.lms.person("sam")["sub"]
    before = moved.enrollment(sub)
    said = move(moved)

    assert (said["carried"], said["joined"], said["left"]) == (2, 0, [])
    answer = moved.anew.launch("sam", "lesson:1")
    assert answer.location == f"/c/{moved.cohort.slug}/lessons/1"  # the LMS course came along
    assert moved.enrollment(sub).id == before.id
    assert ticks(moved, before.id) == 1
    assert [row[0] for row in of(moved, sub)] == [moved.anew.registration_id]


def test_who_came_by_both_becomes_one_with_the_records_of_the_first(moved):
    moved.anew.connected(moved.cohort, context="2")
    moved.anew.launch("sam", "lesson:1")
    sub = moved.lms.person("sam")["sub"]
    old, new = of(moved, sub)
    said = move(moved)

    assert (said["carried"], said["joined"]) == (2, 1)
    assert of(moved, sub) == [(moved.anew.registration_id, old[1])]
    enrollment = moved.enrollment(sub)
    assert (enrollment.person_id, enrollment.state) == (old[1], EnrollmentState.ACTIVE)
    assert ticks(moved, enrollment.id) == 1
    assert new[1] != old[1]
    assert moved.anew.launch("sam", "record").location == f"/c/{moved.cohort.slug}/record"


def test_the_role_of_the_latest_launch_holds(moved):
    moved.anew.connected(moved.cohort, context="2")
    moved.anew.launch("sam", "lesson:1", claims={"lti:roles": ["Instructor"]})
    move(moved)

    assert moved.enrollment(moved.lms.person("sam")["sub"]).role is Role.FACULTY


def test_work_done_only_anew_is_kept_too(moved):
    moved.anew.connected(moved.cohort, context="2")
    moved.anew.launch("zoe", "lesson:1")
    sub = moved.lms.person("zoe")["sub"]
    with moved.world.app.app_context(), reading() as session:
        newer = session.scalars(
            select(Enrollment)
            .join(Person, Person.id == Enrollment.person_id)
            .where(Person.sub == sub, Person.platform_id == moved.anew.registration_id)
        ).one()
    work(moved, newer.id)
    move(moved)

    assert moved.enrollment(sub).id == newer.id
    assert of(moved, sub)[0][0] == moved.anew.registration_id


def test_work_under_both_is_left_and_said(moved):
    moved.anew.connected(moved.cohort, context="2")
    moved.anew.launch("sam", "lesson:1")
    sub = moved.lms.person("sam")["sub"]
    with moved.world.app.app_context(), reading() as session:
        newer = session.scalars(
            select(Enrollment.id)
            .join(Person, Person.id == Enrollment.person_id)
            .where(Person.sub == sub, Person.platform_id == moved.anew.registration_id)
        ).one()
    work(moved, newer)
    said = move(moved)

    assert len(said["left"]) == 1
    assert "work under both" in said["left"][0]["why"]
    assert len(of(moved, sub)) == 2


def test_the_same_email_with_another_sub_is_nobody_we_know(moved):
    rename(moved, "sam", sub="999")
    moved.anew.connected(moved.cohort, context="2")
    moved.anew.launch("sam", "lesson:1")
    said = move(moved)

    assert len(said["same_email"]) == 1
    assert "same e-mail but another sub" in said["left"][0]["why"]
    assert of(moved, "999")[0][0] == moved.registration_id
    assert said["carried"] == 1  # zoe


def test_one_sub_with_another_name_and_another_email_is_another_person(moved):
    moved.anew.connected(moved.cohort, context="2")
    moved.anew.launch("sam", "lesson:1", claims={"name": "Somebody Else", "email": "else@x.example"})
    said = move(moved)

    assert said["joined"] == 0
    assert "another name and another e-mail" in said["left"][0]["why"]
    assert len(of(moved, moved.lms.person("sam")["sub"])) == 2


def test_a_new_name_with_the_same_email_is_the_same_person(moved):
    moved.anew.connected(moved.cohort, context="2")
    moved.anew.launch("sam", "lesson:1", claims={"name": "Sam Newname"})
    move(moved)

    with moved.world.app.app_context(), reading() as session:
        sub = moved.lms.person("sam")["sub"]
        assert session.scalar(select(Person.name).where(Person.sub == sub)) == "Sam Newname"


def test_a_dry_run_changes_nothing(moved):
    moved.anew.connected(moved.cohort, context="2")
    moved.anew.launch("sam", "lesson:1")
    before = [of(moved, moved.lms.person(who)["sub"]) for who in ("sam", "zoe")]
    said = move(moved, "--dry-run")

    assert (said["carried"], said["joined"], said["dry_run"]) == (2, 1, True)
    assert [of(moved, moved.lms.person(who)["sub"]) for who in ("sam", "zoe")] == before


def test_it_is_in_the_audit_trail(moved):
    move(moved)

    with moved.world.app.app_context(), reading() as session:
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "registration_moved")).all()
        assert {entry.about_id for entry in entries} >= {moved.enrollment(moved.lms.person("sam")["sub"]).id}
        assert entries[0].before == {"registration": moved.registration_id}
        assert entries[0].after == {"registration": moved.anew.registration_id}


def test_with_another_issuer_people_are_carried_and_courses_stay(moved):
    other = make_school(moved.world, DemoPlatform(base_url="https://new.example", client_id="x"))
    said = move(moved, of=other)

    assert (said["same_issuer"], said["carried"], said["courses"]) == (False, 2, [])
    with moved.world.app.app_context(), reading() as session:
        context = session.scalars(select(Context).where(Context.context_id == "2")).one()
        assert (context.registration_id, context.memberships_url) == (moved.registration_id, None)


def test_with_another_issuer_and_a_contradiction_nobody_unseen_is_carried(moved):
    other = make_school(moved.world, DemoPlatform(base_url="https://new.example", client_id="x"))
    other.connected(moved.cohort, context="2")
    other.launch("sam", "lesson:1", claims={"name": "Somebody Else", "email": "else@x.example"})
    said = move(moved, of=other)

    assert said["carried"] == 0
    assert len(said["left"]) == 2


def test_scores_go_by_the_new_registration_afterwards(moved):
    moved.world.drain()
    move(moved)
    moved.world.app.extensions["http"] = moved.anew.lms.http()
    moved.world.app.extensions.pop("lti", None)
    moved.anew.launch("zoe", "lesson:1")
    tick(moved, who="zoe")
    moved.world.drain()

    assert moved.anew.lms.grade("zoe", "lesson:1") == 25


def test_certificates_come_along_and_still_verify(moved):
    """The bytes, the code and the address stay; whoever comes by the new registration finds them."""
    moved.anew.connected(moved.cohort, context="2")
    moved.anew.launch("sam", "lesson:1")
    sub = moved.lms.person("sam")["sub"]
    moved.world.at(AFTER)
    learner = of_old(moved, sub)
    with moved.world.app.app_context(), transaction() as session:
        content = content_of(session, moved.cohort.course_version_id)
        do_everything(session, session.get_one(Enrollment, learner.id), content, AFTER - timedelta(days=6))
    moved.world.browser(learner).post(
        f"/c/{moved.cohort.slug}/certificates/completion", {"name": "Sam Student"}
    )
    moved.world.drain()
    [before] = certificates(moved.world)

    assert move(moved)["joined"] == 1
    browser = Browser(moved.browser())
    moved.anew.launch("sam", "record", browser=browser.client)

    [after] = certificates(moved.world)
    assert (after.code, after.pdf_sha256, after.enrollment_id) == (
        before.code, before.pdf_sha256, before.enrollment_id,
    )  # fmt: skip
    assert before.code in browser.get("/certificates").get_data(as_text=True)
    pdf = browser.get(f"/certificates/{before.code}.pdf")
    assert sha256(pdf.get_data()).hexdigest() == before.pdf_sha256
    assert "genuine" in moved.browser().get(f"/verify/{before.code}").get_data(as_text=True).lower()


def test_the_old_registrations_session_ends_nothing_and_moves_on(moved):
    """Who has a page open by the old registration goes on working; the record is the same."""
    sub = moved.lms.person("zoe")["sub"]
    browser = Browser(moved.browser())
    moved.world.app.extensions["http"] = moved.lms.http()
    moved.world.app.extensions.pop("lti", None)
    assert moved.launch("zoe", "lesson:1", browser=browser.client).status_code == 303
    before = moved.enrollment(sub)
    move(moved)

    assert browser.get(f"/c/{moved.cohort.slug}/record").status_code == 200
    assert moved.enrollment(sub).id == before.id


def test_moving_twice_is_once(moved):
    assert move(moved)["carried"] == 2
    again = move(moved)

    assert (again["carried"], again["joined"], again["left"]) == (0, 0, [])


@pytest.mark.parametrize(("one", "other"), [("1", "1"), ("1", "99"), ("99", "1")])
def test_registrations_that_are_not_two_are_refused(moved, one, other):
    with moved.world.app.app_context():
        answer = CliRunner().invoke(commands, ["move", "--from", one, "--to", other])

    assert answer.exit_code == 1


def work(school: Any, enrollment_id: int) -> None:
    from portal.assignments.services import mark_item
    from portal.courses.queries import schedule_of

    with school.world.app.app_context(), transaction() as session:
        learner = session.get_one(Enrollment, enrollment_id)
        content = content_of(session, school.cohort.course_version_id)
        dates = schedule_of(session, learner).assignment("profile")
        mark_item(
            session,
            learner,
            content.assignment("profile").assignment,
            dates,
            done=True,
            at=school.world.now,
        )


def of_old(school: School, sub: str) -> Enrollment:
    """The enrollment by the registration they came by first, to be used outside."""
    with school.world.app.app_context(), reading() as session:
        found = session.scalars(
            select(Enrollment)
            .join(Person, Person.id == Enrollment.person_id)
            .where(Person.sub == sub, Person.platform_id == school.registration_id)
        ).one()
        session.refresh(found, ["person"])
        session.expunge_all()
        return found


def rename(school: School, who: str, *, sub: str) -> None:
    with school.world.app.app_context(), transaction() as session:
        session.scalars(select(Person).where(Person.sub == school.lms.person(who)["sub"])).one().sub = sub
