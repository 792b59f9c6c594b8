"""The matrix of participants: lessons, calls, evaluation, credit, with the verdict second."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from portal.attendance.queries import plain
from portal.coaching.policy import (
    CELL_CLASS,
    CELL_WORDS,
    Cell,
    Show,
    Verdict,
    by_lesson,
    call_cell,
    lesson_cell,
    overdue_of,
    verdict_of,
    verdict_words,
)
from portal.coaching.queries import Roll
from portal.core.when import Reader, When
from portal.courses.access import Member
from portal.courses.dates import Schedule
from portal.courses.models import Enrollment
from portal.courses.policy import is_before_opening
from portal.credit.policy import amount_words

SHOW_WORDS = {
    Show.ALL: "All",
    Show.BEHIND: "Behind",
    Show.ONE_SHORT: "One thing short",
    Show.ELIGIBLE: "Eligible, not claimed",
    Show.ISSUED: "Certificate issued",
}


@dataclass(frozen=True, slots=True)
class MatrixCell:
    """A cell: its class, which draws the shape, and its words."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class ParticipantRow:
    """One learner's line of the matrix."""

    id: int
    name: str
    email: str
    url: str
    verdict: str
    words: str
    done: int
    needed: int
    overdue: int
    lessons: Sequence[MatrixCell]
    calls: Sequence[MatrixCell]
    evaluation: MatrixCell
    credits: str


@dataclass(frozen=True)
class Column:
    """A lesson or call over its column."""

    number: int
    title: str


@dataclass(frozen=True)
class ShowTab:
    """A filter with how many it shows."""

    words: str
    number: int
    url: str
    current: bool


@dataclass(frozen=True)
class ParticipantsPage:
    """Everyone, filtered as asked; the tabs count everyone."""

    cohort_name: str
    url: str
    csv_url: str
    total: int
    tabs: Sequence[ShowTab]
    lessons: Sequence[Column]
    calls: Sequence[Column]
    rows: Sequence[ParticipantRow]
    query: str
    show: str
    closes: When
    has_evaluation: bool
    has_credit: bool


def participants_page(
    member: Member, roll: Roll, *, show: str, query: str, at: datetime, reader: Reader | None
) -> ParticipantsPage:
    """Built from what was read; asks nothing more."""
    rows = participant_rows(member, roll, at)
    base = f"/c/{member.cohort.slug}/participants"
    words = plain(query).split()
    content = member.content
    of_cohort = roll.schedules[None]
    return ParticipantsPage(
        cohort_name=member.cohort.name,
        url=base,
        csv_url=f"{base}.csv",
        total=len(rows),
        tabs=_tabs(rows, base, show, query),
        lessons=[Column(lesson.number, lesson.title) for lesson in content.counted_lessons],
        calls=[Column(call.number, call.title) for call in content.calls],
        rows=[row for row in rows if _is_shown(row, show) and all(word in plain(row.name) for word in words)],
        query=query,
        show=show,
        closes=of_cohort.when(of_cohort.access_ends_at(), at, reader, deadline=True),
        has_evaluation=content.evaluation is not None,
        has_credit=content.credit is not None,
    )


def participant_rows(member: Member, roll: Roll, at: datetime) -> list[ParticipantRow]:
    """Everyone's line, in the order of the roll."""
    schedule = roll.schedules[None]
    ending = member.content.evaluation is None or not is_before_opening(schedule.evaluation(), at)
    return [_row(member, roll, learner, schedule, at, ending=ending) for learner in roll.learners]


def _row(
    member: Member, roll: Roll, learner: Enrollment, schedule: Schedule, at: datetime, *, ending: bool
) -> ParticipantRow:
    id_ = learner.id
    standing, deadlines = roll.standings[id_], roll.deadlines[id_]
    lessons = by_lesson(standing.requirements)
    overdue = len(overdue_of(standing.requirements, deadlines, at))
    verdict = verdict_of(issued=id_ in roll.issued, missing=standing.needed - standing.done, overdue=overdue)
    claimed = roll.credits_of.get(id_)
    if standing.facts.evaluation_sent_at is not None:
        evaluation = MatrixCell(Cell.DONE, "Sent")
    else:
        evaluation = MatrixCell(Cell.OPEN, "Not sent") if ending else _CELLS[Cell.SHUT]
    return ParticipantRow(
        id=id_,
        name=roll.name(learner),
        email=learner.person.email or "",
        url=f"/c/{member.cohort.slug}/participants/{id_}",
        verdict=verdict,
        words=verdict_words(
            verdict, done=standing.done, needed=standing.needed, overdue=overdue, ending=ending
        ),
        done=standing.done,
        needed=standing.needed,
        overdue=overdue,
        lessons=[
            _cell(
                lesson_cell(lessons.get(lesson.number, ()), deadlines.lessons[lesson.number], deadlines, at)
            )
            for lesson in member.content.counted_lessons
        ],
        calls=[
            _cell(call_cell(number, standing.facts, ends_at=call.ends_at, cancelled=call.cancelled, at=at))
            for number, call in schedule.calls.items()
        ],
        evaluation=evaluation,
        credits=amount_words(claimed) if claimed is not None else "",
    )


_CELLS = {cell: MatrixCell(CELL_CLASS.get(cell, cell), CELL_WORDS[cell]) for cell in Cell}


def _cell(cell: Cell) -> MatrixCell:
    return _CELLS[cell]


def _is_shown(row: ParticipantRow, show: str) -> bool:
    if show == Show.BEHIND:
        return row.overdue > 0 and row.verdict not in (Verdict.ISSUED, Verdict.ELIGIBLE)
    return show == Show.ALL or row.verdict == show


def _tabs(rows: Sequence[ParticipantRow], base: str, show: str, query: str) -> list[ShowTab]:
    tabs = []
    for one in Show:
        asked = {key: value for key, value in (("show", one.value), ("q", query)) if value not in ("", "all")}
        url = f"{base}?{urlencode(asked)}" if asked else base
        number = sum(_is_shown(row, one) for row in rows)
        tabs.append(ShowTab(SHOW_WORDS[one], number, url, one == show))
    return tabs
