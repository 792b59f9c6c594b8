"""What a list of people may do: it adds, it withdraws who is gone, and it waits where it would withdraw too many."""

from datetime import timedelta

from sqlalchemy import func, select

from lti.adapter.http import Answer
from lti.adapter.rosters import fetch_roster
from lti.demo_platform import DemoPlatform
from lti.models import Context, ContextMember
from lti.services import rosters
from portal.audit.models import AuditEntry
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.courses.models import Cohort, Enrollment, EnrollmentState, Role, TeamMember
from portal.courses.services import enroll
from portal.identity.models import Person
from tests.lti.conftest import make_school
from tests.lti.listing import NRPS, body, is_in, learner, people, roster, shown, sub, sync
from tests.lti.processes import AT_ONCE, at_once


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
    after = people(staffed)
    assert sync(staffed, withdraw=str(roster(staffed).context_id)).status_code == 303  # clicked twice
    assert people(staffed) == after


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


def test_a_list_that_waits_goes_on_waiting_while_nobody_answers(staffed):
    everyone = [learner(f"90{n}", name=f"Learner No{n}") for n in range(9)]
    listed(staffed, everyone)
    for _ in range(2):
        listed(staffed, [*everyone[:3], learner("950", name="New")])

    assert people(staffed)["908"][1] is EnrollmentState.ACTIVE
    assert people(staffed)["950"][1] is EnrollmentState.ACTIVE  # who is new comes in meanwhile
    assert "would withdraw 6 of 10" in shown(staffed)


def test_who_is_listed_again_is_not_withdrawn_by_a_late_yes(staffed):
    everyone = [learner(f"90{n}") for n in range(9)]
    listed(staffed, everyone)
    listed(staffed, everyone[:3])
    listed(staffed, [*everyone[:5], "no entry"])  # half a list, which withdraws nobody and takes nothing back
    as_team(staffed)
    sync(staffed, withdraw=str(roster(staffed).context_id))

    assert people(staffed)["904"][1] is EnrollmentState.ACTIVE
    assert people(staffed)["905"][1] is EnrollmentState.WITHDRAWN


def test_a_list_that_waits_is_another_cohorts_teams_business_alone(staffed):
    everyone = [learner(f"90{n}") for n in range(9)]
    listed(staffed, everyone)
    listed(staffed, everyone[:3])
    other = staffed.world.browser(staffed.world.team(staffed.world.cohort("spring-2027")))
    form = {"withdraw": str(roster(staffed).context_id)}

    assert other.post("/c/spring-2027/participants/sync", form).status_code == 404
    assert other.post(f"/c/{staffed.cohort.slug}/participants/sync", form).status_code == 404
    assert other.get(f"/c/{staffed.cohort.slug}/participants/sync").status_code == 404
    assert people(staffed)["908"][1] is EnrollmentState.ACTIVE


def test_of_two_fetches_at_once_the_one_that_began_later_counts(staffed):
    """The button pressed twice: the first is slow, and what it read is old when it ends."""
    everyone = [learner(f"90{n}") for n in range(9)]
    listed(staffed, everyone[:8])
    slow = begun(staffed)
    staffed.lms.fail("memberships", 200, body=body(*everyone[1:]))  # meanwhile: 900 is gone, 908 is new
    sync(staffed)
    ended(staffed, slow, everyone[:8])

    assert people(staffed)["900"][1] is EnrollmentState.WITHDRAWN
    assert people(staffed)["908"][1] is EnrollmentState.ACTIVE
    assert roster(staffed).listed == 8


def test_of_two_fetches_at_once_the_one_that_fails_late_is_no_trouble(staffed):
    everyone = [learner(f"90{n}") for n in range(9)]
    slow = begun(staffed)
    listed(staffed, everyone)
    with staffed.world.app.app_context(), transaction() as session:
        rosters.note_trouble(session, slow[0], "The LMS is busy.", begun_at=slow[1])

    assert roster(staffed).trouble == ""


def test_two_first_fetches_at_once_make_one_row(staffed):
    begun(staffed)
    begun(staffed)

    assert roster(staffed).fetched_at is None  # one row, by `one()`


def test_a_list_speaks_of_its_own_platforms_people_alone(staffed):
    """The same `sub` on another platform, in the same cohort, is somebody else."""
    other = make_school(staffed.world, DemoPlatform(base_url="https://other.example", client_id="c2"))
    other.connected(staffed.cohort)
    assert other.launch("sam", "home", claims={"name": "Another Sam"}).status_code == 303
    staffed.world.app.extensions["http"] = staffed.lms.http()
    staffed.world.app.extensions.pop("lti", None)
    ours = [learner(f"90{n}") for n in range(9)]
    listed(staffed, [*ours, learner(sub(staffed, "sam"), name="Our Sam")])
    listed(staffed, ours)

    assert states(staffed, sub(staffed, "sam")) == {
        "Another Sam": EnrollmentState.ACTIVE, "Our Sam": EnrollmentState.WITHDRAWN,
    }  # fmt: skip


def test_many_presses_at_once_in_several_processes_do_no_harm(staffed, both):
    staffed.lms.fail("memberships", 200, body=body(*[learner(f"9{n:03}") for n in range(40)]), times=None)
    shown(staffed)  # the page with the button
    token, kept = staffed.tina.token, staffed.tina.client.get_cookie("lectern_session")

    def press(number: int) -> int:
        client = both[number % 2].test_client()
        client.set_cookie("lectern_session", kept.value)
        answer = client.post(f"/c/{staffed.cohort.slug}/participants/sync", data={"csrf_token": token})
        return int(answer.status_code)

    assert at_once(press) == [303] * AT_ONCE
    assert len(people(staffed)) == 41
    assert all(state is EnrollmentState.ACTIVE for _, state in people(staffed).values())
    assert (roster(staffed).listed, roster(staffed).trouble, roster(staffed).held) == (40, "", None)
    with staffed.world.app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 41


def states(school, sub: str) -> dict[str | None, EnrollmentState]:
    """By name, everybody of the cohort whom some platform calls so."""
    with school.world.app.app_context(), reading() as session:
        rows = session.execute(
            select(Person.name, Enrollment.state)
            .join(Enrollment, Enrollment.person_id == Person.id)
            .where(Person.sub == sub, Enrollment.cohort_id == school.cohort.id)
        )
        return {row.name: row.state for row in rows}


def listed(school, entries) -> None:
    """The button, while the LMS says this list."""
    school.lms.fail("memberships", 200, body=body(*entries))
    assert sync(school).status_code == 303


def begun(school):
    """A fetch that has begun: what it asks, and since when."""
    at = real_now()
    with school.world.app.app_context(), transaction() as session:
        ask = rosters.begin_fetch(session, session.scalars(select(Context.id)).one(), at=at, whole=True)
    assert ask is not None
    return ask, at


def ended(school, fetch, entries) -> None:
    """That fetch comes to its end with this list."""
    ask, at = fetch
    answer = Answer(200, {}, body(*entries).encode())
    with school.world.app.app_context(), transaction() as session:
        rosters.apply(
            session, ask, fetch_roster(lambda _: answer, ask.url, None),
            begun_at=at, at=real_now(), course_time=school.world.now, by=None,
        )  # fmt: skip
