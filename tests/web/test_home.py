"""Home: the one next step, the path, what stays open; for five learners as for four hundred."""

from datetime import UTC, date, datetime

import pytest

from portal.attendance.models import AttendanceRecord
from portal.attendance.policy import Source, Status
from portal.core.db import transaction
from portal.courses.models import CallSession, DateField, DateOverride, Role
from portal.videos.services import keep_reading
from tests.reading import heading, links, main_words, page_of, piece, words

HOME = "/c/fall/"


def instant(month, day, hour=17, minute=0, year=2026):
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


@pytest.fixture
def fall(world):
    return world.cohort("fall", name="Fall 2026")


def plate(answer):
    """The next step: kicker, title, deadline, button."""
    section = page_of(answer).xpath("//section[contains(@class, 'plate')]")[0]
    button = section.xpath(".//a[@class='btn']")
    return words(section), (button[0].get("href") if button else None)


def path(answer):
    """The stops of the path: (name, word)."""
    stops = page_of(answer).xpath("//ol[@class='path']/li")
    return [
        (words(stop.xpath(".//a[@class='name']")[0]), words(stop.xpath(".//*[contains(@class, 'state')]")[0]))
        for stop in stops
    ]


def watched(world, learner, *video_ids, at):
    with world.app.app_context(), transaction() as session:
        for video_id in video_ids:
            keep_reading(session, learner.id, video_id, at=at)


def test_lessons_and_calls_stand_on_one_path_by_their_dates(world, fall):
    world.at(instant(9, 25))
    stops = path(world.browser(world.learner(fall)).get(HOME))

    assert [name for name, _ in stops] == [
        "Lesson 1. Orientation to the course",
        "Lesson 2. Organizing as a leadership practice",
        "Call 1: Organizing sentences",
        "Lesson 3. Public narrative: how to craft a call to action",
        "Call 2: Public narrative",
        "Lesson 4. Stakeholder and asset mapping",
        "Lesson 5. Relational strategizing",
        "Call 3: Stakeholder and asset mapping; relational strategy",
        "Lesson 6. Creating the conditions for effective leadership teams",
        "Lesson 7. Distributing leadership to co-produce sustainable efforts",
        "Call 4: Collective action",
        "Lesson 8. Mobilizing measurable collective action",
        "Course wrap-up: evaluation and celebration",
    ]
    assert dict(stops)["Lesson 1. Orientation to the course"] == "This week"
    assert dict(stops)["Lesson 2. Organizing as a leadership practice"] == "Opens Thu, Oct 1"


@pytest.mark.parametrize(
    ("at", "says", "leads_to"),
    [
        pytest.param(
            instant(9, 20),
            "The course begins in 4 days Lesson 1 opens Thursday, September 24",
            None,
            id="before",
        ),
        pytest.param(
            instant(9, 24, 5), "Next step, Lesson 1", "/c/fall/lessons/1#item-profile", id="first day"
        ),
        pytest.param(
            instant(10, 8, 16, 20),
            "Call 1: Organizing sentences Began Thursday, October 8 at 12:00 PM ET",
            "/c/fall/calls/1",
            id="a call is on",
        ),
        pytest.param(
            instant(10, 9),
            "Late, for full credit, Lesson 1",
            "/c/fall/lessons/1#item-profile",
            id="between two lessons",
        ),
        pytest.param(
            instant(1, 12, year=2027),
            "Send the evaluation and claim your CE credit By Saturday, February 6 at 11:59 PM ET",
            "/c/fall/evaluation",
            id="access has ended",
        ),
        pytest.param(instant(2, 8, year=2027), "The course has ended", "/c/fall/record", id="all has ended"),
    ],
)
def test_the_next_step_of_one_who_has_done_nothing(world, fall, at, says, leads_to):
    browser = world.browser(world.learner(fall))
    world.at(at)

    said, url = plate(browser.get(HOME))

    assert says in said
    assert url == leads_to


def test_work_that_is_due_comes_before_work_that_is_late(world, fall):
    world.at(instant(11, 15))

    said, url = plate(world.browser(world.learner(fall)).get(HOME))

    assert "Next step, Lesson 5 3 days left" in said
    assert url == "/c/fall/lessons/5?video=l5-foundation#videos"


def test_deadlines_are_said_in_course_time_and_in_the_readers_own(world, fall):
    world.at(instant(11, 15))
    browser = world.browser(world.learner(fall))
    browser.client.set_cookie("timezone", "Europe%2FLondon")

    answer = browser.get(HOME)

    assert (
        "Due Wednesday, November 18 at 11:59 PM ET Thursday, November 19 at 4:59 AM your time (London)"
        in plate(answer)[0]
    )
    assert (
        words(page_of(answer).find(".//footer"))
        == "Times are Eastern Time (ET), with yours beside them: London."
    )


@pytest.mark.parametrize("zone", ["Mars/Olympus", "..%2F..%2Fetc%2Fpasswd", "%00", "America"])
def test_a_browser_that_names_no_zone_gets_course_time_alone(world, fall, zone):
    browser = world.browser(world.learner(fall))
    browser.client.set_cookie("timezone", zone)

    answer = browser.get(HOME)

    assert answer.status_code == 200
    assert words(page_of(answer).find(".//footer")) == "Times are Eastern Time (ET)."


def test_what_is_late_is_said_on_the_path_with_the_reassurance(world, fall):
    learner = world.learner(fall)
    watched(world, learner, "l1-welcome", "l1-how", "l1-organizing-mobilizing", at=instant(9, 25))
    world.at(instant(10, 2))

    answer = world.browser(learner).get(HOME)

    assert dict(path(answer))["Lesson 1. Orientation to the course"] == "1 item late"
    assert "Create or update your profile. Full credit until January 7." in main_words(answer)


def test_attendance_and_a_watched_recording_show_on_the_path_and_in_the_sums(world, fall):
    learner = world.learner(fall)
    watched(world, learner, "call-2", at=instant(10, 25))
    with world.app.app_context(), transaction() as session:
        call = session.query(CallSession).filter_by(cohort_id=fall.id, number=1).one()
        session.add(
            AttendanceRecord(
                call_id=call.id,
                enrollment_id=learner.id,
                status=Status.LATE,
                source=Source.FACULTY,
                marked_at=instant(10, 8),
            )
        )
    world.at(instant(10, 26))

    answer = world.browser(learner).get(HOME)

    assert dict(path(answer))["Call 1: Organizing sentences"] == "Late"
    assert dict(path(answer))["Call 2: Public narrative"] == "Recording watched"
    assert "Calls 2 of 4" in words(piece(answer, "sums"))


def test_an_extension_past_the_end_keeps_that_one_work_as_the_next_step(world, fall):
    learner, other = world.learner(fall), world.learner(fall)
    with world.app.app_context(), transaction() as session:
        session.add(
            DateOverride(
                cohort_id=fall.id, enrollment_id=learner.id, item="work:asset-map",
                date_field=DateField.CLOSES, moved_to_at=instant(1, 20, year=2027),
                reason="ill", made_at=instant(12, 1),
            )
        )  # fmt: skip
    world.at(instant(1, 12, year=2027))

    assert plate(world.browser(learner).get(HOME))[1] == "/c/fall/work/asset-map"
    assert plate(world.browser(other).get(HOME))[1] == "/c/fall/evaluation"


def test_after_the_end_there_is_no_path_and_what_stays_is_named(world, fall):
    world.at(instant(1, 12, year=2027))

    answer = world.browser(world.learner(fall)).get(HOME)

    assert path(answer) == []
    assert "Lessons closed Thursday, January 7 at 11:59 PM ET." in main_words(answer)
    assert {"My record", "CE certificate", "All my certificates"} <= links(answer).keys()


def test_the_last_minute_is_still_open(world, fall):
    browser = world.browser(world.learner(fall))

    world.at(datetime(2027, 1, 8, 4, 59, 40, tzinfo=UTC))
    assert path(browser.get(HOME)) != []
    world.at(datetime(2027, 1, 8, 5, 0, 0, tzinfo=UTC))
    assert path(browser.get(HOME)) == []


def test_faculty_see_it_as_a_learner_and_are_told_so(world, fall):
    answer = world.browser(world.coach(fall)).get(HOME)

    assert "You see the course as a learner does." in main_words(answer)
    assert "Videos 0 of 21" in words(piece(answer, "sums"))


def test_another_cohorts_home_is_not_there(world, fall):
    spring = world.cohort("spring", starts=date(2026, 10, 1))

    assert world.browser(world.learner(spring)).get(HOME).status_code == 404
    assert world.browser().get(HOME).status_code == 401


def test_my_courses_lists_all_cohorts_and_where_one_left_only_the_name(world, fall):
    person = world.person("Nadia Rahman")
    spring = world.cohort("spring", starts=date(2026, 10, 1), name="Spring")
    with world.app.app_context():
        world._enroll(fall, person, Role.LEARNER)
        left = world._enroll(spring, person, Role.LEARNER, withdrawn=True)

    answer = world.browser(left).get("/")

    assert heading(answer) == "My courses"
    assert links(answer)["Leadership and Organizing for Change"] == "/c/fall/"
    assert "You left this course" in main_words(answer)


@pytest.mark.parametrize("others", [4, 499])
def test_home_costs_the_same_for_five_learners_and_for_five_hundred(world, fall, queries, others):
    learner = world.learner(fall)
    world.learners(fall, others)
    browser = world.browser(learner)
    browser.get(HOME)

    with queries(at_most=5):
        assert browser.get(HOME).status_code == 200
