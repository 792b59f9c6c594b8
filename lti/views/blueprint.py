"""The blueprint, and the page of a refusal."""

import logging
import secrets
from dataclasses import dataclass

from flask import Blueprint, make_response, render_template, request
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from lti import frames
from lti.errors import Advice, LaunchRefused, Reason
from lti.protocol.return_url import back_with
from lti.services.refusing import count_refusal
from lti.views.cookies import forget_cookie
from portal.core.clock import real_now
from portal.core.db import transaction
from portal.core.languages import _, moment_words, speak

bp = Blueprint("lti", __name__)
log = logging.getLogger(__name__)

MOST_BODY_BYTES = 256 * 1024
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is misread aloud


@dataclass(frozen=True)
class RefusedPage:
    """What somebody reads whose link did not open. No reason: that is in the log."""

    advice: Advice
    reference: str
    at_iso: str
    at_words: str
    still_signed_in: bool
    back_url: str | None = None


def refuse(refusal: LaunchRefused, state: str | None) -> Response:
    """The page of a refusal. Its count is kept, its state is gone, the session that was there stays."""
    answer = make_response(without_session("lti/refused.html", note(refusal, state)), refusal.status)
    if state:
        forget_cookie(answer, state)
    return no_store(answer)


def note(refusal: LaunchRefused, state: str | None) -> RefusedPage:
    """Count a refusal and write its reason into the log; what a page may say of it."""
    speak(*refusal.shown.locales)
    reference = "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(2))
    now = real_now()
    frames.admit(refusal.shown.return_url)
    with transaction() as session:
        count_refusal(
            session,
            refusal.reason,
            state,
            on_day=now.date(),
            registration_id=refusal.registration_id,
        )
    log.warning(
        "Launch refused: %s, %s, reference %s", refusal.reason.value, refusal.detail or "no detail", reference
    )
    return RefusedPage(
        advice=refusal.advice,
        reference=reference,
        at_iso=now.isoformat(timespec="minutes"),
        at_words=moment_words(now),
        still_signed_in=bool(current_user.is_authenticated),
        back_url=_back(refusal, reference),
    )


def _back(refusal: LaunchRefused, reference: str) -> str | None:
    """The way back into the LMS, for who came with a verified token alone."""
    if refusal.shown.return_url is None:
        return None
    words = _("Lectern could not open this link. Reference: %(reference)s", reference=reference)
    return back_with(refusal.shown.return_url, errormsg=words, errorlog=f"Lectern, reference {reference}")


def without_session(template: str, page: object) -> str:
    """A page that begins no session and changes none, though the frame around it asks for a CSRF token."""
    before, changed = set(browser_session), browser_session.modified
    html = render_template(template, page=page)
    for key in set(browser_session) - before:
        browser_session.pop(key)
    browser_session.modified = changed
    return html


def no_store(answer: ResponseReturnValue) -> Response:
    """The answer, kept by no cache."""
    made = make_response(answer)
    made.headers["Cache-Control"] = "no-store"
    return made


def posted() -> dict[str, list[str]]:
    """The form of this request, within bounds. Raises LaunchRefused."""
    request.max_content_length = MOST_BODY_BYTES
    try:
        return request.form.to_dict(flat=False)
    except RequestEntityTooLarge:
        raise LaunchRefused(Reason.FORM, "body too large", status=413) from None


def one(values: dict[str, list[str]], name: str, most: int) -> str | None:
    """The one value of a parameter; None where it is absent or empty. Raises LaunchRefused."""
    found = values.get(name, [])
    if len(found) > 1:
        raise LaunchRefused(Reason.FORM, f"{name} occurs twice")
    if found and len(found[0]) > most:
        raise LaunchRefused(Reason.FORM, f"{name} is too long", status=413)
    return found[0] if found and found[0] else None
