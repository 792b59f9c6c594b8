"""A teacher opens a learner's work from the LMS's gradebook."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.looking import mistakes_of
from tests.journeys.two_sites import pressed

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

FALL = "Leadership and Organizing: Fall cohort, mid-course"


def test_from_the_gradebook_to_the_learners_work(visitor):
    teacher = visitor()
    teacher.sign_in("Tina Marlowe", FALL)
    teacher.page.get_by_role("link", name="Grades").click()
    teacher.page.get_by_role("link", name="Sam Rivera").click()
    expect(teacher.page.get_by_role("heading", name="Scores of Sam Rivera")).to_be_visible()
    assert mistakes_of(teacher.page) == []

    # The first: other journeys may have placed the same lesson again.
    lesson = teacher.page.get_by_role("link", name=re.compile("^Review: Lesson 3")).first
    tab = pressed(teacher.page, lesson)
    expect(tab).to_have_url(re.compile(r".*/c/[^/]+/participants/\d+.*"))
    expect(tab.get_by_role("heading", level=1)).to_contain_text("Sam Rivera")
    teacher.is_untroubled()

    learner = visitor()
    learner.sign_in("Sam Rivera", FALL)
    learner.page.get_by_role("link", name="Grades").click()
    learner.page.get_by_role("link", name="Sam Rivera").click()
    expect(learner.page.get_by_role("heading", name="Scores of Sam Rivera")).to_be_visible()
    expect(learner.page.get_by_role("link", name=re.compile("^Review"))).to_have_count(0)
    learner.is_untroubled()
