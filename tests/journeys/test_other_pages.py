"""Pages outside a course and pages that say no: signed out, verifying, refused, with mistakes; the sample LMS's own."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import late_course
from tests.journeys.looking import mistakes_of

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

FALL = "Leadership and Organizing: Fall cohort, mid-course"
ENDED = "Leadership and Organizing: ended cohort"
NEW = late_course.UNCONNECTED


def is_in_order(visitor, page=None):
    mistakes = mistakes_of(page or visitor.page) + visitor.taken_troubles()
    assert not mistakes, "\n".join([visitor.page.url, *mistakes])


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [
        pytest.param("/c/fall/", 401, None, id="signed out"),
        pytest.param("/", 401, None, id="signed out, at the door"),
        pytest.param("/nowhere", 404, None, id="not there"),
        pytest.param("/verify", 200, "certificate", id="asking for a code"),
        pytest.param("/verify/0000-0000-0000-0000-0000", 404, None, id="a code that is none"),
        pytest.param("/lti/login", 400, None, id="a launch without anything"),
    ],
)
def test_what_anyone_sees(visitor, path, status, heading):
    anyone = visitor()
    anyone.expected = (status,)
    answer = anyone.page.goto(anyone.site.portal + path)
    assert answer.status == status
    expect(anyone.page.get_by_role("heading", level=1)).to_have_count(1)
    if heading:
        expect(anyone.page.get_by_role("heading", level=1)).to_contain_text(
            re.compile(heading, re.IGNORECASE)
        )
    is_in_order(anyone)


def test_certificates_that_were_replaced_and_the_one_that_counts(visitor):
    owner = visitor()
    owner.sign_in("Devon Carter", ENDED)
    owner.open("Course home")
    owner.page.goto(f"{owner.site.portal}/certificates")
    public = owner.page.get_by_role("link", name=re.compile("public page", re.IGNORECASE))
    codes = public.evaluate_all("links => links.map(link => link.href)")
    assert len(codes) == 2
    anyone = visitor()
    said = set()
    for code in codes:
        anyone.page.goto(code)
        said.add(anyone.page.get_by_role("heading", level=1).inner_text())
        is_in_order(anyone)
    assert said == {"Genuine and current", "Genuine, but replaced"}


def test_refusals_to_who_is_signed_in(visitor):
    learner = visitor()
    learner.sign_in("Sam Rivera", FALL)
    learner.open("Course home")
    learner.expected = (403, 404)
    for path, status in (("/c/fall/attendance", 403), ("/c/ended/", 404), ("/c/fall/lessons/99", 404)):
        assert learner.page.goto(learner.site.portal + path).status == status
        is_in_order(learner)


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_worksheet_with_mistakes(visitor, scripts):
    learner = visitor(java_script_enabled=scripts)
    learner.sign_in("Hana Quiet", FALL)
    learner.open("Course home")
    learner.expected = (422,)
    learner.page.goto(f"{learner.site.portal}/c/fall/work/narrative")
    learner.page.get_by_label("The one action you ask for").fill("Come to the huddle")
    learner.page.get_by_role("button", name=re.compile("^Submit")).click()
    expect(learner.page.get_by_text("need your attention")).to_be_visible()
    expect(learner.page.get_by_label("The one action you ask for")).to_have_value("Come to the huddle")
    if scripts:  # axe is one
        is_in_order(learner)
    learner.is_untroubled()


def test_an_expired_form_keeps_what_was_typed(visitor):
    learner = visitor()
    learner.sign_in("Hana Quiet", FALL)
    learner.open("Course home")
    learner.expected = (400,)
    learner.page.goto(f"{learner.site.portal}/c/fall/work/project-design")
    first = learner.page.locator("form#work textarea, form#work input[type=text]").first
    first.fill("A night shift worth keeping")
    learner.page.evaluate(
        """() => {
          const form = document.getElementById("work");
          form.querySelector("[name=csrf_token]").value = "expired";
          HTMLFormElement.prototype.submit.call(form);
        }"""
    )
    expect(learner.page.get_by_role("heading", level=1)).to_contain_text(
        re.compile("expired|again", re.IGNORECASE)
    )
    assert "A night shift worth keeping" in learner.page.content()
    is_in_order(learner)


@pytest.mark.parametrize(
    ("name", "course", "link", "says"),
    [
        pytest.param("Olga Petrova", FALL, "Course home", "Observers have no page", id="an observer"),
        pytest.param("Rosa Ibarra-Nuñez", NEW, "Open Lectern", "not open here yet", id="a learner too early"),
        pytest.param("Tina Marlowe", NEW, "Open Lectern", "", id="the teacher who connects it"),
    ],
)
def test_launches_that_open_no_course(visitor, name, course, link, says):
    someone = visitor()
    someone.expected = (403,)
    someone.sign_in(name, course)
    with someone.context.expect_page() as opened:
        someone.page.get_by_role("link", name=f"{link}, in a new tab").first.click()
    page = opened.value
    page.wait_for_url(re.compile(re.escape(someone.site.portal) + "/lti/.*"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(says)
    is_in_order(someone, page)


def test_the_sample_lms_itself(visitor):
    teacher = visitor()
    teacher.page.goto(teacher.site.lms)
    is_in_order(teacher)
    teacher.sign_in("Tina Marlowe", FALL)
    is_in_order(teacher)
    teacher.open("Course home")
    is_in_order(teacher)
    for tab in ("Grades", "People"):
        teacher.page.get_by_role("link", name=tab).click()
        expect(teacher.page.get_by_role("heading", level=1)).to_have_text(tab)
        is_in_order(teacher)
