"""The way into the services: finds the handler by address and media type, checks the token, words refusals.

As in Moodle the media type picks the handler before anything else is looked at, so a wrong one is 400 "No
handler found", a wrong or weak token 401, and only then comes what is asked about.
"""

import json
import re
from dataclasses import replace

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from lti.demo_platform import dress
from lti.demo_platform.ags import (
    create_line_item,
    delete_line_item,
    list_line_items,
    read_line_item,
    update_line_item,
)
from lti.demo_platform.ags_scores import list_results, take_score
from lti.demo_platform.asked import (
    LINEITEM,
    LINEITEMS,
    MEMBERSHIPS,
    RESULTS,
    SCORE,
    Asked,
    Resource,
    ServiceRefused,
)
from lti.demo_platform.nrps import list_memberships
from lti.demo_platform.state import lms

bp = Blueprint("services", __name__)

_COURSE = r"/(?P<course>\w+)/lineitems"
_ITEM = _COURSE + r"/(?P<item>\d+)/lineitem"
_MEMBERSHIPS = r"/CourseSection/(?P<course>\w+)/bindings/(?P<binding>\w+)/memberships"
# The same resources at Canvas's addresses, where the LMS wears that dress.
_CANVAS_COURSE = r"/courses/(?P<course>\w+)"
_CANVAS_ITEM = _CANVAS_COURSE + r"/line_items/(?P<item>\d+)"
_CANVAS = {
    "lineitems": _CANVAS_COURSE + "/line_items",
    "lineitem": _CANVAS_ITEM,
    "scores": _CANVAS_ITEM + "/scores",
    "results": _CANVAS_ITEM + "/results",
    "memberships": _CANVAS_COURSE + "/names_and_roles",
}
RESOURCES = (
    Resource(
        "lineitems",
        re.compile(_COURSE),
        (LINEITEMS, LINEITEM),
        {"GET": list_line_items, "POST": create_line_item},
    ),
    Resource(
        "lineitem",
        re.compile(_ITEM),
        (LINEITEM,),
        {"GET": read_line_item, "PUT": update_line_item, "DELETE": delete_line_item},
    ),
    Resource("scores", re.compile(_ITEM + "/scores"), (SCORE,), {"POST": take_score}),
    Resource("results", re.compile(_ITEM + "/results"), (RESULTS,), {"GET": list_results}),
    Resource("memberships", re.compile(_MEMBERSHIPS), (MEMBERSHIPS,), {"GET": list_memberships}),
)


CANVAS_RESOURCES = tuple(replace(resource, path=re.compile(_CANVAS[resource.name])) for resource in RESOURCES)


def _resources() -> tuple[Resource, ...]:
    return CANVAS_RESOURCES if lms().config.is_canvas else RESOURCES


def refusal(refused: ServiceRefused) -> Response:
    if lms().config.is_canvas:
        status, words = dress.refusal(refused.status, refused.reason)
        return Response(json.dumps(words), status, content_type="application/json; charset=utf-8")
    if refused.media_type:
        answer = Response("", content_type=f"{refused.media_type}; charset=utf-8")
    else:
        about = {"method": request.method, "url": request.full_path.rstrip("?")}
        if "Accept" in request.headers:
            about["accept"] = request.headers["Accept"]
        if request.method != "GET" or "Accept" in request.headers:
            about["contentType"] = _content_type()
        body = {"status": refused.status, "reason": refused.reason, "request": about}
        answer = Response(json.dumps(body), content_type="application/json; charset=utf-8")
    # Moodle's reason phrase may hold a whole request body: bytes of UTF-8 in the status line, no line break.
    reason = re.sub(r"[\r\n]+", " ", refused.reason).strip()[:4000]
    answer.status = f"{refused.status} {reason.encode().decode('latin-1')}"
    return answer


def _content_type() -> str:
    return request.headers.get("Content-Type", "").split(";")[0].strip()


@bp.route("/lti/services/<path:path>", methods=["GET", "POST", "PUT", "DELETE"])
@bp.route("/api/lti/<path:path>", methods=["GET", "POST", "PUT", "DELETE"])
def call(path: str) -> ResponseReturnValue:
    accept = request.headers.get("Accept", "") if request.method == "GET" else ""
    sent = _content_type() if request.method in ("POST", "PUT") else ""
    try:
        for resource in _resources():
            place = resource.path.fullmatch("/" + path)
            if place and _fits(resource, accept, sent):
                handler = resource.handlers.get(request.method)
                if handler is None:
                    raise ServiceRefused(405, "Method Not Allowed")
                return handler(Asked(lms(), place.groupdict(), accept or sent))
        raise ServiceRefused(400, f"No handler found for /{path} {accept} {sent}")
    except ServiceRefused as refused:
        return refusal(refused)


def _fits(resource: Resource, accept: str, sent: str) -> bool:
    if request.method == "GET":
        return not accept or "*/*" in accept or accept in resource.media_types
    return request.method == "DELETE" or sent in resource.media_types


def service_name() -> str | None:
    """Which service the present request is about, for the journal and for trouble; None for pages."""
    fixed = {"oidc.authorize": "auth", "oidc.certs": "jwks", "tokens.token": "token"}
    if request.endpoint != "services.call":
        return fixed.get(request.endpoint or "")
    path = "/" + str((request.view_args or {}).get("path", ""))
    for resource in _resources():
        if resource.path.fullmatch(path):
            return resource.name
    return "unknown"
