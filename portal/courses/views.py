"""The course page, and the files of the course."""

from flask import Blueprint, Response, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wsgi import FileWrapper

from portal.core.clock import course_now
from portal.core.db import reading
from portal.core.errors import Closed, NotFound
from portal.core.files import store
from portal.courses.access import member_of
from portal.courses.package.parts import StoredFile
from portal.courses.pages import course_page
from portal.courses.policy import dates_of_file, is_closed, is_open
from portal.courses.queries import schedule_of
from portal.courses.services import file_key

bp = Blueprint("courses", __name__)

# Shown by the page itself; everything else is a download.
SHOWN = ("video/", "text/vtt", "image/")
CALENDAR = "/c/<cohort>/calendar.ics"


@bp.get("/c/<cohort>/course")
def show(cohort: str) -> ResponseReturnValue:
    """About the course: objectives, faculty, pedagogy, dates, credit, fees."""
    with reading() as session:
        me = member_of(session, cohort)
        offered = any(rule.rule == CALENDAR for rule in current_app.url_map.iter_rules())
        calendar_url = CALENDAR.replace("<cohort>", cohort) if offered else None
        schedule = schedule_of(session, me)
        page = course_page(me.cohort, schedule, calendar_url=calendar_url, at=course_now())
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
    return _send(key, path, facts)


def _send(key: str, path: str, facts: StoredFile) -> Response:
    """The stored file with ranges and conditions, kept by this browser alone."""
    answer = Response(
        FileWrapper(store().open(key), 1 << 16), mimetype=facts.media_type, direct_passthrough=True
    )
    answer.content_length = facts.size
    answer.set_etag(facts.sha256)
    answer.cache_control.private = True
    answer.cache_control.max_age = 3600
    # Whatever is in it may not act, were it opened on its own.
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'; media-src 'self'"
    if not facts.media_type.startswith(SHOWN):
        name = path.rpartition("/")[2]
        answer.headers.set("Content-Disposition", "attachment", filename=name)
    answer.make_conditional(request, accept_ranges=True, complete_length=facts.size)
    return answer
