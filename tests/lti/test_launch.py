"""From the click to the page: who gets in, as what, and where."""

import pytest

from portal.courses.models import EnrollmentState, Role


def test_a_learner_comes_in_and_lands_on_the_page_of_the_link(school):
    answer = school.launch("sam", "lesson:1")

    assert (answer.status_code, answer.location) == (303, f"/c/{school.cohort.slug}/lessons/1")
    sam = school.enrollment(school.lms.person("sam")["sub"])
    assert (sam.role, sam.state, sam.person.name) == (Role.LEARNER, EnrollmentState.ACTIVE, "Sam Student")
