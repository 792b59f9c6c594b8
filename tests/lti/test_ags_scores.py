"""AGS 2.0, scores: what we send, held against what a Moodle and a Canvas took and refused."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lti.adapter.http import Answer
from lti.handlers import _give_up
from lti.protocol.quirks import says_later_known, says_throttled
from lti.protocol.score import Score
from portal.outbox.delivery import Hopeless, Later

CAPTURES = Path(__file__).parent / "captures"
SUBMISSION = "https://canvas.instructure.com/lti/submission"
DONE = datetime(2027, 1, 20, 9, 0, tzinfo=UTC)
NOW = datetime(2027, 1, 23, 17, 3, 11, 482000, tzinfo=UTC)


def posted(platform: str) -> list[dict]:
    found = json.loads((CAPTURES / platform / "ags-scores.json").read_text())["cases"]
    return [case for case in found if case.get("request", {}).get("method") == "POST"]


def answer_of(case: dict) -> Answer:
    said = case["response"]
    body = said["text"] if "text" in said else json.dumps(said.get("body"))
    return Answer(said["status"], said.get("headers", {}), (body or "").encode())


def body(family: str | None, given: int = 40, **more) -> dict:
    score = Score("6aa04acb", given, 100, more.get("submitted_at", DONE), NOW)
    return json.loads(score.body(family))


def test_what_canvas_counts_and_no_new_attempt():
    said = body("canvas")

    assert said[SUBMISSION] == {"new_submission": False, "submitted_at": "2027-01-20T09:00:00.000Z"}
    assert said["gradingProgress"] == "FullyGraded"
    assert said["scoreMaximum"] > 0
    assert "comment" not in said  # each one would be added again


def test_other_platforms_get_the_standard_alone():
    for family in (None, "moodle", "desire2learn"):
        assert set(body(family)) == {
            "userId", "scoreGiven", "scoreMaximum", "timestamp", "activityProgress", "gradingProgress", "submission",
        }  # fmt: skip


def test_a_score_days_late_says_when_the_work_was_done():
    said = body(None)

    assert said["submission"] == {"submittedAt": "2027-01-20T09:00:00.000Z"}
    assert said["timestamp"] == "2027-01-23T17:03:11.482Z"


def test_work_is_never_handed_in_after_the_score_was_stated():
    # Course time may run ahead of real time; Canvas refuses a submitted_at in the future.
    assert (
        body(None, submitted_at=NOW + timedelta(days=60))["submission"]["submittedAt"]
        == "2027-01-23T17:03:11.482Z"
    )


def test_the_words_of_progress_are_the_specifications():
    assert [body(None, given)["activityProgress"] for given in (0, 40, 100)] == [
        "Initialized", "InProgress", "Completed",
    ]  # fmt: skip


@pytest.mark.parametrize("platform", ["canvas", "moodle"])
def test_every_captured_answer_to_a_score_is_arrived_later_or_parked(platform):
    outcomes = {}
    for case in posted(platform):
        answer = answer_of(case)
        if answer.status in range(200, 300):
            outcomes[case["case"]] = "arrived"
        elif says_later_known(answer.status, answer.text):
            outcomes[case["case"]] = "again"
        else:
            try:
                _give_up(answer)
            except Later:
                outcomes[case["case"]] = "later"
            except Hopeless:
                outcomes[case["case"]] = "parked"
    expected = {
        "canvas": {
            "score, no new attempt": "arrived",
            "older than the result": "again",
            "person unknown, teacher, or no longer active": "parked",
            "throttled, older": "later",
            "throttled, newer documentation": "later",
            "line item or assignment deleted": "parked",
            "course concluded": "parked",
            "assignment not published": "parked",
        },
        "moodle": {
            "earlier timestamp": "again",
            "score 13 later within the same second": "again",
            "score 14 one second later": "arrived",
            "user not in the course": "parked",
            "user who is a teacher": "parked",
            "userId not a number": "later",  # 502: Moodle's own error; parked after some tries
            "line item that does not exist": "parked",
        },
    }[platform]
    assert {name: outcomes[name] for name in expected} == expected
    assert set(outcomes.values()) <= {"arrived", "again", "later", "parked"}


def test_throttling_is_known_by_its_words_though_403():
    throttled = [case for case in posted("canvas") if "throttled" in case["case"]]

    assert throttled
    assert all(says_throttled(answer_of(case).status, answer_of(case).text) for case in throttled)
