"""`/c/<cohort>/ce`: the CE claim."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.certificates.forms import typed_of
from portal.certificates.pages.claim import ce_page, credit_of
from portal.certificates.services import confirm_name
from portal.core.clock import course_now
from portal.core.db import reading, transaction
from portal.core.errors import Conflict, Invalid
from portal.core.htmx import wants_fragment
from portal.courses.access import learner_of, member_of
from portal.courses.queries import schedule_of
from portal.credit.policy import read_claim
from portal.credit.services import claim_credit


def register(bp: Blueprint) -> None:
    """The addresses of this file."""
    bp.get("/c/<cohort>/ce", endpoint="ce")(show)
    bp.post("/c/<cohort>/ce")(claim)


def show(cohort: str) -> str:
    """Where the learner's credit stands, with the form to claim it; staff see the page without one."""
    with reading() as session:
        page = ce_page(session, member_of(session, cohort), at=course_now())
    return render_template("certificates/ce.html", page=page)


def claim(cohort: str) -> ResponseReturnValue:
    """Keep a claim without asking for its certificate yet."""
    at = course_now()
    with transaction() as session:
        me = learner_of(session, cohort)
        read = read_claim(request.form, credit_of(me))
        typed = request.form.get("name")
        wrong_name = refused = ""
        try:
            with session.begin_nested():
                if typed:
                    confirm_name(session, me.enrollment.person, typed)
                if read.claim is not None:
                    claim_credit(session, me.enrollment, schedule_of(session, me), read.claim, at=at)
        except Invalid as mistake:
            wrong_name = mistake.message
        except Conflict as said:
            refused = said.message
        page = ce_page(
            session, me, at=at, read=read, typed_name=typed, name_mistake=wrong_name, refused=refused
        )
    status = 409 if refused else 422 if wrong_name or read.claim is None else 200
    if wants_fragment():
        return render_template("certificates/_ce.html", page=page, sent=typed_of(request.form)), status
    if status != 200:
        return render_template("certificates/ce.html", page=page, sent=typed_of(request.form)), status
    return redirect(url_for(".ce", cohort=cohort), 303)
