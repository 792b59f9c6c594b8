"""The register of one call, as plain frozen values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from sqlalchemy.orm import Session

from portal.attendance.policy import Mark, Source, Status, Summary, standing_mark, summary_of
from portal.attendance.queries import (
    learners_of_cohort,
    marks_by_enrollment,
    names_of,
    plain,
)
from portal.attendance.words import KEYS, NO_MARK, SOURCE_WORDS, STATUS_WORDS, hours_words, moment_words
from portal.courses.access import Member
from portal.courses.models import CallSession, Enrollment
from portal.identity.services import shown_name

BAR_WIDTH = 1000
MOST_SINGLE_ROWS = 40  # with more rows changed, swapping the whole body is quicker than row by row


@dataclass(frozen=True, slots=True)
class AttendanceRow:
    """One learner's line. `status` is empty without a mark."""

    id: int
    name: str
    status: str
    state: str
    source: str


@dataclass(frozen=True)
class Choice:
    """A mark that can be given: its value, word and key."""

    value: str
    words: str
    key: str


@dataclass(frozen=True)
class Count:
    """How many have a mark, linked to the register of those alone. `current` when it is shown."""

    key: str
    words: str
    number: int
    url: str
    current: bool
    swatch: str  # class of its colour in the bar; empty for all
    offset: float
    width: float


@dataclass(frozen=True)
class Undo:
    """What was just done, and the instant that names it."""

    words: str
    marked_at: str


@dataclass(frozen=True)
class CallLink:
    """Another call of the cohort."""

    number: int
    url: str
    current: bool


@dataclass(frozen=True)
class CallAttendancePage:
    """The register of one call."""

    call_number: int
    title: str
    starts_iso: str
    hours: str
    cancelled: bool
    mark_url: str
    undo_url: str
    url: str
    total: int
    counts: Sequence[Count]
    summary_words: str
    unmarked: int
    rows: Sequence[AttendanceRow]
    query: str
    show: str
    calls: Sequence[CallLink]
    undo: Undo | None = None
    mistake: str = ""
    whole: bool = True  # false: `rows` are the changed ones alone
    choices: tuple[Choice, ...] = tuple(Choice(s.value, STATUS_WORDS[s], KEYS[s]) for s in Status)


def call_title(member: Member, number: int) -> str:
    """The call's title in the course package."""
    return member.content.call(number).title


def call_attendance_page(
    session: Session,
    member: Member,
    call: CallSession,
    *,
    show: str = "all",
    query: str = "",
    only: Sequence[int] | None = None,
    done_at: datetime | None = None,
    mistake: str = "",
) -> CallAttendancePage:
    """The register of `call`: its counts over everyone; rows as asked for by mark and name, or `only` these.

    Three statements, however many learners. `done_at`: when the reader last marked, to be undone.
    """
    learners = learners_of_cohort(session, member.cohort_id)
    marks = marks_by_enrollment(session, call)
    standing = {learner.id: standing_mark(marks.get(learner.id, [])) for learner in learners}
    statuses = {id_: mark.status if mark else None for id_, mark in standing.items()}
    summary = summary_of(statuses.values())
    base = f"/c/{member.cohort.slug}/calls/{call.number}/attendance"
    asked = {key: value for key, value in (("show", show), ("q", query)) if value not in ("", "all")}
    page = f"{base}?{urlencode(asked)}" if asked else base
    whole = only is None or len(only) > MOST_SINGLE_ROWS
    shown = _shown(learners, statuses, show, query) if whole else _only(learners, only or ())
    zone = member.cohort.time_zone
    return CallAttendancePage(
        call_number=call.number,
        title=call_title(member, call.number),
        starts_iso=call.starts_at.isoformat(timespec="minutes"),
        hours=hours_words(call.starts_at, call.minutes, zone),
        cancelled=call.cancelled_at is not None,
        mark_url=page,
        undo_url=f"{base}/undo",
        url=base,
        total=summary.total,
        counts=counts_of(summary, base, show, query),
        summary_words=summary_words(summary),
        unmarked=summary.unmarked,
        rows=_rows(session, member, call, shown, standing),
        query=query,
        show=show,
        calls=[
            CallLink(
                plan.number,
                f"/c/{member.cohort.slug}/calls/{plan.number}/attendance",
                plan.number == call.number,
            )
            for plan in member.content.calls
        ],
        undo=_undo(learners, marks, member.person.id, done_at),
        mistake=mistake,
        whole=whole,
    )


def _shown(
    learners: Sequence[Enrollment], statuses: Mapping[int, Status | None], show: str, query: str
) -> list[Enrollment]:
    words = plain(query).split()
    return [
        learner
        for learner in learners
        if (show == "all" or (statuses[learner.id] or "none") == show)
        and all(word in plain(shown_name(learner.person)) for word in words)
    ]


def _only(learners: Sequence[Enrollment], ids: Sequence[int]) -> list[Enrollment]:
    wanted = set(ids)
    return [learner for learner in learners if learner.id in wanted]


def _rows(
    session: Session,
    member: Member,
    call: CallSession,
    learners: Sequence[Enrollment],
    standing: Mapping[int, Mark | None],
) -> list[AttendanceRow]:
    others = {m.by_id for m in standing.values() if m and m.by_id and m.by_id != member.person.id}
    names = names_of(session, others) if others else {}
    names[member.person.id] = "You"
    zone = member.cohort.time_zone
    rows = []
    for learner in learners:
        mark = standing[learner.id]
        source = ""
        if mark is not None and mark.at is not None:
            who = names.get(mark.by_id or 0, "") if mark.source is Source.FACULTY else ""
            source = f"{who or SOURCE_WORDS[mark.source]}, {moment_words(mark.at, call.starts_at, zone)}"
        status = mark.status if mark else None
        rows.append(
            AttendanceRow(
                learner.id,
                shown_name(learner.person),
                status or "",
                STATUS_WORDS[status] if status else NO_MARK,
                source,
            )
        )
    return rows


def counts_of(summary: Summary, base: str, show: str, query: str) -> list[Count]:
    search = f"&{urlencode({'q': query})}" if query else ""
    counts = [
        Count(
            "all", "All", summary.total, base + (f"?{search[1:]}" if search else ""), show == "all", "", 0, 0
        )
    ]
    numbers = [(s.value, STATUS_WORDS[s], summary.by_status[s]) for s in Status]
    numbers.append(("none", NO_MARK, summary.unmarked))
    before = 0
    for place, (key, words, number) in enumerate(numbers, start=1):
        start, end = (BAR_WIDTH * n / max(summary.total, 1) for n in (before, before + number))
        # A hairline of paper between two parts, so that they are told apart without colour.
        width = max(end - start - 3, 1) if number else 0
        counts.append(
            Count(
                key,
                words,
                number,
                f"{base}?show={key}{search}",
                show == key,
                f"f{place}",
                round(start, 1),
                round(width, 1),
            )
        )
        before += number
    return counts


def summary_words(summary: Summary) -> str:
    parts = [f"{summary.by_status[s]} {STATUS_WORDS[s].lower()}" for s in Status]
    return f"{summary.total} learners: {', '.join(parts)}, {summary.unmarked} without a mark"


def _undo(
    learners: Sequence[Enrollment],
    marks: Mapping[int, Sequence[Mark]],
    person_id: int,
    done_at: datetime | None,
) -> Undo | None:
    """The reader's marks of one instant, in words. None where there are none, or newer ones stand."""
    if done_at is None:
        return None
    done = {}
    for learner in learners:
        by_person = [m for m in marks.get(learner.id, []) if m.source is Source.FACULTY]
        if by_person and by_person[-1].at == done_at and by_person[-1].by_id == person_id:
            done[shown_name(learner.person)] = by_person[-1].status
    if not done:
        return None
    statuses = set(done.values())
    status = statuses.pop() if len(statuses) == 1 else None
    said = STATUS_WORDS[status].lower() if status else ("as before" if statuses else "mark taken back")
    who = next(iter(done)) if len(done) == 1 else f"{len(done)} learners"
    return Undo(f"{who}: {said}", done_at.isoformat())
