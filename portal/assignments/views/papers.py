"""What hangs on a worksheet: versions, copies, files and PDFs. Each is had through its owner."""

import io
from datetime import datetime
from pathlib import Path

from flask import Response, current_app, render_template, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.assignments.models import Submission
from portal.assignments.pages.work import current_answers, kept_files, read_page, version_words, work_url
from portal.assignments.queries import (
    Work,
    copy_of,
    draft_of,
    form_of,
    submission_of,
    submissions_of,
    upload_of,
    uploads_of,
    work_of,
)
from portal.assignments.views.blueprint import bp
from portal.assignments.words import at_words, saved_words
from portal.core.clock import course_now
from portal.core.db import reading
from portal.core.errors import Closed, NotFound
from portal.core.files import store
from portal.core.form_engine.definition import Form, UploadKind
from portal.core.form_engine.drawing import draw
from portal.core.form_engine.file_kinds import IMAGES, MEDIA_TYPES
from portal.core.form_engine.reading import read
from portal.courses.access import Member, member_of
from portal.courses.policy import is_before_opening
from portal.courses.queries import content_of
from portal.identity.services import shown_name


def _form_then(session: Session, submission: Submission) -> Form:
    """The form as it asked when this version was given."""
    content = content_of(session, submission.course_version_id)
    return form_of(content, content.assignment(submission.assignment).assignment)


def _opened(me: Member, work: Work, at: datetime) -> None:
    if me.is_learner and is_before_opening(work.dates, at) and work.dates.opens_at:
        day = work.schedule.when(work.dates.opens_at, at).day
        raise Closed(f"“{work.form.title}” opens {day}.")


@bp.get("/c/<cohort>/work/<assignment>/versions/<int:version>")
def version(cohort: str, assignment: str, version: int) -> ResponseReturnValue:
    """An own earlier version, with the prompts it answered."""
    with reading() as session:
        me = member_of(session, cohort)
        work = work_of(session, me.enrollment, me.content, assignment)
        submission = submission_of(session, me.id, assignment, version)
        page = read_page(
            session,
            me,
            work,
            submission.answers,
            form=_form_then(session, submission),
            heading=f"Version {submission.version}",
            at_words=version_words(submission, work, course_now()),
            pdf_url=f"{work_url(me, work)}/versions/{submission.version}.pdf",
        )
    return render_template("assignments/read.html", page=page)


@bp.get("/c/<cohort>/work/<assignment>/copies/<int:copy_id>")
def copy(cohort: str, assignment: str, copy_id: int) -> ResponseReturnValue:
    """What was typed and could not become the draft."""
    with reading() as session:
        me = member_of(session, cohort)
        work = work_of(session, me.enrollment, me.content, assignment)
        kept = copy_of(session, me.id, assignment, copy_id)
        page = read_page(
            session,
            me,
            work,
            kept.answers,
            form=work.form,
            heading="Kept beside your draft",
            at_words=f"Typed {at_words(kept.saved_at, course_now(), work.schedule)}. It was not submitted.",
        )
    return render_template("assignments/read.html", page=page)


@bp.get("/c/<cohort>/work/<assignment>/versions/<int:version>.pdf")
def version_pdf(cohort: str, assignment: str, version: int) -> ResponseReturnValue:
    """An own version as a PDF."""
    with reading() as session:
        me = member_of(session, cohort)
        work = work_of(session, me.enrollment, me.content, assignment)
        submission = submission_of(session, me.id, assignment, version)
        files = kept_files(uploads_of(session, me.id, assignment), work_url(me, work))
        html = render_template(
            "assignments/pdf_given.html",
            title=work.form.title,
            course=me.content.title,
            who=shown_name(me.enrollment.person),
            stated=f"Version {submission.version}. {version_words(submission, work, course_now())}",
            sections=read(_form_then(session, submission), submission.answers, files=files),
        )
    return _pdf(html, f"{assignment}-version-{submission.version}.pdf")


@bp.get("/c/<cohort>/work/<assignment>/draft.pdf")
def draft_pdf(cohort: str, assignment: str) -> ResponseReturnValue:
    """What the form holds now, as a PDF."""
    with reading() as session:
        me = member_of(session, cohort)
        work = work_of(session, me.enrollment, me.content, assignment)
        _opened(me, work, course_now())
        draft, submissions = draft_of(session, me.id, assignment), submissions_of(session, me.id, assignment)
        if draft is None and not submissions:
            raise NotFound("Nothing is written yet. The blank worksheet can be had from its page.")
        stated = (
            saved_words(draft.saved_at, course_now(), work.schedule)
            if draft
            else version_words(submissions[0], work, course_now())
        )
        files = kept_files(uploads_of(session, me.id, assignment), work_url(me, work))
        html = render_template(
            "assignments/pdf_given.html",
            title=work.form.title,
            course=me.content.title,
            who=shown_name(me.enrollment.person),
            stated=stated,
            sections=read(work.form, current_answers(draft, submissions), files=files),
        )
    return _pdf(html, f"{assignment}-draft.pdf")


@bp.get("/c/<cohort>/work/<assignment>/blank.pdf")
def blank(cohort: str, assignment: str) -> ResponseReturnValue:
    """The worksheet to print and fill in by hand."""
    with reading() as session:
        me = member_of(session, cohort)
        work = work_of(session, me.enrollment, me.content, assignment)
        _opened(me, work, course_now())
        html = render_template(
            "assignments/pdf_blank.html", drawing=draw(work.form, {}, carried={}), course=me.content.title
        )
    return _pdf(html, f"{me.content.code.lower()}-{assignment}-blank.pdf")


@bp.get("/c/<cohort>/work/<assignment>/files/<int:upload_id>")
def file(cohort: str, assignment: str, upload_id: int) -> ResponseReturnValue:
    """A file handed in: for its owner and the cohort's staff."""
    with reading() as session:
        me = member_of(session, cohort)
        upload = upload_of(
            session, me.cohort_id, assignment, upload_id, only_of=None if me.is_staff else me.id
        )
        kind = UploadKind(upload.kind)
        key, name, size = upload.storage_key, upload.filename, upload.size_bytes
    try:
        stream = store().open(key)
    except FileNotFoundError:
        raise NotFound("This file is not there any more.") from None
    answer = send_file(
        stream, mimetype=MEDIA_TYPES[kind], as_attachment=kind not in IMAGES, download_name=name
    )
    answer.content_length = size
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer


def _pdf(html: str, name: str) -> Response:
    # Half a second to import: only a process that draws pays for it.
    from portal.assignments.pdf import draw_pdf

    folder = Path(current_app.static_folder or "")
    answer = send_file(
        io.BytesIO(draw_pdf(html, static=folder)),
        mimetype="application/pdf",
        download_name=name,
        as_attachment=True,
    )
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
