"""What counts as watched."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.videos.policy import is_sound, is_watched, resume_at, share, union

LENGTH = 100.0


@pytest.mark.parametrize(
    ("reports", "pieces"),
    [
        pytest.param([], [], id="nothing played"),
        pytest.param([[(0, 10)], [(10, 20)]], [(0, 20)], id="touching"),
        pytest.param([[(0, 10)], [(5, 8)]], [(0, 10)], id="one inside the other"),
        pytest.param([[(20, 30), (0, 10)]], [(0, 10), (20, 30)], id="in any order"),
        pytest.param([[(0, 10)], [(0, 10)]], [(0, 10)], id="the same report twice"),
        pytest.param([[(0, 10.0001)], [(10.0004, 20)]], [(0, 20)], id="a gap below a millisecond is none"),
        pytest.param([[(5, 5.0001)]], [], id="less than a millisecond"),
    ],
)
def test_union_of_what_was_played(reports, pieces):
    assert union(*reports) == pieces


@pytest.mark.parametrize(
    ("pieces", "watched"),
    [
        pytest.param([(0, 90)], True, id="exactly nine tenths"),
        pytest.param([(0, 89.9)], False, id="a little less"),
        pytest.param([(95, 100)], False, id="seeking to the end does not count"),
        pytest.param([(0, 45), (55, 100)], True, id="in two halves"),
        pytest.param([(0, 50), (60, 101)], True, id="to past the stated end"),
        pytest.param([(0, 50), (61, 101)], False, id="what lies past the end adds nothing"),
    ],
)
def test_watched_when_nine_tenths_were_played(pieces, watched):
    assert is_watched(share(pieces, LENGTH), 0.9) is watched


def test_a_video_without_a_length_is_never_watched_by_playing():
    assert share([(0, 1)], 0) == 0


@pytest.mark.parametrize(
    ("interval", "sound"),
    [
        ((0, 1), True),
        ((0, 101), True),
        ((0, 101.01), False),
        ((1, 1), False),
        ((2, 1), False),
        ((-0.1, 1), False),
        ((math.nan, 1), False),
        ((0, math.inf), False),
        ((0, math.nan), False),
    ],
)
def test_which_intervals_are_taken(interval, sound):
    assert is_sound(interval, LENGTH) is sound


def test_resuming_goes_to_where_one_stopped_and_from_the_end_to_the_beginning():
    assert [resume_at(at, LENGTH) for at in (0, 42.5, 96.9, 98, 101)] == [0, 42.5, 96.9, 0, 0]


played = st.lists(
    st.tuples(st.integers(0, 100_000), st.integers(1, 5_000)).map(
        lambda piece: (piece[0] / 1000, (piece[0] + piece[1]) / 1000)
    ),
    max_size=12,
)


@given(played, played)
def test_a_union_is_the_same_in_any_order_and_more_reports_never_take_anything(first, second):
    both = union(first, second)

    assert both == union(second, first) == union(both) == union(both, first)
    assert share(both, LENGTH) >= max(share(union(first), LENGTH), share(union(second), LENGTH))
    assert all(before[1] < after[0] for before, after in pairwise(both))
