"""`/c/<cohort>/certificates`: the course team's list, with replacing and revoking."""

import secrets

from flask import Blueprint, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.certificates.forms import CorrectionForm
from portal.certificates.pages.team import team_certificates_page
from portal.certificates.policy import random_code
from portal.certificates.queries import certificate_of_cohort
from portal.certificates.services import replace_certificate, revoke_certificate
from portal.core.clock import course_now
from portal.core.db import reading, transaction
from portal.core.errors import Invalid
from portal.courses.access import team_of


def register(bp: Blueprint) -> None:
    """The addresses of this file."""
    bp.get("/c/<cohort>/certificates", endpoint="of_cohort")(show)
    bp.post("/c/<cohort>/certificates")(correct)


def show(cohort: str) -> str:
    """The cohort's certificates, newest first; `?replace=` and `?revoke=` open a form under one."""
    asked = [(what, request.args[what]) for what in ("replace", "revoke") if what in request.args]
    with reading() as session:
        page = team_certificates_page(
            session,
            team_of(session, cohort),
            show=request.args.get("show", "all"),
            query=request.args.get("q", ""),
            opened=asked[0] if asked else ("", ""),
        )
    return render_template("certificates/team.html", page=page)


def correct(cohort: str) -> ResponseReturnValue:
    """Replace a certificate by one with another name, or revoke it; both with a reason."""
    at = course_now()
    with transaction() as session:
        me = team_of(session, cohort)
        form = CorrectionForm.parse(request.form)
        certificate = certificate_of_cohort(session, me.cohort_id, form.code)
        try:
            if form.action == "replace":
                replace_certificate(
                    session,
                    certificate,
                    name=form.name,
                    reason=form.reason,
                    by=me.person.id,
                    at=at,
                    new_code=lambda: random_code(secrets.randbits),
                )
            else:
                revoke_certificate(session, certificate, reason=form.reason, by=me.person.id, at=at)
        except Invalid as mistake:
            page = team_certificates_page(
                session,
                me,
                opened=(form.action, certificate.code),
                typed=(form.name, form.reason),
                mistake=mistake.message,
            )
            return render_template("certificates/team.html", page=page), mistake.status
    return redirect(f"/c/{cohort}/certificates", 303)
