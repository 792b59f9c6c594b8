"""`/certificates`: all of one's own, and their PDFs."""

from flask import Blueprint, Response, redirect, render_template
from flask.typing import ResponseReturnValue

from portal.certificates.pages.items import item_of
from portal.certificates.pages.mine import enter_without_cohort, my_certificates_page
from portal.certificates.policy import content_disposition
from portal.certificates.queries import certificate_for
from portal.core.db import reading
from portal.core.files import store
from portal.core.htmx import wants_fragment
from portal.courses.access import person_id
from portal.identity.models import Person

DRAWN_WITHIN_SECONDS = 3


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
    """The stored bytes, for the owner and the cohort's course team; 202 while they are being drawn."""
    with reading() as session:
        who = person_id()
        certificate = certificate_for(session, code, who)
        key, course, name = certificate.pdf_key, certificate.course_title, certificate.name
        kind, tag = certificate.kind.value, certificate.pdf_sha256
        if key is None:
            enter_without_cohort(session.get(Person, who))
    if key is None:
        waiting = Response(
            render_template("certificates/preparing.html", code=certificate.code),
            status=202,
            mimetype="text/html",
        )
        waiting.headers["Retry-After"] = str(DRAWN_WITHIN_SECONDS)
        return waiting
    answer = Response(store().read(key), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = content_disposition(course, name, kind)
    answer.set_etag(tag or "")
    return answer


def look(code: str) -> ResponseReturnValue:
    """One certificate of one's list, for the page that waits for its PDF."""
    with reading() as session:
        certificate = certificate_for(session, code, person_id())
        item = item_of(certificate, str(certificate.facts["time_zone"]))
    if wants_fragment():
        return render_template("certificates/_item.html", item=item)
    return redirect("/certificates", 303)
