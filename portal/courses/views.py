"""The course page, and the files of the course."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.core.clock import course_now
from portal.core.db import reading
from portal.core.errors import Closed, NotFound
from portal.core.sending import send_stored
from portal.courses.access import member_of
from portal.courses.pages import course_page
from portal.courses.policy import dates_of_file, is_closed, is_open
from portal.courses.queries import schedule_of
from portal.courses.services import file_key

bp = Blueprint("courses", __name__)

# Shown by the page itself; everything else is a download.
SHOWN = ("video/", "text/vtt", "image/")


@bp.get("/c/<cohort>/course")
def show(cohort: str) -> ResponseReturnValue:
    """About the course: objectives, faculty, pedagogy, dates, credit, fees."""
    with reading() as session:
        me = member_of(session, cohort)
        page = course_page(me.cohort, schedule_of(session, me), at=course_now())
    return render_template("courses/course.html", page=page)


@bp.get("/c/<cohort>/files/<path:path>")
def file(cohort: str, path: str) -> ResponseReturnValue:
    """A file of the course, to members, while something that shows it is open. Staff have all of them."""
    with reading() as session:
        me = member_of(session, cohort)
        key = file_key(me.content, path)
        facts = me.content.files[path]
        dates = dates_of_file(schedule_of(session, me), path)
        if not dates:
            raise NotFound("This course has no such file.")
        now = course_now()
        if not me.is_staff and not any(is_open(each, now) for each in dates):
            over = all(is_closed(each, now) for each in dates)
            raise Closed("This lesson has closed." if over else "This lesson is not open yet.")
    answer = send_stored(key, facts.media_type)
    if not facts.media_type.startswith(SHOWN):
        answer.headers.set("Content-Disposition", "attachment", filename=path.rpartition("/")[2])
    return answer
