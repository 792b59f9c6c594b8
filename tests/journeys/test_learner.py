"""A learner, from the LMS's course page inside its frame to a certificate that anyone can verify."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import late_course, steps

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]


@pytest.mark.parametrize(
    ("sub", "scripts"),
    [pytest.param("701", True, id="with JavaScript"), pytest.param("702", False, id="without JavaScript")],
)
def test_from_the_course_page_to_a_verified_certificate(visitor, sub, scripts):
    name = " ".join(late_course.LEARNERS[sub])
    learner = visitor(java_script_enabled=scripts)
    learner.sign_in(name, late_course.TITLE)
    frame = learner.open("Course home")
    frame.get_by_role("link", name="Lesson 3. Public narrative").click()
    expect(frame.get_by_role("heading", name="Checklist")).to_be_visible()

    if scripts:
        steps.play_to_the_end(frame, "Coaching narrative")
    else:
        steps.read_the_transcript(frame, "Coaching narrative")
    steps.tick(frame, "Begin to share your narrative")
    expect(frame.get_by_text("2 of 3 required items done")).to_be_visible()

    frame.get_by_role("link", name="Submit a two-page story of self, us and now").click()
    steps.hand_in_the_narrative(frame)

    frame.get_by_role("link", name="My record").click()
    expect(frame.get_by_text("One thing stands between you and the certificate")).to_be_visible()
    assert not frame.get_by_role("button", name="Issue my certificate of completion").is_visible()
    frame.locator(".reqs").get_by_role("link", name=re.compile("evaluation", re.IGNORECASE)).click()
    steps.send_the_evaluation(frame)

    frame.get_by_role("link", name="See your record").click()
    record = f"{learner.site.portal}/c/{late_course.SLUG}/record"
    expect(frame.get_by_label("Your name as it shall stand on it")).to_have_value(name)
    frame.get_by_role("button", name="Issue my certificate of completion").click()
    pdf = frame.get_by_role("link", name="Download PDF")
    expect(pdf).to_be_visible()
    drawing = frame.get_by_text("being prepared")
    steps.reload_until(frame, record, lambda: not drawing.is_visible(), "the drawn certificate")
    assert steps.download(learner, pdf).startswith(b"%PDF-")

    with learner.context.expect_page() as opened:
        frame.get_by_role("link", name="Public page that verifies it").click()
    expect(opened.value.get_by_role("heading", name="Genuine and current")).to_be_visible()
    employer = visitor(java_script_enabled=scripts)
    employer.page.goto(opened.value.url)
    expect(employer.page.get_by_role("heading", name="Genuine and current")).to_be_visible()
    expect(employer.page.get_by_text(name)).to_be_visible()

    grades = f"{learner.site.lms}/course/{late_course.COURSE_ID}/gradebook"
    row = learner.page.get_by_role("row").filter(has_text=name)
    steps.reload_until(
        learner.page, grades, row.get_by_text("100", exact=True).is_visible, "the grade of 100"
    )

    employer.is_untroubled()
    learner.is_untroubled()
