"""Files of a post: looked at and stored before the writing transaction, gone again if that fails."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from flask import request

from portal.assignments.pages.work import current_answers
from portal.assignments.queries import draft_of, submissions_of, uploads_of, work_of
from portal.assignments.sent import Outcome, StoredFile
from portal.assignments.uploads import Received, has_files, receive_files
from portal.core.db import reading
from portal.core.errors import PortalError
from portal.core.files import store
from portal.core.form_engine.checks import Mistake
from portal.core.form_engine.values import as_files
from portal.courses.access import learner_of


class Taken:
    """The files of one post. The view notes in `outcome` what became of it: only files named there stay."""

    def __init__(self, received: Received) -> None:
        self.stored: tuple[StoredFile, ...] = received.stored
        self.mistakes: tuple[Mistake, ...] = received.mistakes
        self.status = received.status
        self.outcome: Outcome | None = None


@contextmanager
def files_taken(cohort: str, assignment: str) -> Iterator[Taken]:
    """The posted files in the store, the transaction inside; what is not kept by then is deleted."""
    taken = Taken(_received(cohort, assignment))
    kept: tuple[StoredFile, ...] = ()
    try:
        yield taken
        kept = taken.outcome.kept_files if taken.outcome else ()
    finally:
        for file in taken.stored:
            if file not in kept:
                store().delete(file.storage_key)


def refuse_cut_off() -> None:
    """Raise CutOff for a body that ended too early: what was parsed of it is then nothing at all."""
    came_as_parts = request.mimetype == "multipart/form-data"
    if came_as_parts and not request.form and not request.files:
        raise CutOff("What you sent was cut off on its way and nothing of it was kept. Please send it again.")


class CutOff(PortalError):
    """A post that ended before its end (400)."""

    title = "Cut off"


def _received(cohort: str, assignment: str) -> Received:
    if not any(file.filename for file in request.files.values()):
        return Received()
    with reading() as session:
        me = learner_of(session, cohort)
        work = work_of(session, me.enrollment, me.content, assignment)
        if not has_files(work.form, request.files):
            return Received()
        draft = draft_of(session, me.id, assignment)
        answers = current_answers(draft, submissions_of(session, me.id, assignment))
        uploads = uploads_of(session, me.id, assignment)
        named = {id_ for value in answers.values() for id_ in as_files(value).ids}
        return receive_files(
            work.form,
            answers,
            request.files,
            known=[(file.field, file.sha256) for id_, file in uploads.items() if id_ in named],
            store=store(),
            new_key=lambda: f"uploads/{me.cohort_id}/{secrets.token_hex(16)}",
        )
