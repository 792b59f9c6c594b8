"""The learner's pages: my cohorts, home, lessons and their ticks."""

from flask import Blueprint, Response, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.assignments.services import mark_item
from portal.core.clock import course_now
from portal.core.db import reading, transaction
from portal.core.errors import NotFound
from portal.core.htmx import wants_fragment
from portal.courses.access import learner_of, member_of, my_enrollments
from portal.courses.policy import is_before_opening
from portal.courses.queries import schedule_of
from portal.learning.calendar import calendar_of
from portal.learning.forms import TickForm, seconds_of
from portal.learning.pages.home import home_page
from portal.learning.pages.lesson import lesson_page, marked
from portal.learning.pages.locked import locked_page
from portal.learning.pages.my_cohorts import my_cohorts_page
from portal.learning.queries import seen_by

bp = Blueprint("learning", __name__)


@bp.get("/")
def index() -> ResponseReturnValue:
    """All cohorts of the person, also those they left."""
    with reading() as session:
        page = my_cohorts_page(session, my_enrollments(session))
    return render_template("learning/my_cohorts.html", page=page)


@bp.get("/c/<cohort>/")
def home(cohort: str) -> ResponseReturnValue:
    """The next step, the path, how far the certificates are."""
    with reading() as session:
        me = member_of(session, cohort)
        page = home_page(seen_by(session, me, me.reader, at=course_now()))
    return render_template("learning/home.html", page=page)


@bp.get("/c/<cohort>/lessons/<int:number>")
def lesson(cohort: str, number: int) -> ResponseReturnValue:
    """A lesson; before its release what it will hold."""
    with reading() as session:
        me = member_of(session, cohort)
        me.content.lesson(number)
        seen = seen_by(session, me, me.reader, at=course_now())
        if is_before_opening(seen.schedule.lesson(number), seen.now):
            return render_template("learning/lesson_locked.html", page=locked_page(seen, number))
        page = lesson_page(
            seen,
            number,
            video_id=request.args.get("video", ""),
            seconds=seconds_of(request.args.get("t", "")),
        )
    return render_template("learning/lesson.html", page=page)


@bp.post("/c/<cohort>/lessons/<int:number>/items/<item>")
def mark(cohort: str, number: int, item: str) -> ResponseReturnValue:
    """Tick, untick or count one item; the answer is the item and, out of band, what else it changed."""
    with transaction() as session:
        me = learner_of(session, cohort)
        form = TickForm.parse(request.form)
        asked = me.content.lesson(number)
        assignment = next((one for one in asked.assignments if one.id == item), None)
        if assignment is None:
            raise NotFound("This lesson has no such item.")
        now, schedule = course_now(), schedule_of(session, me)
        dates = schedule.assignment(item)
        mark_item(session, me, assignment, dates, done=form.done, count=form.count, at=now)
        seen = seen_by(session, me, me.reader, at=now, schedule=schedule)
        page = marked(seen, number, item)
    if wants_fragment():
        return render_template("learning/_marked.html", page=page)
    return redirect(f"/c/{cohort}/lessons/{number}#item-{item}", 303)


@bp.get("/c/<cohort>/calendar.ics")
def calendar(cohort: str) -> ResponseReturnValue:
    """The cohort's dates as they hold for this member, for calendar apps."""
    with reading() as session:
        me = member_of(session, cohort)
        seen = seen_by(session, me, me.reader, at=course_now())
        events = calendar_of(seen, current_app.extensions["settings"].base_url)
    answer = Response(events, mimetype="text/calendar")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{cohort}.ics")
    return answer
