"""NRPS 2.0, 2.4.3, membership differences: asked for at night, where the platform names their address."""

from datetime import timedelta

from portal.core.clock import real_now
from portal.courses.models import EnrollmentState
from tests.lti.listing import body, learner, nightly, people, sync


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
