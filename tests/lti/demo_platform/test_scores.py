"""What the sample LMS takes and refuses as a score: case by case a recorded Moodle's answers."""

import pytest

from lti.demo_platform.config import SCOPE_LINEITEM, SCOPE_RESULT_READ

SCORE = "application/vnd.ims.lis.v1.score+json"
RESULTS = "application/vnd.ims.lis.v2.resultcontainer+json"


def line_item(lms, link="home"):
    return lms._lms.store.line_item_of(lms.link(link)["id"])


def address(lms, tail="scores", link="home"):
    return lms.config.lineitem_url("2", line_item(lms, link)["id"]).replace(
        "/lineitem?", f"/lineitem/{tail}?"
    )


def score(**changes):
    said = {
        "userId": "5",
        "scoreGiven": 20,
        "scoreMaximum": 50,
        "comment": "Well done – “bien”",
        "timestamp": "2026-11-24T12:48:57.010Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    return {name: value for name, value in (said | changes).items() if value is not None}


def send(tool, lms, **changes):
    return tool.call("POST", address(lms), json=score(**changes), Content_Type=SCORE)


def test_a_score_is_taken_scaled_to_the_column_and_read_back(tool, lms):
    answer = send(tool, lms)

    assert (answer.status_code, answer.text) == (200, "")
    assert lms.grade("sam", "home") == 40
    results = tool.call("GET", address(lms, "results"), Accept=RESULTS).json()
    assert results == [
        {
            "id": address(lms, "results") + "&user_id=5",
            "userId": "5",
            "resultScore": 40,
            "resultMaximum": 100,
            "comment": "Well done – “bien”",
            "scoreOf": lms.config.lineitem_url("2", line_item(lms)["id"]),
            "timestamp": "2026-11-24T07:48:57-05:00",
        }
    ]
    assert [taken.body["scoreGiven"] for taken in lms.scores] == [20]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"userId": None}, id="without userId"),
        pytest.param({"timestamp": None}, id="without timestamp"),
        pytest.param({"timestamp": 1900000000}, id="timestamp a number"),
        pytest.param({"timestamp": "soon"}, id="timestamp no time"),
        pytest.param({"activityProgress": None}, id="without activityProgress"),
        pytest.param({"gradingProgress": None}, id="without gradingProgress"),
        pytest.param({"scoreMaximum": None}, id="scoreGiven without scoreMaximum"),
        pytest.param({"scoreGiven": "twenty"}, id="scoreGiven is text"),
        pytest.param({"userId": "3"}, id="a teacher"),
        pytest.param({"userId": "4"}, id="an assistant"),
        pytest.param({"userId": "8"}, id="an observer"),
        pytest.param({"userId": "11"}, id="not in the course"),
        pytest.param({"userId": "999999"}, id="no such person"),
    ],
)
def test_a_score_that_makes_no_sense_is_refused_with_400(tool, lms, changes):
    answer = send(tool, lms, **changes)

    assert (answer.status_code, answer.text) == (400, "")
    assert answer.reason.startswith("Incorrect score received{")
    assert lms.scores == []
    assert [refused.reason for refused in lms.refused_scores] == ["Incorrect score received"]


def test_a_userid_that_is_no_number_breaks_the_answer(tool, lms):
    assert send(tool, lms, userId="abc").status_code == 502


def test_the_test_students_score_is_refused(tool, lms):
    assert send(tool, lms, userId="9").status_code == 422


@pytest.mark.parametrize(
    ("second", "status"),
    [
        pytest.param({"scoreGiven": 12}, 409, id="the same instant"),
        pytest.param(
            {"scoreGiven": 12, "timestamp": "2026-11-24T12:48:57.999Z"}, 409, id="later within the second"
        ),
        pytest.param({"scoreGiven": 12, "timestamp": "2020-01-01T00:00:00Z"}, 409, id="earlier"),
        pytest.param({"scoreGiven": 12, "timestamp": "2026-11-24T12:48:58.000Z"}, 200, id="a second later"),
        pytest.param(
            {"scoreGiven": 12, "timestamp": "2026-11-24T07:48:58.000-05:00"}, 200, id="in another zone"
        ),
        pytest.param({"timestamp": "2020-01-01T00:00:00Z"}, 409, id="earlier and unchanged"),
    ],
)
def test_a_score_must_be_later_by_whole_seconds(tool, lms, second, status):
    send(tool, lms)

    answer = send(tool, lms, **second)

    assert answer.status_code == status
    if status == 409:
        assert (
            answer.reason
            == f"Refusing score with an earlier timestamp for item {line_item(lms)['id']} and user 5"
        )
        assert lms.grade("sam", "home") == 40


def test_a_score_of_the_far_future_blocks_all_later_ones(tool, lms):
    send(tool, lms, timestamp="2099-01-01T00:00:00.000Z")

    assert send(tool, lms, scoreGiven=30).status_code == 409


def test_an_unchanged_grade_does_not_move_the_stored_time(tool, lms):
    send(tool, lms)
    send(tool, lms, timestamp="2026-11-24T12:58:00Z")

    assert send(tool, lms, scoreGiven=30, timestamp="2026-11-24T12:50:00Z").status_code == 200


def test_people_do_not_block_each_other(tool, lms):
    send(tool, lms)

    assert send(tool, lms, userId="6").status_code == 200


@pytest.mark.parametrize(
    "changes",
    [{"gradingProgress": "Pending"}, {"gradingProgress": "PendingManual"}, {"scoreGiven": None}],
)
def test_a_grade_that_is_not_final_or_has_no_score_clears_the_column(tool, lms, changes):
    send(tool, lms)

    answer = send(tool, lms, timestamp="2026-11-24T12:49:57.010Z", **changes)

    assert answer.status_code == 200
    assert lms.grade("sam", "home") is None
    assert tool.call("GET", address(lms, "results"), Accept=RESULTS).json() == [
        {"id": address(lms, "results") + "&user_id=5", "userId": "5"}
    ]


@pytest.mark.parametrize(
    ("given", "stands"), [(60, 100), (-5, 0), (0, 0), (33.333333, 66.666666), ("20", 40)]
)
def test_points_are_held_between_nothing_and_the_maximum(tool, lms, given, stands):
    send(tool, lms, scoreGiven=given)

    assert lms.grade("sam", "home") == pytest.approx(stands)


def test_a_suspended_learners_score_is_still_taken(tool, lms):
    lms.suspend("sam")

    assert send(tool, lms).status_code == 200


def test_a_learner_who_left_gets_no_score(tool, lms):
    lms.remove("sam")

    assert send(tool, lms).status_code == 400


@pytest.mark.parametrize("media_type", ["application/json", "application/x-www-form-urlencoded", RESULTS])
def test_another_media_type_finds_no_handler(tool, lms, media_type):
    answer = tool.call("POST", address(lms), json=score(), Content_Type=media_type)

    assert answer.status_code == 400
    assert answer.json()["reason"].startswith("No handler found for /2/lineitems/")
    assert lms.grade("sam", "home") is None


def test_a_charset_after_the_media_type_is_fine(tool, lms):
    answer = tool.call("POST", address(lms), json=score(), Content_Type=SCORE + "; charset=utf-8")

    assert answer.status_code == 200


def test_scores_goes_into_the_path_before_the_query(tool, lms):
    item = lms.config.lineitem_url("2", line_item(lms)["id"])

    behind = tool.call("POST", item + "/scores", json=score(), Content_Type=SCORE)
    beside = tool.call("POST", item.replace("/lineitem?", "/scores?"), json=score(), Content_Type=SCORE)

    assert (behind.status_code, beside.status_code) == (400, 400)
    assert lms.scores == []


@pytest.mark.parametrize("scopes", [(SCOPE_LINEITEM,), (SCOPE_RESULT_READ,)])
def test_a_token_without_the_score_scope_is_no_right(tool, lms, scopes):
    token = tool.token(*scopes)

    answer = tool.call("POST", address(lms), token=token, json=score(), Content_Type=SCORE)

    assert (answer.status_code, answer.reason) == (401, "Unauthorized")
    assert lms.scores == []


def test_an_unknown_or_expired_token_is_no_right(tool, lms):
    token = tool.token()

    assert (
        tool.call("POST", address(lms), token="x" * 32, json=score(), Content_Type=SCORE).status_code == 401
    )
    lms.wait(seconds=3601)
    assert tool.call("POST", address(lms), token=token, json=score(), Content_Type=SCORE).status_code == 401


def test_a_line_item_that_is_not_there(tool, lms):
    url = address(lms).replace(f"/lineitems/{line_item(lms)['id']}/", "/lineitems/99999/")

    answer = tool.call("POST", url, json=score(), Content_Type=SCORE)

    assert (answer.status_code, answer.reason) == (404, "Not Found: Grade item 99999 doesn't exist")


def test_scores_are_not_read_and_results_have_no_pages(tool, lms):
    assert tool.call("GET", address(lms), Accept=SCORE).status_code == 405
    assert tool.call("GET", address(lms, "results") + "&limit=1", Accept=RESULTS).status_code == 404
