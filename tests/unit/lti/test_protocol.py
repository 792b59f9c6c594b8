"""Addresses, destinations, custom parameters, scores: pure."""

import json
from datetime import UTC, datetime

import pytest

from lti.protocol.destinations import Destination, Kind, destination_of
from lti.protocol.origins import origin_of
from lti.protocol.quirks import custom_text, says_later_known, says_throttled, service_address
from lti.protocol.score import Score, scores_url

AT = datetime(2026, 11, 25, 10, 0, 0, 123000, tzinfo=UTC)
EARLIER = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://ours.example/lti/launch?x=1", "https://ours.example"),
        ("https://OURS.example:443/", "https://ours.example"),
        ("http://[::1]:8000/", "http://[::1]:8000"),
        ("https://ours.example@evil.example/", None),
        ("https://ours.example\\@evil.example/", None),
        ("https://ours.example\t.evil.example/", None),
        ("javascript:alert(1)", None),
        ("//ours.example/", None),
        ("https://ours.example:bad/", None),
        ("https://[::1", None),
        ("https://schüle.example/kurs", "https://xn--schle-mva.example"),
        ("https://" + "ü" * 100 + ".example/", None),
        ("https://ours.example;script-src/", None),
        ("https://ours.example,evil.example/", None),
        ("https://*.example/", None),
        ("https://'self'/", None),
        ("https://ours.example/\ud800", None),
        ("", None),
    ],
)
def test_origins_are_parsed(url, origin):
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("said", "destination"),
    [
        (None, Destination(Kind.HOME)),
        ("lesson:3", Destination(Kind.LESSON, "3")),
        (" Work: asset-map ", Destination(Kind.WORK, "asset-map")),
        ("lesson:0", Destination(Kind.HOME)),
        ("lesson:03", Destination(Kind.HOME)),
        ("lesson:1000", Destination(Kind.HOME)),
        ("lesson:³", Destination(Kind.HOME)),
        ("work:../x", Destination(Kind.HOME)),
        ("record:1", Destination(Kind.HOME)),
        ("call", Destination(Kind.HOME)),
    ],
)
def test_destinations(said, destination):
    assert destination_of(said) == destination


@pytest.mark.parametrize(
    ("custom", "text"),
    [
        ({"destination": "record"}, "record"),
        ({"Destination": "record"}, "record"),
        ({"Destination": "record", "destination": "ce"}, "ce"),
        ({"destination": "$Custom.destination"}, None),
        ({"destination": None}, None),
        ({"destination": True}, None),
        ({"destination": 7}, "7"),
        ({"destination": "  "}, None),
        ({}, None),
    ],
)
def test_custom_parameters_in_every_dress(custom, text):
    assert custom_text(custom, "destination") == text


@pytest.mark.parametrize(
    ("line_item", "scores"),
    [
        ("https://lms.example/8/lineitem?type_id=3", "https://lms.example/8/lineitem/scores?type_id=3"),
        ("https://lms.example/line_items/5", "https://lms.example/line_items/5/scores"),
        ("https://lms.example/line_items/5/", "https://lms.example/line_items/5/scores"),
        ("https://lms.example/i?a=b?c&d=%2F+x", "https://lms.example/i/scores?a=b?c&d=%2F+x"),
        ("https://lms.example/i?a=1#x", "https://lms.example/i/scores?a=1"),
    ],
)
def test_scores_go_to_the_line_items_path(line_item, scores):
    assert scores_url(line_item) == scores


@pytest.mark.parametrize(("given", "progress"), [(0, "Initialized"), (1, "InProgress"), (4, "Completed")])
def test_a_score_counts_whatever_its_progress(given, progress):
    said = json.loads(Score("5", given, 4, EARLIER if given else None, AT).body(None))

    assert (said["activityProgress"], said["gradingProgress"]) == (progress, "FullyGraded")
    assert (said["scoreGiven"], said["scoreMaximum"]) == (given, 4)
    assert said["timestamp"] == "2026-11-25T10:00:00.123Z"
    assert said.get("submission") == ({"submittedAt": "2026-11-20T09:00:00.000Z"} if given else None)
    assert not [name for name in said if name.startswith("https://")]


def test_canvas_is_told_that_progress_is_no_new_attempt():
    said = json.loads(Score("5", 1, 4, EARLIER, AT).body("canvas"))

    assert said["https://canvas.instructure.com/lti/submission"] == {
        "new_submission": False,
        "submitted_at": "2026-11-20T09:00:00.000Z",
    }


def test_services_are_called_by_https_where_the_platform_has_it():
    token = "https://school.example/token"

    assert service_address("http://school.example/items/1?x=1", token) == "https://school.example/items/1?x=1"
    assert service_address("http://other.example/items/1", token) == "http://other.example/items/1"
    assert (
        service_address("http://127.0.0.1:8001/items/1", "http://127.0.0.1:8001/t")
        == "http://127.0.0.1:8001/items/1"
    )


def test_how_platforms_say_the_same_thing():
    older = '{"errors":{"message":"Provided timestamp of … before last updated timestamp of …"}}'
    assert says_later_known(409, "")
    assert says_later_known(400, older)
    assert not says_later_known(400, "no user")
    assert says_throttled(429, "")
    assert says_throttled(403, "403 Forbidden (Rate Limit Exceeded)")
    assert not says_throttled(403, "no right")
