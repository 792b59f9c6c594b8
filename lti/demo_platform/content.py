""" "Add Lectern pages": the dialog in which a teacher chooses them, and the address its answer comes back to."""

from flask import Blueprint, abort, render_template, request, session
from flask.typing import ResponseReturnValue

from lti.demo_platform.content_answer import ContentRefused, take_answer
from lti.demo_platform.oidc import post_page, selection_fields
from lti.demo_platform.pages import course_page, signed_in
from lti.demo_platform.state import lms
from lti.demo_platform.store import Row

bp = Blueprint("content", __name__)


def _placer(course_id: str) -> Row:
    me = signed_in()
    if lms().store.course(course_id) is None or not lms().may_place(me, course_id):
        abort(404)
    return me


@bp.get("/course/<course_id>/select")
def select(course_id: str) -> ResponseReturnValue:
    """The dialog around the tool. `placement`: where in a Canvas it was opened."""
    _placer(course_id)
    return course_page(
        "demo_platform/select.html",
        course_id,
        portal_origin=lms().config.portal_origin,
        placement=_placement(),
    )


@bp.get("/course/<course_id>/select/begin")
def begin(course_id: str) -> ResponseReturnValue:
    """Inside the dialog: on to the tool's login address."""
    fields = selection_fields(lms(), _placer(course_id), course_id, _placement())
    return post_page("Opening Lectern", lms().config.login_url, fields)


def _placement() -> str:
    name = request.args.get("placement", "")
    placement = lms().config.placement(name)
    if name and (placement is None or not placement.chooses):
        abort(404)
    return name


@bp.post("/course/<course_id>/content")
@bp.post("/courses/<course_id>/deep_linking_response")
def content(course_id: str) -> ResponseReturnValue:
    """The tool's answer (deep_link_return_url)."""
    if "sub" not in session and request.form.get("repost") is None:
        # The browser withheld our cookie on the way from another site: post to ourselves once more, as Moodle does.
        return post_page("One moment", request.url, {"JWT": request.form.get("JWT", ""), "repost": "true"})
    me = _placer(course_id)
    if request.headers.get("Sec-Fetch-Dest") == "document":
        # The answer's page hands the items to the page around it (Moodle and Canvas both): a tab has none.
        words = (
            "This page belongs inside the course's dialog, and this is a tab of its own: nothing was added."
        )
        return render_template("demo_platform/content_refused.html", words=words, course_id=course_id), 400
    sql = "select * from selection where id = ? and course_id = ? and sub = ? and used"
    selection_id = request.args.get("data" if lms().config.is_canvas else "selection", "")
    selection = lms().store.one(sql, selection_id, course_id, me["sub"])
    try:
        taken = take_answer(lms(), selection, request.form.get("JWT", ""))
    except ContentRefused as refused:
        page = render_template("demo_platform/content_refused.html", words=str(refused), course_id=course_id)
        return page, refused.status
    return render_template("demo_platform/content_taken.html", taken=taken, course_id=course_id)
