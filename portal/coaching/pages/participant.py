"""One participant: what completion still asks, attendance, work, certificates, what staff changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from portal.assignments.queries import HandedIn
from portal.attendance.policy import Mark, Source, Status, why_it_counts
from portal.attendance.words import NO_MARK, SOURCE_WORDS, STATUS_SHAPES, STATUS_WORDS
from portal.audit.models import AuditEntry
from portal.certificates.models import Certificate
from portal.certificates.queries import state as certificate_state
from portal.coaching.policy import Deadlines, overdue_of
from portal.completion.policy import Requirement, RequirementKind
from portal.completion.queries import Standing
from portal.core.when import MONTHS, Reader, When, clock_words, month_day
from portal.courses.access import Member
from portal.courses.dates import Schedule
from portal.courses.models import Enrollment, EnrollmentState
from portal.courses.package.parts import AssignmentKind
from portal.courses.package.schema import RECORDING
from portal.courses.policy import is_before_opening, is_late
from portal.credit.models import CreditClaim
from portal.credit.policy import amount_words
from portal.identity.services import shown_name

LINE_WORDS = {
    RequirementKind.VIDEOS: ("Videos", "watched"),
    RequirementKind.ASSIGNMENTS: ("Assignments", "done"),
    RequirementKind.CALLS: ("Calls", "attended or viewed"),
    RequirementKind.EVALUATION: ("Evaluation", "sent"),
}
COUNTS_WORDS = {
    "attended": "Counts",
    "recording": "Counts, by recording",
    "cancelled": "Counts, cancelled",
    "excused": "Counts, excused",
}


@dataclass(frozen=True)
class LineShown:
    """One of the four requirements. `missing`: titles, the overdue ones first."""

    name: str
    words: str
    done: int
    needed: int
    shape: str
    missing: Sequence[tuple[str, bool]]


@dataclass(frozen=True)
class CallShown:
    """How one call went for the learner."""

    title: str
    url: str
    state: str
    shape: str
    hue: str
    recording: bool
    source: str
    counts: str


@dataclass(frozen=True)
class WorkShown:
    """One required item of work."""

    title: str
    lesson: str
    state: str
    shape: str
    hue: str
    when: str


@dataclass(frozen=True)
class CertificateShown:
    """A certificate; `url` only for the course team."""

    kind: str
    state: str
    issued: str
    url: str


@dataclass(frozen=True)
class Entry:
    """A line of the history."""

    iso: str
    when: str
    what: str
    who: str
    reason: str


@dataclass(frozen=True)
class ParticipantPage:
    """One participant as staff see them."""

    name: str
    email: str
    list_url: str
    since: When
    left: When | None
    is_test: bool
    launched: bool
    met: bool
    issued: bool
    access_ends: When
    overdue: int
    lines: Sequence[LineShown]
    calls: Sequence[CallShown]
    work: Sequence[WorkShown]
    certificates: Sequence[CertificateShown]
    claim: str
    has_credit: bool
    history: Sequence[Entry]


@dataclass(frozen=True)
class Read:
    """What was read of one participant."""

    learner: Enrollment
    standing: Standing
    schedule: Schedule
    marks: Mapping[int, Mark]
    versions: Mapping[str, Sequence[HandedIn]]
    certificates: Sequence[Certificate]
    claim: CreditClaim | None
    history: Sequence[AuditEntry]
    names: Mapping[int, str]


def participant_page(member: Member, read: Read, *, at: datetime, reader: Reader | None) -> ParticipantPage:
    """Built from what was read; asks nothing more."""
    schedule, learner, standing = read.schedule, read.learner, read.standing
    deadlines = Deadlines.of(schedule)
    overdue = {item.id for item in overdue_of(standing.requirements, deadlines, at)}
    left_at = learner.withdrawn_at if learner.state is EnrollmentState.WITHDRAWN else None
    certificates = [_certificate(member, one, schedule) for one in read.certificates]
    return ParticipantPage(
        name=shown_name(learner.person),
        email=learner.person.email or "",
        list_url=f"/c/{member.cohort.slug}/participants",
        since=schedule.when(learner.enrolled_at, at, reader),
        left=schedule.when(left_at, at, reader) if left_at else None,
        is_test=learner.is_test,
        launched=learner.launched_at is not None,
        met=standing.met,
        issued=any(one.kind == "Completion" and one.state == "current" for one in certificates),
        access_ends=schedule.when(schedule.access_ends_at(), at, reader, deadline=True),
        overdue=len(overdue),
        lines=[_line(line, overdue) for line in standing.requirements if line.needed],
        calls=[_call(member, read, number, at) for number in schedule.calls],
        work=_work(read, at),
        certificates=certificates,
        claim=f"{amount_words(read.claim.credit_hundredths)} credits claimed" if read.claim else "",
        has_credit=member.content.credit is not None,
        history=[_entry(entry, read.names, schedule) for entry in read.history],
    )


def _line(line: Requirement, overdue: set[str]) -> LineShown:
    name, verb = LINE_WORDS[line.kind]
    missing = sorted(line.missing, key=lambda item: item.id not in overdue)
    if line.kind is RequirementKind.EVALUATION:
        words = "Sent" if line.met else "Not sent"
        missing = []
    else:
        words = f"{line.done} of {line.needed} {verb}"
    shape = "done" if line.met else "part" if line.done else "open"
    return LineShown(
        name, words, line.done, line.needed, shape, [(item.title, item.id in overdue) for item in missing]
    )


def _call(member: Member, read: Read, number: int, at: datetime) -> CallShown:
    dates = read.schedule.calls[number]
    mark = read.marks.get(number)
    status = mark.status if mark else None
    watched_at = read.standing.facts.watched.get(f"{RECORDING}{number}")
    shape, hue = STATUS_SHAPES[status] if status else ("none", "")
    rule = member.content.rule_for_calls()
    why = why_it_counts(
        status,
        recording_watched=watched_at is not None,
        cancelled=dates.cancelled,
        counts=rule.counts if rule else (),
    )
    words = STATUS_WORDS[status] if status else NO_MARK if at >= dates.ends_at else "Not held yet"
    return CallShown(
        title=f"{number}. {member.content.call(number).title}",
        url=f"/c/{member.cohort.slug}/calls/{number}/attendance",
        state="Cancelled" if dates.cancelled else words,
        shape="excused" if dates.cancelled else shape,
        hue="" if dates.cancelled else hue,
        recording=watched_at is not None,
        source=_source(read, mark, watched_at),
        counts=COUNTS_WORDS[why] if why else "" if at < dates.ends_at and status is None else "Not yet",
    )


def _source(read: Read, mark: Mark | None, watched_at: datetime | None) -> str:
    parts = []
    if mark is not None and mark.status is not None:
        who = read.names.get(mark.by_id or 0, "") if mark.source is Source.FACULTY else ""
        day = f", {_short(mark.at, read.schedule)}" if mark.at else ""
        parts.append(f"{who or SOURCE_WORDS[mark.source]}{day}")
    if watched_at is not None:
        parts.append(f"recording, {_short(watched_at, read.schedule)}")
    return "; ".join(parts)


def _work(read: Read, at: datetime) -> list[WorkShown]:
    rows = []
    facts, schedule = read.standing.facts, read.schedule
    for lesson in schedule.content.lessons:
        for item in lesson.assignments:
            if item.kind in (AssignmentKind.WATCH, AssignmentKind.EVALUATION):
                continue
            versions = read.versions.get(item.id, ())
            done_at = facts.done.get(item.id)
            if not item.required and done_at is None:
                continue
            dates = schedule.assignment(item.id)
            when = ""
            if versions:
                when = f"{_short(versions[-1].submitted_at, schedule)}"
                when += f", version {versions[-1].version}" if len(versions) > 1 else ""
            elif done_at is not None:
                when = _short(done_at, schedule)
            if done_at is not None:
                late = item.id in facts.late
                state, shape, hue = ("Late, full credit", "late", "") if late else ("Done", "check", "")
            elif is_before_opening(dates, at):
                state, shape, hue = "Not open yet", "shut", ""
            elif is_late(dates, at) and dates.due_at is not None:
                state, shape, hue = schedule.when(dates.due_at, at, deadline=True).late, "late", "late"
            else:
                state, shape, hue = "Nothing yet", "open", ""
            title = item.title if item.required else f"{item.title} (optional)"
            rows.append(WorkShown(title, lesson.name, state, shape, hue, when))
    return rows


def _certificate(member: Member, certificate: Certificate, schedule: Schedule) -> CertificateShown:
    return CertificateShown(
        kind=certificate.kind.value.capitalize() if certificate.kind != "ce" else "CE credit",
        state=certificate_state(certificate).value,
        issued=month_day(schedule.day(certificate.issued_at), schedule.years),
        url=f"/certificates/{certificate.code}.pdf" if member.is_team else "",
    )


def _entry(entry: AuditEntry, names: Mapping[int, str], schedule: Schedule) -> Entry:
    local = _local(entry.at, schedule)
    return Entry(
        iso=local.isoformat(timespec="minutes"),
        when=f"{MONTHS[local.month - 1][:3]} {local.day}, {clock_words(local)}",
        what=_what(entry),
        who=names.get(entry.by_id or 0, "By command"),
        reason=entry.reason or "",
    )


def _what(entry: AuditEntry) -> str:
    after = entry.after or {}
    if entry.action == "attendance_marked":
        status = after.get("status")
        said = STATUS_WORDS[Status(status)].lower() if status in set(Status) else "mark taken back"
        return f"Call {after.get('call')}: {said}"
    return entry.action.replace("_", " ").replace(".", " ").capitalize()


def _short(at: datetime | None, schedule: Schedule) -> str:
    if at is None:
        return ""
    local = _local(at, schedule)
    return f"{MONTHS[local.month - 1][:3]} {local.day}"


def _local(at: datetime, schedule: Schedule) -> datetime:
    return at.astimezone(ZoneInfo(schedule.zone))
