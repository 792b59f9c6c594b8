"""NRPS 2.0, 2.4.3, membership differences: asked for at night, where the platform names their address."""

from datetime import timedelta

from portal.core.clock import real_now
from portal.courses.models import EnrollmentState
from tests.lti.listing import body, learner, nightly, people, shown, sync


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


def test_differences_that_wait_are_not_forgotten_for_those_of_the_next_night(staffed):
    everyone = [learner(f"90{n}") for n in range(9)]
    link = f'<{staffed.lms.config.memberships_url("2")}?since=1>; rel="differences"'
    staffed.lms.fail("memberships", 200, body=body(*everyone), headers={"Link": link})
    sync(staffed)
    nightly(staffed)
    for night, gone in enumerate((range(4), range(4, 8)), start=1):
        nightly(staffed, at=real_now() + timedelta(days=night, hours=1))
        changes = body(*[learner(f"90{n}", status="Deleted") for n in gone], learner("950"))
        staffed.lms.fail("memberships", 200, body=changes, headers={"Link": link})
        staffed.world.drain()

    assert all(state is EnrollmentState.ACTIVE for _, state in people(staffed).values())
    assert "would withdraw 8 of 10" in shown(staffed)


def test_the_address_of_differences_is_asked_as_it_was_given(staffed):
    link = f'<{staffed.lms.config.memberships_url("2")}?since=1>; rel="differences"'
    staffed.lms.fail("memberships", 200, body=body(learner("900")), headers={"Link": link})
    sync(staffed)
    nightly(staffed)
    nightly(staffed, at=real_now() + timedelta(days=1, hours=1))
    staffed.world.drain()

    asked = [call.url for call in staffed.lms.requests if call.service == "memberships"]
    assert asked[-1] == staffed.lms.config.memberships_url("2") + "?since=1"
