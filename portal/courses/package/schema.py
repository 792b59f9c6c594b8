"""A whole course package as one frozen object: what `CourseVersion.content` holds and every page reads.

`CourseContent` comes from a checked package (`check.py`) and back from JSON:
`CourseContent.model_validate_json(content.model_dump_json())` is equal to `content`.
"""

from functools import cached_property
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, field_validator, model_validator

from portal.core.errors import NotFound
from portal.core.form_engine.definition import Form
from portal.core.when import is_zone
from portal.courses.package.parts import (
    Assignment,
    AssignmentsRule,
    AttendanceRules,
    CallPlan,
    CallsRule,
    Certificates,
    CompletionRule,
    Credit,
    EvaluationPlan,
    EvaluationRule,
    Faculty,
    Fees,
    FirstCohort,
    LateWork,
    Lesson,
    LessonKind,
    Line,
    Moment,
    Offering,
    Part,
    Practice,
    Slug,
    StoredFile,
    Text,
    Video,
    VideosRule,
)

RECORDING = "call-"  # the recording of call 2 is video "call-2"
FORM_SUFFIX = ".yaml"


class PlacedAssignment(NamedTuple):
    """An assignment and the lesson that lists it."""

    lesson: Lesson
    assignment: Assignment


class PlacedVideo(NamedTuple):
    """A video and the lesson that shows it; of a call's recording the lesson is None."""

    lesson: Lesson | None
    video: Video


class CarriedFrom(NamedTuple):
    """Where an answer comes from that a later worksheet shows."""

    assignment_id: str
    field_id: str


class CourseFacts(Part):
    """What course.yaml states beside its list of lessons."""

    format: Literal[1]
    slug: Slug
    code: Annotated[str, Field(pattern=r"^[A-Z0-9]{2,12}$")]
    title: Line
    subtitle: Line | None = None
    provider: Line
    time_zone: str
    first_cohort: FirstCohort | None = None
    summary: Text
    curriculum: Text | None = None
    pedagogy: tuple[Practice, ...] = ()
    objectives: tuple[Line, ...] = ()
    faculty: tuple[Faculty, ...] = ()
    calls: tuple[CallPlan, ...] = ()
    access_ends: Moment
    late_work: LateWork = LateWork()
    watched_share: Annotated[float, Field(gt=0, le=1)] = 0.9
    attendance: AttendanceRules = AttendanceRules()
    completion: Annotated[tuple[CompletionRule, ...], Field(min_length=1)]
    evaluation: EvaluationPlan | None = None
    credit: Credit | None = None
    certificates: Certificates = Certificates()
    fees: Fees | None = None

    @field_validator("time_zone")
    @classmethod
    def _is_known(cls, name: str) -> str:
        if not is_zone(name):
            raise ValueError("must be a time zone such as America/New_York")
        return name

    @model_validator(mode="after")
    def _each_rule_once(self) -> Self:
        kinds = [rule.kind for rule in self.completion]
        if len(set(kinds)) != len(kinds):
            raise ValueError("`completion` lists a kind twice")
        return self


class CourseFile(CourseFacts):
    """course.yaml: the facts, and the names of the lessons' files in order."""

    lessons: Annotated[tuple[Slug, ...], Field(min_length=1, max_length=200)]


class CourseContent(CourseFacts):
    """The checked package. Lookups raise NotFound in the reader's words."""

    lessons: tuple[Lesson, ...]
    forms: dict[str, Form]  # by path without ending: "worksheets/asset-map"; `each` sections written out
    files: dict[str, StoredFile]  # by path: media, captions, downloads

    @cached_property
    def _lessons(self) -> dict[int, Lesson]:
        return {lesson.number: lesson for lesson in self.lessons}

    @cached_property
    def _assignments(self) -> dict[str, PlacedAssignment]:
        return {
            item.id: PlacedAssignment(lesson, item) for lesson in self.lessons for item in lesson.assignments
        }

    @cached_property
    def _videos(self) -> dict[str, PlacedVideo]:
        lectures = {
            video.id: PlacedVideo(lesson, video) for lesson in self.lessons for video in lesson.videos
        }
        return lectures | {video.id: PlacedVideo(None, video) for video in self.recordings}

    @cached_property
    def _calls(self) -> dict[int, CallPlan]:
        return {call.number: call for call in self.calls}

    def lesson(self, number: int) -> Lesson:
        """The lesson of that number."""
        if number not in self._lessons:
            raise NotFound(f"This course has no lesson {number}.")
        return self._lessons[number]

    def assignment(self, assignment_id: str) -> PlacedAssignment:
        """The assignment of that id, with its lesson."""
        if assignment_id not in self._assignments:
            raise NotFound("This course has no such assignment.")
        return self._assignments[assignment_id]

    def video(self, video_id: str) -> PlacedVideo:
        """The lecture of that id with its lesson, or the package's recording of a call (`call-2`)."""
        if video_id not in self._videos:
            raise NotFound("This course has no such video.")
        return self._videos[video_id]

    def call(self, number: int) -> CallPlan:
        """The call of that number, as planned."""
        if number not in self._calls:
            raise NotFound(f"This course has no call {number}.")
        return self._calls[number]

    def recording(self, number: int) -> Video | None:
        """The package's recording of a call, if it has one."""
        self.call(number)  # or NotFound
        return self._recordings.get(number)

    @cached_property
    def _recordings(self) -> dict[int, Video]:
        return {
            call.number: Video(
                id=f"{RECORDING}{call.number}",
                title=f"Recording of call {call.number}: {call.title}",
                **call.recording.model_dump(exclude={"cues"}),
                cues=call.recording.cues,
            )
            for call in self.calls
            if call.recording is not None
        }

    def worksheet(self, path: str) -> Form:
        """The form at a path without ending (`Assignment.form`)."""
        if path not in self.forms:
            raise NotFound("This course has no such form.")
        return self.forms[path]

    def faculty_member(self, key: str) -> Faculty:
        """The one of the faculty with that key."""
        for member in self.faculty:
            if member.key == key:
                return member
        raise NotFound("This course has no such faculty member.")

    def offering(self, key: str) -> Offering:
        """The credit offering with that key."""
        for offering in self.credit.offerings if self.credit else ():
            if offering.key == key:
                return offering
        raise NotFound("This course has no such credit offering.")

    @cached_property
    def evaluation_form(self) -> Form | None:
        """The post-course evaluation, one question written out per objective and faculty member."""
        return self.forms[self.evaluation.form] if self.evaluation else None

    @cached_property
    def recordings(self) -> tuple[Video, ...]:
        """The package's recordings of calls, in order."""
        return tuple(self._recordings.values())

    @cached_property
    def videos(self) -> tuple[Video, ...]:
        """The lectures of all lessons, in order; recordings of calls are not among them."""
        return tuple(video for lesson in self.lessons for video in lesson.videos)

    @cached_property
    def assignments(self) -> tuple[Assignment, ...]:
        """The items of all lessons, in order."""
        return tuple(item for lesson in self.lessons for item in lesson.assignments)

    @cached_property
    def counted_lessons(self) -> tuple[Lesson, ...]:
        """The lessons without the wrap-up: "eight lessons"."""
        return tuple(lesson for lesson in self.lessons if lesson.kind is LessonKind.LESSON)

    @cached_property
    def carried(self) -> dict[str, CarriedFrom]:
        """Answers that later worksheets show, by the name they carry (`carry_forward_as`)."""
        return {
            name: CarriedFrom(item.id, field.id)
            for item in self.assignments
            if item.form is not None
            for field in self.forms[item.form].all_fields()
            if (name := getattr(field, "carry_forward_as", None))
        }

    def rule_for_videos(self) -> VideosRule | None:
        """The completion rule over videos; None: videos are not asked for."""
        return next((rule for rule in self.completion if isinstance(rule, VideosRule)), None)

    def rule_for_assignments(self) -> AssignmentsRule | None:
        """The completion rule over assignments; None: assignments are not asked for."""
        return next((rule for rule in self.completion if isinstance(rule, AssignmentsRule)), None)

    def rule_for_calls(self) -> CallsRule | None:
        """The completion rule over calls; None: calls are not asked for."""
        return next((rule for rule in self.completion if isinstance(rule, CallsRule)), None)

    def rule_for_evaluation(self) -> EvaluationRule | None:
        """The completion rule over the evaluation; None: it is not asked for."""
        return next((rule for rule in self.completion if isinstance(rule, EvaluationRule)), None)
