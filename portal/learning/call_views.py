"""A learner's page of a call."""

from flask import Blueprint, render_template, request

from portal.attendance.queries import call_of, changes_of
from portal.core.clock import course_now
from portal.core.db import reading
from portal.core.nav import reader_zone
from portal.courses.access import member_of
from portal.learning.pages.call import call_page
from portal.learning.queries import seen_by

bp = Blueprint("calls", __name__)


@bp.get("/c/<cohort>/calls/<int:number>")
def show(cohort: str, number: int) -> str:
    """When it is and how to join; its recording once it is over; how it counts for the reader."""
    with reading() as session:
        me = member_of(session, cohort)
        call = call_of(session, me.cohort_id, number)
        seen = seen_by(session, me, reader_zone(me.person.time_zone), at=course_now())
        history = changes_of(session, me.cohort_id, number)
        page = call_page(seen, call, history, seconds=_seconds(), is_staff=me.is_staff)
    return render_template("learning/call.html", page=page)


def _seconds() -> float | None:
    asked = request.args.get("t", "")
    return float(asked) if asked.isascii() and asked.isdigit() and len(asked) < 7 else None
