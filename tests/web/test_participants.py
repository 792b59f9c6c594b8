"""Everyone's progress on one page, for five as for five hundred; one participant's record."""

import csv
import io
from datetime import UTC, datetime

import lxml.html
import pytest

URL = "/c/fall/participants"


@pytest.fixture
def fall(world):
    world.at(datetime(2026, 11, 20, 15, tzinfo=UTC))  # the day after call 3
    return world.cohort("fall")


def rows_of(answer):
    """The matrix by learner: verdict, then the words of every cell."""
    page = lxml.html.fromstring(answer.get_data(as_text=True))
    return {
        row.xpath("th")[0].text_content(): [cell.text_content() for cell in row.xpath("td")]
        for row in page.xpath("//table//tbody/tr")
    }


def text_of(answer):
    return " ".join(lxml.html.fromstring(answer.get_data(as_text=True)).text_content().split())


def test_each_learner_stands_with_verdict_lessons_calls_and_evaluation(world, fall):
    ana = world.learner(fall, name="Ana Çelik")
    browser = world.browser(world.coach(fall))
    browser.post("/c/fall/calls/1/attendance", {"mark": f"{ana.id}-late"})
    browser.post("/c/fall/calls/2/attendance", {"mark": f"{ana.id}-absent"})

    [cells] = rows_of(browser.get(URL)).values()

    assert cells[0].startswith("1 of ")
    assert cells[0].endswith(" late")
    assert cells[1:9] == ["Late"] * 5 + ["Not open yet"] * 3
    assert cells[9:13] == ["Came late", "Absent", "No mark", "Not held yet"]
    assert cells[13] == "Not open yet"


def test_names_are_links_to_the_participant_and_in_one_piece(world, fall):
    ana = world.learner(fall, name="Ana Beatriz dos Santos")

    page = world.browser(world.coach(fall)).get(URL).get_data(as_text=True)

    assert f'<a href="/c/fall/participants/{ana.id}">Ana Beatriz dos Santos</a>' in page


def test_the_list_can_be_searched_and_filtered_and_its_tabs_count_everyone(world, fall):
    world.learner(fall, name="Ana Çelik")
    world.learner(fall, name="Ben Okri")
    browser = world.browser(world.coach(fall))

    assert set(rows_of(browser.get(f"{URL}?q=celik"))) == {"Ana Çelik"}
    assert set(rows_of(browser.get(f"{URL}?show=behind"))) == {"Ana Çelik", "Ben Okri"}
    page = browser.get(f"{URL}?show=issued")
    assert rows_of(page) == {}
    assert "Behind 2" in text_of(page)
    assert set(rows_of(browser.get(f"{URL}?show=nonsense"))) == {"Ana Çelik", "Ben Okri"}


def test_500_learners_take_the_statements_of_5(world, fall, queries):
    world.learners(fall, 5)
    browser = world.browser(world.coach(fall))
    browser.get(URL)
    with queries(at_most=12) as of_few:
        browser.get(URL)
    world.learners(fall, 495)
    with queries() as of_many:
        page = browser.get(URL)

    assert page.data.count(b"<tr><th scope=row>") == 500
    assert len(of_many.statements) == len(of_few.statements)


def test_one_participant_shows_what_is_missing_attendance_work_and_history(world, fall):
    ana = world.learner(fall, name="Ana Çelik")
    coach = world.browser(world.coach(fall, name="Marisol Vega"))
    coach.post("/c/fall/calls/1/attendance", {"mark": f"{ana.id}-late"})

    page = text_of(coach.get(f"{URL}/{ana.id}"))

    assert "Ana Çelik" in page
    assert "1 of 4 attended or viewed" in page
    assert "Missing: Call 2: Public narrative" in page
    assert "Marisol Vega, Nov 20" in page
    assert "Call 1: late" in page, "the history"
    assert "days late" in page, "work"


def test_the_history_has_what_was_marked_together_with_others_and_nothing_of_others(world, fall):
    ana, ben, cho = (world.learner(fall, name=name) for name in ("Ana Çelik", "Ben Okri", "Cho Min"))
    coach = world.browser(world.coach(fall))
    coach.post("/c/fall/calls/1/attendance", {"enrollment": [ana.id, ben.id], "status": "late"})
    coach.post("/c/fall/calls/2/attendance", {"enrollment": [ben.id, cho.id], "status": "present"})
    coach.post("/c/fall/calls/2/attendance", {"mark": f"{cho.id}-absent"})

    of_ana, of_ben, of_cho = (text_of(coach.get(f"{URL}/{one.id}")) for one in (ana, ben, cho))

    assert ("Call 1: late" in of_ana, "Call 2: present" in of_ana) == (True, False)
    assert ("Call 1: late" in of_ben, "Call 2: present" in of_ben) == (True, True)
    assert of_cho.index("Call 2: absent") < of_cho.index("Call 2: present")
    assert "Call 2: absent" not in of_ana + of_ben


def test_one_participant_takes_a_constant_number_of_statements(world, fall, queries):
    ana = world.learner(fall)
    browser = world.browser(world.coach(fall))
    browser.post("/c/fall/calls/1/attendance", {"mark": f"{ana.id}-late"})
    browser.get(f"{URL}/{ana.id}")

    with queries(at_most=13):
        browser.get(f"{URL}/{ana.id}")


@pytest.mark.parametrize("path", ["", ".csv", "/{id}"])
def test_learners_are_refused_and_others_do_not_find_it(world, fall, path):
    learner, stranger = world.learner(fall), world.coach(world.cohort("spring"))
    url = URL + path.format(id=learner.id)

    assert world.browser(learner).get(url).status_code == 403
    assert world.browser(stranger).get(url).status_code == 404
    assert world.browser().get(url).status_code == 401


def test_another_cohorts_learner_is_not_found_under_ours(world, fall):
    theirs = world.learner(world.cohort("spring"))
    coach = world.coach(fall)
    browser = world.browser(coach)

    for id_ in (theirs.id, coach.id, 10**17):
        assert browser.get(f"{URL}/{id_}").status_code == 404


def test_who_left_is_off_the_list_and_their_record_says_so(world, fall):
    gone = world.learner(fall, name="Gone", withdrawn=True)
    browser = world.browser(world.coach(fall))

    assert "Gone" not in text_of(browser.get(URL))
    assert "Withdrew" in text_of(browser.get(f"{URL}/{gone.id}"))


def test_the_table_has_a_column_for_each_lesson_and_call(world, fall):
    world.learner(fall, name="@SUM(A1)")
    answer = world.browser(world.coach(fall)).get(f"{URL}.csv")
    head, row = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))

    assert row[1] == "'@SUM(A1)"
    assert [name for name in head if name.startswith("lesson ")] == [f"lesson {n}" for n in range(1, 9)]
    assert [name for name in head if name.startswith("call ")] == [f"call {n}" for n in range(1, 5)]
    assert dict(zip(head, row, strict=True))["call 4"] == "Not held yet"


def test_an_empty_cohort_says_what_will_be_here(world, fall):
    assert "No participants yet" in text_of(world.browser(world.coach(fall)).get(URL))
