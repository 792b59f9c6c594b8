"""The parts of a course package, as its author states them. Frozen; a key nobody knows is a mistake."""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from portal.core.form_engine.definition import UploadKind


def _clock(text: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise ValueError('must be a time of day such as "23:59"')
    return text


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", text):
        raise ValueError("must be small letters, digits and hyphens, at most 60, such as asset-map")
    return text


def _path(text: str) -> str:
    parts = text.split("/")
    if (
        len(text) > 200
        or "\\" in text
        or not text.isprintable()
        or any(part in ("", ".", "..") for part in parts)
    ):
        raise ValueError("must be a path inside the package, such as media/welcome.mp4")
    return text


def _link(text: str) -> str:
    if not is_web_address(text):
        raise ValueError("must be a web address that begins with https:// or http://")
    return text


def is_web_address(text: str) -> bool:
    """Whether a link on a page may lead there: http or https, with a host, without spaces."""
    try:
        address = urlsplit(text)
        return address.scheme in ("http", "https") and bool(address.hostname) and not re.search(r"\s", text)
    except ValueError:
        return False


Clock = Annotated[str, AfterValidator(_clock)]
Slug = Annotated[str, AfterValidator(_slug)]
PackagePath = Annotated[str, AfterValidator(_path)]
Link = Annotated[str, Field(max_length=2000), AfterValidator(_link)]
Line = Annotated[str, Field(min_length=1, max_length=300)]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Day = Annotated[int, Field(strict=True, ge=0, le=3650)]
Yes = Annotated[bool, Field(strict=True)]
Credits = Annotated[Decimal, Field(gt=0, le=1000, max_digits=6, decimal_places=2)]

FROM_PACKAGE = {"package": True}  # validation context: what is read is an author's file


class Part(BaseModel):
    """Base of all parts. `computed` names what loading adds and an author may not state."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    computed: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _only_what_authors_state(cls, data: object, info: ValidationInfo) -> object:
        if cls.computed and info.context == FROM_PACKAGE and isinstance(data, dict):
            for key in sorted(cls.computed & data.keys()):
                raise ValueError(f"`{key}` is not a key of the package; loading finds it out")
        return data


class Moment(Part):
    """A wall-clock time on a day after the cohort's start, in the course's zone."""

    day: Day
    at: Clock = "23:59"


class Window(Part):
    """The days shown as "this week". A lesson opens at 00:00 on `from_day` and stays open (CONTRACT)."""

    from_day: Day
    to_day: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_day < self.from_day:
            raise ValueError("to_day lies before from_day")
        return self


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


class LateWork(Part):
    """Until when late work is taken, and what it is worth."""

    accepted_until: Literal["access_ends", "due"] = "access_ends"
    credit: Literal["full"] = "full"


class AttendanceRules(Part):
    """What an import proposes from (PRODUCT, Calls). Minutes."""

    floor_minutes: Annotated[int, Field(strict=True, ge=0, le=600)] = 10
    late_after_minutes: Annotated[int, Field(strict=True, ge=0, le=600)] = 10
    left_early_before_minutes: Annotated[int, Field(strict=True, ge=0, le=600)] = 10


class VideosRule(Part):
    """Every required video watched."""

    kind: Literal["videos"]
    which: Literal["all_required"] = "all_required"


class AssignmentsRule(Part):
    """Every required assignment submitted."""

    kind: Literal["assignments"]
    which: Literal["all_required"] = "all_required"


class CallsRule(Part):
    """Every call, by one of `counts`. `attended`: present, late or left early."""

    kind: Literal["calls"]
    which: Literal["all"] = "all"
    counts: tuple[Literal["attended", "recording", "excused"], ...] = ("attended", "recording")
    minimum_share: Annotated[float, Field(gt=0, le=1)] | None = None  # of the call's minutes


class EvaluationRule(Part):
    """The evaluation sent."""

    kind: Literal["evaluation"]
    form: Slug | None = None


CompletionRule = Annotated[
    VideosRule | AssignmentsRule | CallsRule | EvaluationRule, Field(discriminator="kind")
]


class EvaluationPlan(Part):
    """When the evaluation opens, is due and closes; a lesson's item of it takes its dates from here."""

    form: PackagePath
    opens_day: Day
    due: Moment | Literal["access_ends"] = "access_ends"
    closes_days_after_activity: Annotated[int, Field(strict=True, ge=0, le=3650)] = 30


class Detail(StrEnum):
    """What an accreditor needs to know of a person."""

    LICENCE_STATE = "licence_state"
    LICENCE_NUMBER = "licence_number"
    BIRTH_MONTH_DAY = "birth_month_day"
    NABP_EPROFILE_ID = "nabp_eprofile_id"
    CPPS_CERTIFICATE_NUMBER = "cpps_certificate_number"


class Offering(Part):
    """Credit for one profession. `sample`: the wording is not the accreditor's; certificates say SAMPLE."""

    key: Slug
    title: Line
    type: Line
    maximum: Credits
    step: Credits = Decimal("0.25")
    details: tuple[Detail, ...] = ()
    statement: Text | None = None
    provider_number: Line | None = None
    activity_number: Line | None = None
    report_permission: Yes = False
    report_within_days: Annotated[int, Field(strict=True, ge=1, le=3650)] | None = None
    self_reported: Yes = False
    sample: Yes = False


class Credit(Part):
    """Continuing education. `otherwise` None: who has no offering gets no certificate."""

    activity_ends: Moment | Literal["access_ends"] = "access_ends"
    maximum: Credits
    requires: tuple[Literal["evaluation", "completion"], ...] = ("evaluation",)
    claim_until_days_after_activity: Annotated[int, Field(strict=True, ge=0, le=3650)] = 30
    accreditor: Line | None = None
    otherwise: Literal["participation"] | None = "participation"
    offerings: tuple[Offering, ...] = ()


class Signature(Part):
    """Who signs the certificates: one of the faculty, with a role and perhaps a picture of the signature."""

    faculty: Slug
    role: Line | None = None
    image: PackagePath | None = None


class Certificates(Part):
    """What certificates say beyond names and dates. `hours` of instruction."""

    hours: Credits | None = None
    statement: Text | None = None
    logo: PackagePath | None = None
    signatures: tuple[Signature, ...] = Field(default=(), max_length=2)


class Money(Part):
    """An amount in cents, with its currency."""

    cents: Annotated[int, Field(strict=True, ge=0, le=100_000_000)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Scholarships(Part):
    """Who may ask for one and what it covers: all of the fee, or a share in percent."""

    for_: tuple[Line, ...] = Field(alias="for")
    covers: Literal["full"] | Annotated[int, Field(strict=True, ge=1, le=100)]
    limited: Yes = False


class Discounts(Part):
    """Whether one may apply for a discount."""

    available: Yes = False


class Fees(Part):
    """The price. `applications_due`: a day; None: each cohort's own."""

    regular: Money
    scholarships: Scholarships | None = None
    discounts: Discounts | None = None
    applications_due: date | None = None


class FirstCohort(Part):
    """Facts of the run the package was made for. Its start's weekday is what the windows were laid for."""

    slug: Slug
    starts: date
    applications_due: date | None = None


class StoredFile(Part):
    """A file that came with the package. `media_type` as it is served, `size` in bytes."""

    media_type: str
    size: int
    sha256: str
