"""The cohort's dates in a calendar app."""

from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar

from portal.core.db import transaction
from portal.courses.models import CallSession, DateField, DateOverride

URL = "/c/fall/calendar.ics"


@pytest.fixture
def fall(world):
    return world.cohort("fall", name="Fall 2026")


def events(answer):
    """The events by uid, without the cohort."""
    calendar = Calendar.from_ical(answer.get_data())
    return {str(event["uid"]).split(".")[0]: event for event in calendar.walk("VEVENT")}


def test_calls_due_times_and_openings_are_in_it(world, fall):
    answer = world.browser(world.learner(fall)).get(URL)
    found = events(answer)

    assert answer.mimetype == "text/calendar"
    assert found["call-3"]["dtstart"].dt == datetime(2026, 11, 19, 17, 0, tzinfo=UTC)
    assert found["call-3"]["dtend"].dt - found["call-3"]["dtstart"].dt == timedelta(minutes=60)
    assert found["call-3"]["url"] == "http://localhost/c/fall/calls/3"
    assert found["lesson-6"]["dtstart"].dt == date(2026, 11, 25)
    assert found["work-one-to-ones"]["dtstart"].dt == datetime(2026, 11, 19, 4, 59, tzinfo=UTC)
    assert found["work-evaluation"]["url"] == "http://localhost/c/fall/evaluation"
    assert "work-introduce" not in found  # optional


def test_a_moved_date_moves_its_event_and_a_cancelled_call_is_said_to_be(world, fall):
    learner, other = world.learner(fall), world.learner(fall)
    later = datetime(2026, 12, 1, 17, 0, tzinfo=UTC)
    with world.app.app_context(), transaction() as session:
        session.add(
            DateOverride(
                cohort_id=fall.id, enrollment_id=learner.id, item="work:one-to-ones",
                date_field=DateField.DUE, moved_to_at=later, reason="ill", made_at=later,
            )
        )  # fmt: skip
        call = session.query(CallSession).filter_by(cohort_id=fall.id, number=4).one()
        call.cancelled_at = later

    assert events(world.browser(learner).get(URL))["work-one-to-ones"]["dtstart"].dt == later
    assert events(world.browser(other).get(URL))["work-one-to-ones"]["dtstart"].dt != later
    assert events(world.browser(other).get(URL))["call-4"]["status"] == "CANCELLED"


def test_it_is_for_the_cohorts_people_alone(world, fall):
    spring = world.cohort("spring")

    assert world.browser(world.learner(spring)).get(URL).status_code == 404
    assert world.browser().get(URL).status_code == 401
