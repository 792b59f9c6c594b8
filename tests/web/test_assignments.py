"""Worksheets from the first look to the second version, for all seven forms of the first course."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.datastructures import MultiDict

from portal.assignments.models import Submission
from portal.core.db import reading, transaction
from portal.courses.models import DateField, DateOverride
from tests.web.filling import PDF, PNG, as_drawn, filled_in, page_of

WORKSHEETS = (
    "project-design",
    "narrative",
    "asset-map",
    "one-to-ones",
    "team-diagnostic",
    "leadership-structure",
    "storyboard",
)
NEAR_THE_END = datetime(2026, 12, 26, 15, 0, tzinfo=UTC)
AFTER_ACCESS = datetime(2027, 1, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def fall(world):
    world.at(NEAR_THE_END)
    return world.cohort("fall")


@pytest.fixture
def nadia(world, fall):
    return world.learner(fall, name="Nadia Rahman")


@pytest.fixture
def browser(world, nadia):
    return world.browser(nadia)


def url(assignment):
    return f"/c/fall/work/{assignment}"


def text(answer):
    return " ".join(page_of(answer).text_content().split())


def submitted(world, assignment):
    with world.app.app_context(), reading() as session:
        return session.query(Submission).filter_by(assignment=assignment).order_by(Submission.version).all()


def with_files(filled, **more):
    """The filled form with a fitting file for each upload."""
    data = filled.post(**more)
    for name, accept in filled.uploads:
        png = ".png" in accept
        data.add(name, (io.BytesIO(PNG if png else PDF), "map.png" if png else "story.pdf"))
    return data


@pytest.mark.parametrize("assignment", WORKSHEETS)
def test_each_worksheet_is_filled_in_from_its_markup_alone_and_submitted(world, browser, assignment):
    filled = filled_in(browser.get(url(assignment)))

    answer = browser.post(url(assignment), with_files(filled, action="submit"))

    assert answer.status_code == 303, text(answer)
    page = browser.get(answer.location)
    assert "Version 1 is in" in text(page)
    (submission,) = submitted(world, assignment)
    assert submission.version == 1
    read = browser.get(f"{url(assignment)}/versions/1")
    assert "Wörter — words" in text(read)


@pytest.mark.parametrize("assignment", WORKSHEETS)
def test_what_the_markup_requires_is_enough_where_there_is_one_way(world, browser, assignment):
    filled = filled_in(browser.get(url(assignment)), only_required=True)

    answer = browser.post(url(assignment), with_files(filled, action="submit"))

    if assignment in ("narrative", "storyboard"):  # either: nothing is required by itself
        assert answer.status_code == 422
        assert "One way is enough" in text(answer)
    else:
        assert answer.status_code == 303, text(answer)


@pytest.mark.parametrize("assignment", WORKSHEETS)
def test_an_empty_worksheet_is_refused_with_each_mistake_linked_to_its_field(browser, assignment):
    answer = browser.post(url(assignment), as_drawn(browser.get(url(assignment))).post(action="submit"))

    assert answer.status_code == 422
    page = page_of(answer)
    links = page.xpath("//*[@id='mistakes']//a/@href")
    assert links
    for link in links:
        (control,) = page.xpath(f"//*[@id='{link.removeprefix('#')}']")
        assert control.tag in ("input", "textarea", "select")


def test_the_narrative_is_taken_as_a_document_alone(world, browser):
    filled = as_drawn(browser.get(url("narrative")))
    data = filled.post(action="submit")
    data.add("document", (io.BytesIO(PDF), "Meine Geschichte.pdf"))

    answer = browser.post(url("narrative"), data)

    assert answer.status_code == 303, text(answer)
    assert "Meine Geschichte.pdf" in text(browser.get(f"{url('narrative')}/versions/1"))


def test_half_a_written_narrative_is_passed_over_beside_a_document(world, browser):
    data = as_drawn(browser.get(url("narrative"))).post(action="submit", self="I was called when")
    data.add("document", (io.BytesIO(PDF), "story.pdf"))

    assert browser.post(url("narrative"), data).status_code == 303
    assert submitted(world, "narrative")[0].answers["self"] == "I was called when"


def test_a_draft_is_kept_as_it_was_typed_and_shown_again(browser):
    data = as_drawn(browser.get(url("one-to-ones"))).post(
        **{
            "action": "save",
            "well": "I lis\u0301tened <b>&",
            "meetings-1-when": "next week",
            "meetings-2-whom": "J.O.",
        }
    )
    answer = browser.post(url("one-to-ones"), data)
    again = as_drawn(browser.get(url("one-to-ones")))

    assert answer.status_code == 303
    assert again.data["well"] == "I liśtened <b>&"
    assert again.data["meetings-1-when"] == "next week"
    assert again.data["meetings-2-whom"] == "J.O."
    assert "Draft saved today at 10:00 AM ET" in text(browser.get(url("one-to-ones")))


def test_saving_answers_htmx_with_the_save_line(browser):
    data = as_drawn(browser.get(url("one-to-ones"))).post(action="save", well="Listened.")

    answer = browser.post(url("one-to-ones"), data, htmx=True)

    assert answer.status_code == 200
    assert "Draft saved today" in text(answer)
    assert "<html" not in answer.get_data(as_text=True)


def test_rows_are_added_and_taken_away_without_a_script(browser):
    first = as_drawn(browser.get(url("one-to-ones"))).post(
        action="add-row meetings", **{"meetings-1-whom": "A", "meetings-2-whom": "B"}
    )
    answer = browser.post(url("one-to-ones"), first)
    three = as_drawn(browser.get(url("one-to-ones")))
    assert answer.status_code == 303
    assert answer.location.endswith("#f-meetings-all")
    assert "meetings-3-whom" in three.data

    browser.post(url("one-to-ones"), three.post(action="remove-row meetings 1", **{"meetings-3-whom": "C"}))
    two = as_drawn(browser.get(url("one-to-ones")))

    assert [two.data["meetings-1-whom"], two.data["meetings-2-whom"]] == ["B", "C"]
    assert "meetings-3-whom" not in two.data


def test_a_second_version_never_erases_the_first(world, browser):
    filled = filled_in(browser.get(url("one-to-ones")), words="First thoughts")
    browser.post(url("one-to-ones"), filled.post(action="submit"))
    again = filled_in(browser.get(url("one-to-ones")), words="Second thoughts")
    assert "Submit version 2" in text(browser.get(url("one-to-ones")))

    browser.post(url("one-to-ones"), again.post(action="submit"))

    assert [one.version for one in submitted(world, "one-to-ones")] == [1, 2]
    assert "First thoughts" in text(browser.get(f"{url('one-to-ones')}/versions/1"))
    assert "Second thoughts" in text(browser.get(f"{url('one-to-ones')}/versions/2"))


def test_a_double_click_is_one_version(world, browser):
    data = filled_in(browser.get(url("one-to-ones"))).post(action="submit")

    first, second = browser.post(url("one-to-ones"), data), browser.post(url("one-to-ones"), data)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(submitted(world, "one-to-ones")) == 1


def test_two_clicks_at_the_same_moment_are_one_version(world, nadia, browser):
    data = with_files(filled_in(browser.get(url("leadership-structure"))), action="submit")
    files = {name: value for name, value in data.items(multi=True) if isinstance(value, tuple)}
    plain = [(name, value) for name, value in data.items(multi=True) if not isinstance(value, tuple)]

    def sent_by_this_browser(_):
        again = MultiDict(plain)
        for name, (_content, filename) in files.items():
            again.add(name, (io.BytesIO(PNG), filename))
        client = world.app.test_client()
        client._cookies = dict(browser.client._cookies)
        return client.post(url("leadership-structure"), data=again).status_code

    with ThreadPoolExecutor(4) as hands:
        answers = list(hands.map(sent_by_this_browser, range(4)))

    assert answers == [303] * 4
    (submission,) = submitted(world, "leadership-structure")
    assert [len(submission.answers[field]["files"]) for field in ("today", "snowflake")] == [1, 1]


def test_something_new_in_the_page_before_is_a_new_version_and_not_a_double_click(world, browser):
    filled = filled_in(browser.get(url("one-to-ones")))
    browser.post(url("one-to-ones"), filled.post(action="submit"))

    for _ in range(2):
        browser.post(url("one-to-ones"), filled.post(action="submit", well="After pressing Back"))

    assert [one.answers["well"] for one in submitted(world, "one-to-ones")] == [
        "Wörter — words",
        "After pressing Back",
    ]


def test_an_autosave_that_comes_after_its_own_submission_makes_no_draft(browser):
    filled = filled_in(browser.get(url("one-to-ones")))
    browser.post(url("one-to-ones"), filled.post(action="submit"))

    answer = browser.post(url("one-to-ones"), filled.post(action="save"), htmx=True)

    assert answer.status_code == 200
    assert "draft" not in text(browser.get(url("one-to-ones"))).lower().replace("save draft", "")


def test_an_extension_of_one_learner_keeps_the_form_open_to_them_alone(world, fall, nadia, browser):
    neighbour = world.browser(world.learner(fall))
    until = AFTER_ACCESS + timedelta(days=3)
    with world.app.app_context(), transaction() as session:
        moved = DateOverride(
            cohort_id=fall.id,
            enrollment_id=nadia.id,
            item="work:one-to-ones",
            date_field=DateField.CLOSES,
            moved_to_at=until,
            reason="Night shifts",
            made_at=world.now,
        )
        session.add(moved)
    filled = filled_in(browser.get(url("one-to-ones")))
    world.at(AFTER_ACCESS)

    theirs = filled.post(action="submit", csrf_token=neighbour.token)
    assert neighbour.post(url("one-to-ones"), theirs).status_code == 409
    assert browser.post(url("one-to-ones"), filled.post(action="submit")).status_code == 303
    assert submitted(world, "one-to-ones")[0].late


def test_saved_and_then_submitted_from_one_page_is_no_conflict(world, browser):
    filled = filled_in(browser.get(url("one-to-ones")))
    browser.post(url("one-to-ones"), filled.post(action="save", well="one"))
    browser.post(url("one-to-ones"), filled.post(action="save", well="two"))

    answer = browser.post(url("one-to-ones"), filled.post(action="submit", well="three"))

    assert answer.status_code == 303
    assert submitted(world, "one-to-ones")[0].answers["well"] == "three"


def test_two_windows_lose_nothing(browser):
    first = as_drawn(browser.get(url("one-to-ones")))
    browser.post(url("one-to-ones"), first.post(action="save", well="from the start"))
    here, there = as_drawn(browser.get(url("one-to-ones"))), as_drawn(browser.get(url("one-to-ones")))
    browser.post(url("one-to-ones"), there.post(action="save", well="typed there"))

    answer = browser.post(url("one-to-ones"), here.post(action="save", well="typed here"))

    assert answer.status_code == 409
    assert as_drawn(answer).data["well"] == "typed here"
    assert "typed there" in text(answer)
    assert as_drawn(browser.get(url("one-to-ones"))).data["well"] == "typed there"
    (copy,) = page_of(browser.get(url("one-to-ones"))).xpath("//section[h2[@id='copies']]//a/@href")
    assert "typed here" in text(browser.get(copy))
    assert browser.post(url("one-to-ones"), as_drawn(answer).post(action="save")).status_code == 303
    assert as_drawn(browser.get(url("one-to-ones"))).data["well"] == "typed here"


def test_late_work_is_taken_for_full_credit_and_says_so(world, fall, browser):
    before = text(browser.get(url("one-to-ones")))
    assert "The due time has passed" in before
    assert "full credit until Thursday, January 7" in before

    browser.post(url("one-to-ones"), filled_in(browser.get(url("one-to-ones"))).post(action="submit"))

    assert submitted(world, "one-to-ones")[0].late
    assert "submitted late, for full credit" in text(browser.get(url("one-to-ones")))


def test_work_in_the_last_minute_of_its_due_day_is_on_time(world, fall, browser):
    filled = filled_in(browser.get(url("one-to-ones")))
    world.at(datetime(2026, 11, 19, 4, 59, 50, tzinfo=UTC))  # Wednesday, November 18, 11:59:50 PM in New York

    browser.post(url("one-to-ones"), filled.post(action="submit"))

    assert not submitted(world, "one-to-ones")[0].late


def test_after_closing_it_is_refused_and_what_was_typed_is_shown_and_kept(world, browser):
    filled = filled_in(browser.get(url("one-to-ones")), words="Too late but mine")
    world.at(AFTER_ACCESS)

    answer = browser.post(url("one-to-ones"), filled.post(action="submit"))

    assert answer.status_code == 409
    assert "Not submitted: this closed Thursday, January 7" in text(answer)
    assert "Too late but mine" in text(answer)
    assert submitted(world, "one-to-ones") == []
    (copy,) = page_of(browser.get(url("one-to-ones"))).xpath("//section[h2[@id='copies']]//a/@href")
    assert "Too late but mine" in text(browser.get(copy))


def test_before_its_lesson_opens_the_page_says_when_and_takes_nothing(world, browser):
    world.at(datetime(2026, 11, 1, 15, 0, tzinfo=UTC))
    page = browser.get(url("storyboard"))

    answer = browser.post(url("storyboard"), {"action": "submit", "sentence": "early"})

    assert page.status_code == 200
    assert "Opens Wednesday, December 23" in text(page)
    assert page_of(page).xpath("//form[@id='work']") == []
    assert answer.status_code == 409
    assert browser.get(f"{url('storyboard')}/blank.pdf").status_code == 409


def test_the_organizing_sentence_is_carried_into_the_storyboard(browser):
    design = filled_in(browser.get(url("project-design")))
    sentence = "We are organizing night nurses to dim the wards"
    browser.post(url("project-design"), design.post(action="submit", organizing_sentence=sentence))

    page = browser.get(url("storyboard"))
    assert sentence in text(page)

    story = filled_in(page)
    browser.post(url("storyboard"), with_files(story, action="submit"))
    assert sentence in text(browser.get(f"{url('storyboard')}/versions/1"))


def test_the_diagnostic_shows_its_averages_as_a_picture_with_its_table(browser):
    filled = filled_in(browser.get(url("team-diagnostic")))
    browser.post(url("team-diagnostic"), filled.post(action="submit", bounded="5"))

    page = page_of(browser.get(f"{url('team-diagnostic')}/versions/1"))

    (picture,) = page.xpath("//svg[@class='fig']")
    assert (
        picture.get("aria-label")
        == "Averages, 1 to 5: A real team 2.0, Shared purpose 1.0, Roles and norms 1.0"
    )
    rows = [row.text_content() for row in page.xpath("//figure//tbody/tr")]
    assert rows == ["A real team2.0", "Shared purpose1.0", "Roles and norms1.0"]


@pytest.mark.parametrize("assignment", WORKSHEETS)
def test_each_worksheet_can_be_had_blank(sqlite_world, assignment):
    sqlite_world.at(NEAR_THE_END)
    browser = sqlite_world.browser(sqlite_world.learner(sqlite_world.cohort("fall")))
    answer = browser.get(f"{url(assignment)}/blank.pdf")

    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-1.7")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=loc-{assignment}-blank.pdf"


def test_another_cohort_and_another_learner_see_nothing_of_it(world, fall, nadia, browser):
    data = filled_in(browser.get(url("leadership-structure")))
    browser.post(url("leadership-structure"), with_files(data, action="submit"))
    page = page_of(browser.get(url("leadership-structure")))
    (file, *_rest) = page.xpath("//a[contains(@href, '/files/')]/@href")
    stranger = world.browser(world.learner(world.cohort("spring")))
    neighbour = world.browser(world.learner(fall))
    mine = (
        f"{url('leadership-structure')}/versions/1",
        f"{url('leadership-structure')}/versions/1.pdf",
        file,
    )

    assert [browser.get(one).status_code for one in mine] == [200, 200, 200]
    assert [neighbour.get(one).status_code for one in mine] == [404, 404, 404]
    for one in (*mine, url("leadership-structure"), f"{url('leadership-structure')}/blank.pdf"):
        assert stranger.get(one).status_code == 404
        assert stranger.get(one.replace("/c/fall/", "/c/spring/")).status_code in (
            (404,) if one in mine else (200,)
        )
    assert stranger.post(url("leadership-structure"), {"action": "submit"}).status_code == 404
    assert world.browser(world.coach(fall)).get(file).status_code == 200
    assert world.browser().get(file).status_code == 401


def test_staff_read_the_form_and_type_nothing_into_it(world, fall):
    coach = world.browser(world.coach(fall))

    page = coach.get(url("one-to-ones"))

    assert page.status_code == 200
    assert "You see this as a learner does" in text(page)
    assert page_of(page).xpath("//button[@value='submit']") == []
    assert coach.post(url("one-to-ones"), {"action": "save", "well": "x"}).status_code == 403


@pytest.mark.parametrize(
    ("item", "elsewhere"),
    [
        ("profile", "/c/fall/lessons/1#item-profile"),
        ("watch-1", "/c/fall/lessons/1#item-watch-1"),
        ("evaluation", "/c/fall/evaluation"),
    ],
)
def test_an_item_without_a_page_of_its_own_leads_to_where_it_is_done(browser, item, elsewhere):
    assert browser.get(url(item)).location == elsewhere
    assert browser.post(url(item), {"action": "submit"}).status_code == 404


def test_an_item_of_no_course_is_not_there(browser):
    assert browser.get(url("nothing-of-this-name")).status_code == 404


@pytest.mark.parametrize("address", ["/c/f%00/work/x", "/c/fall/work/x%00", "/c/fall/work/%ED%A0%80"])
def test_an_address_that_no_page_has_is_not_there(browser, address):
    assert browser.get(address).status_code == 404


def test_a_page_is_read_in_few_statements(world, browser, queries):
    browser.post(url("storyboard"), filled_in(browser.get(url("storyboard"))).post(action="save"))
    with queries(at_most=9):
        browser.get(url("storyboard"))


HOSTILE = [
    {"well": "\x00\ud800 nul"},
    {"meetings-999999999-whom": "x", "meetings--1-whom": "y", "meetings-x-whom": "z"},
    {"meetings-1-learned": "x" * 200_000},
    {"action": "remove-row meetings 99999999999999999999"},
    {"action": "remove-file meetings 1"},
    {"action": "add-row nothing"},
    {"action": "add-row __class__"},
    {"revision": "99999999999999999999", "form_token": "../../etc/passwd"},
    {"__proto__": "x", "well[]": "y", "": "z"},
]


@pytest.mark.parametrize("sent", HOSTILE)
def test_nothing_a_person_sends_breaks_the_page(browser, sent):
    data = as_drawn(browser.get(url("one-to-ones"))).post()
    for key, value in ({"action": "submit"} | sent).items():
        data[key] = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")

    answer = browser.post(url("one-to-ones"), data)

    assert answer.status_code in (303, 409, 422)
    assert browser.get(url("one-to-ones")).status_code == 200


def test_submission_posts_one_progress_change_and_completion_follows(world, nadia, browser):
    browser.post(url("one-to-ones"), filled_in(browser.get(url("one-to-ones"))).post(action="submit"))
    world.drain()
    record = browser.get("/c/fall/record.json").get_json()
    (assignments,) = [one for one in record["requirements"] if one["kind"] == "assignments"]
    assert assignments["done"] == 1
    (sent,) = record["submissions"]
    assert sent["assignment"] == "one-to-ones"
    assert sent["version"] == 1
    assert sent["late"] is True


def test_time_runs_on_between_draft_and_version(world, browser):
    browser.post(url("one-to-ones"), as_drawn(browser.get(url("one-to-ones"))).post(action="save", well="x"))
    world.at(NEAR_THE_END + timedelta(days=1))
    assert "Draft saved yesterday at 10:00 AM ET" in text(browser.get(url("one-to-ones")))


def test_a_text_of_any_length_is_kept_as_a_draft_and_refused_in_a_sentence(world, browser):
    typed = "A long story. " * 20_000

    saved = browser.post(url("narrative"), {"action": "save", "self": typed})
    refused = browser.post(url("narrative"), {"action": "submit", "self": typed})

    assert saved.status_code == 303
    assert refused.status_code == 422
    assert "Write at most 20,000 characters instead of 280,000" in text(refused)
    assert submitted(world, "narrative") == []
    (kept,) = page_of(browser.get(url("narrative"))).xpath("//textarea[@name='self']")
    assert kept.text.strip() == typed.strip()
