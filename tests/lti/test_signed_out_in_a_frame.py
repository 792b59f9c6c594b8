"""The session of a frame has ended, or its cookies are refused by now: a page that leads on, without script."""

import pytest
from lxml import html

from tests.builders.world import Browser
from tests.lti.framed import FRAMED, OWN_PAGE, TAB, fields_of, launched

BACK = "https://lms.example/courses/2?x=1&y=2"
RETURNS = {"lti:launch_presentation": {"return_url": BACK, "document_target": "iframe"}}


def ways_on(answer) -> dict[str, str | None]:
    """The links of the page's main part: where to, and in which window."""
    assert answer.status_code == 401
    links = html.fromstring(answer.get_data(as_text=True)).xpath("//main//a")
    return {link.get("href"): link.get("target") for link in links}


@pytest.fixture
def ended(school):
    """Sam's browser, after the session's cookie has reached its Max-Age."""
    browser = school.browser()
    school.launch("sam", "home", browser=browser, claims=RETURNS)
    browser.delete_cookie("lectern_session")
    return browser


def test_an_ended_session_leads_back_to_the_course_and_into_a_tab(school, ended):
    record = f"/c/{school.cohort.slug}/record?a=1"

    assert ways_on(ended.get(record, headers=FRAMED)) == {BACK: None, record: "_blank"}
    # In a tab there is no frame to leave.
    assert ways_on(ended.get(record, headers=TAB)) == {BACK: None}


def test_without_any_cookie_the_tab_is_the_way(school):
    record = f"/c/{school.cohort.slug}/record"

    assert ways_on(school.browser().get(record, headers=FRAMED)) == {record: "_blank"}
    assert ways_on(school.browser().get(record, headers=TAB)) == {}


@pytest.mark.parametrize("headers", [FRAMED, {"HX-Request": "true"}], ids=["a form", "htmx"])
def test_what_was_sent_is_shown_and_the_tab_opens_a_page(school, headers):
    sent = school.browser().post(
        f"/c/{school.cohort.slug}/work/asset-map", data={"q1": "What I had typed"}, headers=headers
    )

    assert ways_on(sent) == {"/": "_blank"}  # what a form is sent to may be no page
    assert "What I had typed" in sent.get_data(as_text=True)


def test_nothing_on_it_moves_by_itself(school, ended):
    answer = ended.get("/", headers=FRAMED)
    page = html.fromstring(answer.get_data(as_text=True))

    assert "Location" not in answer.headers
    assert page.xpath("//meta[@http-equiv='refresh']") == []
    assert "frame-ancestors 'self' https://lms.example" in answer.headers["Content-Security-Policy"]


def test_the_way_back_is_of_the_last_launch(school, ended):
    school.launch("sam", "home", browser=ended, drop=["lti:launch_presentation"])
    ended.delete_cookie("lectern_session")

    assert BACK not in ways_on(ended.get("/", headers=FRAMED))


def test_a_way_back_that_somebody_made_up_is_none(school, ended):
    ended.set_cookie("lectern-back", '"https://evil.example/".c2ln')

    assert ways_on(ended.get("/", headers=TAB)) == {}


def test_it_comes_along_into_the_tab(school):
    frame = Browser(school.browser())
    school.launch("sam", "home", browser=frame.client, claims=RETURNS)
    form, tab = fields_of(frame.post("/lti/hand-over", {"path": "/"})), school.browser()
    tab.post(form.url, data=form.data, headers=OWN_PAGE)
    tab.delete_cookie("lectern_session")

    assert ways_on(tab.get("/", headers=TAB)) == {BACK: None}


def test_it_is_kept_where_the_platforms_page_vouched(school):
    launch = launched(school, storage=True, claims=RETURNS)
    launch.post()
    launch.post(lti_storage_value=launch.value, headers=OWN_PAGE)
    launch.browser.delete_cookie("lectern_session")

    assert BACK in ways_on(launch.browser.get("/", headers=FRAMED))
