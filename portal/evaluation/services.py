"""Keeping a draft, and sending: what was answered and who answered part here."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.core.form_engine.checks import given
from portal.core.form_engine.definition import Form
from portal.core.form_engine.values import Answers
from portal.courses.messages import ProgressChanged
from portal.courses.models import Enrollment
from portal.courses.services import take_turn
from portal.evaluation.models import EvaluationDraft, EvaluationResponse, EvaluationSent
from portal.evaluation.queries import draft_of, sent_at_of
from portal.outbox.services import post


def keep_draft(session: Session, enrollment: Enrollment, answers: Answers, *, at: datetime) -> None:
    """Keep what a learner has typed so far. Nothing is kept once the evaluation is sent."""
    take_turn(session, enrollment.id)
    if sent_at_of(session, enrollment.id) is not None:
        return
    draft = draft_of(session, enrollment.id)
    if draft is None:
        session.add(EvaluationDraft(enrollment_id=enrollment.id, answers=answers, revision=1, saved_at=at))
    elif draft.answers != answers:
        draft.answers = answers
        draft.revision += 1
        draft.saved_at = at
    session.flush()


def send_evaluation(
    session: Session,
    enrollment: Enrollment,
    form_path: str,
    form: Form,
    answers: Answers,
    *,
    at: datetime,
    new_id: Callable[[], str],
) -> bool:
    """Send checked answers. False when they were sent before: a double click sends once.

    The answers go under a random id without instant or author; that the learner has answered is a fact apart.
    """
    take_turn(session, enrollment.id)
    if sent_at_of(session, enrollment.id) is not None:
        return False
    session.add(EvaluationSent(enrollment_id=enrollment.id, sent_at=at))
    session.add(
        EvaluationResponse(
            id=new_id(), cohort_id=enrollment.cohort_id, form=form_path, answers=given(form, answers)
        )
    )
    if (draft := draft_of(session, enrollment.id)) is not None:
        session.delete(draft)
    post(session, ProgressChanged([enrollment.id]))
    session.flush()
    return True
