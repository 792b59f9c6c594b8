"""The evaluation: one page to fill in, save and send."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.core.clock import course_now
from portal.core.db import reading, transaction
from portal.core.form_engine.checks import check
from portal.core.form_engine.parsing import parse
from portal.core.htmx import wants_fragment
from portal.courses.access import learner_of, member_of
from portal.courses.queries import schedule_of
from portal.courses.services import take_turn
from portal.evaluation.pages import count_page, evaluation_page, form_of
from portal.evaluation.policy import EvaluationState, state_of
from portal.evaluation.queries import draft_of, sent_at_of
from portal.evaluation.services import keep_draft, send_evaluation

bp = Blueprint("evaluation", __name__)


@bp.get("/c/<cohort>/evaluation")
def show(cohort: str) -> str:
    """The form for a learner; for staff how many have answered."""
    with reading() as session:
        me = member_of(session, cohort)
        if not me.is_learner:
            return render_template("evaluation/count.html", page=count_page(session, me, at=course_now()))
        page = evaluation_page(session, me, at=course_now())
    return render_template("evaluation/page.html", page=page)


@bp.post("/c/<cohort>/evaluation")
def answer(cohort: str) -> ResponseReturnValue:
    """Keep a draft (`action=save`), or send (`action=submit`)."""
    at = course_now()
    with transaction() as session:
        me = learner_of(session, cohort)
        take_turn(session, me.id)
        path, form = form_of(me)
        draft = draft_of(session, me.id)
        answers = parse(form, request.form, earlier=draft.answers if draft else {})
        state = state_of(schedule_of(session, me).evaluation(), sent_at_of(session, me.id), at)
        wrong = check(form, answers) if request.form.get("action") == "submit" else []
        if state is EvaluationState.OPEN and (wrong or request.form.get("action") != "submit"):
            keep_draft(session, me.enrollment, answers, at=at)
        elif state is EvaluationState.OPEN:
            send_evaluation(
                session, me.enrollment, path, form, answers, at=at, new_id=lambda: secrets.token_hex(16)
            )
        page = evaluation_page(session, me, at=at, typed=answers, mistakes=wrong)
    status = 200
    if state in (EvaluationState.CLOSED, EvaluationState.NOT_YET):
        status = 409
    elif state is EvaluationState.OPEN and wrong:
        status = 422
    if wants_fragment():
        saved = page.state is EvaluationState.OPEN and not wrong
        piece = "evaluation/_saved.html" if saved else "evaluation/_body.html"
        return render_template(piece, page=page), status
    if status != 200:
        return render_template("evaluation/page.html", page=page), status
    return redirect(url_for(".show", cohort=cohort), 303)
