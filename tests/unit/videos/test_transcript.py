"""Captions gathered into lines one can read."""

import pytest

from portal.courses.package.parts import Cue
from portal.videos.transcript import Said, clock, lines_of


def cues(*texts, each=4.0):
    return [Cue(start=n * each, end=(n + 1) * each, text=text) for n, text in enumerate(texts)]


def test_cues_are_joined_until_a_sentence_ends():
    said = lines_of(cues("So the first minutes", "are not small talk.", "Ask about", "a choice."))

    assert said == (Said(0, "So the first minutes are not small talk."), Said(8, "Ask about a choice."))


def test_a_speaker_without_full_stops_gets_lines_too():
    assert [line.start for line in lines_of(cues(*["and then"] * 7))] == [0, 12, 24]


def test_lines_broken_in_the_captions_are_one():
    assert lines_of(cues("one\ntwo"))[0].text == "one two"


def test_no_captions_no_lines():
    assert lines_of([]) == ()


@pytest.mark.parametrize(("seconds", "words"), [(0, "0:00"), (652.9, "10:52"), (3723, "1:02:03")])
def test_the_clock_of_a_line(seconds, words):
    assert clock(seconds) == words
