"""What a list of people may do: it adds, it withdraws who is gone, and it waits where it would withdraw too many."""

from datetime import timedelta

from sqlalchemy import select

from lti.models import ContextMember
from portal.audit.models import AuditEntry
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.courses.models import Cohort, Enrollment, EnrollmentState, Role, TeamMember
from portal.courses.services import enroll
from portal.identity.models import Person
from tests.lti.listing import NRPS, body, is_in, learner, people, roster, shown, sub, sync


def as_team(school) -> None:
    with school.world.app.app_context(), transaction() as session:
        tina = session.scalars(select(Person).where(Person.sub == sub(school, "tina"))).one()
        session.add(TeamMember(cohort_id=school.cohort.id, person_id=tina.id, added_at=real_now()))


def test_observers_designers_and_test_students_are_not_enrolled(staffed):
    sync(staffed)

    assert sub(staffed, "olga") not in people(staffed)
    assert sub(staffed, "test") not in people(staffed)
    with staffed.world.app.app_context(), reading() as session:
        assert session.scalar(select(Person.id).where(Person.sub == sub(staffed, "olga"))) is None


def test_a_canvas_test_student_in_the_list_is_left_out(staffed):
    roles = [
        "http://purl.imsglobal.org/vocab/lis/v2/membership#Learner",
        "http://purl.imsglobal.org/vocab/lti/system/person#TestUser",
    ]
    staffed.lms.fail("memberships", 200, body=body({"user_id": "t-1", "roles": roles}, learner("5")))
    sync(staffed)

    assert "t-1" not in people(staffed)


def test_the_role_of_who_has_launched_is_the_launchs(staffed):
    staffed.launch("nora", "home")  # a teaching assistant, whom the roster calls Learner
    sync(staffed)

    assert people(staffed)[sub(staffed, "nora")][0] is Role.FACULTY


def test_who_never_launched_has_the_rosters_role_until_they_do(staffed):
    sync(staffed)
    assert people(staffed)[sub(staffed, "nora")][0] is Role.LEARNER

    staffed.launch("nora", "home")

    assert people(staffed)[sub(staffed, "nora")][0] is Role.FACULTY


def test_a_role_changed_in_the_roster_moves_who_never_launched(staffed):
    sync(staffed)
    staffed.lms.set_role("quiet", "teacher")
    sync(staffed)

    assert people(staffed)[sub(staffed, "quiet")][0] is Role.FACULTY


def test_a_role_that_the_portal_gave_is_not_a_lists_to_change(staffed):
    nora = staffed.world.person("Nora")
    with staffed.world.app.app_context(), transaction() as session:
        person = session.get_one(Person, nora.id)
        person.platform_id, person.sub = staffed.registration_id, sub(staffed, "nora")
        cohort = session.get_one(Cohort, staffed.cohort.id)
        enroll(session, cohort, person, Role.FACULTY, at=staffed.world.now)
    sync(staffed)
    sync(staffed)

    assert people(staffed)[sub(staffed, "nora")][0] is Role.FACULTY


def test_who_is_gone_is_withdrawn_and_keeps_their_record(staffed):
    client = staffed.browser()
    staffed.launch("sam", "home", browser=client)
    sync(staffed)
    before = staffed.enrollment(sub(staffed, "sam"))
    staffed.lms.remove("sam")
    sync(staffed)

    assert not is_in(staffed, "sam")
    assert staffed.enrollment(sub(staffed, "sam")).id == before.id
    assert client.get(f"/c/{staffed.cohort.slug}/").status_code == 404
    with staffed.world.app.app_context(), reading() as session:
        said = session.scalars(select(AuditEntry).where(AuditEntry.action == "withdrawn")).one()
        assert (said.about_id, said.reason) == (before.id, "Not in the LMS course's list of people any more")


def test_who_is_listed_again_is_back(staffed):
    sync(staffed)
    staffed.lms.suspend("sam")
    sync(staffed)
    assert not is_in(staffed, "sam")

    staffed.lms.set_role("sam", "learner")
    sync(staffed)

    assert is_in(staffed, "sam")


def test_a_launch_brings_back_too(staffed):
    sync(staffed)
    staffed.lms.suspend("sam")
    sync(staffed)
    staffed.lms.set_role("sam", "learner")
    staffed.launch("sam", "home")

    assert is_in(staffed, "sam")
    with staffed.world.app.app_context(), reading() as session:
        member = session.scalars(
            select(ContextMember)
            .join(Person, Person.id == ContextMember.person_id)
            .where(Person.sub == sub(staffed, "sam"))
        ).one()
        assert member.left_at is None


def test_more_than_a_third_waits_for_the_course_team(staffed):
    everyone = [learner(f"90{n}", name=f"Learner No{n}") for n in range(9)]
    staffed.lms.fail("memberships", 200, body=body(*everyone))
    sync(staffed)
    before = people(staffed)
    staffed.lms.fail("memberships", 200, body=body(*everyone[:5]))
    sync(staffed)

    assert people(staffed) == before
    page = shown(staffed)
    assert "would withdraw 4 of 9" in page
    assert "Learner No8" in page
    assert 'name="withdraw"' not in page  # Tina is faculty alone
    assert sync(staffed, withdraw=str(roster(staffed).context_id)).status_code == 403

    as_team(staffed)
    assert 'name="withdraw"' in shown(staffed)
    assert sync(staffed, withdraw=str(roster(staffed).context_id)).status_code == 303
    assert people(staffed)["908"][1] is EnrollmentState.WITHDRAWN
    assert people(staffed)["900"][1] is EnrollmentState.ACTIVE
    assert sync(staffed, withdraw=str(roster(staffed).context_id)).status_code == 404


def test_a_third_exactly_does_not_wait(staffed):
    everyone = [learner(f"90{n}") for n in range(9)]
    staffed.lms.fail("memberships", 200, body=body(*everyone))
    sync(staffed)
    staffed.lms.fail("memberships", 200, body=body(*everyone[:6]))
    sync(staffed)

    assert people(staffed)["908"][1] is EnrollmentState.WITHDRAWN


def test_a_whole_list_afterwards_takes_the_question_back(staffed):
    everyone = [learner(f"90{n}") for n in range(9)]
    for shown_to_us in (everyone, everyone[:3], everyone):
        staffed.lms.fail("memberships", 200, body=body(*shown_to_us))
        sync(staffed)

    assert roster(staffed).held is None
    assert "would withdraw" not in shown(staffed)


def test_who_launched_after_the_fetch_began_is_there(staffed):
    sync(staffed)
    staffed.launch("sam", "home")
    with staffed.world.app.app_context(), transaction() as session:
        for one in session.scalars(select(Enrollment)):
            if one.launched_at is not None:
                one.launched_at = real_now() + timedelta(minutes=1)
    staffed.lms.remove("sam")
    sync(staffed)

    assert is_in(staffed, "sam")


def test_the_course_team_and_staff_no_list_names_are_not_withdrawn(staffed):
    staffed.launch("ada", "home", claims={"lti:roles": ["Instructor"]})  # of no course of the LMS
    sync(staffed)
    sync(staffed)
    assert is_in(staffed, "ada")

    as_team(staffed)
    staffed.lms.remove("tina")
    sync(staffed)
    assert is_in(staffed, "tina")


def test_who_is_in_another_course_of_the_cohort_stays(staffed):
    staffed.connected(staffed.cohort, context="3")
    staffed.launch("sam", "home")
    sync(staffed)
    staffed.launch("sam", "home", claims={"lti:context": {"id": "3"}, NRPS: {}})
    staffed.lms.remove("sam")
    sync(staffed)

    assert is_in(staffed, "sam")


def test_the_course_teams_page_about_the_lms_says_that_a_list_waits(staffed):
    everyone = [learner(f"90{n}") for n in range(9)]
    for shown_to_us in (everyone, everyone[:3]):
        staffed.lms.fail("memberships", 200, body=body(*shown_to_us))
        sync(staffed)
    as_team(staffed)
    page = staffed.tina.get(f"/c/{staffed.cohort.slug}/platform").get_data(as_text=True)

    assert "would withdraw 6 of 9 people" in page
    assert f"/c/{staffed.cohort.slug}/participants/sync" in page
