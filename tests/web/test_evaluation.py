"""The evaluation: what was answered and who answered part for good."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from portal.completion.queries import standing_of
from portal.core.db import reading, transaction
from portal.core.form_engine.definition import ChoiceField, ScaleField
from portal.courses.models import DateOverride, Enrollment
from portal.courses.queries import content_of
from portal.evaluation.models import EvaluationDraft, EvaluationResponse, EvaluationSent
from portal.outbox.models import OutboxMessage

WRAP_UP = datetime(2027, 1, 5, 13, 30, tzinfo=UTC)  # day 103: the evaluation is open
CLOSED = datetime(2027, 2, 7, 5, 0, tzinfo=UTC)  # February 7, 0:00 ET: the last minute has just passed
URL = "/c/fall-2026/evaluation"


@pytest.fixture
def cohort(world):
    made = world.cohort("fall-2026")
    world.at(WRAP_UP)
    return made


@pytest.fixture
def learner(world, cohort):
    return world.learner(cohort, name="Nadia Rahman")


def answers_to(world, cohort):
    """An answer to every needed question, and some words."""
    with world.app.app_context(), reading() as session:
        form = content_of(session, cohort.course_version_id).evaluation_form
    assert form is not None
    given = {}
    for field in form.all_fields():
        if isinstance(field, ScaleField):
            given[field.id] = str(field.highest)
        elif isinstance(field, ChoiceField):
            given[field.id] = field.options[0]
        else:
            given[field.id] = f"My words on {field.id}"
    return given


def kept(world):
    with world.app.app_context(), reading() as session:
        return (
            session.scalars(select(EvaluationDraft)).all(),
            session.scalars(select(EvaluationSent)).all(),
            session.scalars(select(EvaluationResponse)).all(),
        )


def test_the_form_asks_once_for_each_objective_and_each_of_the_faculty(world, learner):
    page = world.browser(learner).get(URL).get_data(as_text=True)

    assert page.count("How far did the course meet this objective:") == 8
    for name in ("Derek Feeley", "Kate Hilton", "Jessica Perlo"):
        assert f"How well did {name} teach?" in page
    assert "Confidential." in page


def test_a_draft_is_kept_until_it_is_sent_and_then_gone(world, cohort, learner):
    browser = world.browser(learner)

    answer = browser.post(URL, {"action": "save", "best": "The calls", "overall": "4"})

    assert answer.status_code == 303
    page = browser.get(URL).get_data(as_text=True)
    assert "The calls" in page
    assert "Draft saved" in page
    browser.post(URL, answers_to(world, cohort) | {"action": "submit"})
    drafts, sent, responses = kept(world)
    assert (len(drafts), len(sent), len(responses)) == (0, 1, 1)


def test_what_is_sent_carries_no_instant_and_no_author(world, cohort, learner):
    world.browser(learner).post(URL, answers_to(world, cohort) | {"action": "submit"})

    _, _, (response,) = kept(world)
    assert len(response.id) == 32
    assert set(vars(response)) - {"_sa_instance_state"} == {"id", "cohort_id", "form", "answers"}
    assert response.answers["overall"] == 5
    assert response.answers["best"] == "My words on best"


def test_a_double_click_sends_once(world, cohort, learner):
    browser, data = world.browser(learner), answers_to(world, cohort) | {"action": "submit"}

    assert [browser.post(URL, data).status_code for _ in range(2)] == [303, 303]

    assert [len(rows) for rows in kept(world)] == [0, 1, 1]


def test_sending_counts_for_completion_and_is_told(world, cohort, learner):
    world.browser(learner).post(URL, answers_to(world, cohort) | {"action": "submit"})

    with world.app.app_context(), reading() as session:
        topics = session.scalars(select(OutboxMessage.topic)).all()
        who = session.get_one(Enrollment, learner.id)
        lines = standing_of(session, who, content_of(session, cohort.course_version_id)).requirements
    assert "progress_changed" in topics
    assert {line.kind.value: line.met for line in lines}["evaluation"] is True


def test_who_has_answered_is_thanked_with_the_day(world, cohort, learner):
    browser = world.browser(learner)
    browser.post(URL, answers_to(world, cohort) | {"action": "submit"})

    page = browser.get(URL).get_data(as_text=True)

    assert "Thank you. You sent it on" in page
    assert "Tuesday, January 5" in page
    assert "<textarea" not in page


def test_what_is_missing_is_named_and_what_was_typed_stays(world, cohort, learner):
    browser = world.browser(learner)
    data = answers_to(world, cohort) | {"action": "submit", "best": "Zoë’s “calls” & <more>"}
    del data["overall"], data["balanced"]

    answer = browser.post(URL, data)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "2 things need your attention" in page
    assert 'href="#f-overall"' in page
    assert "Zoë’s “calls” &amp; &lt;more&gt;" in page
    assert [len(rows) for rows in kept(world)] == [1, 0, 0]


def test_before_it_opens_the_page_says_when_and_takes_nothing(world, cohort, learner):
    world.at(datetime(2026, 11, 4, 15, 0, tzinfo=UTC))
    browser = world.browser(learner)

    assert "It opens on" in browser.get(URL).get_data(as_text=True)
    assert browser.post(URL, answers_to(world, cohort) | {"action": "submit"}).status_code == 409
    assert [len(rows) for rows in kept(world)] == [0, 0, 0]


def test_the_last_minute_still_counts(world, cohort, learner):
    world.at(CLOSED - timedelta(seconds=5))

    world.browser(learner).post(URL, answers_to(world, cohort) | {"action": "submit"})

    assert len(kept(world)[2]) == 1


def test_after_it_closes_nothing_is_taken_and_what_was_typed_is_shown_again(world, cohort, learner):
    world.at(CLOSED + timedelta(seconds=5))

    answer = world.browser(learner).post(URL, answers_to(world, cohort) | {"action": "submit"})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "The form closed on" in page
    assert "My words on best" in page
    assert [len(rows) for rows in kept(world)] == [0, 0, 0]


def test_a_learners_extension_opens_it_for_them_alone(world, cohort, learner):
    other = world.learner(cohort)
    with world.app.app_context(), transaction() as session:
        session.add(
            DateOverride(
                cohort_id=cohort.id,
                enrollment_id=learner.id,
                item="evaluation",
                date_field="closes",
                moved_to_at=CLOSED + timedelta(days=7),
                reason="Was ill",
                made_at=WRAP_UP,
            )
        )
    world.at(CLOSED + timedelta(days=1))
    data = answers_to(world, cohort) | {"action": "submit"}

    assert world.browser(learner).post(URL, data).status_code == 303
    assert world.browser(other).post(URL, data).status_code == 409


def test_htmx_gets_the_saved_line_alone(world, learner):
    answer = world.browser(learner).post(URL, {"action": "save", "overall": "4"}, htmx=True)

    body = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "1 of 18" in " ".join(body.replace("<b>", "").replace("</b>", "").split())
    assert "<form" not in body


def test_staff_see_how_many_have_answered_and_no_answer(world, cohort, learner):
    world.learner(cohort)
    world.learner(cohort, withdrawn=True)
    world.learner(cohort, is_test=True)
    world.browser(learner).post(URL, answers_to(world, cohort) | {"action": "submit"})

    page = world.browser(world.coach(cohort)).get(URL).get_data(as_text=True)

    assert "1 of 2 learners have answered" in page
    assert "My words" not in page
    assert world.browser(world.coach(cohort)).post(URL, {"action": "save"}).status_code == 403


def test_another_cohorts_learner_finds_no_evaluation(world, cohort):
    theirs = world.learner(world.cohort("spring-2027"))

    assert world.browser(theirs).get(URL).status_code == 404
    assert world.browser(theirs).post(URL, {"action": "save"}).status_code == 404


def test_two_clicks_at_once_send_one(world, cohort, learner):
    data = answers_to(world, cohort) | {"action": "submit"}
    browsers = [world.browser(learner) for _ in range(4)]
    for browser in browsers:
        assert browser.token

    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(lambda browser: browser.post(URL, data).status_code, browsers))

    assert answers == [303] * 4
    assert [len(rows) for rows in kept(world)] == [0, 1, 1]


def test_two_windows_that_save_a_first_draft_at_once_both_get_an_answer(world, cohort, learner):
    browsers = [world.browser(learner) for _ in range(4)]

    with ThreadPoolExecutor(4) as windows:
        answers = list(
            windows.map(lambda b: b.post(URL, {"action": "save", "best": "The calls"}).status_code, browsers)
        )

    assert answers == [303] * 4
    assert [len(rows) for rows in kept(world)] == [1, 0, 0]
