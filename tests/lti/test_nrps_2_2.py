"""NRPS 2.0, 2.2, sharing of personal data: names and e-mails may be missing; what came once is kept."""

import pytest
from sqlalchemy import select

from lti.protocol.roles import ContextRole
from lti.protocol.roster import read_page
from portal.core.db import reading
from portal.identity.models import Person
from tests.lti.listing import CANVAS, MOODLE, body, cases, learner, sync


def test_names_and_addresses_are_kept_up_to_date_and_absent_ones_erase_nothing(staffed):
    first = learner("900", name="Ana  Silva", given_name="Ana", family_name="Silva", email="ana@x.example")
    staffed.lms.fail("memberships", 200, body=body(first))
    sync(staffed)
    staffed.lms.fail("memberships", 200, body=body(learner("900", name="Ana Souza", family_name="Souza")))
    sync(staffed)

    with staffed.world.app.app_context(), reading() as session:
        person = session.scalars(select(Person).where(Person.sub == "900")).one()
        assert (person.name, person.given_name, person.family_name, person.email) == (
            "Ana Souza", "Ana", "Souza", "ana@x.example",
        )  # fmt: skip


def test_names_escaped_as_moodle_does_are_plain(staffed):
    staffed.lms.fail("memberships", 200, body=body(learner("900", name="Sean  O&#039;Brien &amp; Co")))
    sync(staffed)

    with staffed.world.app.app_context(), reading() as session:
        assert session.scalar(select(Person.name).where(Person.sub == "900")) == "Sean O'Brien & Co"


def test_moodle_names_are_unescaped_and_words_are_roles():
    page = read_page(MOODLE["whole course, v2 accept"]["response"]["body"], "moodle")
    found = {one.names.name: one.standing.role for one in page.people}

    assert found["Sean  O'Brien & Co"] is ContextRole.LEARNER
    assert found["Tina Teacher"] is ContextRole.INSTRUCTOR


@pytest.mark.parametrize("name", ["privacy anonymous", "privacy name_only", "privacy email_only"])
def test_what_is_not_shared_is_absent(name):
    person = read_page(CANVAS[name]["response"]["body"], "canvas").people[0]

    assert person.is_there
    assert (person.names.name is None) == (name != "privacy name_only")
    assert (person.names.email is None) == (name != "privacy email_only")


def test_moodle_without_names():
    case = cases("moodle", "nrps-nothing-shared")["nothing shared: whole course"]

    assert all(one.names.name is None for one in read_page(case["response"]["body"], "moodle").people)
