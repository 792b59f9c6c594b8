"""One mapping from refusals to answers: a page, a notice for htmx, or problem+json."""

import logging
import secrets

from flask import Flask, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from portal.core.errors import NotFound, PortalError, SignedOut, TooLarge
from portal.core.htmx import wants_fragment
from portal.core.languages import ENGLISH, N_, _, is_said, speak

log = logging.getLogger(__name__)

_OTHER_WORDS = {
    400: N_("The request could not be read. Go back, reload the page and try again."),
    404: N_("There is no such page."),
    405: N_("This address does not take that kind of request."),
    413: N_("That is more than this page takes. Files may be up to 25 MB each."),
    415: N_("This address does not take that kind of content."),
}


class _CutOff(PortalError):
    status = 400
    title = N_("That did not arrive whole")


class _FormExpired(PortalError):
    title = N_("This form has expired")


class _FromElsewhere(PortalError):
    title = N_("Not from here")


def register_error_pages(app: Flask) -> None:
    """Answer every refusal in the same way, and everything unforeseen with a reference."""

    @app.errorhandler(PortalError)
    def refused(error: PortalError) -> ResponseReturnValue:
        return answer_for(error)

    @app.errorhandler(CSRFError)
    def expired(error: CSRFError) -> ResponseReturnValue:
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            # Shown again with a fresh token it would take one click to send what another site made up.
            return answer_for(
                _FromElsewhere(N_("This form was sent from another site. Nothing was changed."))
            )
        typed = [
            (key, value)
            for key, value in request.form.items(multi=True)
            if key not in ("csrf_token", "form_token") and value
        ]
        if not current_user.is_authenticated:  # no token of a session that is over would help
            words = [(key, value) for key, value in typed if len(value) > 2 and key != "action"]
            return answer_for(SignedOut(), typed=words)
        if request.mimetype == "multipart/form-data" and not request.form:  # the token was lost with the rest
            return answer_for(
                _CutOff(N_("What you sent was cut off on its way. Nothing of it was kept: send it again."))
            )
        message = N_(
            "This page was open too long, or your session changed. Send it again with the button below."
        )
        return answer_for(_FormExpired(message), typed=typed)

    @app.errorhandler(HTTPException)
    def http(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status < 400:
            return error.get_response()  # a redirect of the router's
        if status == 404:
            return answer_for(NotFound(_OTHER_WORDS[404]))
        if status == 413:
            return answer_for(TooLarge(_OTHER_WORDS[413]))
        other = PortalError(_OTHER_WORDS.get(status, N_("The request was refused.")))
        other.status = status
        answer = answer_for(other)
        if status == 405:
            answer.headers["Allow"] = ", ".join(sorted(getattr(error, "valid_methods", None) or ()))
        return answer

    @app.errorhandler(Exception)
    def unforeseen(error: Exception) -> ResponseReturnValue:
        reference = secrets.token_hex(4)
        log.exception("Unforeseen error, reference %s", reference)
        words = PortalError(
            N_("Something went wrong on our side. What you sent may not have been kept; try again.")
        )
        words.status = 500
        words.title = N_("Something went wrong")
        return answer_for(words, reference=reference)


def answer_for(
    error: PortalError, *, reference: str | None = None, typed: list[tuple[str, str]] | None = None
) -> Response:
    """The answer to one refusal, in the form that was asked for.

    `typed`: what a form held, shown again so that nothing is lost: with a fresh token, or, signed out, to copy.
    """
    if request.path.endswith(".json") or request.is_json:
        problem = {
            "type": "about:blank",
            "title": error.title,
            "status": error.status,
            "detail": error.message,
        }
        answer = jsonify(problem)
        answer.mimetype = "application/problem+json"
    else:
        whole_page = not wants_fragment() or isinstance(error, SignedOut)
        template = "errors/page.html" if whole_page else "errors/_notice.html"
        if not (whole_page and is_said(error.message) and is_said(error.title)):
            speak(ENGLISH)  # the course's own words, or a piece of its page: no page mixes two languages
        body = render_template(
            template,
            message=_(error.message),
            title=_(error.title),
            status=error.status,
            reference=reference,
            retry_after=error.retry_after_seconds,
            typed=typed or [],
            action=request.full_path.rstrip("?"),
        )
        answer = Response(body, mimetype="text/html")
        if whole_page and wants_fragment():
            answer.headers["HX-Retarget"] = "body"
            answer.headers["HX-Reswap"] = "innerHTML"
        elif not whole_page:  # a refusal never replaces the piece that was asked to change
            answer.headers["HX-Retarget"] = "#toasts"
            answer.headers["HX-Reswap"] = "innerHTML"
            answer.headers["HX-Reselect"] = "unset"
    answer.status_code = error.status
    answer.headers["Cache-Control"] = "no-store"
    if error.retry_after_seconds is not None:
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
    return answer
