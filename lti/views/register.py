"""GET /lti/register/<invite>: an LMS opens this page of ours to register us (Dynamic Registration 1.0)."""

import logging
from dataclasses import dataclass

from flask import make_response, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError
from werkzeug.wrappers import Response

from lti.adapter.registering import ask_to_register, fetch_configuration
from lti.protocol.origins import is_web_address
from lti.protocol.registration import RegistrationRefused, bearer_of, read_answer, read_configuration
from lti.protocol.registration_request import registration_request
from lti.protocol.services import in_words
from lti.runtime import Runtime, runtime
from lti.services import invites, keys
from lti.services.invites import HeldInvite, Joined
from lti.views.blueprint import bp, no_store, without_session
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.core.errors import PortalError

log = logging.getLogger(__name__)

_MOST_URL_CHARACTERS = 8000
# Whose page this will be framed by is known only once it has registered us: Canvas frames it on the school's own
# host. There is nothing here to click and no session, so there is nothing that framing could steal.
_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)


class _Incomplete(Exception):
    """The address was opened by hand: the LMS adds its own part."""

    def __init__(self, *, activates: bool) -> None:
        super().__init__("no openid_configuration")
        self.activates = activates


@dataclass(frozen=True)
class RegistrationPage:
    """How it went, for the administrator in front of their LMS. `joined` None: it did not come about.

    `may`, `may_not`: what the LMS lets Lectern do, in words. `activates`: whether the platform is let in at once.
    """

    joined: Joined | None
    refusal: str = ""
    by_hand: bool = False
    activates: bool = False
    may: tuple[str, ...] = ()
    may_not: tuple[str, ...] = ()


@bp.get("/lti/register/<invite>")
def register_platform(invite: str) -> ResponseReturnValue:
    """Register the platform that opened this, or say why not: then nothing is kept, and the invite lives on."""
    if request.method == "HEAD":  # a look ahead by whoever was sent the link uses nothing up
        return _answer(RegistrationPage(None, by_hand=True), 200)
    try:
        joined = _register(runtime(), invite)
    except _Incomplete as incomplete:
        return _answer(RegistrationPage(None, by_hand=True, activates=incomplete.activates), 400)
    except RegistrationRefused as refused:
        log.warning("A registration did not come about: %s", refused)
        return _answer(RegistrationPage(None, str(refused)), 422)
    except PortalError as refused:
        log.warning("A registration was refused: %s", refused.message)
        return _answer(RegistrationPage(None, refused.message), refused.status)
    log.info("Registration %s made, %s", joined.registration_id, "active" if joined.active else "pending")
    may, may_not = in_words(joined.scopes)
    return _answer(RegistrationPage(joined, may=may, may_not=may_not), 200)


def _register(doors: Runtime, invite: str) -> Joined:
    with reading() as session:
        activates = invites.require_live(session, invite, at=real_now())
    url, token = _asked(activates=activates)
    with transaction() as session:
        held = invites.hold(session, invite, at=real_now())
    try:
        return _join(doors, held, url, token)
    except BaseException:
        with transaction() as session:
            invites.release(session, held)
        raise


def _join(doors: Runtime, held: HeldInvite, url: str, token: str | None) -> Joined:
    """The platform is asked with no transaction open; then one keeps what came back."""
    allow_private = doors.settings.allow_loopback_platforms
    platform = read_configuration(
        fetch_configuration(doors.http, url, token), url, allow_private=allow_private
    )
    ask = registration_request(doors.tool, platform)
    answer = ask_to_register(doors.http, platform.registration_url, ask, token)
    granted = read_answer(answer, platform.scopes)
    try:
        with transaction() as session:
            joined = invites.use(session, held, platform, granted, allow_private=allow_private, at=real_now())
            keys.ensure_key(session, doors.seal, at=real_now())
    except IntegrityError:  # two invites, one platform, at the same moment
        raise RegistrationRefused(
            "Your LMS is being registered twice at once. Try again in a minute."
        ) from None
    return joined


def _asked(*, activates: bool) -> tuple[str, str | None]:
    """The configuration's address exactly as given, and the token. Raises RegistrationRefused, _Incomplete."""
    found = request.args.getlist("openid_configuration")
    if not found or not found[0]:
        raise _Incomplete(activates=activates)
    tokens = [token for token in request.args.getlist("registration_token") if token]
    if len(found) > 1 or len(tokens) > 1:
        raise RegistrationRefused("Your LMS sent a parameter twice.")
    url = found[0]
    if len(url) > _MOST_URL_CHARACTERS or not is_web_address(url):
        raise RegistrationRefused("Your LMS named no usable address of its configuration.")
    return url, bearer_of(tokens[0] if tokens else None)


def _answer(page: RegistrationPage, status: int) -> Response:
    html = without_session("lti/registration.html", page)
    answer = no_store(make_response(html, status))
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is a secret
    return answer
