"""Reading captions."""

import pytest

from portal.core.webvtt import BadCaptions, CaptionCue, read_captions


def test_cues_notes_names_and_markup():
    text = (
        "\ufeffWEBVTT - a title\r\nKind: captions\r\n\r\nNOTE not said\r\n\r\n"
        "first\r\n00:01.000 --> 00:02.500 align:start\r\n"
        "<v Ann>Hello &amp; <i>welcome</i>\r\nto it\r\n\r\n01:00:00.000 --> 01:00:01.000\r\nLater"
    )
    assert read_captions(text) == (
        CaptionCue(1.0, 2.5, "Hello & welcome to it"),
        CaptionCue(3600.0, 3601.0, "Later"),
    )


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\nx", 1),
        ("WEBVTT\n\nNOTE nothing else", 1),
        ("WEBVTT\n\n00:01.000 -> 00:02.000\nx", 3),
        ("WEBVTT\n\n00:01.000 --> 00:61.000\nx", 3),
        ("WEBVTT\n\n00:03.000 --> 00:02.000\nx", 3),
        ("WEBVTT\n\n00:03.000 --> 00:04.000\nx\n\n00:01.000 --> 00:02.000\ny", 6),
    ],
)
def test_the_first_mistake_is_named_by_line(text, line):
    with pytest.raises(BadCaptions) as mistake:
        read_captions(text)
    assert mistake.value.line == line
