"""Assignment and Grade Services 2.0 as a recorded Moodle has them: line items, scores, results."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, request

from lti.demo_platform.config import (
    SCOPE_LINEITEM,
    SCOPE_LINEITEM_READ,
    SCOPE_RESULT_READ,
    SCOPE_SCORE,
)
from lti.demo_platform.services import (
    LINEITEM,
    LINEITEMS,
    RESOURCES,
    RESULTS,
    SCORE,
    Asked,
    Resource,
    ServiceRefused,
    answer_json,
    json_body,
)
from lti.demo_platform.state import Lms
from lti.demo_platform.store import Row

SERVER_ZONE = ZoneInfo("America/New_York")  # results state their times in the server's zone


def plain(number: float) -> int | float:
    """5.0 as 5, and at most five decimals."""
    rounded = round(number, 5)
    return int(rounded) if rounded == int(rounded) else rounded


def _line_item(here: Lms, row: Row) -> dict[str, Any]:
    said = {
        "id": here.config.lineitem_url(row["course_id"], row["id"]),
        "label": row["label"],
        "scoreMaximum": plain(row["maximum"]),
        "resourceId": row["resource_id"],
        "tag": row["tag"],
    }
    return said | ({"resourceLinkId": row["link_id"], "ltiLinkId": row["link_id"]} if row["link_id"] else {})


def list_line_items(asked: Asked) -> Response:
    if asked.media_type not in ("", LINEITEMS):
        raise ServiceRefused(400, "No context or unsupported content type")
    asked.need(SCOPE_LINEITEM, SCOPE_LINEITEM_READ)
    filters = {"resource_link_id": "link_id", "resource_id": "resource_id", "tag": "tag"}
    rows = [
        row
        for row in asked.here.store.line_items(asked.course()["id"])
        if all(row[column] == request.args[name] for name, column in filters.items() if name in request.args)
    ]
    limit, start = request.args.get("limit", type=int), request.args.get("from", default=0, type=int)
    shown = rows[start : start + limit] if limit and limit > 0 else rows
    answer = answer_json([_line_item(asked.here, row) for row in shown], LINEITEMS)
    if limit and limit > 0 and start + limit < len(rows):
        # As recorded: markup's ampersands and typographer's quotes, as bytes of UTF-8. Better not to ask for pages.
        here = asked.here.config.lineitems_url(asked.place["course"])
        link = f"<{here}&amp;limit={limit}&amp;from={start + limit}>; rel=“next”"
        answer.headers["Link"] = link.encode().decode("latin-1")
    return answer


def create_line_item(asked: Asked) -> Response:
    if asked.media_type != LINEITEM:
        raise ServiceRefused(400, "No context or unsupported content type")
    asked.need(SCOPE_LINEITEM)
    course, said = asked.course(), json_body()
    if not isinstance(said, dict) or not said.get("label") or "scoreMaximum" not in said:
        raise ServiceRefused(400, "No label or Score Maximum")
    _check_maximum(said)
    link_id = said.get("resourceLinkId")
    link = asked.here.store.link(str(link_id)) if link_id else None
    if link_id and (link is None or link["course_id"] != course["id"]):
        raise ServiceRefused(403, "Forbidden")
    number = asked.here.store.insert(
        "line_item",
        course_id=course["id"],
        label=str(said["label"]),
        maximum=float(said["scoreMaximum"]),
        resource_id=str(said.get("resourceId", "")),
        tag=str(said.get("tag", "")),
        link_id=str(link_id) if link_id else None,
        of_activity=0,
    )
    return answer_json(said | {"id": asked.here.config.lineitem_url(course["id"], number)}, LINEITEM, 201)


def read_line_item(asked: Asked) -> Response:
    asked.need(SCOPE_LINEITEM, SCOPE_LINEITEM_READ)
    return answer_json(_line_item(asked.here, asked.line_item()), LINEITEM)


def update_line_item(asked: Asked) -> Response:
    asked.need(SCOPE_LINEITEM)
    row, said = asked.line_item(), json_body()
    if not isinstance(said, dict) or not said.get("label") or "scoreMaximum" not in said:
        raise ServiceRefused(400, "Bad Request")
    _check_maximum(said)
    link_id = str(said["resourceLinkId"]) if said.get("resourceLinkId") else None
    if link_id and asked.here.store.link(link_id) is None:
        raise ServiceRefused(403, "Forbidden")
    asked.here.store.write(
        "update line_item set label = ?, maximum = ?, resource_id = ?, tag = ?, link_id = ? where id = ?",
        str(said["label"]),
        float(said["scoreMaximum"]),
        str(said.get("resourceId", "")),
        str(said.get("tag", "")),
        # An update replaces: what is not named is cleared; an activity's own column stays its own.
        row["link_id"] if row["of_activity"] else link_id,
        row["id"],
    )
    return answer_json(said | {"id": asked.here.config.lineitem_url(row["course_id"], row["id"])}, LINEITEM)


def delete_line_item(asked: Asked) -> Response:
    asked.need(SCOPE_LINEITEM)
    asked.here.store.write("update line_item set deleted = 1 where id = ?", asked.line_item()["id"])
    answer = Response("", content_type="text/html; charset=utf-8")
    answer.status = "204 OK"
    return answer


def _check_maximum(said: dict[str, Any]) -> None:
    if not _is_number(said["scoreMaximum"]):
        raise ServiceRefused(400, "Bad Request")
    if len(str(said["label"])) > 255:
        raise ServiceRefused(502, "Bad Gateway", "text/html")


def take_score(asked: Asked) -> Response:
    """Keeps every score that came, taken or refused; the gradebook shows both."""
    asked.need(SCOPE_SCORE)
    row = asked.line_item()
    said = json_body()
    sub = str(said.get("userId", "")) if isinstance(said, dict) else ""
    try:
        with asked.here.store.transaction():
            _grade(asked.here, row, said)
    except ServiceRefused as refused:
        _keep(asked.here, row, sub, said, refused.status, refused.reason.partition("{")[0])
        raise
    _keep(asked.here, row, sub, said, 200, "")
    return answer_json(None, SCORE)


def _keep(here: Lms, row: Row, sub: str, said: object, status: int, reason: str) -> None:
    here.store.insert(
        "score",
        line_item_id=row["id"],
        sub=sub,
        body=json.dumps(said, ensure_ascii=False),
        status=status,
        reason=reason,
        received_at=here.config.now().astimezone(UTC).isoformat(),
    )


def _grade(here: Lms, row: Row, said: object) -> None:
    incorrect = ServiceRefused(
        400, "Incorrect score received" + request.get_data().decode("utf-8", "replace"), SCORE
    )
    if not isinstance(said, dict):
        raise incorrect
    names = ("userId", "timestamp", "activityProgress", "gradingProgress")
    stated_at = _seconds(said.get("timestamp"))
    if any(not said.get(name) for name in names) or stated_at is None or not _score_makes_sense(said):
        raise incorrect
    sub = str(said["userId"])
    if not sub.isdecimal():
        raise ServiceRefused(502, "Bad Gateway", "text/html")
    member, person = here.store.membership(row["course_id"], sub), here.store.person(sub)
    if person is None or member is None or member["role"] != "learner":
        raise incorrect
    if person["test_user"]:
        raise ServiceRefused(422, "Test Student", SCORE)  # an older Canvas; Moodle has no such person
    before = here.store.one("select * from grade where line_item_id = ? and sub = ?", row["id"], sub)
    if before and stated_at <= before["stated_at"]:
        reason = f"Refusing score with an earlier timestamp for item {row['id']} and user {sub}"
        raise ServiceRefused(409, reason, SCORE)
    score, comment = None, None
    if said["gradingProgress"] == "FullyGraded" and said.get("scoreGiven") is not None:
        share = float(said["scoreGiven"]) / (float(said["scoreMaximum"]) or 1)
        score = min(max(share, 0.0), 1.0) * row["maximum"]
        comment = said.get("comment")
    if before and (before["score"], before["comment"]) == (score, comment):
        stated_at = before["stated_at"]  # an unchanged grade does not move the stored time
    here.store.upsert(
        "grade",
        ["line_item_id", "sub"],
        line_item_id=row["id"],
        sub=sub,
        score=score,
        comment=None if comment is None else str(comment),
        progress=str(said["activityProgress"]),
        grading=str(said["gradingProgress"]),
        stated_at=stated_at,
    )


def _score_makes_sense(said: dict[str, Any]) -> bool:
    if said.get("scoreGiven") is None:
        return True
    return _is_number(said["scoreGiven"]) and _is_number(said.get("scoreMaximum"))


def _is_number(value: object) -> bool:
    """A number, or text that reads as one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    return re.fullmatch(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", str(value)) is not None


def _seconds(timestamp: object) -> int | None:
    """Whole seconds since 1970, as Moodle compares them; without a zone UTC. None when it is no time."""
    if not isinstance(timestamp, str):
        return None
    try:
        stated = datetime.fromisoformat(timestamp)
        return int((stated if stated.tzinfo else stated.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None


def list_results(asked: Asked) -> Response:
    asked.need(SCOPE_RESULT_READ)
    row = asked.line_item()
    if "limit" in request.args:
        # As recorded: Moodle's pages of results end in an error page.
        return Response(render_template("demo_platform/invalid.html"), 404)
    grades = asked.here.store.all(
        "select * from grade where line_item_id = ? order by cast(sub as integer)", row["id"]
    )
    wanted = request.args.get("user_id")
    shown = [grade for grade in grades if wanted in (None, grade["sub"])]
    return answer_json([_result(asked.here, row, grade) for grade in shown], RESULTS)


def _result(here: Lms, row: Row, grade: Row) -> dict[str, Any]:
    item_url = here.config.lineitem_url(row["course_id"], row["id"])
    results_url = item_url.replace("/lineitem?", "/lineitem/results?")
    said: dict[str, Any] = {"id": f"{results_url}&user_id={grade['sub']}", "userId": grade["sub"]}
    if grade["score"] is None:
        return said
    said |= {"resultScore": plain(grade["score"]), "resultMaximum": plain(row["maximum"])}
    if grade["comment"]:
        said["comment"] = grade["comment"]
    stated = datetime.fromtimestamp(grade["stated_at"], SERVER_ZONE)
    return said | {"scoreOf": item_url, "timestamp": stated.isoformat()}


_COURSE = r"/(?P<course>\w+)/lineitems"
_ITEM = _COURSE + r"/(?P<item>\d+)/lineitem"
RESOURCES += [
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
]
