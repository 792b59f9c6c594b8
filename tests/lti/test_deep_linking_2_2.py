"""Deep Linking 2.0, 2.2, choosing: the page without script, tabs, searching, order; what is ticked and typed stays."""

import re
from html import unescape

import pytest
from sqlalchemy import update

from lti.models import ContentRequest
from portal.core.clock import real_now
from portal.core.db import transaction
from tests.builders.world import Browser
from tests.lti.choosing import DL, answer_of, choose, chooser, form_of, settings, ticked, told
from tests.lti.test_connect import offered


def listed(page: str) -> list[str]:
    """Titles of the rows, in order."""
    return [unescape(title) for title in re.findall(r'<th scope="row">.*?<b>(.*?)</b>', page)]


def numbers(page: str) -> dict[str, int]:
    return {
        unescape(word): int(n) for word, n in re.findall(r'>([^<>]+) <span class="num">(\d+)</span>', page)
    }


@pytest.fixture
def found(sqlite_school):
    """`found(q="…")`: the page after that search, in a browser of its own."""
    browser, page = chooser(sqlite_school)

    def after(**fields):
        answer = choose(browser, page, **({"action": "find"} | fields))
        assert answer.status_code == 200
        return answer.get_data(as_text=True)

    return after


def test_the_whole_course_as_it_runs(sqlite_school):
    _, page = chooser(sqlite_school)
    titles = listed(page)

    assert titles[:3] == ["Home", "My record", "Lesson 1: Orientation to the course"]
    assert titles.index("Submit your project design worksheet") < titles.index("Call 1: Organizing sentences")
    assert titles[-1].startswith("Attendance of call")
    assert numbers(page)["All"] == len(titles)


@pytest.mark.parametrize(
    ("show", "first", "number"),
    [("lessons", "Lesson 1", 9), ("work", "Submit your project design", 7), ("calls", "Call 1", 8), ("mine", "Home", 4)],
)  # fmt: skip
def test_tabs(found, show, first, number):
    page = found(show=show, action=[])

    assert listed(page)[0].startswith(first)
    assert (len(listed(page)), f'value="{show}" formnovalidate aria-current="true"' in page) == (number, True)
    assert len(listed(found(shown=show, q="worksheet"))) <= number


def test_what_was_placed_or_opened_is_added_already(sqlite_school):
    sqlite_school.launch("sam", "lesson:1")
    browser, page = chooser(sqlite_school)
    all_pages = numbers(page)["All"]
    assert numbers(page)["Not yet added"] == all_pages - 1
    answer_of(browser, page, choose=["lesson:2", "lesson:3"])

    _, page = chooser(sqlite_school)

    assert numbers(page)["Not yet added"] == all_pages - 3


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("narrative", ["Lesson 3: Public narrative: how to craft a call to action", "Call 2: Public narrative"]),
        ("NARRATIVE  lesson", ["Lesson 3: Public narrative: how to craft a call to action"]),
        ("no such page", []),
        ("<script>", []),
        ("%", []),
    ],
)  # fmt: skip
def test_searching(found, words, titles):
    page = found(q=words)

    assert listed(page) == titles
    assert "<script>alert" not in page
    if not titles:
        assert "No such page" in page


def test_what_is_ticked_and_typed_stays_through_a_search(found):
    page = found(q="my record", choose=["lesson:1"], **{"column-lesson:1": "1", "points-lesson:1": "33"})

    assert listed(page) == ["My record", "Lesson 1: Orientation to the course"]
    assert ticked(page) == ["lesson:1"]
    assert 'value="33"' in page
    assert '<b>1 chosen,</b> <span class="quiet small">1 column, 33 points</span>' in page


def test_by_due_date_and_by_kind(found):
    by_date = listed(found(order="due"))
    third = next(title for title in by_date if title.startswith("Lesson 3"))
    assert by_date.index("Submit your project design worksheet") < by_date.index(third)
    assert by_date[-2:] == ["Home", "My record"]
    kinds = [title.partition(" ")[0] for title in listed(found(order="kind"))]
    assert kinds[2:11] == ["Lesson"] * 8 + ["Course"]


def test_each_tick_is_counted(sqlite_school):
    browser, page = chooser(sqlite_school)
    code = page.partition('name="request" value="')[2].partition('"')[0]
    form = {"request": code, "action": "count", "choose": ["lesson:1", "home"]}
    form |= {"column-lesson:1": "1", "points-lesson:1": "4"}

    answer = browser.post("/lti/deep-linking", form, htmx=True).get_data(as_text=True)

    assert "<b>2 chosen,</b>" in answer
    assert "1 column, 4 points, added in this order" in answer
    assert 'id="add" name="action" value="add" hx-swap-oob="true">Add 2 links</button>' in answer
    assert "<html" not in answer


def test_a_mistake_keeps_what_was_typed(sqlite_school):
    browser, page = chooser(sqlite_school)
    answer = choose(
        browser, page, choose=["lesson:1", "home"], dates=[], **{"column-lesson:1": "1", "points-lesson:1": "0"}
    )  # fmt: skip

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert ticked(page) == ["home", "lesson:1"]
    assert (
        'id="p-lesson-1" name="points-lesson:1" min="0.5" max="1000" step="0.5" value="0" aria-invalid="true"'
        in page
    )
    assert not re.search(r'name="dates" value="1" checked', page)


def test_one_page_only_is_a_choice_of_one(sqlite_school):
    _, page = chooser(sqlite_school, **settings(accept_multiple=False))

    assert "Choose a page to add" in page
    assert 'type="radio" name="choose"' in page
    assert "Add this link" in page


def test_it_says_to_which_course_and_stands_in_a_dialog(school):
    _, page = chooser(school, claims={"lti:context": {"id": "2", "title": "A & <b>B</b>"}})

    assert "to “<bdi>A &amp; &lt;b&gt;B&lt;/b&gt;</bdi>” in lms.example" in page
    assert '<header class="bar"' not in page


def test_a_constant_number_of_statements(school, queries):
    browser, page = chooser(school)
    code = page.partition('name="request" value="')[2].partition('"')[0]
    with queries(at_most=7):
        browser.get(f"/lti/deep-linking?request={code}")


def test_an_unconnected_course_is_connected_first_and_then_the_pages_are_chosen(strangers):
    strangers.world.cohort("fall-2026")
    offered(strangers, cohort="fall-2026")
    browser = Browser(strangers.browser())
    assert strangers.choose("tina", browser=browser.client).location == "/lti/connect"

    answer = browser.post("/lti/connect", {"cohort": "fall-2026"})

    assert answer.location.startswith("/lti/deep-linking?request=")
    page = browser.get(answer.location).get_data(as_text=True)
    assert "Choose pages to add" in page
    assert told(strangers, answer_of(browser, page, choose="home"), "tina") == ["Home"]


@pytest.mark.parametrize("person", ["nora", "a designer"])
def test_who_cannot_connect_it_is_told_plainly_and_so_is_the_lms(strangers, person):
    if person == "a designer":
        strangers.lms.set_role("sam", "designer")
        person = "sam"
    browser, page = chooser(strangers, person)
    assert "is not connected to a cohort yet" in page

    jwt = answer_of(browser, page, action="cancel")

    assert "is not connected to a cohort yet" in jwt.claims[DL + "errormsg"]
    said = strangers.lms.take_content(jwt.url, person, JWT=jwt.text).get_data(as_text=True)
    assert "is not connected to a cohort yet" in unescape(said)


def test_a_choice_is_its_persons_own(school):
    client = school.browser()
    url = school.choose("tina", browser=client).location
    other = Browser(school.browser())
    school.choose("nora", browser=other.client)

    assert Browser(school.browser()).get(url).status_code == 401
    assert other.get(url).status_code == 404
    code = url.partition("=")[2]
    assert other.post("/lti/deep-linking", {"request": code, "choose": "home"}).status_code == 404
    assert Browser(client).get(url).status_code == 200
    assert Browser(client).get(url + "x").status_code == 404


def test_a_choice_ends_with_the_role_and_with_the_day(school):
    browser = Browser(school.browser())
    url = school.choose("tina", browser=browser.client).location
    school.lms.set_role("tina", "learner")
    school.launch("tina", "home")
    assert browser.get(url).status_code == 403

    school.lms.set_role("tina", "teacher")
    school.launch("tina", "home")
    assert browser.get(url).status_code == 200
    with school.world.app.app_context(), transaction() as session:
        session.execute(update(ContentRequest).values(expires_at=real_now()))
    assert browser.get(url).status_code == 404


def test_a_page_that_was_used_says_what_went_and_what_to_do(school):
    browser, page = chooser(school)
    assert "from here already" not in page
    first = answer_of(browser, page, choose=["lesson:1", "lesson:2"])

    again = browser.get(f"/lti/deep-linking?request={code_of(page)}").get_data(as_text=True)

    assert "2 links went to" in again
    assert "open it again from there" in again
    # The answer may have been lost on its way: it can be given once more, signed anew.
    second = answer_of(browser, again, choose=["lesson:1"])
    assert second.claims["nonce"] != first.claims["nonce"]


def test_a_page_left_open_while_its_course_was_connected_shows_the_pages(strangers):
    browser, page = chooser(strangers, "nora")
    assert "is not connected to a cohort yet" in page

    strangers.connected()
    again = browser.get(f"/lti/deep-linking?request={code_of(page)}").get_data(as_text=True)

    assert "Choose pages to add" in again
    assert [item["title"] for item in answer_of(browser, again, choose=["home"]).items] == ["Home"]


def test_a_page_left_open_while_its_course_got_another_cohort_places_nothing_of_the_old(school):
    browser, page = chooser(school)
    answer = choose(browser, page, choose=["work:of-the-old-cohort"])

    assert answer.status_code == 422
    assert "not part of this course any more" in answer.get_data(as_text=True)


def test_a_page_that_stood_open_too_long_says_what_to_do(school):
    browser, page = chooser(school)
    with school.world.app.app_context(), transaction() as session:
        session.execute(update(ContentRequest).values(expires_at=real_now()))

    for answer in (
        choose(browser, page, choose=["home"]),
        choose(browser, page, action="find"),
        browser.get(f"/lti/deep-linking?request={code_of(page)}"),
    ):
        assert answer.status_code == 404
        assert "Open it again from your LMS course" in answer.get_data(as_text=True)


def test_who_is_signed_out_by_then_is_led_back_through_the_lms(school):
    _, page = chooser(school)
    answer = Browser(school.browser()).get(f"/lti/deep-linking?request={code_of(page)}")

    assert answer.status_code == 401


def test_a_page_of_an_earlier_session_places_nothing(school):
    browser, page = chooser(school)
    school.launch("tina", "home", browser=browser.client)  # a new session in the same browser
    fields = dict(form_of(page, "/lti/deep-linking")) | {"action": "add", "choose": "home"}

    answer = browser.client.post("/lti/deep-linking", data=fields)

    assert answer.status_code == 400
    assert 'name="JWT"' not in answer.get_data(as_text=True)


def code_of(page: str) -> str:
    """The code under which the request is answered."""
    return dict(form_of(page, "/lti/deep-linking"))["request"]
