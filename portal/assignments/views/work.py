"""A worksheet's page: filled in, saved, handed in."""

import secrets

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.assignments.forms import WorkPost
from portal.assignments.pages.work import Shown, current_answers, work_page
from portal.assignments.queries import draft_of, page_elsewhere, submissions_of, work_of
from portal.assignments.sent import Outcome, Sent
from portal.assignments.services import receive
from portal.assignments.views.blueprint import bp
from portal.assignments.views.taking import Taken, files_taken, refuse_cut_off
from portal.core.clock import course_now
from portal.core.db import reading, transaction
from portal.core.htmx import wants_fragment
from portal.courses.access import learner_of, member_of
from portal.courses.services import take_turn


def _new_token() -> str:
    return secrets.token_urlsafe(16)


@bp.get("/c/<cohort>/work/<assignment>")
def show(cohort: str, assignment: str) -> ResponseReturnValue:
    """The worksheet as it stands: draft, or what was last handed in. Other items are on a page of another kind."""
    with reading() as session:
        me = member_of(session, cohort)
        if (elsewhere := page_elsewhere(me.content, assignment)) is not None:
            return redirect(f"/c/{cohort}/{elsewhere}")
        work = work_of(session, me.enrollment, me.content, assignment)
        page = work_page(
            session,
            me,
            work,
            now=course_now(),
            reader=me.reader,
            form_token=_new_token(),
            sent_version=request.args.get("sent", type=int),
        )
    return render_template("assignments/work.html", page=page)


@bp.post("/c/<cohort>/work/<assignment>")
def send(cohort: str, assignment: str) -> ResponseReturnValue:
    """Save the draft, change its rows and files, or hand in a version."""
    refuse_cut_off()
    post = WorkPost.parse(request.form, new_token=_new_token)
    now = course_now()
    with files_taken(cohort, assignment) as taken, transaction() as session:
        me = learner_of(session, cohort)
        take_turn(session, me.id)
        work = work_of(session, me.enrollment, me.content, assignment)
        earlier = current_answers(
            draft_of(session, me.id, assignment), submissions_of(session, me.id, assignment)
        )
        sent = Sent(
            post.answers(work.form, earlier),
            taken.stored,
            is_final=post.is_final and not taken.mistakes,
        )
        outcome = receive(session, me.enrollment, work, sent, writer=post.writer, at=now)
        taken.outcome = outcome
        mistakes = (*taken.mistakes, *outcome.mistakes)
        status = _status(outcome, taken)
        page = work_page(
            session,
            me,
            work,
            now=now,
            reader=me.reader,
            # The page that just wrote goes on as itself; one that sent its version becomes a new page.
            form_token=_new_token() if outcome.submission or outcome.copy else post.writer.token,
            shown=Shown(
                outcome.answers,
                mistakes,
                outcome.draft if outcome.is_conflict else None,
                is_refused=outcome.is_closed,
            )
            if status != 200
            else None,
            sent_version=outcome.submission.version if outcome.submission else None,
        )
    if wants_fragment():
        quiet = status == 200 and not outcome.submission and not post.change and not taken.stored
        return render_template(f"assignments/{'_saved' if quiet else '_sheet'}.html", page=page), status
    if status != 200:
        return render_template("assignments/work.html", page=page), status
    sent_version = outcome.submission.version if outcome.submission else None
    place = f"f-{post.field}-all" if post.change else None
    there = url_for(".show", cohort=cohort, assignment=assignment, sent=sent_version, _anchor=place)
    return redirect(there, 303)


def _status(outcome: Outcome, taken: Taken) -> int:
    if outcome.is_closed or outcome.is_conflict:
        return 409
    if taken.mistakes:
        return taken.status
    return 422 if outcome.mistakes else 200
