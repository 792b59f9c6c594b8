"""The rules a package sets: late work, attendance, completion, evaluation."""

from typing import Annotated, Literal

from pydantic import Field

from portal.courses.package.parts.base import Day, Moment, PackagePath, Part, Slug


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
