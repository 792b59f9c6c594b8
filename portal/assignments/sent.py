"""What a page of work sends, and what becomes of it: values between forms, uploads, services and views."""

from dataclasses import dataclass

from portal.assignments.models import Draft, DraftCopy, Submission
from portal.core.form_engine.checks import Mistake
from portal.core.form_engine.definition import UploadKind
from portal.core.form_engine.values import Answers


@dataclass(frozen=True)
class Writer:
    """Which page posts: its token, and the revision of the draft it was drawn with (None: not said)."""

    token: str
    revision: int | None = None


@dataclass(frozen=True)
class Kept:
    """The draft that stands and, where another window had changed it, the copy of what was typed."""

    draft: Draft
    copy: DraftCopy | None = None


@dataclass(frozen=True)
class StoredFile:
    """A checked file that lies in the store and is not yet anyone's."""

    field: str
    filename: str
    kind: UploadKind
    size_bytes: int
    sha256: str
    storage_key: str


@dataclass(frozen=True)
class Sent:
    """What a page sent: answers (with the files kept earlier), new files, and whether to hand it in."""

    answers: Answers
    files: tuple[StoredFile, ...] = ()
    is_final: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of it. `answers` are what to show again; `copy` is what could not become the draft."""

    answers: Answers
    submission: Submission | None = None
    draft: Draft | None = None
    copy: DraftCopy | None = None
    mistakes: tuple[Mistake, ...] = ()
    is_closed: bool = False
    kept_files: tuple[StoredFile, ...] = ()

    @property
    def is_conflict(self) -> bool:
        """Whether another window had changed the draft."""
        return self.copy is not None and not self.is_closed
