"""My record: the page and the document say the same, exactly."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.core.db import transaction
from portal.courses.messages import ProgressChanged
from portal.courses.models import Cohort
from portal.courses.queries import content_of
from portal.outbox.services import post
from tests.web.test_completion import do_everything

END_OF_ACCESS = datetime(2027, 1, 8, 4, 59, 59, tzinfo=UTC)  # day 105 of a start on September 24, 2026


@pytest.fixture
def cohort(world):
    return world.cohort("fall-2026")


def complete(world, who, *, but=(), at=None):
    with world.app.app_context(), transaction() as session:
        cohort = session.get_one(Cohort, who.cohort_id)
        do_everything(session, who, content_of(session, cohort.course_version_id), at or world.now, but=but)
        post(session, ProgressChanged([who.id]))
    world.drain()


def record_of(world, who):
    answer = world.browser(who).get("/c/fall-2026/record.json")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.json


def test_a_new_learners_record_names_everything_that_is_missing(world, cohort):
    who = world.learner(cohort, name="Nadia Rahman")
    said = record_of(world, who)
    assert said["person"] == {"name": "Nadia Rahman"}
    assert said["access"] == {"state": "open", "ends": "2027-01-07T23:59:00-05:00"}
    lines = {line["kind"]: line for line in said["requirements"]}
    assert list(lines) == ["videos", "assignments", "calls", "evaluation"]
    assert [(line["done"], line["needed"], line["met"]) for line in lines.values()] == [
        (0, 21, False),
        (0, 10, False),
        (0, 4, False),
        (0, 1, False),
    ]
    urls = {item["id"]: item["url"] for line in lines.values() for item in line["missing"]}
    assert urls["l3-why"].startswith("/c/fall-2026/lessons/3")
    assert urls["profile"].startswith("/c/fall-2026/lessons/1")
    assert urls["asset-map"] == "/c/fall-2026/work/asset-map"
    assert urls["call-2"] == "/c/fall-2026/calls/2"
    assert urls["evaluation"] == "/c/fall-2026/evaluation"
    assert said["completed_at"] is None
    assert said["certificates"] == []
    assert said["rules_version"] == 1
    assert said["ce"]["maximum"] == 9


def test_one_who_has_done_everything_has_nothing_missing_and_is_asked_for_the_name(world, cohort):
    who = world.learner(cohort, name="Nadia Rahman")
    complete(world, who, at=world.now - timedelta(minutes=5))
    said = record_of(world, who)
    assert all(line["met"] and not line["missing"] for line in said["requirements"])
    assert said["completed_at"]
    assert [row["counts"] for row in said["attendance"]] == [True] * 4
    page = world.browser(who).get("/c/fall-2026/record").get_data(as_text=True)
    assert "Nothing stands between you and the certificate of completion." in page
    assert 'action="/c/fall-2026/certificates/completion"' in page
    assert 'value="Nadia Rahman"' in page


def test_the_page_says_in_words_and_links_what_the_document_lists(world, cohort):
    who = world.learner(cohort)
    complete(world, who, but=["l8-asking", "call-4"])
    page = world.browser(who).get("/c/fall-2026/record").get_data(as_text=True)
    assert "Two things stand between you and the certificate of completion: 1 video and 1 call." in page
    assert '<a href="/c/fall-2026/lessons/8?video=l8-asking#videos">“Asking for commitment”</a>' in page
    assert "20 of 21 watched" in page
    assert "3 of 4 attended or viewed" in page


def test_access_ends_with_its_whole_minute(world, cohort):
    who = world.learner(cohort)
    world.at(END_OF_ACCESS)
    assert record_of(world, who)["access"]["state"] == "open"
    world.at(END_OF_ACCESS + timedelta(seconds=1))
    assert record_of(world, who)["access"]["state"] == "ended"
    page = world.browser(who).get("/c/fall-2026/record").get_data(as_text=True)
    assert "It can no longer be done: access has ended" in page


def test_a_learner_of_another_cohort_gets_404_and_one_signed_out_401(world, cohort):
    stranger = world.learner(world.cohort("spring-2027"))
    for address in ("/c/fall-2026/record", "/c/fall-2026/record.json"):
        assert world.browser(stranger).get(address).status_code == 404
        assert world.browser().get(address).status_code == 401
    problem = world.browser(stranger).get("/c/fall-2026/record.json")
    assert problem.mimetype == "application/problem+json"
    assert problem.json["status"] == 404


def test_one_who_left_is_no_longer_in_the_course(world, cohort):
    gone = world.learner(cohort, withdrawn=True)
    assert world.browser(gone).get("/c/fall-2026/record").status_code == 404


def test_staff_see_the_page_and_no_record_of_their_own(world, cohort):
    coach = world.coach(cohort)
    assert world.browser(coach).get("/c/fall-2026/record").status_code == 200
    assert world.browser(coach).get("/c/fall-2026/record.json").status_code == 403


def test_the_record_takes_as_many_statements_in_a_cohort_of_500_as_of_5(world, queries):
    counts = []
    for size in (5, 500):
        cohort = world.cohort()
        who = world.learners(cohort, size)[0]
        browser = world.browser(who)
        browser.get(f"/c/{cohort.slug}/record")
        with queries() as counted:
            assert browser.get(f"/c/{cohort.slug}/record").status_code == 200
        counts.append(len(counted.statements))
    assert counts[0] == counts[1] <= 10
