"""`POST /c/<cohort>/certificates/<kind>`: the learner asks for a certificate, with the name confirmed."""

import secrets

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.certificates.forms import has_claim, typed_of
from portal.certificates.models import Certificate
from portal.certificates.pages.claim import ce_page, credit_of
from portal.certificates.pages.items import item_of
from portal.certificates.policy import CertificateKind, random_code
from portal.certificates.services import confirm_name, issue_certificate
from portal.core.clock import course_now
from portal.core.db import transaction
from portal.core.errors import Conflict, Invalid
from portal.core.htmx import wants_fragment
from portal.courses.access import Member, learner_of
from portal.courses.queries import schedule_of
from portal.credit.policy import ReadClaim, read_claim
from portal.credit.services import claim_credit


def register(bp: Blueprint) -> None:
    """The addresses of this file."""
    bp.post("/c/<cohort>/certificates/completion")(ask_completion)
    bp.post("/c/<cohort>/certificates/ce")(ask_ce)


def ask_completion(cohort: str) -> ResponseReturnValue:
    """Issue the certificate of completion, or find the one there is."""
    with transaction() as session:
        me = learner_of(session, cohort)
        typed = request.form.get("name")
        try:
            with session.begin_nested():
                certificate = _issue(session, me, CertificateKind.COMPLETION, typed)
        except Invalid as mistake:
            return _ask_again(cohort, typed or "", mistake=mistake.message), mistake.status
        except Conflict as said:
            kept = typed is not None and _keep_name(session, me, typed)
            return _ask_again(cohort, typed or "", refused=said.message, kept=kept), said.status
        item = item_of(certificate, me.cohort.time_zone)
    if wants_fragment():
        return render_template("certificates/_issued.html", item=item)
    return redirect(f"/c/{cohort}/record", 303)


def ask_ce(cohort: str) -> ResponseReturnValue:
    """Keep the claim that came along, if one did, and issue the certificate of the claim that holds."""
    at = course_now()
    with transaction() as session:
        me = learner_of(session, cohort)
        credit = credit_of(me)
        typed = request.form.get("name")
        read = read_claim(request.form, credit) if has_claim(request.form) else None
        wrong_name = refused = ""
        try:
            if read is None or read.claim is not None:
                with session.begin_nested():
                    _claim_and_issue(session, me, read, typed)
            elif typed is not None:
                with session.begin_nested():
                    confirm_name(session, me.enrollment.person, typed)
        except Invalid as mistake:
            wrong_name = mistake.message
        except Conflict as said:
            refused = said.message
        page = ce_page(
            session, me, at=at, read=read, typed_name=typed, name_mistake=wrong_name, refused=refused
        )
    wrong = wrong_name or (read is not None and read.claim is None)
    status = 409 if refused else 422 if wrong else 200
    if wants_fragment():
        return render_template("certificates/_ce.html", page=page, sent=typed_of(request.form)), status
    if status != 200:
        return render_template("certificates/ce.html", page=page, sent=typed_of(request.form)), status
    return redirect(url_for(".ce", cohort=cohort), 303)


def _claim_and_issue(session: Session, me: Member, read: ReadClaim | None, typed: str | None) -> None:
    at = course_now()
    if read is not None and read.claim is not None:
        schedule = schedule_of(session, me)
        claim_credit(session, me.enrollment, schedule, read.claim, at=at)
    _issue(session, me, CertificateKind.CE, typed)


def _issue(session: Session, me: Member, kind: CertificateKind, typed: str | None) -> Certificate:
    at = course_now()
    return issue_certificate(
        session, me.enrollment, kind, at=at, new_code=lambda: random_code(secrets.randbits), name=typed
    )


def _keep_name(session: Session, me: Member, typed: str) -> bool:
    """For when the certificate can be issued; False where none can be printed with it."""
    try:
        confirm_name(session, me.enrollment.person, typed)
    except Invalid:
        return False
    return True


def _ask_again(cohort: str, typed: str, *, mistake: str = "", refused: str = "", kept: bool = False) -> str:
    template = "certificates/_ask.html" if wants_fragment() else "certificates/ask.html"
    return render_template(
        template,
        ask_url=f"/c/{cohort}/certificates/completion",
        record_url=f"/c/{cohort}/record",
        name=typed,
        mistake=mistake,
        refused=refused,
        kept=kept,
    )
