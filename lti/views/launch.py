"""POST /lti/launch: form, state, browser, token, message; then one transaction that uses up and provisions.

A launch that is in order, but whose browser nothing vouches for, lets nobody in: lti.views.elsewhere.
"""

from flask import redirect, url_for
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import IntegrityError

from lti import frames
from lti.adapter.launch import check_token
from lti.errors import LaunchRefused, Reason
from lti.protocol.claims import LTI
from lti.protocol.messages import Launch
from lti.protocol.platform import RegisteredPlatform
from lti.protocol.token import MOST_TOKEN_CHARACTERS, read_token
from lti.runtime import runtime
from lti.services.framing import learn_framer
from lti.services.launch import Entered, MayConnect, Outcome, Stays
from lti.services.launch import launch as let_in
from lti.services.logins import FoundLogin, login_of, use_up
from lti.views import elsewhere
from lti.views.blueprint import bp, no_store, one, posted, refuse, without_session
from lti.views.browsers import Vouched, vouched
from lti.views.cookies import began_on, forget_cookie, keep_way_back
from lti.views.staying import RETURN_KEY, stays_page
from portal.core.clock import course_now, real_now
from portal.core.db import reading, transaction
from portal.core.languages import remember_language, speak
from portal.core.nav import FRAMED_KEY
from portal.identity.sign_in import sign_in

CONNECT_KEY = "lti_connect"  # our row of the LMS course that this session may connect
CHOOSE_KEY = "lti_choose"  # the Deep Linking request that goes on when that is done
_MOST_STATE_CHARACTERS = 512


@bp.post("/lti/launch")
def launch() -> ResponseReturnValue:
    """Let somebody in, or say why not. A refusal ends nothing that was there."""
    state: str | None = None
    try:
        values = posted()
        state = one(values, "state", _MOST_STATE_CHARACTERS)
        frames.admit(began_on(state) if state else None)
        said, found, by = _checked(values, state)
        speak(*said.shown.locales)
        platform = found.login.platform
        if by is Vouched.ASK:
            return elsewhere.ask(said, found, state or "", values["id_token"][0])
        if by is Vouched.NOTHING:
            return elsewhere.go_to_a_tab(said, state or "", values["id_token"][0])
        outcome = _provision(said, platform, state or "")
    except LaunchRefused as refusal:
        return refuse(refusal, state)
    answer = no_store(_answer(outcome, said, platform))
    if by is Vouched.STORAGE:
        answer = elsewhere.arrived(answer)
    elif by is Vouched.CLICK:  # in a tab by now, whatever the launch was meant for
        browser_session.pop(FRAMED_KEY, None)
    if not isinstance(outcome, Stays):
        keep_way_back(answer, said.return_url)
    forget_cookie(answer, state or "")
    return answer


def _checked(values: dict[str, list[str]], state: str | None) -> tuple[Launch, FoundLogin, Vouched]:
    """Every check that needs nothing written. Raises LaunchRefused."""
    doors, now = runtime(), real_now()
    if one(values, "error", 1000) is not None:
        raise LaunchRefused(Reason.PLATFORM_ERROR, "the platform sent an error")
    text = one(values, "id_token", MOST_TOKEN_CHARACTERS)
    if text is None or state is None:
        raise LaunchRefused(Reason.FORM, "id_token or state is missing")
    token = read_token(text)
    with reading() as session:
        found = login_of(session, state, token.claims.get(LTI + "deployment_id"), at=now)
    frames.launched_from(found.login.platform)
    by = vouched(found, state, values)
    # Somebody may read for a while before they click: a token that was good then has not grown old since.
    at = found.moved_at or now
    said = check_token(token, state, found.login, doors.keys, own_origin=doors.own_origin, at=at)
    return said, found, by


def _provision(said: Launch, platform: RegisteredPlatform, state: str) -> Outcome:
    for again in (True, False):
        try:
            with transaction() as session:
                now = real_now()
                use_up(session, state, at=now)
                learn_framer(session, platform, said.return_url)
                return let_in(session, said, platform.id, at=now, course_time=course_now())
        except IntegrityError:
            # Two first launches of one person at once (a page with three frames): the second finds the first's row.
            if not again:
                raise
    raise AssertionError("unreachable")


def _answer(outcome: Outcome, said: Launch, platform: RegisteredPlatform) -> ResponseReturnValue:
    # A dialog of the LMS may stand on another host of its than the course does (Canvas: the school's own).
    dialog = said.settings.return_url if said.settings else ""
    if isinstance(outcome, Stays):
        frames.admit(said.return_url, dialog)
        # Whoever was signed in here before is not the person of this launch.
        if browser_session:
            browser_session.clear()
        return without_session("lti/stays.html", stays_page(outcome, said, platform)), outcome.status
    sign_in(outcome.person_id)
    remember_language()
    if said.shown.is_framed:
        browser_session[FRAMED_KEY] = True
    browser_session[frames.SESSION_KEY] = frames.origins_of(platform, said.return_url, dialog)
    if said.return_url is not None:
        browser_session[RETURN_KEY] = said.return_url
    if isinstance(outcome, Entered):
        return redirect(outcome.path, 303)
    if isinstance(outcome, MayConnect):
        browser_session[CONNECT_KEY] = outcome.context_id
        if outcome.code is not None:
            browser_session[CHOOSE_KEY] = outcome.code
        return redirect(url_for("lti.show_choices"), 303)
    return redirect(url_for("lti.choose", request=outcome.code), 303)


@bp.get("/lti/launch")
def launch_again() -> ResponseReturnValue:
    """A reload or a typed address: nothing came with it."""
    answer = refuse(LaunchRefused(Reason.FORM, "not posted", status=405), None)
    answer.headers["Allow"] = "POST"
    return answer
