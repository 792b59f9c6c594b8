"""How calls are said, and the order of a register."""

from datetime import UTC, datetime

import pytest

from portal.attendance.queries import name_order, plain
from portal.attendance.words import hours_words, moment_words

NEW_YORK = "America/New_York"


@pytest.mark.parametrize(
    ("starts_at", "minutes", "words"),
    [
        (datetime(2026, 11, 19, 17, tzinfo=UTC), 60, "Thursday, November 19, 12:00 to 1:00 PM ET"),
        (datetime(2026, 10, 8, 16, tzinfo=UTC), 60, "Thursday, October 8, 12:00 to 1:00 PM ET"),
        (datetime(2026, 10, 8, 15, 30, tzinfo=UTC), 60, "Thursday, October 8, 11:30 AM to 12:30 PM ET"),
        (datetime(2026, 10, 9, 3, 30, tzinfo=UTC), 60, "Thursday, October 8, 11:30 PM to 12:30 AM ET"),
    ],
)
def test_the_hours_of_a_call(starts_at, minutes, words):
    assert hours_words(starts_at, minutes, NEW_YORK) == words


def test_a_mark_is_said_with_its_time_on_the_day_of_the_call_else_with_its_day():
    call = datetime(2026, 11, 19, 17, tzinfo=UTC)

    assert moment_words(datetime(2026, 11, 19, 18, 4, tzinfo=UTC), call, NEW_YORK) == "1:04 PM"
    assert moment_words(datetime(2026, 11, 12, 18, 4, tzinfo=UTC), call, NEW_YORK) == "Nov 12"


def test_registers_are_by_family_name_accents_and_case_aside():
    people = [
        ("Zoe Abel", None),
        ("Ana Çelik", None),
        ("Bo chan", None),
        ("Mei Wong Abbot", "Wong Abbot"),
        ("", None),
    ]

    ordered = sorted(people, key=lambda one: name_order(one[1], one[0]))

    assert [name for name, _ in ordered] == ["", "Zoe Abel", "Ana Çelik", "Bo chan", "Mei Wong Abbot"]
    assert plain("Þórdís BJÖRNSDÓTTIR") == "þordis bjornsdottir"
