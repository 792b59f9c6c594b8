"""`/certificates`: all of one's own, and their PDFs."""

import logging

from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue

from portal.certificates.models import Certificate
from portal.certificates.pages.items import item_with_trouble
from portal.certificates.pages.mine import enter_without_cohort, my_certificates_page
from portal.certificates.policy import content_disposition
from portal.certificates.queries import Trouble, certificate_for, troubles_of
from portal.certificates.services import report_lost_file, stored_pdf
from portal.core.db import reading, transaction
from portal.core.files import store
from portal.core.htmx import wants_fragment
from portal.courses.access import person_id
from portal.identity.models import Person

DRAWN_WITHIN_SECONDS = 3

log = logging.getLogger(__name__)


def register(bp: Blueprint) -> None:
    """The addresses of this file."""
    bp.get("/certificates")(mine)
    bp.get("/certificates/<code>.pdf")(download)
    bp.get("/certificates/<code>")(look)


def mine() -> str:
    """All certificates of the signed-in person, of every cohort they were in."""
    with reading() as session:
        page = my_certificates_page(session)
    return render_template("certificates/mine.html", page=page)


def download(code: str) -> ResponseReturnValue:
    """The bytes that were issued, for the owner and the cohort's course team.

    202 while they are being drawn, anew too when the store lost them; 503 when a person has to see to it first.
    """
    with reading() as session:
        who = person_id()
        certificate = certificate_for(session, code, who)
        pdf = stored_pdf(store(), certificate)
        if pdf is None:
            trouble = troubles_of(session, [certificate]).get(certificate.id)
            enter_without_cohort(session.get(Person, who))
    if pdf is None:
        return _unavailable(certificate, trouble)
    answer = Response(pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition(
        certificate.course_title, certificate.name, certificate.kind.value
    )
    answer.set_etag(certificate.pdf_sha256 or "")
    return answer


def _unavailable(certificate: Certificate, trouble: Trouble | None) -> Response:
    if trouble is not None:
        page = render_template("certificates/unavailable.html", code=certificate.code, lost=trouble.lost)
        return Response(page, status=503, mimetype="text/html")
    if certificate.pdf_key is not None:
        log.warning("The PDF of certificate %s is not in the store as it was issued", certificate.id)
        with transaction() as session:
            report_lost_file(session, certificate)
    page = render_template(
        "certificates/preparing.html", code=certificate.code, again=certificate.pdf_key is not None
    )
    answer = Response(page, status=202, mimetype="text/html")
    answer.headers["Retry-After"] = str(DRAWN_WITHIN_SECONDS)
    return answer


def look(code: str) -> ResponseReturnValue:
    """One certificate of one's list, for the page that waits for its PDF."""
    with reading() as session:
        certificate = certificate_for(session, code, person_id())
        item = item_with_trouble(session, certificate, str(certificate.facts["time_zone"]))
    if wants_fragment():
        return render_template("certificates/_item.html", item=item)
    return redirect("/certificates", 303)
