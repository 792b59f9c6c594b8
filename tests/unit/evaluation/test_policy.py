from datetime import UTC, datetime, timedelta

import pytest

from portal.core.form_engine.definition import Form
from portal.courses.dates import ItemDates
from portal.evaluation.policy import EvaluationState, given_and_needed, minutes_for, state_of

OPENS = datetime(2020, 12, 30, 5, 0, tzinfo=UTC)
DUE = datetime(2021, 1, 8, 4, 59, tzinfo=UTC)
CLOSES = datetime(2021, 2, 7, 4, 59, tzinfo=UTC)
DATES = ItemDates(OPENS, DUE, CLOSES)


@pytest.mark.parametrize(
    ("sent_at", "at", "state"),
    [
        pytest.param(None, OPENS - timedelta(seconds=1), EvaluationState.NOT_YET, id="a second too early"),
        pytest.param(None, OPENS, EvaluationState.OPEN, id="opens"),
        pytest.param(None, DUE + timedelta(days=1), EvaluationState.OPEN, id="late, still taken"),
        pytest.param(None, CLOSES + timedelta(seconds=59), EvaluationState.OPEN, id="in the last minute"),
        pytest.param(None, CLOSES + timedelta(minutes=1), EvaluationState.CLOSED, id="closed"),
        pytest.param(DUE, CLOSES + timedelta(days=9), EvaluationState.SENT, id="sent stays sent"),
    ],
)
def test_where_the_form_stands(sent_at, at, state):
    assert state_of(DATES, sent_at, at) is state


FORM = Form.model_validate(
    {
        "title": "Evaluation",
        "sections": [
            {
                "title": "All",
                "fields": [
                    {
                        "id": "overall",
                        "kind": "scale",
                        "from": 0,
                        "to": 5,
                        "label": "Overall",
                        "required": True,
                    },
                    {"id": "words", "kind": "long_text", "label": "Words"},
                    {
                        "id": "fit",
                        "kind": "choice",
                        "label": "Fit",
                        "options": ["yes", "no"],
                        "required": True,
                    },
                ],
            }
        ],
    }
)


def test_needed_answers_are_counted_zero_among_them():
    assert given_and_needed(FORM, {}) == (0, 2)
    assert given_and_needed(FORM, {"overall": 0, "words": "many"}) == (1, 2)
    assert given_and_needed(FORM, {"overall": 5, "fit": "a"}) == (2, 2)


def test_a_short_form_takes_five_minutes():
    assert minutes_for(FORM) == 5
