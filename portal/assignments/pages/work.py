"""One worksheet's page: the form as it stands, its dates, its versions, and what was kept beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.assignments.models import Draft, Submission, Upload
from portal.assignments.queries import Work, copies_of, draft_of, submissions_of, uploads_of
from portal.assignments.words import at_words, save_line, saved_words
from portal.core.form_engine.checks import Mistake
from portal.core.form_engine.definition import Form, UploadKind
from portal.core.form_engine.drawing import draw
from portal.core.form_engine.drawn import Drawing, KeptFile
from portal.core.form_engine.file_kinds import IMAGES, size_words
from portal.core.form_engine.radar import Radar, radar
from portal.core.form_engine.reading import ReadSection, read
from portal.core.form_engine.values import Answers
from portal.core.when import Reader, When
from portal.courses.access import Member
from portal.courses.package.parts import LessonKind
from portal.courses.policy import ItemState, state_of


@dataclass(frozen=True)
class VersionLine:
    """One version handed in."""

    number: int
    late: bool
    at: When
    url: str
    pdf_url: str


@dataclass(frozen=True)
class CopyLine:
    """What was typed and is kept beside the draft."""

    saved: str
    url: str


@dataclass(frozen=True)
class Other:
    """The draft that another window saved meanwhile."""

    saved: str
    given: tuple[ReadSection, ...]


@dataclass(frozen=True)
class WorkPage:
    """`drawing` is there while the form can be filled in, or read by staff; `given` once it is closed."""

    title: str
    intro: str
    lesson_words: str
    lesson_url: str
    url: str
    blank_url: str
    draft_pdf_url: str
    file_url: str
    state: ItemState
    is_learner: bool
    opens: When | None
    due: When | None
    closes: When | None
    next_version: int
    versions: tuple[VersionLine, ...]
    copies: tuple[CopyLine, ...]
    saved: str
    save_line: str
    form_token: str
    revision: int
    drawing: Drawing | None = None
    given: tuple[ReadSection, ...] = ()
    radar: Radar | None = None
    other: Other | None = None
    is_refused: bool = False  # what was just sent came after closing, and is shown in `given`
    is_just_sent: bool = False

    @property
    def can_write(self) -> bool:
        """Whether what is typed here is kept."""
        return self.is_learner and self.state in (ItemState.OPEN, ItemState.LATE)

    @property
    def newest(self) -> VersionLine | None:
        """The version that counts."""
        return self.versions[0] if self.versions else None


@dataclass(frozen=True)
class ReadPage:
    """Given answers to read: an old version, or a copy kept beside the draft."""

    title: str
    heading: str
    at_words: str
    lesson_words: str
    lesson_url: str
    url: str
    pdf_url: str
    given: tuple[ReadSection, ...]
    radar: Radar | None = None


@dataclass(frozen=True)
class Shown:
    """What a refused or mistaken post shows again, in place of what is kept."""

    answers: Answers
    mistakes: Sequence[Mistake] = ()
    other: Draft | None = None
    is_refused: bool = False


def work_page(
    session: Session,
    me: Member,
    work: Work,
    *,
    now: datetime,
    reader: Reader | None,
    form_token: str,
    shown: Shown | None = None,
    sent_version: int | None = None,
) -> WorkPage:
    """The page as it stands now; after a post that was not taken, with what was typed (`shown`)."""
    item, url = work.item, work_url(me, work)
    draft = draft_of(session, me.id, item.id)
    submissions = submissions_of(session, me.id, item.id)
    uploads = uploads_of(session, me.id, item.id)
    answers = shown.answers if shown else current_answers(draft, submissions)
    files = kept_files(uploads, url)
    state = state_of(work.dates, now)

    def when(at: datetime | None, *, deadline: bool = True) -> When | None:
        return work.schedule.when(at, now, reader, deadline=deadline) if at else None

    open_now = state in (ItemState.OPEN, ItemState.LATE) or not me.is_learner
    mistakes = shown.mistakes if shown else ()
    drawing = draw(work.form, answers, mistakes, files=files, carried=work.carried) if open_now else None
    other = shown.other if shown else None
    closed = state is ItemState.CLOSED and me.is_learner
    return WorkPage(
        title=work.form.title,
        intro=work.form.intro or "",
        lesson_words=lesson_words(work),
        lesson_url=f"/c/{me.cohort.slug}/lessons/{work.lesson.number}",
        url=url,
        blank_url=f"{url}/blank.pdf",
        draft_pdf_url=f"{url}/draft.pdf",
        file_url=f"/c/{me.cohort.slug}/files/{item.file}" if item.file else "",
        state=state,
        is_learner=me.is_learner,
        opens=when(work.dates.opens_at, deadline=False),
        due=when(work.dates.due_at),
        closes=when(work.dates.closes_at),
        next_version=submissions[0].version + 1 if submissions else 1,
        versions=tuple(_version_line(one, work, url, now, reader) for one in submissions),
        copies=tuple(
            CopyLine(at_words(copy.saved_at, now, work.schedule), f"{url}/copies/{copy.id}")
            for copy in copies_of(session, me.id, item.id)
            if draft is None or copy.answers != draft.answers
        ),
        saved=saved_words(draft.saved_at, now, work.schedule) if draft else "",
        save_line=save_line(draft.saved_at, now, work.schedule) if draft else "",
        form_token=form_token,
        revision=draft.revision if draft else 0,
        drawing=drawing,
        given=read(work.form, answers, files=files) if closed and answers else (),
        radar=radar(work.form, answers) if state is not ItemState.NOT_YET else None,
        other=Other(at_words(other.saved_at, now, work.schedule), read(work.form, other.answers, files=files))
        if other
        else None,
        is_refused=bool(shown and shown.is_refused),
        is_just_sent=bool(submissions) and sent_version == submissions[0].version and draft is None,
    )


def read_page(
    session: Session,
    me: Member,
    work: Work,
    answers: Answers,
    *,
    form: Form,
    heading: str,
    at_words: str,
    pdf_url: str = "",
) -> ReadPage:
    """Answers to read. `form`: as it asked when they were given."""
    url = work_url(me, work)
    files = kept_files(uploads_of(session, me.id, work.item.id), url)
    return ReadPage(
        title=work.form.title,
        heading=heading,
        at_words=at_words,
        lesson_words=lesson_words(work),
        lesson_url=f"/c/{me.cohort.slug}/lessons/{work.lesson.number}",
        url=url,
        pdf_url=pdf_url,
        given=read(form, answers, files=files),
        radar=radar(form, answers),
    )


def current_answers(draft: Draft | None, submissions: Sequence[Submission]) -> Answers:
    """What the form holds: the draft, else what was last handed in."""
    if draft is not None:
        return draft.answers
    return submissions[0].answers if submissions else {}


def kept_files(uploads: Mapping[int, Upload], url: str) -> dict[int, KeptFile]:
    """A learner's files as links say them."""
    return {
        id_: KeptFile(
            id_,
            upload.filename,
            size_words(upload.size_bytes),
            f"{url}/files/{id_}",
            UploadKind(upload.kind) in IMAGES,
        )
        for id_, upload in uploads.items()
    }


def work_url(me: Member, work: Work) -> str:
    """The address of the page."""
    return f"/c/{me.cohort.slug}/work/{work.item.id}"


def lesson_words(work: Work) -> str:
    """ "Lesson 5: Relational strategizing"; the wrap-up has no number."""
    if work.lesson.kind is LessonKind.WRAP_UP:
        return work.lesson.title
    return f"Lesson {work.lesson.number}: {work.lesson.title}"


def version_words(submission: Submission, work: Work, now: datetime) -> str:
    """ "Submitted on time, Tuesday, November 17 at 9:12 PM ET"."""
    how = "late, for full credit" if submission.late else "on time"
    return f"Submitted {how}, {at_words(submission.submitted_at, now, work.schedule)}"


def _version_line(
    submission: Submission, work: Work, url: str, now: datetime, reader: Reader | None
) -> VersionLine:
    address = f"{url}/versions/{submission.version}"
    at = work.schedule.when(submission.submitted_at, now, reader)
    return VersionLine(submission.version, submission.late, at, address, f"{address}.pdf")
