"""Faculty's pages about people: the matrix of participants, its table to take away, one participant."""

from flask import Blueprint, Response, render_template, request

from portal.assignments.queries import versions_of
from portal.attendance.queries import names_of, standing_marks_of
from portal.audit.queries import entries_about
from portal.certificates.queries import all_of
from portal.coaching.export import participants_csv
from portal.coaching.pages import participant_page, participants_page
from portal.coaching.pages.participant import Read
from portal.coaching.policy import Show
from portal.coaching.queries import learner_of, roll_of
from portal.completion.queries import standing_of
from portal.core.clock import course_now
from portal.core.db import reading
from portal.courses.access import staff_of
from portal.courses.queries import schedule_of
from portal.credit.queries import claim_of

bp = Blueprint("coaching", __name__)


@bp.get("/c/<cohort>/participants")
def participants(cohort: str) -> str:
    """Everyone's progress in lessons, calls, evaluation and credit."""
    show = request.args.get("show", Show.ALL)
    with reading() as session:
        me = staff_of(session, cohort)
        page = participants_page(
            me,
            roll_of(session, me),
            show=show if show in set(Show) else Show.ALL,
            query=request.args.get("q", "").strip()[:100],
            at=course_now(),
            reader=me.reader,
        )
    return render_template("coaching/participants.html", page=page)


@bp.get("/c/<cohort>/participants.csv")
def export(cohort: str) -> Response:
    """The matrix as a table for Excel or LibreOffice."""
    with reading() as session:
        me = staff_of(session, cohort)
        table = participants_csv(me, roll_of(session, me), at=course_now())
    name = f"{me.cohort.slug}-participants.csv"
    return Response(
        table,
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
    )


@bp.get("/c/<cohort>/participants/<int:enrollment>")
def participant(cohort: str, enrollment: int) -> str:
    """One participant's record as staff see it."""
    with reading() as session:
        me = staff_of(session, cohort)
        learner = learner_of(session, me.cohort_id, enrollment)
        marks = standing_marks_of(session, [learner.id]).get(learner.id, {})
        history = entries_about(session, me.cohort_id, learner.id)
        people = {m.by_id for m in marks.values() if m.by_id} | {e.by_id for e in history if e.by_id}
        read = Read(
            learner=learner,
            standing=standing_of(session, learner, me.content),
            schedule=schedule_of(session, learner),
            marks=marks,
            versions=versions_of(session, learner.id),
            certificates=all_of(session, [learner.id]),
            claim=claim_of(session, learner.id),
            history=history,
            names=names_of(session, people),
        )
        page = participant_page(me, read, at=course_now(), reader=me.reader)
    return render_template("coaching/participant.html", page=page)
