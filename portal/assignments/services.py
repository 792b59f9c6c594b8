"""Ticking items, keeping drafts, handing in versions and files. History is only ever added to."""

import json
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import cast

from sqlalchemy import Table, func, insert, select
from sqlalchemy.orm import Session

from portal.assignments.models import ChecklistMark, Draft, DraftCopy, Submission, Upload
from portal.assignments.policy import Tick, first_revision, is_shut, is_stale, tick, why_not_by_hand
from portal.assignments.queries import Work, draft_of, tick_of
from portal.assignments.sent import Kept, Outcome, Sent, StoredFile, Writer
from portal.core.errors import Closed, Conflict
from portal.core.form_engine.checks import check, given
from portal.core.form_engine.parsing import with_file
from portal.core.form_engine.values import Answers
from portal.courses.dates import ItemDates
from portal.courses.messages import ProgressChanged
from portal.courses.models import Enrollment
from portal.courses.package.parts import Assignment
from portal.courses.policy import is_before_opening, is_closed, is_late
from portal.courses.queries import Participant
from portal.courses.services import take_turn
from portal.outbox.services import post

# Built once and of the table: a tick is sent often, and an entity costs more than all else about it.
_NEW_MARK = insert(cast(Table, ChecklistMark.__table__))


def mark_item(
    session: Session,
    learner: Participant,
    item: Assignment,
    dates: ItemDates,
    *,
    done: bool | None,
    count: int | None = None,
    at: datetime,
) -> Tick:
    """The learner ticks or unticks a task or post, or counts. The same mark again has no second effect.

    Raises Closed (not open yet, or over) and Conflict (the item ticks itself).
    """
    reason = why_not_by_hand(item.kind)
    if reason:
        raise Conflict(reason)
    if is_before_opening(dates, at):
        raise Closed("This item is not open yet. Nothing was changed.")
    if is_closed(dates, at):
        raise Closed("This item is closed. Your last mark stays as it was.")
    take_turn(session, learner.id)
    now, before = tick(item.count, done=done, count=count), tick_of(session, learner.id, item.id)
    if now == (before or Tick(False, None if item.count is None else 0)):
        return now
    mark = {"enrollment_id": learner.id, "assignment": item.id, "done": now.done, "count": now.count}
    session.execute(_NEW_MARK, mark | {"marked_at": at})
    post(session, ProgressChanged([learner.id]))
    return now


def save_draft(
    session: Session,
    learner: Enrollment,
    assignment: str,
    answers: Answers,
    *,
    writer: Writer,
    at: datetime,
) -> Kept:
    """Keep what was typed. When another window changed the draft meanwhile, both are kept: see `Kept`."""
    take_turn(session, learner.id)
    draft = draft_of(session, learner.id, assignment)
    if draft is None:
        draft = Draft(
            enrollment_id=learner.id,
            assignment=assignment,
            answers=answers,
            revision=first_revision(_versions(session, learner.id, assignment)),
            form_token=writer.token,
            saved_at=at,
        )
        session.add(draft)
    elif draft.answers != answers:
        if _is_stale(draft, writer):
            return Kept(draft, keep_copy(session, learner, assignment, answers, writer=writer, at=at))
        draft.answers, draft.revision, draft.saved_at = answers, draft.revision + 1, at
        draft.form_token = writer.token
    session.flush()
    return Kept(draft)


def keep_copy(
    session: Session,
    learner: Enrollment,
    assignment: str,
    answers: Answers,
    *,
    writer: Writer,
    at: datetime,
) -> DraftCopy:
    """Keep what was typed beside the draft, once for each page that could not write."""
    copy = session.scalar(
        select(DraftCopy).where(
            DraftCopy.enrollment_id == learner.id,
            DraftCopy.assignment == assignment,
            DraftCopy.form_token == writer.token,
        )
    )
    if copy is None:
        copy = DraftCopy(enrollment_id=learner.id, assignment=assignment, form_token=writer.token)
        session.add(copy)
    copy.answers, copy.saved_at = answers, at
    session.flush()
    return copy


def receive(
    session: Session, learner: Enrollment, work: Work, sent: Sent, *, writer: Writer, at: datetime
) -> Outcome:
    """Take what a page of work sent: keep it as the draft, or hand in a version.

    Sent twice from one page it is one version (a double click). After closing, and while the draft was
    changed elsewhere, nothing is handed in and what was typed is kept as a copy; with mistakes it is kept
    as the draft. Late work is taken (PRODUCT: Late work). Files that are kept are named in the outcome;
    the caller removes the others from the store.
    """
    take_turn(session, learner.id)
    item = work.item.id
    answers, token = sent.answers, writer.token
    handed_in = given(work.form, answers, carried=work.carried)
    earlier = _sent_from(session, learner.id, item, token)
    if earlier is not None and earlier.answers != handed_in and sent.is_final:
        # Sent once, gone back to, changed and sent again: no double click but something new.
        token = sha256(f"{token} {json.dumps(handed_in, sort_keys=True)}".encode()).hexdigest()
        earlier = _sent_from(session, learner.id, item, token)
    if earlier is not None and earlier.answers == handed_in:
        return Outcome(earlier.answers, submission=earlier if sent.is_final else None)
    draft = draft_of(session, learner.id, item)
    if is_shut(work.dates, at):
        same = draft is not None and draft.answers == answers
        copy = None if same else keep_copy(session, learner, item, answers, writer=writer, at=at)
        return Outcome(answers, draft=draft, copy=copy, is_closed=True)
    for file in sent.files:
        upload = keep_upload(session, learner, item, file, at=at)
        answers = with_file(work.form, answers, file.field, upload.id)
    kept = save_draft(session, learner, item, answers, writer=writer, at=at)
    outcome = Outcome(answers, draft=kept.draft, copy=kept.copy, kept_files=tuple(sent.files))
    if outcome.is_conflict or not sent.is_final:
        return outcome
    mistakes = check(work.form, answers)
    if mistakes:
        return replace(outcome, mistakes=tuple(mistakes))
    submission = Submission(
        enrollment_id=learner.id,
        assignment=item,
        version=_versions(session, learner.id, item) + 1,
        course_version_id=work.course_version_id,
        answers=given(work.form, answers, carried=work.carried),  # with the files that came just now
        late=is_late(work.dates, at),
        form_token=token,
        submitted_at=at,
    )
    session.add(submission)
    session.delete(kept.draft)
    session.flush()
    post(session, ProgressChanged([learner.id]))
    return replace(outcome, submission=submission, draft=None)


def keep_upload(
    session: Session, learner: Enrollment, assignment: str, file: StoredFile, *, at: datetime
) -> Upload:
    """Note that a stored file belongs to a learner's work."""
    upload = Upload(
        enrollment_id=learner.id,
        assignment=assignment,
        field=file.field,
        filename=file.filename,
        kind=file.kind.value,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        storage_key=file.storage_key,
        uploaded_at=at,
    )
    session.add(upload)
    session.flush()
    return upload


def _is_stale(draft: Draft, writer: Writer) -> bool:
    return writer.revision is not None and is_stale(
        revision=writer.revision,
        token=writer.token,
        draft_revision=draft.revision,
        draft_token=draft.form_token,
    )


def _versions(session: Session, enrollment_id: int, assignment: str) -> int:
    return (
        session.scalar(
            select(func.max(Submission.version)).where(
                Submission.enrollment_id == enrollment_id, Submission.assignment == assignment
            )
        )
        or 0
    )


def _sent_from(session: Session, enrollment_id: int, assignment: str, token: str) -> Submission | None:
    return session.scalar(
        select(Submission).where(
            Submission.enrollment_id == enrollment_id,
            Submission.assignment == assignment,
            Submission.form_token == token,
        )
    )
