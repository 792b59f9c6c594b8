"""NRPS 2.0, 2.4, using the service: by the button and every night, a thousand at once."""

from datetime import UTC, datetime, timedelta

from lti.services.rosters import next_night
from portal.core.clock import real_now
from portal.courses.models import EnrollmentState, Role
from tests.lti.listing import body, is_in, learner, nightly, people, roster, shown, sub, sync


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


def test_htmx_gets_the_piece(staffed):
    answer = staffed.tina.post(f"/c/{staffed.cohort.slug}/participants/sync", htmx=True)

    assert answer.status_code == 200
    assert answer.get_data(as_text=True).lstrip().startswith('<div class="stack l" id="rosters">')


def test_every_night_after_the_first_launch(staffed):
    tonight = nightly(staffed)
    assert tonight == 0  # the first night is still to come
    night = roster(staffed).next_at
    assert night is not None
    assert timedelta() < night - real_now() <= timedelta(days=1)

    assert nightly(staffed, at=night + timedelta(minutes=1)) == 1
    staffed.world.drain()

    assert is_in(staffed, "sam")
    following = roster(staffed).next_at
    assert following is not None
    assert following > night + timedelta(hours=20)


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


def test_the_page_is_as_quick_for_many(staffed, queries):
    staffed.lms.fail("memberships", 200, body=body(*[learner(f"9{n:03}") for n in range(300)]))
    sync(staffed)
    with queries(at_most=8):
        shown(staffed)
