"""What the course page shows."""

from dataclasses import dataclass
from datetime import datetime

from markupsafe import Markup

from portal.core.markdown import to_inline_html
from portal.core.when import When, day_range, day_words, month_day, plural
from portal.core.words import listed, lower_first, money_words, number_words, upper_first
from portal.courses.dates import Schedule
from portal.courses.package.parts import CallsRule, Credit, Fees, LessonKind, Offering
from portal.courses.plain import PlainCohort

# The mark's owner asks for italics and the sign where the designation stands (AMA PRA booklet).
_AMA = "AMA PRA Category 1 Credit"


@dataclass(frozen=True)
class Teacher:
    """One of the faculty. `disclosure` in words even where there is none."""

    name: str
    role: str | None
    bio: Markup | None
    disclosure: Markup


@dataclass(frozen=True)
class Way:
    """A way in which the course teaches."""

    title: str
    text: Markup


@dataclass(frozen=True)
class LessonRow:
    """A lesson and its week."""

    title: str
    url: str
    week: str


@dataclass(frozen=True)
class CallRow:
    """A call and when it takes place: as a short day, with the time."""

    title: str
    url: str
    iso: str
    day: str
    time: str
    is_cancelled: bool


@dataclass(frozen=True)
class CreditRow:
    """What one profession may claim. `ama`: the type is the AMA's mark and set as its owner asks."""

    profession: str | None
    type: str
    ama: bool
    more: str


@dataclass(frozen=True)
class CreditPart:
    """All that is said of credit."""

    maximum: str
    professions: str
    steps: str
    deadline: When
    is_over: bool
    rows: tuple[CreditRow, ...]
    otherwise: str | None
    accreditor: str | None
    needs_completion: bool


@dataclass(frozen=True)
class FeesPart:
    """Lines of name and amount, and what is said beneath. `due_iso`: the day applications are due."""

    rows: tuple[tuple[str, str], ...]
    note: str
    due_words: str | None
    due_iso: str | None


@dataclass(frozen=True)
class CoursePage:
    """About the course, in this cohort."""

    kicker: str
    title: str
    summary: Markup
    cohort: str
    starts_iso: str
    starts_words: str
    ends: When
    contents: str
    calendar_url: str
    objectives: tuple[Markup, ...]
    pedagogy: tuple[Way, ...]
    faculty: tuple[Teacher, ...]
    curriculum: Markup | None
    lessons: tuple[LessonRow, ...]
    calls: tuple[CallRow, ...]
    calls_note: str
    completion: str
    credit: CreditPart | None
    fees: FeesPart | None


def course_page(cohort: PlainCohort, schedule: Schedule, *, at: datetime) -> CoursePage:
    """The page as it stands `at`; `schedule` is the reader's own."""
    content = schedule.content
    return CoursePage(
        kicker=", ".join(filter(None, (content.subtitle, content.provider))),
        title=content.title,
        summary=to_inline_html(content.summary.strip()),
        cohort=cohort.name,
        starts_iso=cohort.starts_on.isoformat(),
        starts_words=day_words(cohort.starts_on, schedule.years),
        ends=schedule.when(schedule.access_ends_at(), at, deadline=True),
        contents=_contents(schedule),
        calendar_url=f"/c/{cohort.slug}/calendar.ics",
        objectives=tuple(map(to_inline_html, content.objectives)),
        pedagogy=tuple(Way(one.title, to_inline_html(one.text)) for one in content.pedagogy),
        faculty=tuple(
            Teacher(
                one.full_name,
                one.role,
                to_inline_html(one.bio.strip()) if one.bio else None,
                to_inline_html(
                    f"Disclosure: {one.disclosure.strip() if one.disclosure else 'not yet given.'}"
                ),
            )
            for one in content.faculty
        ),
        curriculum=to_inline_html(content.curriculum.strip()) if content.curriculum else None,
        lessons=tuple(
            LessonRow(
                f"{lesson.number}. {lesson.title}" if lesson.kind is LessonKind.LESSON else lesson.title,
                f"/c/{cohort.slug}/lessons/{lesson.number}",
                day_range(*schedule.window(lesson.number)),
            )
            for lesson in content.lessons
        ),
        calls=tuple(_call_row(cohort, schedule, call.number, at) for call in content.calls),
        calls_note=_calls_note(schedule),
        completion=_completion(schedule),
        credit=_credit(content.credit, schedule, at) if content.credit else None,
        fees=_fees(content.fees, cohort, schedule, at) if content.fees else None,
    )


def _contents(schedule: Schedule) -> str:
    """ "Eight lessons, four live calls. Late work has full credit until the end."."""
    content = schedule.content
    lessons, calls = len(content.counted_lessons), len(content.calls)
    parts = [f"{number_words(lessons)} {'lesson' if lessons == 1 else 'lessons'}"]
    if calls:
        parts.append(f"{number_words(calls)} live {'call' if calls == 1 else 'calls'}")
    late = (
        "Late work has full credit until the end."
        if content.late_work.accepted_until == "access_ends"
        else ""
    )
    return f"{upper_first(', '.join(parts))}. {late}".strip()


def _calls_note(schedule: Schedule) -> str:
    """ "60 minutes each. Missed one? Its recording counts as well."."""
    lengths = {call.minutes for call in schedule.content.calls}
    rule = schedule.content.rule_for_calls()
    each = f"{plural(lengths.pop(), 'minute')} each." if len(lengths) == 1 else ""
    recorded = "Missed one? Its recording counts as well." if rule and "recording" in rule.counts else ""
    return f"{each} {recorded}".strip()


def _call_row(cohort: PlainCohort, schedule: Schedule, number: int, at: datetime) -> CallRow:
    dates = schedule.call(number)
    seen = schedule.when(dates.starts_at, at)
    title = f"{number}. {schedule.content.call(number).title}"
    url = f"/c/{cohort.slug}/calls/{number}"
    return CallRow(title, url, seen.iso, seen.short, seen.time, dates.cancelled)


def _completion(schedule: Schedule) -> str:
    """What the certificate of completion needs, as the package's rules have it."""
    words = {
        "videos": "every required video watched",
        "assignments": "every required assignment submitted",
        "evaluation": "the evaluation sent",
    }
    asked = [
        _calls_words(rule) if isinstance(rule, CallsRule) else words[rule.kind]
        for rule in schedule.content.completion
    ]
    return f"{', '.join(asked)}."


def _calls_words(rule: CallsRule) -> str:
    return f"every call attended{' or its recording viewed' if 'recording' in rule.counts else ''}"


def _credit(credit: Credit, schedule: Schedule, at: datetime) -> CreditPart:
    deadline = schedule.when(schedule.claim_deadline(), at, deadline=True)
    steps = {offering.step for offering in credit.offerings}
    quarter = len(steps) == 1 and str(steps.copy().pop().normalize()) == "0.25"
    return CreditPart(
        maximum=f"{credit.maximum.normalize():f}",
        professions=listed([lower_first(offering.title) for offering in credit.offerings]),
        steps="in quarter hours, " if quarter else "",
        deadline=deadline,
        is_over=deadline.past,
        rows=tuple(map(_credit_row, credit.offerings)),
        otherwise=credit.otherwise,
        accreditor=credit.accreditor,
        needs_completion="completion" in credit.requires,
    )


def _credit_row(offering: Offering) -> CreditRow:
    said_twice = offering.type.startswith(offering.title)
    return CreditRow(
        profession=None if said_twice else offering.title,
        type=offering.type,
        ama=offering.type == _AMA,
        more=", which you report yourself" if offering.self_reported else "",
    )


def _fees(fees: Fees, cohort: PlainCohort, schedule: Schedule, at: datetime) -> FeesPart:
    rows = [("Regular", money_words(fees.regular.cents, fees.regular.currency))]
    note = ""
    if fees.scholarships:
        covers = fees.scholarships.covers
        share = "in full" if covers == "full" else f"{covers} percent"
        rows.append((upper_first(", ".join(fees.scholarships.for_)), f"scholarships, {share}"))
        note = "Scholarships are limited. " if fees.scholarships.limited else ""
    if fees.discounts and fees.discounts.available:
        rows.append(("Discounts", "on application"))
    first = schedule.content.first_cohort
    due_on = fees.applications_due
    if due_on is None and first is not None and first.slug == cohort.slug:
        due_on = first.applications_due
    if due_on is not None and len(rows) > 1:
        what = listed(
            [
                name
                for name, part in (("scholarships", fees.scholarships), ("discounts", fees.discounts))
                if part
            ]
        )
        note += f"Applications for {what} {'were' if due_on < schedule.day(at) else 'are'} due"
    has_due = due_on is not None and len(rows) > 1
    return FeesPart(
        rows=tuple(rows),
        note=note.strip(),
        due_words=month_day(due_on, ()) if due_on and has_due else None,
        due_iso=due_on.isoformat() if due_on and has_due else None,
    )
