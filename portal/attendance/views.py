"""Pages of calls for faculty: the register, the overview of all calls, the table to take away."""

from urllib.parse import urlencode

from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.attendance.export import attendance_csv
from portal.attendance.forms import CallForm, MarkForm, instant_of, shown_of
from portal.attendance.pages import call_attendance_page, edit_call_page, overview_page
from portal.attendance.queries import call_of, learners_of, learners_of_cohort
from portal.attendance.services import CallChange, edit_call, mark_attendance, mark_remaining, take_back
from portal.core.clock import course_now
from portal.core.db import reading, transaction
from portal.core.errors import Invalid
from portal.core.htmx import wants_fragment
from portal.courses.access import staff_of

bp = Blueprint("attendance", __name__)


@bp.get("/c/<cohort>/attendance")
def overview(cohort: str) -> str:
    """All calls of the cohort, with what is marked."""
    with reading() as session:
        page = overview_page(session, staff_of(session, cohort), at=course_now())
    return render_template("attendance/overview.html", page=page)


@bp.get("/c/<cohort>/calls/<int:number>/attendance")
def show(cohort: str, number: int) -> str:
    """The register of one call."""
    done = request.args.get("done")
    with reading() as session:
        me = staff_of(session, cohort)
        page = call_attendance_page(
            session,
            me,
            call_of(session, me.cohort_id, number),
            show=shown_of(request.args),
            query=_query(),
            done_at=instant_of(done) if done else None,
        )
    return render_template("attendance/register.html", page=page)


@bp.post("/c/<cohort>/calls/<int:number>/attendance")
def mark(cohort: str, number: int) -> ResponseReturnValue:
    """Mark one learner, those ticked, or all who have no mark yet."""
    at = course_now()
    with transaction() as session:
        me = staff_of(session, cohort)
        call = call_of(session, me.cohort_id, number)
        try:
            form = MarkForm.parse(request.form)
        except Invalid as mistake:
            if wants_fragment():
                raise
            page = call_attendance_page(
                session, me, call, show=shown_of(request.args), query=_query(), mistake=mistake.message
            )
            return render_template("attendance/register.html", page=page), mistake.status
        if form.rest and form.status:
            register = learners_of_cohort(session, me.cohort_id)
            changed = mark_remaining(session, call, register, form.status, by=me.person.id, at=at)
        else:
            learners = learners_of(session, me.cohort_id, form.enrollment_ids)
            changed = mark_attendance(session, call, learners, form.status, by=me.person.id, at=at)
        page = call_attendance_page(
            session,
            me,
            call,
            show=shown_of(request.args),
            query=_query(),
            only=changed or form.enrollment_ids,
            done_at=at,
        )
    if wants_fragment():
        return render_template("attendance/_answer.html", page=page)
    return redirect(_back(page.url, done=at.isoformat() if changed else ""), 303)


@bp.post("/c/<cohort>/calls/<int:number>/attendance/undo")
def undo(cohort: str, number: int) -> ResponseReturnValue:
    """Take back what the reader wrote at one instant."""
    with transaction() as session:
        me = staff_of(session, cohort)
        call = call_of(session, me.cohort_id, number)
        marked_at = instant_of(request.form.get("marked_at"))
        changed = take_back(session, call, by=me.person.id, marked_at=marked_at, at=course_now())
        page = call_attendance_page(session, me, call, only=changed)
    if wants_fragment():
        return render_template("attendance/_answer.html", page=page)
    return redirect(page.url, 303)


@bp.get("/c/<cohort>/calls/<int:number>/attendance.csv")
def export(cohort: str, number: int) -> Response:
    """The register as a table for Excel or LibreOffice."""
    with reading() as session:
        me = staff_of(session, cohort)
        table = attendance_csv(session, me, call_of(session, me.cohort_id, number))
    name = f"{me.cohort.slug}-call-{number}-attendance.csv"
    return Response(
        table,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@bp.get("/c/<cohort>/calls/<int:number>/edit")
def edit(cohort: str, number: int) -> str:
    """The form that edits a call."""
    with reading() as session:
        me = staff_of(session, cohort)
        call = call_of(session, me.cohort_id, number)
        form = CallForm.of(CallChange.as_it_is(call), me.cohort.time_zone)
        page = edit_call_page(session, me, call, form, saved=request.args.get("saved") == "1")
    return render_template("attendance/edit.html", page=page)


@bp.post("/c/<cohort>/calls/<int:number>/edit")
def save(cohort: str, number: int) -> ResponseReturnValue:
    """Save a call; with `action=preview` only say what would change."""
    with transaction() as session:
        me = staff_of(session, cohort)
        call = call_of(session, me.cohort_id, number)
        form = CallForm.parse(request.form, CallChange.as_it_is(call), me.cohort.time_zone)
        preview = request.form.get("action") == "preview"
        if not preview and not form.mistakes:
            edit_call(session, call, form.change, by=me.person.id, reason=form.reason, at=course_now())
            form = CallForm.of(CallChange.as_it_is(call), me.cohort.time_zone)
            page = edit_call_page(session, me, call, form, saved=True)
        else:
            page = edit_call_page(session, me, call, form)
    if preview:
        return render_template("attendance/_preview.html", page=page)
    if wants_fragment():
        return render_template("attendance/_edit_form.html", page=page), 422 if form.mistakes else 200
    if form.mistakes:
        return render_template("attendance/edit.html", page=page), 422
    return redirect(f"{page.url}?saved=1", 303)


def _query() -> str:
    return request.args.get("q", "").strip()[:100]


def _back(url: str, *, done: str) -> str:
    asked = {"show": shown_of(request.args), "q": _query(), "done": done}
    kept = {key: value for key, value in asked.items() if value not in ("", "all")}
    return f"{url}?{urlencode(kept)}" if kept else url
