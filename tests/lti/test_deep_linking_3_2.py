"""Deep Linking 2.0, 3.2, the LTI resource link: what is placed, with which column, dates and names."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.core.db import reading, transaction
from portal.courses.models import Cohort, DateField, DateOverride
from portal.courses.queries import cohort_schedule
from tests.lti.choosing import answer_of, choose, chooser

ALL = {
    "home": "Home",
    "record": "My record",
    "lesson:1": "Lesson 1: Orientation to the course",
    "work:asset-map": "Submit a stakeholder and asset map",
    "call:1": "Call 1: Organizing sentences",
    "evaluation": "Post-course evaluation",
    "ce": "Claim CE credit",
    "attendance:1": "Attendance of call 1",
}


COLUMN = [
    pytest.param("lesson:1", {}, 10, id="as it stands"),
    pytest.param("lesson:1", {"points-lesson:1": "25"}, 25, id="other points"),
    pytest.param("lesson:1", {"points-lesson:1": " 2.5 "}, 2.5, id="half points"),
    pytest.param("home", {}, 100, id="the whole course"),
    pytest.param("record", {}, 100, id="the record"),
    pytest.param("work:asset-map", {}, 10, id="a worksheet"),
    pytest.param("call:1", {}, 10, id="a call"),
    pytest.param("evaluation", {}, 10, id="the evaluation"),
]


def ends(item) -> dict[str, str]:
    return {
        "opens": item["available"].get("startDateTime"),
        "due": item.get("submission", {}).get("endDateTime"),
        "closes": item["available"].get("endDateTime"),
    }


def end_of(at: datetime) -> str:
    return (at.replace(second=59, microsecond=0)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(("destination", "title"), ALL.items())
def test_every_kind_of_page_can_be_placed(placed, sqlite_school, destination, title):
    item = placed(destination)

    assert item["type"] == "ltiResourceLink"
    assert item["url"] == "http://localhost/lti/launch"
    assert item["title"] == title
    assert item["custom"] == {"destination": destination}
    assert item["icon"]["url"].startswith("http://localhost/static/img/")
    assert "lineItem" not in item


def test_several_at_once_in_the_order_of_the_page(placed):
    items = placed("lesson:3", "call:1", "lesson:1")

    assert [item["custom"]["destination"] for item in items] == ["lesson:3", "call:1", "lesson:1"]


def test_a_page_ticked_twice_is_placed_once(placed):
    assert [item["title"] for item in placed("home", "home")] == ["Home"]


@pytest.mark.parametrize(("destination", "form", "points"), COLUMN)
def test_a_column_with_its_maximum(placed, destination, form, points):
    column = placed(destination, form={f"column-{destination}": "1"} | form)["lineItem"]

    assert column["scoreMaximum"] == points
    assert column["label"] == ALL[destination]
    assert column["resourceId"] == destination
    assert column["tag"] == destination.partition(":")[0]


@pytest.mark.parametrize("destination", ["ce", "attendance:1"])
def test_some_pages_never_have_a_column(placed, destination):
    assert "lineItem" not in placed(
        destination, form={f"column-{destination}": "1", f"points-{destination}": "5"}
    )


@pytest.mark.parametrize("points", ["0", "-1", "", "many", "nan", "inf", "1e9", "1000.5", "٠"])
def test_points_that_are_none(sqlite_school, points):
    browser, page = chooser(sqlite_school)
    answer = choose(browser, page, choose="lesson:1", **{"column-lesson:1": "1", "points-lesson:1": points})

    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "give points above 0 and up to 1000" in text
    assert 'href="#p-lesson-1"' in text
    assert "JWT" not in text


def test_points_of_what_is_not_chosen_are_ignored(placed):
    assert "lineItem" in placed(
        "lesson:1", form={"column-lesson:1": "1", "column-lesson:2": "1", "points-lesson:2": "0"}
    )


def test_a_tab_is_one_of_its_own(placed):
    assert placed("home", form={"opens_in": "window"})["window"] == {"targetName": "_blank"}


def test_several_pages_keep_their_own_names(placed):
    items = placed("home", "record", form={"keep_words": "1"}, title="Week one")

    assert [item["title"] for item in items] == ["Home", "My record"]


def test_the_dates_are_the_cohorts_to_the_end_of_their_minute(sqlite_school, placed):
    with sqlite_school.world.app.app_context(), reading() as session:
        schedule = cohort_schedule(session, session.get_one(Cohort, sqlite_school.cohort.id))
    for destination, dates in (
        ("lesson:1", schedule.lesson(1)),
        ("work:asset-map", schedule.assignment("asset-map")),
        ("evaluation", schedule.evaluation()),
    ):
        assert dates.opens_at is not None
        assert dates.due_at is not None
        assert dates.closes_at is not None
        assert ends(placed(destination)) == {
            "opens": dates.opens_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "due": end_of(dates.due_at),
            "closes": end_of(dates.closes_at),
        }


def test_a_moved_deadline_goes_along(sqlite_school, placed):
    moved = datetime(2026, 11, 20, 4, 59, tzinfo=UTC)
    with sqlite_school.world.app.app_context(), transaction() as session:
        session.add(
            DateOverride(
                cohort_id=sqlite_school.cohort.id, item="work:asset-map", date_field=DateField.DUE, moved_to_at=moved,
                reason="Snow", made_at=moved - timedelta(days=9),
            )
        )  # fmt: skip

    assert placed("work:asset-map")["submission"] == {"endDateTime": "2026-11-20T04:59:59Z"}


@pytest.mark.parametrize("destination", ["home", "record", "call:1", "attendance:1"])
def test_pages_that_are_always_open_have_no_dates(placed, destination):
    assert {"available", "submission"} & set(placed(destination)) == set()


def test_without_dates_where_the_teacher_keeps_them(sqlite_school):
    browser, page = chooser(sqlite_school)
    answer = answer_of(browser, page, choose="lesson:1", dates=[])

    assert {"available", "submission"} & set(answer.items[0]) == set()


@pytest.mark.parametrize(
    "chosen", [[], ["lesson:99"], ["work:no-such"], ["../admin"], ["\x00"], ["x" * 5000]]
)
def test_what_is_not_there_is_not_placed(sqlite_school, chosen):
    browser, page = chooser(sqlite_school)
    answer = choose(browser, page, choose=chosen)

    assert answer.status_code == 422
    assert "Choose at least one page" in answer.get_data(as_text=True)
