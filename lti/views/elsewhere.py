"""Ways around a frame without cookies: the platform's page vouches, or a person goes on in a tab of their own.

Whoever posts here from a tab must do so from a page of ours: an attacker could hold a launch or a token of their own,
and would send somebody else's browser here with it.
"""

from dataclasses import dataclass
from typing import Any

from flask import jsonify, make_response, redirect, render_template, request, url_for
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from lti import frames
from lti.adapter.login import storage_key
from lti.errors import LaunchRefused, Reason
from lti.protocol.messages import Launch
from lti.protocol.origins import origin_of
from lti.services.hand_over import AT_ONCE, TO_READ, hand_over, own_path, take_over
from lti.services.logins import FoundLogin, move
from lti.views.blueprint import RefusedPage, bp, no_store, note, without_session
from lti.views.browsers import STORAGE_FIELD, from_own_page
from lti.views.cookies import keep_way_back
from lti.views.staying import RETURN_KEY
from portal.core.clock import real_now
from portal.core.db import transaction
from portal.core.errors import Refused
from portal.core.languages import N_
from portal.core.nav import FRAMED_KEY
from portal.courses.access import person_id
from portal.identity.sign_in import sign_in

# Of the session itself, not of what it is about; and a tab is no frame.
_NOT_CARRIED = {"_user_id", "_fresh", "_id", "_permanent", "csrf_token", FRAMED_KEY}


@dataclass(frozen=True)
class AskPage:
    """What the platform's page is asked for, and the form that carries its answer."""

    target: str
    origin: str
    key: str
    url: str
    fields: dict[str, str]
    answer_field: str = STORAGE_FIELD


@dataclass(frozen=True)
class TabPage:
    """The button that goes on in a tab. `name`: who goes on there, as the LMS calls them."""

    url: str
    fields: dict[str, str]
    name: str | None = None
    refused: RefusedPage | None = None
    next_url: str | None = None  # where the frame goes on if cookies live in it after all
    here_url: str | None = None  # asked whether they do


def ask(said: Launch, found: FoundLogin, state: str, id_token: str) -> Response:
    """Ask the platform's page for what it kept at the login. The state is not used yet."""
    frames.admit(said.return_url)
    page = AskPage(
        target=found.storage_target or "_parent",
        origin=origin_of(found.login.platform.auth_login_url) or "",
        key=storage_key(state),
        url=url_for("lti.launch"),
        fields={"id_token": id_token, "state": state},
    )
    return no_store(without_session("lti/ask.html", page))


def go_to_a_tab(said: Launch, state: str, id_token: str) -> Response:
    """The state is spent, nobody is let in; a click on this page lets them in, in a tab. Raises LaunchRefused."""
    frames.admit(said.return_url)
    with transaction() as session:
        fresh = move(session, state, at=real_now())
    refusal = LaunchRefused(Reason.BROWSER, "neither cookie nor storage; a tab is offered")
    page = TabPage(
        url=url_for("lti.launch"),
        fields={"id_token": id_token, "state": fresh},
        name=_called(said),
        refused=note(refusal, None),
    )
    return no_store(make_response(without_session("lti/tab.html", page), refusal.status))


def arrived(answer: Response) -> Response:
    """After the storage vouched: the page, if the session's cookie lives in this frame; else the way to a tab."""
    if answer.status_code != 303:  # a page that says why nobody entered
        return answer
    who = int(current_user.get_id())
    page = TabPage(
        url=url_for("lti.take_session_over"),
        fields={"token": _token(who, answer.location or "/")},
        next_url=answer.location,
        here_url=url_for("lti.say_who_is_here"),
    )
    return no_store(render_template("lti/tab.html", page=page))


@bp.get("/lti/here")
def say_who_is_here() -> ResponseReturnValue:
    """Whether a session came with this request: the script of a page in a frame asks."""
    return no_store(jsonify(here=bool(current_user.is_authenticated)))


@bp.post("/lti/hand-over")
def hand_session_over() -> ResponseReturnValue:
    """What the bar's "Open in its own tab" asks for. A script gets the token alone, others a page with a button."""
    who, path = person_id(), own_path(request.form.get("path", ""))
    token = _token(who, path, at_once=True)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return no_store(jsonify(token=token))
    page = TabPage(url_for("lti.take_session_over"), {"token": token})
    return no_store(without_session("lti/tab.html", page))


@bp.post("/lti/hand-over/take")
def take_session_over() -> ResponseReturnValue:
    """In the new tab: a session of its own, for the same person, on the same page."""
    if not from_own_page():
        raise Refused(N_("Open this from the course in your LMS."))
    with transaction() as session:
        taken = take_over(session, request.form.get("token", "")[:200], at=real_now())
    sign_in(taken.person_id)
    browser_session.update(taken.carried)
    answer = no_store(redirect(taken.path, 303))
    keep_way_back(answer, taken.carried.get(RETURN_KEY))
    return answer


def _token(who: int, path: str, *, at_once: bool = False) -> str:
    carried: dict[str, Any] = {k: v for k, v in browser_session.items() if k not in _NOT_CARRIED}
    with transaction() as session:
        return hand_over(session, who, path, carried, at=real_now(), lives=AT_ONCE if at_once else TO_READ)


def _called(said: Launch) -> str | None:
    names = said.names
    return names.name or " ".join(filter(None, (names.given_name, names.family_name))) or None
