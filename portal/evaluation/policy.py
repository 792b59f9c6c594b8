"""The evaluation's states for one reader. Pure."""

from datetime import datetime
from enum import StrEnum

from portal.core.form_engine.definition import Form, needed
from portal.core.form_engine.values import Answers, is_blank
from portal.courses.dates import ItemDates
from portal.courses.policy import is_before_opening, is_closed

MINUTES_A_QUESTION = 0.45


class EvaluationState(StrEnum):
    """Where the form stands for one learner."""

    NOT_YET = "not_yet"
    OPEN = "open"
    SENT = "sent"
    CLOSED = "closed"


def state_of(dates: ItemDates, sent_at: datetime | None, at: datetime) -> EvaluationState:
    """Sent stays sent; else by the dates."""
    if sent_at is not None:
        return EvaluationState.SENT
    if is_before_opening(dates, at):
        return EvaluationState.NOT_YET
    return EvaluationState.CLOSED if is_closed(dates, at) else EvaluationState.OPEN


def given_and_needed(form: Form, answers: Answers) -> tuple[int, int]:
    """How many of the needed questions have an answer, of how many."""
    asked = [field for field in form.all_fields() if needed(field)]
    return sum(not is_blank(field, answers.get(field.id)) for field in asked), len(asked)


def minutes_for(form: Form) -> int:
    """About how long it takes, to the next five minutes."""
    questions = sum(1 for _ in form.all_fields())
    return max(5, round(questions * MINUTES_A_QUESTION / 5) * 5)
