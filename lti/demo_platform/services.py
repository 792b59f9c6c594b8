"""The door of the services: finds the handler by address and media type, checks the token, words the refusals.

As in Moodle the media type picks the handler before anything else is looked at, so a wrong one is 400 "No handler
found", a wrong or weak token 401, and only then comes what is asked about.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from lti.demo_platform.state import Lms, lms
from lti.demo_platform.store import Row

bp = Blueprint("services", __name__)

LINEITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINEITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
MEMBERSHIPS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


class ServiceRefused(Exception):
    """`reason` goes into the status line and, unless the handler has a media type of its own, into a JSON body."""

    def __init__(self, status: int, reason: str, media_type: str | None = None) -> None:
        super().__init__(status, reason)
        self.status, self.reason, self.media_type = status, reason, media_type


@dataclass(frozen=True)
class Asked:
    """One call: what the address names, the media type that decides, the answer's door to the LMS."""

    here: Lms
    place: Mapping[str, str]
    media_type: str  # Accept of a GET, Content-Type of the others; "" when absent

    def need(self, *scopes: str) -> None:
        """401 unless the bearer token is alive and has one of the scopes."""
        if request.args.get("type_id", self.here.config.deployment_id) != self.here.config.deployment_id:
            raise ServiceRefused(401, "Unauthorized")
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        row = self.here.store.one("select * from access_token where token = ?", token)
        alive = row and row["ends_at"] > self.here.config.now().timestamp()
        if kind.lower() != "bearer" or not row or not alive or not set(scopes) & set(row["scopes"].split()):
            raise ServiceRefused(401, "Unauthorized")

    def course(self) -> Row:
        course = self.here.store.course(self.place["course"])
        if course is None:
            raise ServiceRefused(404, f"Not Found: Course {self.place['course']} doesn't exist")
        return course

    def line_item(self) -> Row:
        course, number = self.course(), self.place["item"]
        row = self.here.store.one(
            "select * from line_item where id = ? and course_id = ? and not deleted", number, course["id"]
        )
        if row is None:
            raise ServiceRefused(404, f"Not Found: Grade item {number} doesn't exist")
        return row


Handler = Callable[[Asked], Response]


@dataclass(frozen=True)
class Resource:
    name: str
    path: re.Pattern[str]
    media_types: tuple[str, ...]
    handlers: Mapping[str, Handler]


RESOURCES: list[Resource] = []  # filled by ags.py and nrps.py


def answer_json(value: object, media_type: str, status: int = 200) -> Response:
    body = json.dumps(value) if value is not None else ""
    return Response(body, status, content_type=f"{media_type}; charset=utf-8")


def refusal(refused: ServiceRefused) -> Response:
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
    # Moodle's reason phrase may hold a whole request body: bytes of UTF-8 in the status line, never a line break.
    reason = re.sub(r"[\r\n]+", " ", refused.reason).strip()[:4000]
    answer.status = f"{refused.status} {reason.encode().decode('latin-1')}"
    return answer


def _content_type() -> str:
    return request.headers.get("Content-Type", "").split(";")[0].strip()


@bp.route("/lti/services/<path:path>", methods=["GET", "POST", "PUT", "DELETE"])
def call(path: str) -> ResponseReturnValue:
    accept = request.headers.get("Accept", "") if request.method == "GET" else ""
    sent = _content_type() if request.method in ("POST", "PUT") else ""
    try:
        for resource in RESOURCES:
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


def json_body() -> object:
    """The posted JSON, or None: Moodle's parser says no more than that."""
    try:
        return json.loads(request.get_data(as_text=False).decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None


def service_name() -> str | None:
    """Which service the present request is about, for the journal and for trouble; None for pages."""
    fixed = {"oidc.authorize": "auth", "oidc.certs": "jwks", "tokens.token": "token"}
    if request.endpoint != "services.call":
        return fixed.get(request.endpoint or "")
    path = "/" + str((request.view_args or {}).get("path", ""))
    for resource in RESOURCES:
        if resource.path.fullmatch(path):
            return resource.name
    return "unknown"
