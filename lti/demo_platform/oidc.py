"""The browser's side: third-party login initiation, authentication request and answer, the key set."""

import json
import secrets
from typing import Any

from flask import Blueprint, abort, jsonify, make_response, render_template, request, session
from flask.typing import ResponseReturnValue

from lti.demo_platform import dress
from lti.demo_platform.authentication import InvalidRequest, answer_authentication
from lti.demo_platform.canvas_ids import login_hint_of
from lti.demo_platform.config import PlatformConfig
from lti.demo_platform.keys import current_key, key_set, sign
from lti.demo_platform.messages import deep_linking_claims, launch_claims, review_claims
from lti.demo_platform.state import Lms, lms
from lti.demo_platform.store import Row
from lti.demo_platform.tool import is_open

bp = Blueprint("oidc", __name__)


def initiation_fields(here: Lms, person: Row, link: Row, opens_in: str) -> dict[str, str]:
    """What the browser posts to the tool's login address, in Moodle's order; the launch is good once."""
    launch_id = f"ltilaunch{link['id']}_{secrets.randbelow(10**9)}"
    for_sub = link.get("for_sub")  # a submission review's
    here.store.insert(
        "launch",
        id=launch_id,
        sub=person["sub"],
        link_id=link["id"],
        opens_in=opens_in,
        used=0,
        for_sub=for_sub,
    )
    hint: dict[str, object] = {"cmid": int(link["id"])} if link["id"].isdecimal() else {}
    hint["launchid"] = launch_id
    return _login_fields(here.config, person, hint, link["target_link_uri"])


def _login_fields(
    config: PlatformConfig, person: Row, hint: dict[str, object], target: str | None = None
) -> dict[str, str]:
    fields = {
        "iss": config.issuer,
        "target_link_uri": target or config.redirect_urls[0],
        "login_hint": login_hint_of(config, person["sub"]),
        "lti_message_hint": json.dumps(hint, separators=(",", ":")),
        "client_id": config.client_id,
        "lti_deployment_id": config.deployment_id,
    }
    return dress.login_fields(config, fields) | _storage(config)


def _storage(config: PlatformConfig) -> dict[str, str]:
    # As Canvas does, in the login and in the launch alike.
    return {"lti_storage_target": config.storage_target} if config.storage_target else {}


def claims_of_launch(here: Lms, person: Row, link: Row, *, nonce: str, opens_in: str) -> dict[str, Any]:
    course = here.store.course(link["course_id"])
    assert course is not None  # a foreign key holds it
    said = launch_claims(
        here.config,
        person=person,
        membership=here.store.membership(course["id"], person["sub"]),
        course=course,
        link=link,
        line_item=here.store.line_item_of(link["id"]),
        school=here.school,
        nonce=nonce,
        opens_in=opens_in,
        at=here.config.now(),
    )
    return dress.claims(here.config, said, person, course, link.get("placement"))


def claims_of(here: Lms, person: Row, launch: Row, *, nonce: str) -> dict[str, Any]:
    """The claims of what was begun: a launch of a link, a review of work, or a selection of pages to place."""
    if "link_id" not in launch:
        return claims_of_selection(here, person, launch["course_id"], nonce=nonce, selection=launch)
    link = here.linked(launch["link_id"])
    assert link is not None
    said = claims_of_launch(here, person, link, nonce=nonce, opens_in=launch["opens_in"])
    return said if launch["for_sub"] is None else said | review_claims(here.config, launch["for_sub"])


def claims_of_selection(
    here: Lms, person: Row, course_id: str, *, nonce: str, selection: Row | None = None
) -> dict[str, Any]:
    course = here.store.course(course_id)
    if course is None:
        raise LookupError(f"the sample LMS has no course {course_id}")
    said = deep_linking_claims(
        here.config,
        person=person,
        membership=here.store.membership(course_id, person["sub"]),
        course=course,
        school=here.school,
        nonce=nonce,
        at=here.config.now(),
        selection=selection,
    )
    placement = (selection["placement"] if selection else "") or dress.CHOOSES
    return dress.claims(here.config, said, person, course, placement)


def selection_fields(here: Lms, person: Row, course_id: str, placement: str = "") -> dict[str, str]:
    """What the browser posts to the tool's login address, to choose pages to place. `placement`: a Canvas's."""
    launch_id = f"ltilaunch_ContentItemSelectionRequest{secrets.randbelow(10**9)}"
    here.store.insert(
        "selection",
        id=launch_id,
        sub=person["sub"],
        course_id=course_id,
        data=secrets.token_urlsafe(16),
        used=0,
        answered=0,
        placement=placement,
    )
    asking = here.config.placement(placement)
    return _login_fields(
        here.config, person, {"launchid": launch_id}, asking.target_link_uri if asking else None
    )


@bp.get("/launch/<link_id>")
def initiate(link_id: str) -> ResponseReturnValue:
    """The page in the frame or the new tab that posts itself to the tool's login address."""
    here = lms()
    person = here.store.person(session.get("sub", ""))
    link = here.linked(link_id)
    if person is None:
        return render_template("demo_platform/signed_out.html", in_frame=True), 401
    if link is None or not here.may_open(person, link) or not is_open(here.config, here.store):
        abort(404)
    opens_in = "window" if request.args.get("in") == "window" else link["opens_in"]
    fields = initiation_fields(here, person, link, opens_in)
    return post_page("Opening Lectern", here.config.login_url, fields)


@bp.get("/course/<course_id>/review/<link_id>/<sub>")
def review(course_id: str, link_id: str, sub: str) -> ResponseReturnValue:
    """From the gradebook: a member of staff asks the tool for one learner's work (LtiSubmissionReviewRequest)."""
    here = lms()
    person, link = here.store.person(session.get("sub", "")), here.store.link(link_id)
    if person is None:
        return render_template("demo_platform/signed_out.html", in_frame=False), 401
    its_own = link is not None and link["course_id"] == course_id and here.store.line_item_of(link_id)
    if not its_own or here.config.is_canvas or not here.is_staff(person, course_id):
        abort(404)
    if here.store.membership(course_id, sub) is None or not is_open(here.config, here.store):
        abort(404)
    assert link is not None
    fields = initiation_fields(here, person, link | {"for_sub": sub}, "window")
    return post_page("Opening Lectern", here.config.login_url, fields)


@bp.route("/lti/auth", methods=["GET", "POST"])
@bp.route("/api/lti/authorize", methods=["GET", "POST"])
def authorize() -> ResponseReturnValue:
    """The authentication request (OpenID Connect Core 3.2.2.1; LTI Security Framework 5.1.1.2)."""
    here = lms()
    person = here.store.person(session.get("sub", ""))
    if person is None and request.values.get("repost") is None:
        # The browser may have withheld a cookie on the way from another site: post to ourselves once more.
        return post_page("One moment", request.url, {"repost": "true"})
    if person is None:
        return render_template("demo_platform/signed_out.html", in_frame=True), 401
    try:
        address, fields, launch = answer_authentication(here, request.values, person["sub"])
    except InvalidRequest:
        return render_template("demo_platform/invalid.html"), 404
    if launch:
        nonce = request.values["nonce"]
        claims = claims_of(here, in_language(person), launch, nonce=nonce)
        fields = {"id_token": sign(claims, current_key(here.store))} | fields | _storage(here.config)
    if here.config.is_canvas:
        fields = dress.LEFT_OVERS | fields
    return post_page("Opening Lectern", address, fields)


def in_language(person: Row) -> Row:
    """The person as the LMS shows itself to them: in their own language, or in one they chose to try."""
    return person | {"locale": session.get("language") or person["locale"]}


@bp.get("/lti/certs")
@bp.get("/api/lti/security/jwks")
def certs() -> ResponseReturnValue:
    answer = jsonify(key_set(lms().store))
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


def post_page(title: str, address: str, fields: dict[str, str]) -> ResponseReturnValue:
    """A form that a small script sends at once, and a button for browsers without script."""
    page = make_response(
        render_template("demo_platform/post.html", title=title, address=address, fields=fields)
    )
    page.headers["Cache-Control"] = "no-store"
    return page
