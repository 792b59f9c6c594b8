"""Reading what one learner ticked, typed and handed in. Completion reads the facts of many by itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from portal.assignments.models import ChecklistMark, Draft, DraftCopy, Submission, Upload
from portal.assignments.policy import HANDED_IN, MOST_FILES, Tick
from portal.core.errors import NotFound
from portal.core.form_engine.definition import CarriedField, Form, Section, UploadField, UploadKind
from portal.core.form_engine.values import as_text
from portal.courses.dates import ItemDates, Schedule
from portal.courses.models import Enrollment
from portal.courses.package.parts import Assignment, AssignmentKind, Lesson
from portal.courses.package.schema import CourseContent
from portal.courses.queries import schedule_of

FILES_FIELD = "files"  # of an item that takes nothing but files
MOST_ID = 2**31 - 1  # past it a database says "out of range" where it should say "not there"


@dataclass(frozen=True)
class Work:
    """One worksheet or upload of a cohort as it stands for one member."""

    lesson: Lesson
    item: Assignment
    form: Form
    schedule: Schedule
    dates: ItemDates
    course_version_id: int
    carried: dict[str, str]  # earlier answers by the name they carry


def work_of(session: Session, enrollment: Enrollment, content: CourseContent, assignment_id: str) -> Work:
    """The worksheet or upload of that id. Raises NotFound, also for items that have no page of their own."""
    lesson, item = content.assignment(assignment_id)
    if item.kind not in HANDED_IN:
        raise NotFound("This item has no page of its own. You find it on its lesson's checklist.")
    form = form_of(content, item)
    schedule = schedule_of(session, enrollment)
    asks_earlier = any(isinstance(field, CarriedField) for field in form.all_fields())
    return Work(
        lesson=lesson,
        item=item,
        form=form,
        schedule=schedule,
        dates=schedule.assignment(item.id),
        course_version_id=enrollment.cohort.course_version_id,
        carried=carried_answers(session, content, enrollment.id) if asks_earlier else {},
    )


def page_elsewhere(content: CourseContent, assignment_id: str) -> str | None:
    """Where an item is done that has no page here, under the cohort's address; None: it has one.

    Links of the LMS may name any item (`destination=work:<assignment>`). Raises NotFound.
    """
    lesson, item = content.assignment(assignment_id)
    if item.kind in HANDED_IN:
        return None
    if item.kind is AssignmentKind.EVALUATION:
        return "evaluation"
    return f"lessons/{lesson.number}#item-{item.id}"


def form_of(content: CourseContent, item: Assignment) -> Form:
    """What an item asks: its worksheet, or, where files are handed in, a form with that one field."""
    if item.form is not None:
        return content.worksheet(item.form)
    files = UploadField(
        id=FILES_FIELD,
        label="Your files",
        required=True,
        accept=item.accept or tuple(UploadKind),
        max_files=item.max_files or MOST_FILES,
    )
    return Form(
        title=item.title, intro=item.text, sections=(Section(title="What you hand in", fields=(files,)),)
    )


_mark = ChecklistMark.__table__.c
_TICK = (
    select(_mark.done, _mark.count)
    .where(_mark.enrollment_id == bindparam("who"), _mark.assignment == bindparam("item"))
    .order_by(_mark.id.desc())
    .limit(1)
)


def tick_of(session: Session, enrollment_id: int, assignment: str) -> Tick | None:
    """The mark that holds on one item."""
    mark = session.execute(_TICK, {"who": enrollment_id, "item": assignment}).one_or_none()
    return Tick(*mark) if mark else None


def draft_of(session: Session, enrollment_id: int, assignment: str) -> Draft | None:
    """The kept draft of one item."""
    return session.scalar(
        select(Draft).where(Draft.enrollment_id == enrollment_id, Draft.assignment == assignment)
    )


def copy_of(session: Session, enrollment_id: int, assignment: str, copy_id: int) -> DraftCopy:
    """One of one's own copies. Raises NotFound."""
    found = session.scalar(
        select(DraftCopy).where(
            DraftCopy.id == min(copy_id, MOST_ID),
            DraftCopy.enrollment_id == enrollment_id,
            DraftCopy.assignment == assignment,
        )
    )
    if found is None:
        raise NotFound("There is no such copy of your work.")
    return found


def copies_of(session: Session, enrollment_id: int, assignment: str) -> Sequence[DraftCopy]:
    """What was typed beside the draft, newest first."""
    return session.scalars(
        select(DraftCopy)
        .where(DraftCopy.enrollment_id == enrollment_id, DraftCopy.assignment == assignment)
        .order_by(DraftCopy.saved_at.desc(), DraftCopy.id.desc())
    ).all()


def submissions_of(session: Session, enrollment_id: int, assignment: str) -> Sequence[Submission]:
    """All versions of one item, newest first."""
    return session.scalars(
        select(Submission)
        .where(Submission.enrollment_id == enrollment_id, Submission.assignment == assignment)
        .order_by(Submission.version.desc())
    ).all()


def submission_of(session: Session, enrollment_id: int, assignment: str, version: int) -> Submission:
    """One version of one's own. Raises NotFound."""
    found = session.scalar(
        select(Submission).where(
            Submission.enrollment_id == enrollment_id,
            Submission.assignment == assignment,
            Submission.version == min(version, MOST_ID),
        )
    )
    if found is None:
        raise NotFound("There is no such version of your work.")
    return found


def uploads_of(session: Session, enrollment_id: int, assignment: str) -> dict[int, Upload]:
    """The kept files of one item, by id."""
    found = session.scalars(
        select(Upload)
        .where(Upload.enrollment_id == enrollment_id, Upload.assignment == assignment)
        .order_by(Upload.id)
    )
    return {upload.id: upload for upload in found}


def upload_of(
    session: Session, cohort_id: int, assignment: str, upload_id: int, *, only_of: int | None
) -> Upload:
    """A file of this cohort; of the enrollment `only_of`, or of any (None: for staff). Raises NotFound."""
    query = (
        select(Upload)
        .join(Enrollment, Enrollment.id == Upload.enrollment_id)
        .where(
            Upload.id == min(upload_id, MOST_ID),
            Upload.assignment == assignment,
            Enrollment.cohort_id == cohort_id,
        )
    )
    if only_of is not None:
        query = query.where(Upload.enrollment_id == only_of)
    found = session.scalar(query)
    if found is None:
        raise NotFound("There is no such file.")
    return found


def carried_answers(session: Session, content: CourseContent, enrollment_id: int) -> dict[str, str]:
    """Answers of earlier worksheets that later ones show, by the name they carry: of the newest version."""
    sources = {source.assignment_id for source in content.carried.values()}
    if not sources:
        return {}
    newest = (
        select(Submission.assignment, func.max(Submission.version).label("version"))
        .where(Submission.enrollment_id == enrollment_id, Submission.assignment.in_(sources))
        .group_by(Submission.assignment)
        .subquery()
    )
    rows = session.execute(
        select(Submission.assignment, Submission.answers)
        .join(
            newest, (Submission.assignment == newest.c.assignment) & (Submission.version == newest.c.version)
        )
        .where(Submission.enrollment_id == enrollment_id)
    )
    answers = {row.assignment: row.answers for row in rows}
    carried = {
        name: as_text(answers.get(source.assignment_id, {}).get(source.field_id))
        for name, source in content.carried.items()
    }
    return {name: text for name, text in carried.items() if text}


@dataclass(frozen=True)
class HandedIn:
    """One version without its answers."""

    version: int
    submitted_at: datetime
    late: bool


def versions_of(session: Session, enrollment_id: int) -> dict[str, list[HandedIn]]:
    """All versions that one learner handed in, by assignment, oldest first. One statement."""
    rows = session.execute(
        select(Submission.assignment, Submission.version, Submission.submitted_at, Submission.late)
        .where(Submission.enrollment_id == enrollment_id)
        .order_by(Submission.version)
    )
    found: dict[str, list[HandedIn]] = {}
    for assignment, version, submitted_at, late in rows:
        found.setdefault(assignment, []).append(HandedIn(version, submitted_at, late))
    return found
