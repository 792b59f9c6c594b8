"""NRPS 2.0, 2.4.3, membership differences: asked for at night, where the platform names their address."""

from datetime import timedelta

from sqlalchemy import update

from lti.models import Context, Roster
from portal.core.clock import real_now
from portal.core.db import transaction
from portal.courses.models import EnrollmentState
from tests.lti.listing import body, learner, nightly, people, roster, shown, sync


def test_differences_are_asked_for_at_night_and_only_say_who_changed(staffed):
    told_of_differences(staffed)
    nightly(staffed)
    nightly(staffed, at=real_now() + timedelta(days=1, hours=1))
    changes = body(learner("900", status="Deleted"), learner("950"))
    staffed.lms.fail("memberships", 200, body=changes)
    staffed.world.drain()

    assert "since=1" in [call.url for call in staffed.lms.requests if call.service == "memberships"][-1]
    found = people(staffed)
    assert found["900"][1] is EnrollmentState.WITHDRAWN
    assert (found["901"][1], found["950"][1]) == (EnrollmentState.ACTIVE, EnrollmentState.ACTIVE)


def test_differences_that_wait_are_not_forgotten_for_those_of_the_next_night(staffed):
    link = told_of_differences(staffed)
    nightly(staffed)
    for night, gone in enumerate((range(4), range(4, 8)), start=1):
        nightly(staffed, at=real_now() + timedelta(days=night, hours=1))
        changes = body(*[learner(f"90{n}", status="Deleted") for n in gone], learner("950"))
        staffed.lms.fail("memberships", 200, body=changes, headers={"Link": link})
        staffed.world.drain()

    assert all(state is EnrollmentState.ACTIVE for _, state in people(staffed).values())
    assert "would withdraw 8 of 10" in shown(staffed)


def test_the_address_of_differences_is_asked_as_it_was_given(staffed):
    told_of_differences(staffed)

    assert asked_at_night(staffed) == staffed.lms.config.memberships_url("2") + "?since=1"


def test_an_address_of_differences_on_another_host_is_not_asked(staffed):
    told_of_differences(staffed, '<https://evil.example/m?since=1>; rel="differences"')

    assert asked_at_night(staffed) == staffed.lms.config.memberships_url("2") + "?limit=1000"


def test_after_differences_that_fail_the_whole_list_is_asked_for(staffed):
    told_of_differences(staffed)
    staffed.lms.fail("memberships", 404, body="gone")
    asked_at_night(staffed)
    assert roster(staffed).trouble != ""

    assert asked_at_night(staffed, night=2) == staffed.lms.config.memberships_url("2") + "?limit=1000"
    assert roster(staffed).trouble == ""


def test_once_a_week_the_whole_list_is_asked_for(staffed):
    told_of_differences(staffed)
    with staffed.world.app.app_context(), transaction() as session:
        session.execute(update(Roster).values(whole_at=real_now() - timedelta(days=6)))

    assert asked_at_night(staffed) == staffed.lms.config.memberships_url("2") + "?limit=1000"


def test_another_cohort_gets_the_whole_list_first(staffed):
    told_of_differences(staffed)
    with staffed.world.app.app_context(), transaction() as session:
        session.execute(update(Context).values(connected_at=real_now()))

    assert asked_at_night(staffed) == staffed.lms.config.memberships_url("2") + "?limit=1000"


def told_of_differences(school, link: str = "") -> str:
    """A list of nine that also says where its differences are; the header."""
    link = link or f'<{school.lms.config.memberships_url("2")}?since=1>; rel="differences"'
    everyone = [learner(f"90{n}") for n in range(9)]
    school.lms.fail("memberships", 200, body=body(*everyone), headers={"Link": link})
    sync(school)
    return link


def asked_at_night(school, night: int = 1) -> str:
    """The address that is asked on the night after so many days."""
    nightly(school)
    nightly(school, at=real_now() + timedelta(days=night, hours=1))
    school.world.drain()
    return str([call.url for call in school.lms.requests if call.service == "memberships"][-1])
