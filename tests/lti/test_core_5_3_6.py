"""LTI Core 1.3, 5.3.6, user identity claims: who somebody is, and that names may be missing."""

import pytest
from sqlalchemy import func, select

from lti.demo_platform import DemoPlatform
from lti.errors import Reason
from portal.core.db import reading
from portal.identity.models import Person
from tests.lti.conftest import make_school


def test_names_may_be_missing(sqlite_school):
    answer = sqlite_school.launch("sam", "home", drop=["name", "given_name", "family_name", "email"])

    assert answer.status_code == 303
    assert sqlite_school.enrollment(sqlite_school.lms.person("sam")["sub"]).person.name is None


def test_a_name_that_is_absent_erases_nothing(sqlite_school):
    sqlite_school.launch("sam", "home")
    sqlite_school.launch("sam", "home", drop=["name", "given_name", "family_name", "email"])

    person = sqlite_school.enrollment(sqlite_school.lms.person("sam")["sub"]).person
    assert (person.name, person.email) == ("Sam Student", "sam@school.example")


def test_two_people_with_one_sub_on_two_platforms_are_two(sqlite_school):
    sqlite_school.launch("sam", "home")
    other = make_school(sqlite_school.world, DemoPlatform(base_url="https://other.example", client_id="c2"))
    other.connected(sqlite_school.world.cohort("spring"))
    other.launch("sam", "home")

    with sqlite_school.world.app.app_context(), reading() as session:
        assert session.scalar(select(func.count()).select_from(Person)) == 2


@pytest.mark.parametrize("how", [{"drop": ["sub"]}, {"claims": {"sub": None}}, {"claims": {"sub": ""}}])
def test_who_comes_unnamed_is_asked_to_sign_in_first(sqlite_school, refuses, how):
    # A visitor of a public Canvas course.
    answer = sqlite_school.launch("sam", "home", **how)

    refuses(answer, Reason.ANONYMOUS)
    assert "Please sign in to your LMS first" in answer.get_data(as_text=True)


@pytest.mark.parametrize("sub", ["0", "a b", "~!@#$%^&*()", "x" * 255, "A", "a"])
def test_any_ascii_may_name_somebody_to_the_letter(sqlite_school, sub):
    assert sqlite_school.launch("sam", "home", claims={"sub": sub}).status_code == 303
    assert sqlite_school.enrollment(sub).person.sub == sub
    assert sqlite_school.enrollment(sub.swapcase() if sub.swapcase() != sub else "other") is None


def test_an_email_says_nothing_of_who_somebody_is(sqlite_school):
    sqlite_school.launch("tina", "home")
    browser = sqlite_school.browser()
    sqlite_school.launch(
        "sam", "home", browser=browser, claims={"email": "tina@school.example", "name": "Tina Teacher"}
    )

    assert browser.get(f"/c/{sqlite_school.cohort.slug}/attendance").status_code == 403
    assert sqlite_school.kept()["person"] == 2
