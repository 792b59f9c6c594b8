"""Which mark holds, what counts, and when the link to join is shown."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.attendance.policy import (
    Counting,
    Mark,
    Phase,
    Source,
    Status,
    persons_word,
    phase_of,
    standing_mark,
    summary_of,
    why_it_counts,
)

COACH_SAID_LATE = Mark(1, Status.LATE, Source.FACULTY)
COACH_SAID_PRESENT = Mark(2, Status.PRESENT, Source.FACULTY)
COACH_CLEARED = Mark(3, None, Source.FACULTY)
ZOOM_SAID_ABSENT = Mark(4, Status.ABSENT, Source.IMPORT)
CHECKED_IN = Mark(5, Status.PRESENT, Source.CHECK_IN)
COACH_SAID_EXCUSED_AFTER = Mark(6, Status.EXCUSED, Source.FACULTY)


@pytest.mark.parametrize(
    ("marks", "holds"),
    [
        pytest.param([], None, id="nobody has marked yet"),
        pytest.param([COACH_SAID_LATE, COACH_SAID_PRESENT], COACH_SAID_PRESENT, id="corrected"),
        pytest.param([COACH_SAID_PRESENT, COACH_SAID_LATE], COACH_SAID_PRESENT, id="in any order of reading"),
        pytest.param([COACH_SAID_LATE, ZOOM_SAID_ABSENT], COACH_SAID_LATE, id="a person's word"),
        pytest.param([COACH_SAID_LATE, COACH_CLEARED, ZOOM_SAID_ABSENT], ZOOM_SAID_ABSENT, id="cleared"),
        pytest.param([COACH_SAID_LATE, COACH_CLEARED], None, id="cleared, and no machine spoke"),
        pytest.param([ZOOM_SAID_ABSENT, CHECKED_IN], CHECKED_IN, id="of two machines the later"),
        pytest.param(
            [COACH_SAID_LATE, COACH_CLEARED, CHECKED_IN, COACH_SAID_EXCUSED_AFTER],
            COACH_SAID_EXCUSED_AFTER,
            id="marked again after clearing",
        ),
    ],
)
def test_the_mark_that_holds(marks, holds):
    assert standing_mark(marks) == holds


def test_a_persons_word_is_their_last_one_and_may_be_taken_back():
    assert persons_word([ZOOM_SAID_ABSENT]) is None
    assert persons_word([COACH_SAID_LATE, ZOOM_SAID_ABSENT]) is Status.LATE
    assert persons_word([COACH_SAID_LATE, COACH_CLEARED]) is None


BOTH = ("attended", "recording")


@pytest.mark.parametrize(
    ("status", "watched", "cancelled", "counts", "why"),
    [
        pytest.param(Status.PRESENT, False, False, BOTH, Counting.ATTENDED, id="there"),
        pytest.param(Status.LATE, False, False, BOTH, Counting.ATTENDED, id="late"),
        pytest.param(Status.LEFT_EARLY, False, False, ("attended",), Counting.ATTENDED, id="left early"),
        pytest.param(Status.ABSENT, True, False, BOTH, Counting.RECORDING, id="recording"),
        pytest.param(Status.PRESENT, True, False, BOTH, Counting.ATTENDED, id="both: live"),
        pytest.param(Status.ABSENT, True, False, ("attended",), None, id="recordings do not count here"),
        pytest.param(None, False, False, BOTH, None, id="nothing yet"),
        pytest.param(Status.EXCUSED, False, False, BOTH, None, id="an excuse is a reason"),
        pytest.param(
            Status.EXCUSED, False, False, ("attended", "excused"), Counting.EXCUSED, id="unless listed"
        ),
        pytest.param(
            Status.ABSENT, False, True, ("attended",), Counting.CANCELLED, id="cancelled, for everyone"
        ),
    ],
)
def test_what_counts(status, watched, cancelled, counts, why):
    assert why_it_counts(status, recording_watched=watched, cancelled=cancelled, counts=counts) is why


STARTS = datetime(2020, 11, 19, 17, tzinfo=UTC)
ENDS = STARTS + timedelta(minutes=60)


@pytest.mark.parametrize(
    ("minutes", "phase"),
    [(-15.01, Phase.BEFORE), (-15, Phase.OPEN), (0, Phase.OPEN), (59.99, Phase.OPEN), (60, Phase.OVER)],
)
def test_the_link_is_shown_from_15_minutes_before_to_the_end(minutes, phase):
    assert phase_of(STARTS, ENDS, STARTS + timedelta(minutes=minutes)) is phase


def test_a_cancelled_call_is_never_open():
    assert phase_of(STARTS, ENDS, STARTS, cancelled=True) is Phase.CANCELLED


def test_a_summary_counts_who_has_no_mark_too():
    summary = summary_of([Status.PRESENT, Status.PRESENT, Status.ABSENT, None])

    assert (summary.total, summary.unmarked) == (4, 1)
    assert summary.by_status[Status.PRESENT] == 2
    assert summary.by_status[Status.EXCUSED] == 0
