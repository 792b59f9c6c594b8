"""What the certificate of completion asks for, and what of it is done: pure functions over facts.

PRODUCT.md, "Completion" and "Grades". One engine for learner, coach, auditor and gradebook, so that "what is
missing" is the same sentence everywhere.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from portal.assignments.policy import HANDED_IN
from portal.attendance.policy import Counting, Mark, why_it_counts
from portal.courses.package.parts import Assignment, AssignmentKind, CallsRule, Lesson
from portal.courses.package.schema import RECORDING, CourseContent

RULES_VERSION = 1


class RequirementKind(StrEnum):
    """The four lines of "my record"."""

    VIDEOS = "videos"
    ASSIGNMENTS = "assignments"
    CALLS = "calls"
    EVALUATION = "evaluation"


@dataclass(frozen=True)
class Call:
    """A call of the cohort as completion sees it."""

    number: int
    title: str
    starts_at: datetime
    cancelled_at: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What is known of one learner. Each mapping gives since when the thing is done.

    `watched`: lectures and recordings (`call-<n>`) by video id. `done`: assignments by id, ticked or submitted.
    `marks`: the attendance mark that holds, by call number.
    """

    watched: Mapping[str, datetime] = field(default_factory=dict)
    done: Mapping[str, datetime] = field(default_factory=dict)
    late: Collection[str] = ()  # assignments whose standing version came after it was due
    marks: Mapping[int, Mark] = field(default_factory=dict)
    evaluation_sent_at: datetime | None = None


@dataclass(frozen=True)
class Item:
    """One thing that a requirement asks for. `path`: where it is done, below the cohort's address."""

    id: str
    title: str
    path: str
    lesson: int | None = None
    done_at: datetime | None = None


@dataclass(frozen=True)
class Requirement:
    """One line: what it asks for, with what of it is done. With nothing in it, it is met."""

    kind: RequirementKind
    items: tuple[Item, ...]

    @property
    def needed(self) -> int:
        """How many things it asks for."""
        return len(self.items)

    @property
    def done(self) -> int:
        """How many of them are done."""
        return sum(item.done_at is not None for item in self.items)

    @property
    def met(self) -> bool:
        """Nothing is missing."""
        return self.done == self.needed

    @property
    def missing(self) -> tuple[Item, ...]:
        """What still stands out, in the course's order."""
        return tuple(item for item in self.items if item.done_at is None)


@dataclass(frozen=True)
class Share:
    """How much of something is done. `done_at`: when the latest of it was done; None while nothing is."""

    done: int
    needed: int
    done_at: datetime | None


def call_counts_at(rule: CallsRule | None, call: Call, facts: Facts) -> datetime | None:
    """Since when a call counts for this learner; None while it does not.

    A cancelled call counts for everyone. Attendance and the recording are joined here: "absent" by faculty and
    the recording watched still counts. An excuse counts only where the package lists it.
    """
    why, mark = _why(rule, call, facts), facts.marks.get(call.number)
    if why is None:
        return None
    if why is Counting.CANCELLED:
        return call.cancelled_at
    if why is Counting.RECORDING:
        return facts.watched[f"{RECORDING}{call.number}"]
    return call.starts_at if mark is None or mark.at is None else mark.at


def _why(rule: CallsRule | None, call: Call, facts: Facts) -> Counting | None:
    mark = facts.marks.get(call.number)
    return why_it_counts(
        mark.status if mark else None,
        recording_watched=f"{RECORDING}{call.number}" in facts.watched,
        cancelled=call.cancelled_at is not None,
        counts=rule.counts if rule else CallsRule.model_fields["counts"].default,
    )


def requirements(content: CourseContent, calls: Sequence[Call], facts: Facts) -> tuple[Requirement, ...]:
    """The four requirements in their order; one the package does not ask for has nothing in it."""
    lessons = content.lessons
    videos = _videos(lessons, facts) if content.rule_for_videos() else ()
    work = _assignments(lessons, facts) if content.rule_for_assignments() else ()
    rule = content.rule_for_calls()
    return (
        Requirement(RequirementKind.VIDEOS, tuple(videos)),
        Requirement(RequirementKind.ASSIGNMENTS, tuple(work)),
        Requirement(RequirementKind.CALLS, tuple(_call(rule, call, facts) for call in calls) if rule else ()),
        Requirement(
            RequirementKind.EVALUATION,
            (_evaluation(content, facts),) if content.rule_for_evaluation() else (),
        ),
    )


def all_met(lines: Sequence[Requirement]) -> bool:
    """Whether completion is reached."""
    return all(line.met for line in lines)


def share(items: Sequence[Item]) -> Share:
    """The share of these things that is done."""
    instants = [item.done_at for item in items if item.done_at is not None]
    return Share(len(instants), len(items), max(instants, default=None))


def share_for(destination: str, content: CourseContent, calls: Sequence[Call], facts: Facts) -> Share | None:
    """What a gradebook column shows, by its link's destination; None where it has no score (PRODUCT, Grades).

    Home and record: all that completion needs. `lesson:n`: that lesson's required videos and items.
    """
    kind, _, key = destination.partition(":")
    lines = {line.kind: line for line in requirements(content, calls, facts)}
    if kind in ("home", "record"):
        return share([item for line in lines.values() for item in line.items])
    if kind == "evaluation":
        return share([_evaluation(content, facts)]) if content.evaluation else None
    if kind == "call":
        call = next((one for one in calls if str(one.number) == key), None)
        return None if call is None else _share_of_call(content.rule_for_calls(), call, facts)
    if kind == "lesson":
        lesson = next((one for one in content.lessons if str(one.number) == key), None)
        return None if lesson is None else share(lesson_items(content, lesson, facts))
    if kind == "work":
        placed = next(((one, a) for one in content.lessons for a in one.assignments if a.id == key), None)
        return None if placed is None else share([_assignment(*placed, facts)])
    return None


def _share_of_call(rule: CallsRule | None, call: Call, facts: Facts) -> Share:
    """Done when it took place, not when faculty marked it: marking late makes nobody late in the gradebook."""
    found = share([_call(rule, call, facts)])
    if found.done_at is None or _why(rule, call, facts) is not Counting.ATTENDED:
        return found
    return replace(found, done_at=min(found.done_at, call.starts_at))


def lesson_items(content: CourseContent, lesson: Lesson, facts: Facts) -> list[Item]:
    """What one lesson asks for: its required videos, items, and the evaluation where the lesson lists it."""
    asks_evaluation = any(a.kind is AssignmentKind.EVALUATION and a.required for a in lesson.assignments)
    return [
        *_videos([lesson], facts),
        *_assignments([lesson], facts),
        *([_evaluation(content, facts)] if asks_evaluation else []),
    ]


def _videos(lessons: Sequence[Lesson], facts: Facts) -> list[Item]:
    return [
        Item(
            video.id,
            video.title,
            f"lessons/{lesson.number}?video={video.id}#videos",
            lesson.number,
            facts.watched.get(video.id),
        )
        for lesson in lessons
        for video in lesson.videos
        if video.required
    ]


# What is watched and the evaluation are requirements of their own: no thing is asked for twice.
_NOT_WORK = (AssignmentKind.WATCH, AssignmentKind.EVALUATION)


def _assignments(lessons: Sequence[Lesson], facts: Facts) -> list[Item]:
    return [
        _assignment(lesson, assignment, facts)
        for lesson in lessons
        for assignment in lesson.assignments
        if assignment.required and assignment.kind not in _NOT_WORK
    ]


def _assignment(lesson: Lesson, assignment: Assignment, facts: Facts) -> Item:
    handed_in = assignment.kind in HANDED_IN
    path = f"work/{assignment.id}" if handed_in else f"lessons/{lesson.number}#item-{assignment.id}"
    return Item(assignment.id, assignment.title, path, lesson.number, facts.done.get(assignment.id))


def _call(rule: CallsRule | None, call: Call, facts: Facts) -> Item:
    return Item(
        f"call-{call.number}",
        f"Call {call.number}: {call.title}",
        f"calls/{call.number}",
        done_at=call_counts_at(rule, call, facts),
    )


def _evaluation(content: CourseContent, facts: Facts) -> Item:
    form = content.evaluation_form
    return Item(
        "evaluation",
        form.title if form else "Course evaluation",
        "evaluation",
        done_at=facts.evaluation_sent_at,
    )
