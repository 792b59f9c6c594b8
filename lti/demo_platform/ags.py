"""Line items of Assignment and Grade Services 2.0 as a recorded Moodle has them."""

import re
from typing import Any

from flask import Response, request

from lti.demo_platform import dress
from lti.demo_platform.asked import LINEITEM, LINEITEMS, Asked, ServiceRefused, answer_json, json_body
from lti.demo_platform.config import SCOPE_LINEITEM, SCOPE_LINEITEM_READ
from lti.demo_platform.state import Lms
from lti.demo_platform.store import Row


def plain(number: float) -> int | float:
    """5.0 as 5, and at most five decimals."""
    rounded = round(number, 5)
    return int(rounded) if rounded == int(rounded) else rounded


def is_number(value: object) -> bool:
    """A number, or text that reads as one."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    return re.fullmatch(r"\s*[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,3})?", str(value)) is not None


def _line_item(here: Lms, row: Row) -> dict[str, Any]:
    said = {
        "id": here.config.lineitem_url(row["course_id"], row["id"]),
        "label": row["label"],
        "scoreMaximum": plain(row["maximum"]),
        "resourceId": row["resource_id"],
        "tag": row["tag"],
    }
    if here.config.is_canvas:
        return dress.line_item(here.config, said, row)
    return said | ({"resourceLinkId": row["link_id"], "ltiLinkId": row["link_id"]} if row["link_id"] else {})


def list_line_items(asked: Asked) -> Response:
    if asked.media_type not in ("", LINEITEMS):
        raise ServiceRefused(400, "No context or unsupported content type")
    asked.need(SCOPE_LINEITEM, SCOPE_LINEITEM_READ)
    wanted = dict(request.args)
    if "resource_link_id" in wanted:
        wanted["resource_link_id"] = _link_id(asked, wanted["resource_link_id"])
    filters = {"resource_link_id": "link_id", "resource_id": "resource_id", "tag": "tag"}
    rows = [
        row
        for row in asked.here.store.line_items(asked.course()["id"])
        if all(row[column] == wanted[name] for name, column in filters.items() if name in wanted)
    ]
    if asked.here.config.is_canvas:
        return _canvas_page(asked, rows)
    limit, start = request.args.get("limit", type=int), request.args.get("from", default=0, type=int)
    shown = rows[start : start + limit] if limit and limit > 0 else rows
    answer = answer_json([_line_item(asked.here, row) for row in shown], LINEITEMS)
    if limit and limit > 0 and start + limit < len(rows):
        # As recorded: markup's ampersands, typographer's quotes as bytes of UTF-8. Better ask for no pages.
        here = asked.here.config.lineitems_url(asked.place["course"])
        link = f"<{here}&amp;limit={limit}&amp;from={start + limit}>; rel=“next”"
        answer.headers["Link"] = link.encode().decode("latin-1")
    return answer


def _canvas_page(asked: Asked, rows: list[Row]) -> Response:
    """Ten a page."""
    size = min(max(request.args.get("limit", 10, type=int), 1), 100)
    size = min(max(request.args.get("per_page", size, type=int), 1), 100)
    page = max(request.args.get("page", 1, type=int), 1)
    shown = [_line_item(asked.here, row) for row in rows[(page - 1) * size : page * size]]
    answer = answer_json(shown, LINEITEMS)
    names = ("resource_link_id", "resource_id", "tag")
    kept = {name: request.args[name] for name in names if name in request.args}
    where = asked.here.config.lineitems_url(asked.place["course"])
    answer.headers["Link"] = dress.page_links(where, page, size, len(rows), kept)
    return answer


def _link_id(asked: Asked, said: str) -> str:
    """Our number of the link that a tool calls so; "" for none."""
    link = asked.here.link_said(asked.place["course"], said)
    return link["id"] if link else ""


def create_line_item(asked: Asked) -> Response:
    if asked.media_type != LINEITEM:
        raise ServiceRefused(400, "No context or unsupported content type")
    asked.need(SCOPE_LINEITEM)
    course, said = asked.course(), json_body()
    if not isinstance(said, dict) or not said.get("label") or "scoreMaximum" not in said:
        raise ServiceRefused(400, "No label or Score Maximum")
    _check_maximum(said)
    link_id = _link_id(asked, str(said["resourceLinkId"])) if said.get("resourceLinkId") else None
    if link_id == "":
        raise ServiceRefused(403, "Forbidden")
    number = asked.here.store.insert(
        "line_item",
        course_id=course["id"],
        label=str(said["label"]),
        maximum=float(said["scoreMaximum"]),
        resource_id=str(said.get("resourceId", "")),
        tag=str(said.get("tag", "")),
        link_id=link_id,
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
    link_id = _link_id(asked, str(said["resourceLinkId"])) if said.get("resourceLinkId") else None
    if link_id == "":
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
    row = asked.line_item()
    if asked.here.config.is_canvas and row["of_activity"]:
        return Response("", 401)  # made by a teacher or by Deep Linking: not the tool's to delete
    asked.here.store.write("update line_item set deleted = 1 where id = ?", row["id"])
    answer = Response("", content_type="text/html; charset=utf-8")
    answer.status = "204 OK"
    return answer


def _check_maximum(said: dict[str, Any]) -> None:
    if not is_number(said["scoreMaximum"]):
        raise ServiceRefused(400, "Bad Request")
    if len(str(said["label"])) > 255:
        raise ServiceRefused(502, "Bad Gateway", "text/html")
