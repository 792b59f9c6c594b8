"""What platforms answer to a score: arrived, again, later or parked; when to come back; their words."""

from datetime import timedelta
from email.utils import format_datetime

import pytest

from lti.adapter.http import Answer
from lti.handlers import _give_up
from lti.protocol.quirks import says_later_known, says_throttled
from portal.core.clock import real_now
from portal.outbox.delivery import Hopeless, Later
from tests.lti.captured import answer_of, cases


def posted(platform):
    """Every captured call that posted something."""
    found = cases(platform, "ags-scores").values()
    return [case for case in found if case.get("request", {}).get("method") == "POST"]


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


@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        ("0", 0),
        ("99999999", None),
        ("9999999", 6 * 3600),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("in ten minutes", 600),
        ("an hour ago", 1),
        ("next year", 6 * 3600),
    ],
)
def test_when_a_platform_says_to_come_back(said, seconds):
    dates = {"in ten minutes": 600, "an hour ago": -3600, "next year": 365 * 86400}
    if said in dates:
        said = format_datetime(real_now() + timedelta(seconds=dates[said]), usegmt=True)
    with pytest.raises(Later) as asked:
        _give_up(Answer(503, {"Retry-After": said}, b""))

    wait = asked.value.wait
    assert (wait is None) == (seconds is None)
    if wait is not None:
        assert abs(wait.total_seconds() - seconds) < 60


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"errors": {"type": "x", "message": "Not a student"}}', "answered 422: Not a student"),
        (
            '{"errors": [{"field": "grade", "message": "cannot be changed"}]}',
            "answered 422: cannot be changed",
        ),
        ('{"errors": [{"message": "userId is missing"}]}', "answered 422: userId is missing"),
        ('{"status": 404, "reason": "Not Found", "request": {"url": "x"}}', "answered 422: Not Found"),
        ('{"error": "invalid"}', "answered 422: invalid"),
        ('"a bare text"', "answered 422: a bare text"),
        ("plain\ttext,\r\n two lines", "answered 422: plain text, two lines"),
        ("<b>page</b>", "answered 422: <b>page</b>"),
        ("x" * 5000, "answered 422: " + "x" * 200),
        ("[]", "answered 422 and gave no reason."),
        ("", "answered 422 and gave no reason."),
        ("null", "answered 422 and gave no reason."),
        ('{"errors": {"code": 5}}', "answered 422 and gave no reason."),
        ("[" * 100_000, "answered 422: " + "[" * 200),
    ],
)
def test_what_a_platform_says_is_kept_in_one_line(body, said):
    with pytest.raises(Hopeless) as parked:
        _give_up(Answer(422, {}, body.encode()))

    assert str(parked.value) == f"The platform {said}"
