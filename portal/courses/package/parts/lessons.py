"""Lessons and what is in them: films, assignments, resources; faculty and calls."""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from portal.core.form_engine.definition import UploadKind
from portal.courses.package.parts.base import (
    Clock,
    Day,
    Line,
    Link,
    PackagePath,
    Part,
    Slug,
    Text,
    Window,
    Yes,
)


class Faculty(Part):
    """One who teaches. `disclosure` None: not yet given."""

    key: Slug
    name: Line
    credentials: Line | None = None
    role: Line | None = None
    bio: Text | None = None
    disclosure: Text | None = None

    @property
    def full_name(self) -> str:
        """ "Kate Hilton, JD, MTS"."""
        return f"{self.name}, {self.credentials}" if self.credentials else self.name


class Practice(Part):
    """One way in which the course teaches."""

    title: Line
    text: Text


class Cue(Part):
    """One line of captions: seconds from the start of the video, plain text."""

    start: float
    end: float
    text: str


class Film(Part):
    """A video file with its captions. Its transcript is its own file, else the captions' text (CONTRACT)."""

    computed: ClassVar[frozenset[str]] = frozenset({"length_seconds", "cues", "transcript_text"})

    file: PackagePath
    captions: PackagePath | None = None
    transcript: PackagePath | None = None
    sample: Yes = False
    length_seconds: float = 0.0
    cues: tuple[Cue, ...] = ()
    transcript_text: str | None = None  # Markdown of the transcript's own file

    @property
    def has_transcript(self) -> bool:
        """Whether there is something to read instead of watching."""
        return self.transcript_text is not None or bool(self.cues)


class Video(Film):
    """One lecture of a lesson, or (id `call-<n>`) the recording of a call."""

    id: Slug
    title: Line
    required: Yes = True
    faculty: tuple[Slug, ...] = ()


class AssignmentKind(StrEnum):
    """How an item of the checklist is done (PRODUCT, Assignments)."""

    TASK = "task"
    WATCH = "watch"
    WORKSHEET = "worksheet"
    UPLOAD = "upload"
    POST = "post"
    EVALUATION = "evaluation"


_ONLY_FOR = {
    "count": {AssignmentKind.TASK},
    "form": {AssignmentKind.WORKSHEET},
    "accept": {AssignmentKind.UPLOAD},
    "max_files": {AssignmentKind.UPLOAD},
    "revise_blocks": {AssignmentKind.WORKSHEET, AssignmentKind.UPLOAD},
}


class Assignment(Part):
    """One item of a lesson's checklist. `due_day` None: it has no due time."""

    id: Slug
    kind: AssignmentKind
    required: Yes
    title: Line
    text: Text | None = None
    link: Link | None = None
    file: PackagePath | None = None  # something to download and use
    due_day: Day | None = None
    due_at: Clock | None = None
    count: Annotated[int, Field(strict=True, ge=2, le=100)] | None = None
    form: PackagePath | None = None  # without its ending: worksheets/asset-map
    accept: tuple[UploadKind, ...] | None = None
    max_files: Annotated[int, Field(strict=True, ge=1, le=5)] | None = None
    revise_blocks: Yes = False  # "please revise" takes the item out of what counts as done

    @model_validator(mode="after")
    def _fits_its_kind(self) -> Self:
        for key, kinds in _ONLY_FOR.items():
            if key in self.model_fields_set and getattr(self, key) and self.kind not in kinds:
                raise ValueError(f"`{key}` does not go with kind {self.kind}")
        if self.kind is AssignmentKind.WORKSHEET and self.form is None:
            raise ValueError("a worksheet names its `form`")
        if self.due_at is not None and self.due_day is None:
            raise ValueError("`due_at` needs a `due_day`")
        return self


class Resource(Part):
    """Something to read or keep: a citation, with a link or a file of the package."""

    citation: Text
    link: Link | None = None
    file: PackagePath | None = None


class LessonKind(StrEnum):
    """The wrap-up is not counted among the lessons."""

    LESSON = "lesson"
    WRAP_UP = "wrap_up"


class Lesson(Part):
    """One week: a Markdown file with these facts on top; the text below is `body`, Markdown."""

    computed: ClassVar[frozenset[str]] = frozenset({"body"})

    number: Annotated[int, Field(strict=True, ge=1, le=999)]
    title: Line
    short: Line | None = None
    kind: LessonKind = LessonKind.LESSON
    window: Window
    faculty: tuple[Slug, ...] = ()
    description: Text
    objectives: tuple[Line, ...] = ()
    videos: tuple[Video, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    call: Annotated[int, Field(strict=True, ge=1, le=999)] | None = None
    resources: tuple[Resource, ...] = ()
    body: str = ""

    @property
    def short_title(self) -> str:
        """The title where space is short."""
        return self.short or self.title

    @property
    def name(self) -> str:
        """ "Lesson 3", or the title of what is not counted among the lessons."""
        return f"Lesson {self.number}" if self.kind is LessonKind.LESSON else self.short_title


class Recording(Film):
    """What is shown of a call once it has ended."""


class CallPlan(Part):
    """One live call as the package plans it. `lesson` is the lesson that announces it."""

    number: Annotated[int, Field(strict=True, ge=1, le=999)]
    title: Line
    lesson: Annotated[int, Field(strict=True, ge=1, le=999)] | None = None
    day: Day
    at: Clock
    minutes: Annotated[int, Field(strict=True, ge=1, le=1440)]
    recording: Recording | None = None
