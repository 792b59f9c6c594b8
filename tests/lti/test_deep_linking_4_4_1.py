"""Deep Linking 2.0, 4.4.1, the settings: what the LMS accepts, in all its forms, and requests that cannot be read."""

import pytest

from lti.errors import Reason
from tests.lti.choosing import DL, answer_of, choose, chooser, settings

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


@pytest.mark.parametrize(
    ("said", "accepted"),
    [
        *((yes, True) for yes in (True, "true", "True", ..., None, "x")),
        *((no, False) for no in (False, "false", "FALSE")),
    ],
)
def test_accept_lineitem(placed, said, accepted):
    assert ("lineItem" in placed("lesson:1", form={"column-lesson:1": "1"}, accept_lineitem=said)) is accepted


@pytest.mark.parametrize(
    ("said", "ticked"), [(True, True), ("true", True), (..., False)], ids=["asked for", "as text", "not said"]
)
def test_where_columns_are_asked_for_they_are_ticked_beforehand(sqlite_school, said, ticked):
    _, page = chooser(sqlite_school, **settings(accept_lineitem=said))

    assert ('name="column-lesson:1" value="1" checked' in page) is ticked
    assert 'name="column-home" value="1" checked' not in page


@pytest.mark.parametrize("placement", ["assignment_selection", "course_assignments_menu"])
def test_canvas_asks_for_them_by_its_placement(sqlite_school, placement):
    how = settings()
    how["claims"]["https://www.instructure.com/placement"] = placement
    _, page = chooser(sqlite_school, **how)

    assert 'name="column-lesson:1" value="1" checked' in page


@pytest.mark.parametrize(
    ("said", "several"),
    [
        *((yes, True) for yes in (True, "true", "True")),
        *((no, False) for no in (False, "false", ..., None, "yes", 1)),
    ],
)
def test_accept_multiple(sqlite_school, said, several):
    browser, page = chooser(sqlite_school, **settings(accept_multiple=said))
    assert ('type="checkbox" name="choose"' in page) is several
    answer = choose(browser, page, choose=["lesson:1", "lesson:2"])

    assert answer.status_code == (200 if several else 422)
    assert ("Your LMS takes one page here" in answer.get_data(as_text=True)) is not several
    assert len(answer_of(browser, page, choose="lesson:1").items) == 1


@pytest.mark.parametrize(
    ("targets", "chosen", "said"),
    [
        pytest.param(["iframe", "window"], {}, {"iframe"}, id="both: in the page"),
        pytest.param(["iframe", "window"], {"opens_in": "window"}, {"window"}, id="both, a tab chosen"),
        pytest.param(["frame"], {}, {"iframe"}, id="frame alone"),
        pytest.param(["window"], {}, {"window"}, id="window alone"),
        pytest.param(["window"], {"opens_in": "iframe"}, {"window"}, id="what is not accepted is not chosen"),
        pytest.param(["embed"], {}, set(), id="neither"),
    ],
)
def test_accept_presentation_document_targets(placed, targets, chosen, said):
    item = placed("home", form=chosen, accept_presentation_document_targets=targets)

    assert {"iframe", "window"} & set(item) == said


@pytest.mark.parametrize(
    ("form", "title"), [({"keep_words": "1"}, "Week one"), ({}, "Lesson 1: Orientation to the course")]
)
def test_the_words_typed_in_the_lms_are_kept_where_the_teacher_says_so(placed, form, title):
    item = placed("lesson:1", form=form, title="Week one", text="<p>Draft <b>text</b></p>")

    assert item["title"] == title
    assert (item["text"] == "<p>Draft <b>text</b></p>") is bool(form)


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
        pytest.param(settings(accept_multiple=None, accept_lineitem=None, auto_create=None), id="flags null"),
        pytest.param(settings(title="\ud800", text="a\ud800b\x00"), id="halves of characters"),
        pytest.param(settings(data="\ud800", title="", text=" "), id="half a character as data"),
        pytest.param(settings(accept_types=["ltiResourceLink"] * 500, title="x" * 9000), id="endless"),
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
