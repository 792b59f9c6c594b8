"""Deep Linking 2.0, the request: who may choose, what is read of it, what is said where nothing can be placed."""

from html import unescape

import pytest
from sqlalchemy import update

from lti.errors import Reason
from lti.models import ContentRequest
from portal.core.clock import real_now
from portal.core.db import transaction
from portal.courses.models import Role
from tests.builders.world import Browser
from tests.lti.choosing import DL, answer_of, chooser, read, settings, told
from tests.lti.test_connect import offered

FACULTY_ELSEWHERE = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Faculty"


@pytest.mark.parametrize("person", ["tina", "nora"])
def test_faculty_choose_and_are_signed_in_as_such(school, person):
    browser, page = chooser(school, person)

    assert "Choose pages to add" in page
    assert school.enrollment(school.lms.person(person)["sub"]).role is Role.FACULTY
    assert browser.get(f"/c/{school.cohort.slug}/attendance").status_code == 200


def test_a_designer_chooses_and_may_do_nothing_else(school):
    school.lms.set_role("sam", "designer")
    browser, page = chooser(school, "sam")

    assert "Choose pages to add" in page
    assert school.enrollment(school.lms.person("sam")["sub"]) is None
    for path in ("", "attendance", "record", "participants", "lessons/1"):
        assert browser.get(f"/c/{school.cohort.slug}/{path}").status_code == 404
    assert told(school, answer_of(browser, page, choose="lesson:1"), "sam") == ["Lesson 1"]


def test_who_became_a_designer_is_no_teacher_any_more(school):
    open_before = Browser(school.browser())
    school.launch("tina", "home", browser=open_before.client)
    school.lms.set_role("tina", "designer")
    chooser(school, "tina")

    assert open_before.get(f"/c/{school.cohort.slug}/attendance").status_code == 404


@pytest.mark.parametrize(
    ("person", "role"),
    [
        pytest.param("sam", None, id="a learner"),
        pytest.param("olga", None, id="an observer"),
        pytest.param("tina", [], id="nobody in the course"),
        pytest.param("tina", [FACULTY_ELSEWHERE], id="faculty of the school"),
    ],
)
def test_others_place_nothing_and_leave_nothing(school, person, role):
    before, browser = school.kept(), school.browser()

    answer = school.choose(person, browser=browser, claims={} if role is None else {"lti:roles": role})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 403
    assert "This is for those who teach the course" in page
    assert school.kept() == before
    assert browser.get("/").status_code == 401
    jwt = read(page, browser.get("/lti/jwks.json").json)
    assert jwt.items == []
    assert jwt.claims[DL + "errormsg"] == "This is for those who teach the course."


REFUSED = [
    pytest.param({"drop": ["dl:deep_linking_settings"]}, id="no settings"),
    pytest.param({"claims": {"dl:deep_linking_settings": None}}, id="settings null"),
    pytest.param({"claims": {"dl:deep_linking_settings": "x"}}, id="settings as text"),
    pytest.param(settings(deep_link_return_url=None), id="no return address"),
    pytest.param(settings(deep_link_return_url="javascript:alert(1)"), id="script as a return address"),
    pytest.param(settings(deep_link_return_url="ftp://lms.example/x"), id="ftp"),
    pytest.param(settings(deep_link_return_url="//lms.example/x"), id="no scheme"),
    pytest.param(settings(deep_link_return_url="https://lms.example\\@evil.example/"), id="a backslash"),
    pytest.param(settings(deep_link_return_url=["https://lms.example/"]), id="a list of addresses"),
    pytest.param(settings(deep_link_return_url="https://lms.example/" + "x" * 9000), id="endless"),
    pytest.param(settings(accept_types=None), id="types null"),
    pytest.param(settings(accept_types="ltiResourceLink"), id="types as text"),
    pytest.param(settings(accept_presentation_document_targets=None), id="targets null"),
    pytest.param({"drop": ["lti:version"]}, id="no version"),
]


@pytest.mark.parametrize("how", REFUSED)
def test_a_request_that_cannot_be_read_is_refused(sqlite_school, how):
    before = sqlite_school.kept()

    answer = sqlite_school.choose("tina", **how)

    assert answer.status_code in (400, 403)
    assert "Reference" in answer.get_data(as_text=True)
    assert sqlite_school.kept() == before
    assert sum(sqlite_school.refused().values()) == 1
    assert set(sqlite_school.refused()) <= {Reason.CLAIM, Reason.MESSAGE}


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"claims": {"lti:launch_presentation": "x"}}, id="an odd presentation"),
        pytest.param({"drop": ["lti:custom", "lti:launch_presentation", "name", "email"]}, id="next to nothing"),
        pytest.param(settings(title=5, text=["x"], auto_create="maybe", accept_media_types=7), id="odd settings"),
        pytest.param(settings(accept_types=["html", None, 5, "ltiResourceLink"]), id="odd types beside"),
        pytest.param(settings(accept_multiple="perhaps", accept_lineitem=7), id="odd flags"),
    ],
)  # fmt: skip
def test_what_is_optional_may_be_odd(sqlite_school, how):
    assert sqlite_school.choose("tina", **how).status_code == 303


def test_an_lms_that_takes_no_links_is_told_so(school):
    browser, page = chooser(school, **settings(accept_types=["html", "file"]))
    assert "takes no links to tools" in page

    jwt = answer_of(browser, page, action="cancel")

    assert jwt.claims[DL + "content_items"] == []
    assert "takes no links to tools" in jwt.claims[DL + "errormsg"]


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


def test_the_same_request_twice_is_a_replay(school):
    posted = {}
    client = school.browser()
    dance = client.post

    def post(url, **sent):
        posted.update({url: sent})
        return dance(url, **sent)

    client.post = post
    assert school.lms.choose(client, "tina").status_code == 303

    again = dance("/lti/launch", **posted["/lti/launch"])

    assert 400 <= again.status_code < 500
    assert "Reference" in again.get_data(as_text=True)
    assert client.get(f"/c/{school.cohort.slug}/attendance").status_code == 200
