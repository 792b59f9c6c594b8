"""Reading ticks, drafts and submissions: as few statements for five hundred learners as for five."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.assignments.models import ChecklistMark, Draft, DraftCopy, Submission, Upload
from portal.assignments.policy import HANDED_IN, TICKED_BY_HAND, Tick
from portal.core.errors import NotFound
from portal.core.form_engine.values import as_text
from portal.courses.models import Enrollment
from portal.courses.package.parts import Assignment
from portal.courses.package.schema import CourseContent

MOST_ID = 2**31 - 1  # past it a database says "out of range" where it should say "not there"


@dataclass(frozen=True)
class HandedIn:
    """One version without its answers."""

    version: int
    submitted_at: datetime
    late: bool


@dataclass(frozen=True)
class WorkFacts:
    """What one learner did in all items that are ticked or handed in, by assignment."""

    ticks: dict[str, Tick] = field(default_factory=dict)
    ticked_at: dict[str, datetime] = field(default_factory=dict)
    versions: dict[str, list[HandedIn]] = field(default_factory=dict)  # in order
    drafts: dict[str, datetime] = field(default_factory=dict)  # when last saved

    def done_at(self, item: Assignment) -> datetime | None:
        """When a task, post, worksheet or upload was done; None: it is not (or is of another kind).

        Of work the first version's instant: a later one makes nothing late that was in time.
        """
        if item.kind in HANDED_IN:
            versions = self.versions.get(item.id)
            return versions[0].submitted_at if versions else None
        ticked = item.kind in TICKED_BY_HAND and self.ticks.get(item.id, Tick(False)).done
        return self.ticked_at[item.id] if ticked else None


def work_of(session: Session, enrollment_id: int) -> WorkFacts:
    """One learner's facts. Three statements."""
    return works_of(session, [enrollment_id])[enrollment_id]


def works_of(session: Session, enrollment_ids: Collection[int]) -> dict[int, WorkFacts]:
    """Many learners' facts, by enrollment. Three statements however many."""
    found: dict[int, WorkFacts] = defaultdict(WorkFacts)
    ids = list(enrollment_ids)
    marks = select(
        ChecklistMark.enrollment_id,
        ChecklistMark.assignment,
        ChecklistMark.done,
        ChecklistMark.count,
        ChecklistMark.marked_at,
    )
    for id_, assignment, done, count, at in session.execute(
        marks.where(ChecklistMark.enrollment_id.in_(ids)).order_by(ChecklistMark.id)
    ):
        found[id_].ticks[assignment] = Tick(done, count)
        found[id_].ticked_at[assignment] = at
    versions = select(
        Submission.enrollment_id,
        Submission.assignment,
        Submission.version,
        Submission.submitted_at,
        Submission.late,
    )
    for id_, assignment, version, at, late in session.execute(
        versions.where(Submission.enrollment_id.in_(ids)).order_by(Submission.version)
    ):
        found[id_].versions.setdefault(assignment, []).append(HandedIn(version, at, late))
    drafts = select(Draft.enrollment_id, Draft.assignment, Draft.saved_at).where(Draft.enrollment_id.in_(ids))
    for id_, assignment, at in session.execute(drafts):
        found[id_].drafts[assignment] = at
    return {id_: found[id_] for id_ in ids}


def tick_of(session: Session, enrollment_id: int, assignment: str) -> Tick | None:
    """The mark that holds on one item."""
    mark = session.scalar(
        select(ChecklistMark)
        .where(ChecklistMark.enrollment_id == enrollment_id, ChecklistMark.assignment == assignment)
        .order_by(ChecklistMark.id.desc())
        .limit(1)
    )
    return Tick(mark.done, mark.count) if mark else None


def draft_of(session: Session, enrollment_id: int, assignment: str) -> Draft | None:
    """The kept draft of one item."""
    return session.scalar(
        select(Draft).where(Draft.enrollment_id == enrollment_id, Draft.assignment == assignment)
    )


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
