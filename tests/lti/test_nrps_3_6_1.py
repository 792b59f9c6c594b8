"""NRPS 2.0, 3.6.1, integration with LTI 1.3: launches name the address of the list; before one did, nothing is asked."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from lti.models import Context, Roster
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from tests.lti.listing import nightly, sync


def test_without_an_address_of_a_list_the_button_says_so(school):
    coach = school.world.browser(school.world.coach(school.cohort))

    answer = coach.post(f"/c/{school.cohort.slug}/participants/sync")

    assert answer.status_code == 409
    assert "Names and Role Provisioning" in answer.get_data(as_text=True)


def test_no_night_before_a_launch_and_none_long_after_the_course(school):
    assert nightly(school) == 0
    with school.world.app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(Roster)) == 0

    school.launch("tina", "home")
    nightly(school)
    school.world.at(datetime(2027, 9, 1, tzinfo=UTC))
    assert nightly(school, at=real_now() + timedelta(days=2)) == 0


def test_a_disconnected_course_is_not_asked(staffed):
    with staffed.world.app.app_context(), transaction() as session:
        session.scalars(select(Context)).one().memberships_url = None

    assert sync(staffed).status_code == 409
