"""Names and Role Provisioning Services 2.0: the list of people, on demand and nightly, hard to be fooled by."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from lti.models import Context, ContextMember, Roster
from lti.services.rosters import next_night, post_due_rosters
from portal.audit.models import AuditEntry
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.courses.models import Cohort, Enrollment, EnrollmentState, Role, TeamMember
from portal.courses.services import enroll
from portal.identity.models import Person

NRPS = "nrps:namesroleservice"


def body(*members, **more) -> str:
    return json.dumps({"id": "x", "context": {"id": "2"}, "members": list(members)} | more)


def learner(sub: str, **said) -> dict:
    return {"user_id": sub, "roles": ["Learner"]} | said


@pytest.fixture
def staffed(school):
    """A school whose teacher Tina came, so that its list of people can be asked for; her browser beside it."""
    client = school.browser()
    school.launch("tina", "home", browser=client)
    from tests.builders.world import Browser

    school.tina = Browser(client)
    return school


def sync(school, **form):
    """The button."""
    return school.tina.post(f"/c/{school.cohort.slug}/participants/sync", form)


def people(school) -> dict[str, tuple[Role, EnrollmentState]]:
    """Everyone of the cohort, by the name the LMS logs them in by where it has one."""
    with school.world.app.app_context(), reading() as session:
        rows = session.execute(
            select(Person.sub, Enrollment.role, Enrollment.state)
            .join(Enrollment, Enrollment.person_id == Person.id)
            .where(Enrollment.cohort_id == school.cohort.id)
        ).all()
        return {sub: (role, state) for sub, role, state in rows}


def sub(school, who: str) -> str:
    return school.lms.person(who)["sub"]


def is_in(school, who: str) -> bool:
    return people(school).get(sub(school, who), (None, None))[1] is EnrollmentState.ACTIVE


def shown(school) -> str:
    page = school.tina.get(f"/c/{school.cohort.slug}/participants/sync")
    assert page.status_code == 200
    return page.get_data(as_text=True)


def roster(school) -> Roster:
    with school.world.app.app_context(), reading() as session:
        return session.scalars(select(Roster)).one()


def test_the_button_adds_people_before_they_first_come(staffed):
    answer = sync(staffed)

    assert (answer.status_code, answer.location) == (303, f"/c/{staffed.cohort.slug}/participants/sync")
    assert {who for who in ("sam", "zoe", "quiet", "obrien", "tina") if is_in(staffed, who)} == {
        "sam", "zoe", "quiet", "obrien", "tina",
    }  # fmt: skip
    assert people(staffed)[sub(staffed, "sam")][0] is Role.LEARNER
    assert "nobody withdrawn" in shown(staffed)


def test_who_comes_later_is_the_one_who_was_added(staffed):
    sync(staffed)
    before = staffed.enrollment(sub(staffed, "sam"))

    staffed.launch("sam", "home")

    assert staffed.enrollment(sub(staffed, "sam")).id == before.id


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


@pytest.mark.parametrize("status", ["Inactive", "Deleted", "deleted"])
def test_a_status_says_who_is_gone(staffed, status):
    everyone = [learner(str(n)) for n in range(900, 910)]
    staffed.lms.fail("memberships", 200, body=body(*everyone))
    sync(staffed)
    everyone[0]["status"] = status
    staffed.lms.fail("memberships", 200, body=body(*everyone))
    sync(staffed)

    assert people(staffed)["900"][1] is EnrollmentState.WITHDRAWN
    assert people(staffed)["901"][1] is EnrollmentState.ACTIVE


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param((200, body()), id="an empty list"),
        pytest.param((200, "<html>"), id="no JSON"),
        pytest.param((200, "[]"), id="no object"),
        pytest.param((200, "null"), id="null"),
        pytest.param((200, json.dumps({"id": "x"})), id="without members"),
        pytest.param((200, json.dumps({"members": None})), id="members null"),
        pytest.param((200, body(learner("5"), errors=[{"message": "half"}])), id="an error inside"),
        pytest.param((200, body(learner("5"), {"name": "Nobody"})), id="an entry without an id"),
        pytest.param((200, body(learner("5"), "6")), id="an entry that is no object"),
        pytest.param((500, "oops"), id="500"),
        pytest.param((404, "gone"), id="404"),
        pytest.param((401, ""), id="401"),
        pytest.param((302, ""), id="a redirect"),
    ],
)
def test_a_list_that_is_empty_or_broken_withdraws_no_one(staffed, answer):
    sync(staffed)
    before = people(staffed)
    status, text = answer
    staffed.lms.fail("memberships", status, body=text, times=None)

    assert sync(staffed).status_code == 303
    assert people(staffed) == before
    assert roster(staffed).trouble != ""
    assert roster(staffed).trouble in shown(staffed).replace("&#39;", "'")


def test_a_page_that_fails_on_the_way_changes_nothing(staffed):
    url = staffed.lms.config.memberships_url("2") + "?limit=2"
    staffed.launch(
        "tina", "home", claims={NRPS: {"context_memberships_url": url, "service_versions": ["2.0"]}}
    )
    staffed.lms.fail("memberships", 200, body="<html>", skip=1, times=None)
    sync(staffed)
    assert set(people(staffed)) == {sub(staffed, "tina")}

    staffed.lms.recover()
    sync(staffed)

    assert is_in(staffed, "sam")
    assert is_in(staffed, "obrien")
    pages = [call.url for call in staffed.lms.requests if call.service == "memberships"]
    assert sum("from=" in page for page in pages) >= 2


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


def test_names_and_addresses_are_kept_up_to_date_and_absent_ones_erase_nothing(staffed):
    first = learner("900", name="Ana  Silva", given_name="Ana", family_name="Silva", email="ana@x.example")
    staffed.lms.fail("memberships", 200, body=body(first))
    sync(staffed)
    staffed.lms.fail("memberships", 200, body=body(learner("900", name="Ana Souza", family_name="Souza")))
    sync(staffed)

    with staffed.world.app.app_context(), reading() as session:
        person = session.scalars(select(Person).where(Person.sub == "900")).one()
        assert (person.name, person.given_name, person.family_name, person.email) == (
            "Ana Souza", "Ana", "Souza", "ana@x.example",
        )  # fmt: skip


def test_names_escaped_as_moodle_does_are_plain(staffed):
    staffed.lms.fail("memberships", 200, body=body(learner("900", name="Sean  O&#039;Brien &amp; Co")))
    sync(staffed)

    with staffed.world.app.app_context(), reading() as session:
        assert session.scalar(select(Person.name).where(Person.sub == "900")) == "Sean O'Brien & Co"


def test_the_call_asks_for_exactly_one_media_type(staffed):
    sync(staffed)

    call = next(call for call in staffed.lms.requests if call.service == "memberships")
    assert call.headers["Accept"] == "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


def test_without_an_address_of_a_list_the_button_says_so(school):
    coach = school.world.browser(school.world.coach(school.cohort))

    answer = coach.post(f"/c/{school.cohort.slug}/participants/sync")

    assert answer.status_code == 409
    assert "Names and Role Provisioning" in answer.get_data(as_text=True)


def test_htmx_gets_the_piece(staffed):
    answer = staffed.tina.post(f"/c/{staffed.cohort.slug}/participants/sync", htmx=True)

    assert answer.status_code == 200
    assert answer.get_data(as_text=True).lstrip().startswith('<div class="stack l" id="rosters">')


def test_every_night_after_the_first_launch(staffed):
    tonight = nightly(staffed)
    assert tonight == 0  # the first night is still to come
    night = roster(staffed).next_at
    assert timedelta() < night - real_now() <= timedelta(days=1)

    assert nightly(staffed, at=night + timedelta(minutes=1)) == 1
    staffed.world.drain()

    assert is_in(staffed, "sam")
    assert roster(staffed).next_at > night + timedelta(hours=20)


def test_no_night_before_a_launch_and_none_long_after_the_course(school):
    assert nightly(school) == 0
    with school.world.app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(Roster)) == 0

    school.launch("tina", "home")
    nightly(school)
    school.world.at(datetime(2027, 9, 1, tzinfo=UTC))
    assert nightly(school, at=real_now() + timedelta(days=2)) == 0


def test_a_night_on_which_the_lms_is_down_is_made_up_for(staffed):
    nightly(staffed)
    nightly(staffed, at=real_now() + timedelta(days=1, hours=1))
    staffed.lms.fail("memberships", 503, times=1)
    staffed.world.drain()
    assert not is_in(staffed, "sam")

    staffed.world.drain(later=timedelta(minutes=5))

    assert is_in(staffed, "sam")


def test_a_night_is_in_the_cohorts_zone():
    before, after = datetime(2026, 11, 1, 5, 0, tzinfo=UTC), datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    assert next_night("America/New_York", 0, before) == datetime(2026, 11, 1, 8, 0, tzinfo=UTC)
    assert next_night("America/New_York", 1, after) == datetime(2026, 11, 3, 8, 7, tzinfo=UTC)


def test_a_thousand_in_one_transaction_and_a_constant_number_of_statements(staffed, queries):
    few, many = (
        [learner(f"9{n:04}", name=f"Given{n} Family{n}") for n in range(size)] for size in (100, 1000)
    )
    staffed.lms.fail("memberships", 200, body=body(*few))
    with queries() as first:
        sync(staffed)
    staffed.lms.fail("memberships", 200, body=body(*many))
    with queries() as second:
        sync(staffed)
    assert sum(state is EnrollmentState.ACTIVE for _, state in people(staffed).values()) == 1001

    assert len(second.statements) - len(first.statements) <= 14
    staffed.lms.fail("memberships", 200, body=body(*many[:700]))
    with queries(at_most=30):
        sync(staffed)
    assert people(staffed)["90999"][1] is EnrollmentState.WITHDRAWN


def nightly(school, at: datetime | None = None) -> int:
    with school.world.app.app_context(), transaction() as session:
        return post_due_rosters(session, at=at or real_now(), course_time=school.world.now)


def as_team(school) -> None:
    with school.world.app.app_context(), transaction() as session:
        tina = session.scalars(select(Person).where(Person.sub == sub(school, "tina"))).one()
        session.add(TeamMember(cohort_id=school.cohort.id, person_id=tina.id, added_at=real_now()))


def test_differences_are_asked_for_at_night_and_only_say_who_changed(staffed):
    everyone = [learner(f"90{n}") for n in range(9)]
    link = f'<{staffed.lms.config.memberships_url("2")}?since=1>; rel="differences"'
    staffed.lms.fail("memberships", 200, body=body(*everyone), headers={"Link": link})
    sync(staffed)
    nightly(staffed)
    nightly(staffed, at=real_now() + timedelta(days=1, hours=1))
    changes = body(learner("900", status="Deleted"), learner("950"))
    staffed.lms.fail("memberships", 200, body=changes)
    staffed.world.drain()

    assert "since=1" in [call.url for call in staffed.lms.requests if call.service == "memberships"][-1]
    found = people(staffed)
    assert found["900"][1] is EnrollmentState.WITHDRAWN
    assert (found["901"][1], found["950"][1]) == (EnrollmentState.ACTIVE, EnrollmentState.ACTIVE)


def test_a_disconnected_course_is_not_asked(staffed):
    with staffed.world.app.app_context(), transaction() as session:
        session.scalars(select(Context)).one().memberships_url = None

    assert sync(staffed).status_code == 409


def test_the_course_teams_page_about_the_lms_says_that_a_list_waits(staffed):
    everyone = [learner(f"90{n}") for n in range(9)]
    for shown_to_us in (everyone, everyone[:3]):
        staffed.lms.fail("memberships", 200, body=body(*shown_to_us))
        sync(staffed)
    as_team(staffed)
    page = staffed.tina.get(f"/c/{staffed.cohort.slug}/platform").get_data(as_text=True)

    assert "would withdraw 6 of 9 people" in page
    assert f"/c/{staffed.cohort.slug}/participants/sync" in page


def test_the_page_is_as_quick_for_many(staffed, queries):
    staffed.lms.fail("memberships", 200, body=body(*[learner(f"9{n:03}") for n in range(300)]))
    sync(staffed)
    with queries(at_most=8):
        shown(staffed)
