"""`/verify/<code>`: what anybody may know of a certificate."""

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.certificates.pages.verify import verify_json, verify_page
from portal.certificates.policy import read_code
from portal.certificates.queries import certificate_by_code
from portal.core.clock import course_now
from portal.core.db import reading
from portal.core.errors import NotFound


def register(bp: Blueprint) -> None:
    """The addresses of this file."""
    bp.get("/verify")(ask)
    bp.get("/verify/<code>.json")(as_json)
    bp.get("/verify/<code>")(show)


def ask() -> ResponseReturnValue:
    """A form for a code read off paper; it leads to the certificate's page."""
    typed = request.args.get("code", "")
    if code := read_code(typed):
        return redirect(f"/verify/{code}", 303)
    return _unlisted(render_template("certificates/verify_ask.html", typed=typed, unknown=bool(typed)))


def show(code: str) -> ResponseReturnValue:
    """Genuine and current, replaced, or revoked; an unknown code gets its own page."""
    with reading() as session:
        try:
            page = verify_page(session, certificate_by_code(session, code), at=course_now())
        except NotFound:
            page = None
    if page is None:
        answer = _unlisted(render_template("certificates/verify_ask.html", typed=code[:60], unknown=True))
        answer.status_code = 404
        return answer
    return _unlisted(render_template("certificates/verify.html", page=page))


def as_json(code: str) -> ResponseReturnValue:
    """The same for programs."""
    with reading() as session:
        found = verify_json(session, certificate_by_code(session, code))
    return _unlisted(jsonify(found))


def _unlisted(body: str | Response) -> Response:
    answer = make_response(body)
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer
