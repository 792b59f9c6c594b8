"""A copied LMS course: new context, the same links. It chooses its own cohort; then its links open the same places."""

from typing import Any

import pytest

from lti.services import register
from portal.core.clock import real_now
from portal.core.db import transaction
from portal.courses.models import Role
from tests.builders.world import Browser


def copy(history: object = "2", link: str = "c-77", **more) -> dict[str, Any]:
    """Claims of a launch from the copy: new ids, the custom parameters of the original."""
    custom = {"destination": "lesson:1", "context_history": history}
    return {
        "lti:context": {"id": "copy-of-2", "title": "Leading, Spring 2027"},
        "lti:resource_link": {"id": link, "title": "Lesson 1"},
        "lti:custom": custom,
        "ags:endpoint": {},
        "nrps:namesroleservice": {},
    } | more


@pytest.fixture
def copied(school):
    """The original's cohort has a learner; a second cohort is offered for the copy."""
    school.launch("sam", "lesson:1")
    school.spring = school.world.cohort("spring-2027", name="Spring 2027")
    with school.world.app.app_context(), transaction() as session:
        register.offer(session, school.registration_id, cohort="spring-2027", at=real_now())
    return school


def test_learners_wait_and_do_not_land_in_the_old_cohort(copied):
    client = copied.browser()
    answer = copied.launch("zoe", "lesson:1", browser=client, claims=copy())

    assert answer.status_code == 200
    assert "not yet connected" in answer.get_data(as_text=True)
    assert copied.enrollment(copied.lms.person("zoe")["sub"]) is None
    assert client.get(f"/c/{copied.cohort.slug}/").status_code == 401


def test_the_instructor_gets_the_same_choice_and_reads_what_it_was_copied_from(copied):
    client = copied.browser()
    answer = copied.launch("tina", "lesson:1", browser=client, claims=copy("unknown,2,truncated"))

    assert answer.location == "/lti/connect"
    page = client.get("/lti/connect").get_data(as_text=True)
    assert "course was copied from “" in page
    assert f"which opens {copied.cohort.name}" in page


@pytest.mark.parametrize(
    "history",
    [
        "",
        "timed out",
        "$Context.id.history",
        None,
        2,
        True,
        ",,",
        "x" * 9000,
        "never-seen",
        "2\x00",
        "\ud800",
    ],
)
def test_an_odd_history_is_no_history(copied, history):
    client = copied.browser()
    answer = copied.launch("tina", "lesson:1", browser=client, claims=copy(history))

    assert answer.location == "/lti/connect"
    page = client.get("/lti/connect")
    assert page.status_code == 200
    assert history == 2 or "course was copied from" not in page.get_data(as_text=True)


def test_afterwards_the_copied_links_open_the_same_places_in_the_new_cohort(copied):
    client = copied.browser()
    copied.launch("tina", "lesson:1", browser=client, claims=copy())
    Browser(client).post("/lti/connect", {"cohort": "spring-2027"})

    for destination, path in (
        ("lesson:1", "lessons/1"), ("work:asset-map", "work/asset-map"), ("call:1", "calls/1"), ("record", "record"),
    ):  # fmt: skip
        custom = {"destination": destination, "context_history": "2"}
        answer = copied.launch(
            "zoe", "lesson:1", claims=copy(link=f"c-{destination}") | {"lti:custom": custom}
        )
        assert answer.location == f"/c/spring-2027/{path}"
    assert copied.enrollment(copied.lms.person("zoe")["sub"]).role is Role.LEARNER


def test_the_original_stays_where_it_is(copied):
    client = copied.browser()
    copied.launch("tina", "lesson:1", browser=client, claims=copy())
    Browser(client).post("/lti/connect", {"cohort": "spring-2027"})

    assert copied.launch("sam", "lesson:1").location == f"/c/{copied.cohort.slug}/lessons/1"


def test_a_course_of_another_registration_with_the_same_id_is_no_original(copied):
    from lti.demo_platform import DemoPlatform
    from tests.lti.conftest import make_school

    other = make_school(copied.world, DemoPlatform(base_url="https://other.example", client_id="other"))
    client = other.browser()
    other.launch("tina", "lesson:1", browser=client, claims=copy())

    assert "course was copied from" not in client.get("/lti/connect").get_data(as_text=True)
