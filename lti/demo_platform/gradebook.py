"""The gradebook: a column per line item, every score that came, and the way to one learner's work."""

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import abort, render_template, url_for
from flask.typing import ResponseReturnValue

from lti.demo_platform.ags import plain
from lti.demo_platform.canvas_scores import is_attempt
from lti.demo_platform.pages import bp, course_of, role_of
from lti.demo_platform.state import Lms, lms
from lti.demo_platform.store import Row


@bp.get("/course/<course_id>/gradebook")
def gradebook(course_id: str) -> ResponseReturnValue:
    """A column per line item and a row per learner; a learner sees their own row."""
    me, course = course_of(course_id)
    here = lms()
    columns = [column for column in here.store.line_items(course_id) if _is_shown(here, column)]
    grades = {
        (grade["sub"], grade["line_item_id"]): grade
        for grade in here.store.all(
            "select grade.* from grade join line_item on line_item.id = line_item_id where course_id = ?",
            course_id,
        )
    }
    people = [person for person in here.store.members(course_id) if person["role"] == "learner"]
    if not here.is_staff(me, course_id):
        people = [person for person in people if person["sub"] == me["sub"]]
    rows = [
        {"person": person, "cells": [_cell(grades.get((person["sub"], column["id"]))) for column in columns]}
        for person in people
    ]
    heads = [{"label": column["label"], "maximum": plain(column["maximum"])} for column in columns]
    return render_template(
        "demo_platform/gradebook.html",
        course=course,
        heads=heads,
        rows=rows,
        reviews=_offers_review(here, me, course_id),
        role=role_of(me, course_id),
        tab="gradebook",
    )


def _is_shown(here: Lms, column: Row) -> bool:
    """A Canvas hides a second column of a link."""
    return not here.config.is_canvas or bool(column["of_activity"]) or column["link_id"] is None


def _offers_review(here: Lms, me: Row, course_id: str) -> bool:
    """Staff may open a learner's work in the tool; a Canvas has no message for it."""
    return here.is_staff(me, course_id) and not here.config.is_canvas


def _reviews(here: Lms, me: Row, course_id: str, person: Row) -> list[tuple[str, str]]:
    """By column of a link: its words, and the address that asks the tool for this person's work."""
    membership = here.store.membership(course_id, person["sub"])
    if not _offers_review(here, me, course_id) or membership is None or membership["role"] != "learner":
        return []
    return [
        (
            column["label"],
            url_for("oidc.review", course_id=course_id, link_id=column["link_id"], sub=person["sub"]),
        )
        for column in here.store.line_items(course_id)
        if column["of_activity"]
    ]


def _cell(grade: Row | None) -> str:
    return "" if grade is None or grade["score"] is None else f"{plain(round(grade['score'], 2))}"


@bp.get("/course/<course_id>/gradebook/<sub>")
def scores(course_id: str, sub: str) -> ResponseReturnValue:
    """Every score that came for one learner, newest first, the refused ones too."""
    me, course = course_of(course_id)
    here = lms()
    person = here.store.person(sub)
    if person is None or here.store.membership(course_id, sub) is None:
        abort(404)
    if me["sub"] != sub and not here.is_staff(me, course_id):
        abort(404)
    came = here.store.all(
        "select score.*, line_item.label from score join line_item on line_item.id = line_item_id "
        "where course_id = ? and sub = ? order by score.id desc limit 500",
        course_id,
        sub,
    )
    return render_template(
        "demo_platform/scores.html",
        course=course,
        person=person,
        reviews=_reviews(here, me, course_id, person),
        scores=[_arrival(row, me["timezone"], attempts=here.config.is_canvas) for row in came],
        role=role_of(me, course_id),
        tab="gradebook",
    )


def _arrival(row: Row, zone: str, *, attempts: bool) -> dict[str, Any]:
    said = json.loads(row["body"])
    said = said if isinstance(said, dict) else {}
    given, maximum = said.get("scoreGiven"), said.get("scoreMaximum")
    submission = said.get("submission")
    return {
        "label": row["label"],
        "score": "no score" if given is None else f"{given} of {maximum}",
        "progress": f"{said.get('activityProgress', '')}, {said.get('gradingProgress', '')}",
        "stated_at": said.get("timestamp", ""),
        "submitted_at": submission.get("submittedAt", "") if isinstance(submission, dict) else "",
        "comment": said.get("comment") or "",
        "came_at": datetime.fromisoformat(row["received_at"])
        .astimezone(ZoneInfo(zone))
        .strftime("%b %-d, %H:%M:%S"),
        "verdict": "Taken" if row["status"] == 200 else f"Refused, {row['status']} {row['reason']}".strip(),
        "taken": row["status"] == 200,
        "attempt": ("A new attempt" if is_attempt(said) else "No new attempt") if attempts else "",
    }
