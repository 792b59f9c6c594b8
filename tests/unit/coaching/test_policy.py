"""Where a learner stands, cell by cell, and the word for the whole."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.attendance.policy import Mark, Source, Status
from portal.coaching.policy import Cell, Deadlines, Verdict, call_cell, lesson_cell, verdict_of, verdict_words
from portal.completion.policy import Facts, Item
from portal.courses.dates import ItemDates

DAY = timedelta(days=1)
OPENS = datetime(2026, 10, 1, 4, tzinfo=UTC)
DUE = datetime(2026, 10, 8, 3, 59, tzinfo=UTC)
LESSON = ItemDates(OPENS, DUE, None)
DEADLINES = Deadlines({2: LESSON}, {"film": LESSON, "map": LESSON})


def things(*done):
    return [
        Item(id_, id_, "", 2, OPENS if is_done else None)
        for id_, is_done in zip(("film", "map"), done, strict=True)
    ]


@pytest.mark.parametrize(
    ("items", "at", "cell"),
    [
        pytest.param(things(False, False), OPENS - DAY, Cell.SHUT, id="not open yet"),
        pytest.param(things(False, False), OPENS + DAY, Cell.OPEN, id="nothing yet"),
        pytest.param(things(True, False), OPENS + DAY, Cell.PART, id="in part"),
        pytest.param(
            things(True, False), DUE + timedelta(seconds=59), Cell.PART, id="the minute of 11:59 counts"
        ),
        pytest.param(things(True, False), DUE + timedelta(seconds=60), Cell.LATE, id="late"),
        pytest.param(things(True, True), DUE + DAY, Cell.DONE, id="done"),
        pytest.param([], DUE, Cell.NOTHING, id="asks nothing"),
    ],
)
def test_a_lesson_as_one_cell(items, at, cell):
    assert lesson_cell(items, LESSON, DEADLINES, at) is cell


def facts(status=None, watched=False):
    marks = {1: Mark(1, status, Source.FACULTY)} if status else {}
    return Facts(marks=marks, watched={"call-1": OPENS} if watched else {})


@pytest.mark.parametrize(
    ("known", "at", "cancelled", "cell"),
    [
        pytest.param(facts(), OPENS - DAY, False, Cell.TO_COME, id="to come"),
        pytest.param(facts(), OPENS + DAY, False, Cell.NO_MARK, id="no mark is not absent"),
        pytest.param(facts(Status.ABSENT), OPENS + DAY, False, Cell.ABSENT, id="absent"),
        pytest.param(
            facts(Status.ABSENT, watched=True), OPENS + DAY, False, Cell.RECORDING, id="recording instead"
        ),
        pytest.param(
            facts(Status.LATE, watched=True), OPENS + DAY, False, Cell.CAME_LATE, id="live comes first"
        ),
        pytest.param(facts(Status.EXCUSED), OPENS - DAY, False, Cell.EXCUSED, id="excused beforehand"),
        pytest.param(facts(Status.ABSENT), OPENS + DAY, True, Cell.CANCELLED, id="cancelled"),
    ],
)
def test_a_call_as_one_cell(known, at, cancelled, cell):
    assert call_cell(1, known, ends_at=OPENS, cancelled=cancelled, at=at) is cell


@pytest.mark.parametrize(
    ("issued", "missing", "overdue", "verdict", "words"),
    [
        (True, 0, 0, Verdict.ISSUED, "Issued"),
        (False, 0, 0, Verdict.ELIGIBLE, "Eligible, not claimed"),
        (False, 1, 1, Verdict.ONE_SHORT, "One thing short"),
        (False, 3, 0, Verdict.SHORT, "3 things short"),
        (False, 3, 2, Verdict.BEHIND, "3 things short, behind"),
    ],
)
def test_the_word_for_the_whole(issued, missing, overdue, verdict, words):
    assert verdict_of(issued=issued, missing=missing, overdue=overdue) is verdict
    assert verdict_words(verdict, done=10 - missing, needed=10, overdue=overdue, ending=True) == words


def test_in_mid_course_nobody_is_called_short_of_what_is_still_to_come():
    assert verdict_words(Verdict.SHORT, done=4, needed=10, overdue=0, ending=False) == "4 of 10, on track"
    assert verdict_words(Verdict.BEHIND, done=4, needed=10, overdue=2, ending=False) == "4 of 10, 2 late"
