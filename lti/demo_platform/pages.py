"""The pages people click through: sign-in, course, a tool in its frame, gradebook, roster."""

import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from flask import Blueprint, Flask, abort, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from lti.demo_platform.state import is_administrator, lms
from lti.demo_platform.store import Row

bp = Blueprint("pages", __name__)

LANGUAGES = {
    "": "",
    "en": "English",
    "en-GB": "English (UK)",
    "es": "Español",
    "fr": "Français",
    "ar": "العربية",
}
ROLE_WORDS = {
    "teacher": "Teacher",
    "teaching_assistant": "Teaching assistant",
    "learner": "Student",
    "observer": "Observer",
    "designer": "Course designer",
}


@bp.app_context_processor
def _frame() -> dict[str, object]:
    here = lms()
    return {
        "me": here.store.person(session.get("sub", "")),
        "school": here.school,
        "languages": LANGUAGES,
        "language": session.get("language", ""),
        "role_words": ROLE_WORDS,
        "storage_target": here.config.storage_target,
        "storage_frame_url": here.config.shared_url + "/post_message_forwarding"
        if here.config.has_shared_host
        else url_for("pages.storage"),
        "shared_origin": here.config.shared_origin if here.config.has_shared_host else "",
        "navigation": here.config.placement("course_navigation") if here.config.is_canvas else None,
    }


def signed_in() -> Row:
    """Who is signed in; nobody: 401."""
    person = lms().store.person(session.get("sub", ""))
    if person is None:
        abort(401)
    return person


def course_of(course_id: str) -> tuple[Row, Row]:
    """Who is signed in, and a course they may see; another one is not there."""
    me = signed_in()
    course = lms().store.course(course_id)
    if course is None or not lms().may_see(me, course_id):
        abort(404)
    return me, course


def course_page(template: str, course_id: str, **values: object) -> str:
    """A page of the course, for who may see it."""
    me, course = course_of(course_id)
    return render_template(template, course=course, role=role_of(me, course_id), tab="course", **values)


@bp.get("/")
def sign_in() -> ResponseReturnValue:
    """Everyone, by course; one click signs in."""
    here = lms()
    if request.host != urlsplit(here.config.base_url).netloc:
        return redirect(here.config.base_url)  # localhost and 127.0.0.1 have different cookies
    groups: list[dict[str, Any]] = []
    enrolled: set[str] = set()
    for course in here.store.courses():
        members = here.store.members(course["id"])
        enrolled |= {person["sub"] for person in members}
        shown = [person for person in members if person["featured"]]
        others = [person for person in members if not person["featured"]]
        groups.append({"course": course, "shown": shown, "others": others})
    elsewhere = [person for person in here.store.people() if person["sub"] not in enrolled]
    return render_template("demo_platform/sign_in.html", groups=groups, elsewhere=elsewhere)


@bp.post("/sign-in")
def choose() -> ResponseReturnValue:
    here = lms()
    person = here.store.person(request.form.get("sub", ""))
    if person is None:
        abort(404)
    session.clear()
    session.permanent = True
    session["sub"] = person["sub"]
    course_id = request.form.get("course", "")
    if here.store.course(course_id) and here.may_see(person, course_id):
        return redirect(url_for(".course", course_id=course_id), 303)
    return redirect(url_for(".courses"), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    session.clear()
    return redirect(url_for(".sign_in"), 303)


@bp.post("/language")
def choose_language() -> ResponseReturnValue:
    """Which language the LMS says it shows itself in, with each launch from now on; "": the person's own."""
    language = request.form.get("language", "")
    if language not in LANGUAGES:
        abort(404)
    session["language"] = language
    back = urlsplit(request.form.get("back", ""))
    return redirect(back.path if back.path.startswith("/") and not back.netloc else url_for(".courses"), 303)


@bp.get("/courses")
def courses() -> ResponseReturnValue:
    me = signed_in()
    mine = [course for course in lms().store.courses() if lms().may_see(me, course["id"])]
    return render_template("demo_platform/courses.html", courses=mine)


@bp.get("/course/<course_id>")
def course(course_id: str) -> ResponseReturnValue:
    me, _ = course_of(course_id)
    sections: dict[str, list[Row]] = {}
    staff = lms().is_staff(me, course_id)
    for link in lms().store.links(course_id):
        if link["staff_only"] and not staff:
            continue
        sections.setdefault(link["section"] or "Activities", []).append(link)
    return course_page(
        "demo_platform/course.html",
        course_id,
        sections=sections,
        may_place=lms().may_place(me, course_id),
        choosing=_choosing(),
        dates={id_: _dates(row, me["timezone"]) for id_, row in lms().store.dates(course_id).items()},
    )


def _choosing() -> list[tuple[str, str]]:
    """Where pages of the tool are chosen: the words of a button and, in a Canvas, its placement."""
    if not lms().config.is_canvas:
        return [("Add Lectern pages", "")]
    words = {"assignment_selection": "Add an assignment", "link_selection": "Add module items"}
    return [(words[one.name], one.name) for one in lms().config.placements if one.name in words]


def _dates(row: Row, zone: str) -> str:
    words = []
    for name in ("opens", "due", "closes"):
        if row[name]:
            at = datetime.fromisoformat(row[name]).astimezone(ZoneInfo(zone))
            words.append(f"{name} {at:%b %-d, %Y at %H:%M}")
    return ", ".join(words)


@bp.get("/course/<course_id>/open/<link_id>")
def open_link(course_id: str, link_id: str) -> ResponseReturnValue:
    """The tool inside the LMS's page, in a frame as a Moodle sets it."""
    me, course = course_of(course_id)
    link = lms().linked(link_id)
    if link is None or link["course_id"] != course_id or not lms().may_open(me, link):
        abort(404)
    return render_template(
        "demo_platform/tool.html",
        course=course,
        link=link,
        role=role_of(me, course_id),
        portal_origin=lms().config.portal_origin,
        tab="navigation" if link.get("placement") else "course",
    )


@bp.get("/course/<course_id>/people")
def roster(course_id: str) -> ResponseReturnValue:
    me, course = course_of(course_id)
    here = lms()
    return render_template(
        "demo_platform/roster.html",
        course=course,
        people=here.store.members(course_id),
        staff=here.is_staff(me, course_id),
        role=role_of(me, course_id),
        tab="people",
    )


@bp.get("/storage")
def storage() -> ResponseReturnValue:
    """The hidden frame that keeps data for tools, where a site has one."""
    return render_template("demo_platform/storage.html")


@bp.get("/return")
def tool_return() -> ResponseReturnValue:
    """Where the tool sends people back to (launch_presentation.return_url), with or without a message."""
    _, course = course_of(request.args.get("course", ""))
    notes = {name: re.sub(r"<[^>]*>", "", request.args.get(name, "")) for name in ("lti_msg", "lti_errormsg")}
    if not any(notes.values()) and request.args.get("in") != "iframe":
        return redirect(url_for(".course", course_id=course["id"]), 303)
    return render_template("demo_platform/returned.html", course=course, notes=notes)


def role_of(me: Row, course_id: str) -> str:
    membership = lms().store.membership(course_id, me["sub"])
    if membership is None:
        return "Site administrator" if is_administrator(me) else ""
    return "Test student" if me["test_user"] else ROLE_WORDS[membership["role"]]


def register_error_pages(app: Flask) -> None:
    @app.errorhandler(HTTPException)
    def answer(error: HTTPException) -> ResponseReturnValue:
        status = error.code or 500
        if status == 401:
            return render_template("demo_platform/signed_out.html", in_frame=False), 401
        return render_template("demo_platform/missing.html", status=status), status
