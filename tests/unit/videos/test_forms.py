"""What a player may report."""

import json

import pytest

from portal.core.errors import Invalid
from portal.videos.forms import MAX_INTERVALS, Played

LENGTH = 50.0


def test_a_report_is_its_intervals_and_the_position():
    assert Played.parse(b'{"intervals": [[0, 10.5], [20, 51]], "position": 12}', LENGTH) == Played(
        ((0, 10.5), (20, 51)), 12
    )


def test_without_a_position_it_is_the_last_moment_played():
    assert Played.parse(b'{"intervals": [[3, 4]]}', LENGTH).position_seconds == 4


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[" * 100_000, id="nested without end"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b'{"intervals": 3, "position": 1}', id="no list of intervals"),
        pytest.param(b'{"intervals": [[0, 1], [5, 4]], "position": 1}', id="one of two is backwards"),
        pytest.param(b'{"intervals": [[0, 51.5]], "position": 1}', id="past the end"),
        pytest.param(b'{"intervals": [[-1, 4]], "position": 1}', id="before the start"),
        pytest.param(b'{"intervals": [[0, NaN]], "position": 1}', id="not a number"),
        pytest.param(b'{"intervals": [[0, Infinity]], "position": 1}', id="infinite"),
        pytest.param(b'{"intervals": [[0, 1e999]], "position": 1}', id="more than a float holds"),
        pytest.param(b'{"intervals": [[0, 1' + b"0" * 400 + b']], "position": 1}', id="a huge whole number"),
        pytest.param(b'{"intervals": [["0", "4"]], "position": 1}', id="texts"),
        pytest.param(b'{"intervals": [[false, true]], "position": 1}', id="yes and no"),
        pytest.param(b'{"intervals": [[0, 1, 2]], "position": 1}', id="three ends"),
        pytest.param(b'{"intervals": [], "position": 52}', id="position past the end"),
        pytest.param(b'{"intervals": [], "position": null}', id="no position"),
        pytest.param(json.dumps({"intervals": [[0, 1]] * (MAX_INTERVALS + 1)}).encode(), id="too many"),
    ],
)
def test_a_report_with_anything_wrong_is_refused_whole(body):
    with pytest.raises(Invalid, match=r"kept|JSON"):
        Played.parse(body, LENGTH)
