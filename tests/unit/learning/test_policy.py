"""Where one stands in a lesson, and what comes next."""

from datetime import UTC, date, datetime

import pytest

from portal.completion.policy import Facts
from portal.courses.dates import Schedule
from portal.learning.policy import LessonState, in_order_of_need, lesson_state, tasks_of
from tests.builders.courses import first_content

CONTENT = first_content()
ZONE = "America/New_York"
SCHEDULE = Schedule(CONTENT, date(2026, 9, 24), ZONE)
VIDEOS_3 = ("l3-why", "l3-self-us-now", "l3-coaching")


def at(month, day, hour=17, year=2026):
    return datetime(year, month, day, hour, tzinfo=UTC)


IN_ITS_WEEK = at(10, 16)
NOTHING = Facts()


def watched(*ids, when=IN_ITS_WEEK):
    return dict.fromkeys(ids, when)


ALL_OF_3 = Facts(watched=watched(*VIDEOS_3), done={"narrative": at(10, 20), "share-narrative": at(10, 20)})
ALL_BUT_SHARING = Facts(watched=watched(*VIDEOS_3), done={"narrative": at(10, 20)})


@pytest.mark.parametrize(
    ("facts", "now", "state"),
    [
        pytest.param(Facts(), at(10, 14), LessonState.SHUT, id="the day before"),
        pytest.param(Facts(), at(10, 15, 4), LessonState.HERE, id="midnight in the course's zone"),
        pytest.param(ALL_OF_3, at(10, 16), LessonState.HERE, id="all done, still its week"),
        pytest.param(ALL_OF_3, at(10, 22), LessonState.DONE, id="all done, its week over"),
        pytest.param(ALL_BUT_SHARING, at(10, 22), LessonState.LATE, id="one thing is late"),
        pytest.param(ALL_BUT_SHARING, at(1, 9, year=2027), LessonState.CLOSED, id="closed with one missing"),
        pytest.param(ALL_OF_3, at(1, 9, year=2027), LessonState.DONE, id="closed, all done"),
    ],
)
def test_the_state_of_a_lesson(facts, now, state):
    lesson = CONTENT.lesson(3)

    assert lesson_state(lesson, tasks_of(lesson, SCHEDULE, facts, now), SCHEDULE, now) is state


def test_optional_items_count_against_nobody():
    lesson = CONTENT.lesson(1)
    facts = Facts(
        watched=watched("l1-welcome", "l1-how", "l1-organizing-mobilizing"), done={"profile": at(9, 26)}
    )

    tasks = tasks_of(lesson, SCHEDULE, facts, at(10, 2))

    assert [task.item.id for task in tasks if not task.done] == ["introduce"]
    assert lesson_state(lesson, tasks, SCHEDULE, at(10, 2)) is LessonState.DONE


def test_a_watch_item_is_done_with_the_last_of_its_videos():
    lesson = CONTENT.lesson(3)
    later = Facts(watched=watched(*VIDEOS_3[:2]) | watched(VIDEOS_3[2], when=at(10, 19)))

    watch = tasks_of(lesson, SCHEDULE, later, at(10, 20))[0]

    assert (watch.watched, watch.to_watch, watch.done_at) == (3, 3, at(10, 19))


def test_a_watch_item_with_nothing_to_watch_is_met():
    lesson = CONTENT.lesson(3).model_copy(update={"videos": ()})

    assert tasks_of(lesson, SCHEDULE, Facts(), at(10, 20))[0].done


def order(now, *, begun=(), facts=NOTHING):
    tasks = [task for lesson in CONTENT.lessons for task in tasks_of(lesson, SCHEDULE, facts, now)]
    return [task.item.id for task in in_order_of_need(tasks, begun, now)]


def test_what_is_in_time_comes_before_what_is_late_and_the_begun_before_the_rest():
    assert order(at(10, 2))[:3] == ["watch-2", "project-design", "profile"]
    assert order(at(10, 2), begun=["project-design"])[:2] == ["project-design", "watch-2"]


def test_after_access_ended_the_evaluation_alone_is_left():
    assert order(at(1, 9, year=2027)) == ["evaluation"]
    assert order(at(2, 9, year=2027)) == []
