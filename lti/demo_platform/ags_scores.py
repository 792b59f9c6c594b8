"""Scores and results of AGS 2.0 as a recorded Moodle takes and gives them."""

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, render_template, request

from lti.demo_platform.ags import is_number, plain
from lti.demo_platform.asked import RESULTS, SCORE, Asked, ServiceRefused, answer_json, json_body
from lti.demo_platform.canvas_ids import sub_of
from lti.demo_platform.canvas_scores import Grade, graded
from lti.demo_platform.config import SCOPE_RESULT_READ, SCOPE_SCORE
from lti.demo_platform.state import Lms, lms
from lti.demo_platform.store import Row

SERVER_ZONE = ZoneInfo("America/New_York")  # results state their times in the server's zone


def take_score(asked: Asked) -> Response:
    """Keeps every score that came, taken or refused; the gradebook shows both."""
    asked.need(SCOPE_SCORE)
    row = asked.line_item()
    said = json_body()
    sub = str(said.get("userId", "")) if isinstance(said, dict) else ""
    number = asked.here.person_said(sub)
    try:
        with asked.here.store.transaction():
            _grade(asked.here, row, said, number)
    except ServiceRefused as refused:
        _keep(asked.here, row, number or sub, said, refused.status, refused.reason.partition("{")[0])
        raise
    _keep(asked.here, row, number or sub, said, 200, "")
    if asked.here.config.is_canvas:
        url = asked.here.config.lineitem_url(row["course_id"], row["id"])
        return answer_json({"resultUrl": f"{url}/results/{number}"}, SCORE)
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


def _grade(here: Lms, row: Row, said: object, number: str | None) -> None:
    incorrect = ServiceRefused(
        400, "Incorrect score received" + request.get_data().decode("utf-8", "replace"), SCORE
    )
    if not isinstance(said, dict):
        raise incorrect
    names = ("userId", "timestamp", "activityProgress", "gradingProgress")
    stated_at = _seconds(said.get("timestamp"))
    if any(not said.get(name) for name in names) or stated_at is None or not _score_makes_sense(said):
        raise incorrect
    before = here.store.one("select * from grade where line_item_id = ? and sub = ?", row["id"], number)
    take = graded if here.config.is_canvas else _moodle
    grade = take(here, row, said, number, stated_at, before)
    here.store.upsert(
        "grade",
        ["line_item_id", "sub"],
        line_item_id=row["id"],
        sub=number,
        score=grade.score,
        comment=grade.comment,
        progress=str(said["activityProgress"]),
        grading=str(said["gradingProgress"]),
        stated_at=grade.stated_at,
    )


def _moodle(
    here: Lms, row: Row, said: dict[str, Any], sub: str | None, stated: float, before: Row | None
) -> Grade:
    """The grade after this score. Compared are whole seconds. Raises ServiceRefused in Moodle's words."""
    if sub is None or not sub.isdecimal():
        raise ServiceRefused(502, "Bad Gateway", "text/html")
    member, person, stated_at = (
        here.store.membership(row["course_id"], sub),
        here.store.person(sub),
        int(stated),
    )
    if person is None or member is None or member["role"] != "learner":
        raise ServiceRefused(
            400, "Incorrect score received" + request.get_data().decode("utf-8", "replace"), SCORE
        )
    if person["test_user"]:
        raise ServiceRefused(422, "Test Student", SCORE)  # an older Canvas; Moodle has no such person
    if before and stated_at <= before["stated_at"]:
        reason = f"Refusing score with an earlier timestamp for item {row['id']} and user {sub}"
        raise ServiceRefused(409, reason, SCORE)
    score, comment = None, None
    if said["gradingProgress"] == "FullyGraded" and said.get("scoreGiven") is not None:
        share = float(said["scoreGiven"]) / (float(said["scoreMaximum"]) or 1)
        score = min(max(share, 0.0), 1.0) * row["maximum"]
        comment = None if said.get("comment") is None else str(said["comment"])
    if before and (before["score"], before["comment"]) == (score, comment):
        stated_at = before["stated_at"]  # an unchanged grade does not move the stored time
    return Grade(score, comment, stated_at)


def _score_makes_sense(said: dict[str, Any]) -> bool:
    if said.get("scoreGiven") is None:
        return True
    no_maximum = lms().config.is_canvas and said.get("scoreMaximum") is None  # refused in words of its own
    return is_number(said["scoreGiven"]) and (no_maximum or is_number(said.get("scoreMaximum")))


def _seconds(timestamp: object) -> float | None:
    """Seconds since 1970; without a zone UTC. None when it is no time."""
    if not isinstance(timestamp, str):
        return None
    try:
        stated = datetime.fromisoformat(timestamp)
        return (stated if stated.tzinfo else stated.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None


def list_results(asked: Asked) -> Response:
    asked.need(SCOPE_RESULT_READ)
    row = asked.line_item()
    if "limit" in request.args and not asked.here.config.is_canvas:
        # As recorded: Moodle's pages of results end in an error page.
        return Response(render_template("demo_platform/invalid.html"), 404)
    grades = asked.here.store.all(
        "select * from grade where line_item_id = ? order by cast(sub as integer)", row["id"]
    )
    wanted = request.args.get("user_id")
    wanted = asked.here.person_said(wanted) or "" if wanted else None
    shown = [grade for grade in grades if wanted in (None, grade["sub"])]
    return answer_json([_result(asked.here, row, grade) for grade in shown], RESULTS)


def _result(here: Lms, row: Row, grade: Row) -> dict[str, Any]:
    item_url = here.config.lineitem_url(row["course_id"], row["id"])
    results_url = item_url.replace("/lineitem?", "/lineitem/results?") + f"&user_id={grade['sub']}"
    if here.config.is_canvas:
        results_url = f"{item_url}/results/{grade['sub']}"
    said: dict[str, Any] = {"id": results_url, "userId": sub_of(here.config, grade["sub"])}
    if grade["score"] is None:
        return said
    said |= {"resultScore": plain(grade["score"]), "resultMaximum": plain(row["maximum"])}
    if grade["comment"]:
        said["comment"] = grade["comment"]
    stated = datetime.fromtimestamp(grade["stated_at"], SERVER_ZONE)
    return said | {"scoreOf": item_url, "timestamp": stated.isoformat()}
