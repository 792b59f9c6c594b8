"""One call of a service, for its handler: what is asked, by which right, how answers and refusals look."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Response, request

from lti.demo_platform.state import Lms
from lti.demo_platform.store import Row

LINEITEM = "application/vnd.ims.lis.v2.lineitem+json"
LINEITEMS = "application/vnd.ims.lis.v2.lineitemcontainer+json"
SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"
MEMBERSHIPS = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"


class ServiceRefused(Exception):
    """`reason` goes into the status line and, without a `media_type` of its own, into a JSON body."""

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


def answer_json(value: object, media_type: str, status: int = 200) -> Response:
    body = json.dumps(value) if value is not None else ""
    return Response(body, status, content_type=f"{media_type}; charset=utf-8")


def json_body() -> object:
    """The posted JSON, or None: Moodle's parser says no more than that."""
    try:
        return json.loads(request.get_data(as_text=False).decode("utf-8"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        return None
