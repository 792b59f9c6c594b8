"""LTI Core 1.3, 5.3.6, user identity claims: who somebody is, and that names may be missing."""

from sqlalchemy import func, select

from lti.demo_platform import DemoPlatform
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
