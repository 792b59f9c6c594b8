"""The fake's door: forged tokens, keys, time, and trouble on demand."""

import json
import uuid
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
import requests
from flask import Flask, jsonify, redirect, request
from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import KeySet, OctKey

from lti.demo_platform import DemoPlatform, sample_seed
from lti.demo_platform.keys import new_key

TOOL_KEY = new_key()
SCORE = "application/vnd.ims.lis.v1.score+json"


@pytest.fixture
def portal(lms):
    """A tool's two addresses, believing everything."""
    app = Flask(__name__)

    @app.post("/lti/login")
    def login():
        said = {
            "scope": "openid",
            "response_type": "id_token",
            "response_mode": "form_post",
            "prompt": "none",
            "redirect_uri": "https://tool.example/lti/launch",
            "state": uuid.uuid4().hex,
            "nonce": "n-1",
        }
        hints = ("client_id", "login_hint", "lti_message_hint")
        said |= {name: request.form[name] for name in hints}
        return redirect(lms.registration["auth_login_url"] + "?" + urlencode(said))

    @app.post("/lti/launch")
    def launch():
        return jsonify(dict(request.form))

    @app.get("/lti/jwks.json")
    def jwks():
        return jsonify({"keys": [TOOL_KEY.as_dict(private=False)]})

    return app


def claims_of(lms, token):
    return jwt.decode(token, KeySet.import_key_set(lms.jwks()), algorithms=["RS256"]).claims


def test_the_whole_dance_in_the_portals_test_client(lms, portal):
    answer = lms.launch(portal.test_client(), "sam", "lesson:1")

    said = claims_of(lms, answer.json["id_token"])
    assert (said["sub"], said["nonce"]) == ("5", "n-1")


def test_claims_are_changed_and_dropped(lms, portal):
    answer = lms.launch(
        portal.test_client(),
        "sam",
        "home",
        claims={"lti:version": "1.1", "sub": "77"},
        drop=["exp"],
        form={"state": "x"},
    )

    said = claims_of(lms, answer.json["id_token"])
    assert said["https://purl.imsglobal.org/spec/lti/claim/version"] == "1.1"
    assert said["sub"] == "77"
    assert "exp" not in said
    assert answer.json["state"] == "x"


def test_tokens_can_be_forged(lms):
    unsigned = lms.launch_token("sam", "home", nonce="n", header={"alg": "None"})
    assert unsigned.endswith(".")
    with pytest.raises(BadSignatureError):
        claims_of(lms, lms.launch_token("sam", "home", nonce="n", key=new_key()))
    doubled = lms.sign('{"sub": "5", "sub": "3"}')
    assert claims_of(lms, doubled)["sub"] == "3"
    confused = lms.launch_token(
        "sam", "home", nonce="n", key=OctKey.import_key(b"x" * 64), header={"alg": "HS256"}
    )
    with pytest.raises(JoseError):
        claims_of(lms, confused)


def test_a_rotated_key_signs_and_the_old_one_stays_or_goes(lms):
    old = lms.launch_token("sam", "home", nonce="n")
    lms.rotate_key()
    assert len(lms.jwks()["keys"]) == 2
    assert claims_of(lms, old)
    lms.rotate_key(keep_old=False)
    assert len(lms.jwks()["keys"]) == 1
    assert claims_of(lms, lms.launch_token("sam", "home", nonce="n"))["sub"] == "5"
    with pytest.raises((BadSignatureError, JoseError, ValueError)):
        claims_of(lms, old)


def test_time_stands_still_and_moves_on(lms):
    lms.now = datetime(2026, 9, 24, 12, 0, tzinfo=UTC)
    first = lms.launch_claims("sam", "home", nonce="n")["iat"]
    lms.wait(seconds=2)

    assert lms.launch_claims("sam", "home", nonce="n")["iat"] == first + 2


def test_a_deep_linking_request(lms):
    said = claims_of(lms, lms.deep_linking_token("tina", nonce="n"))

    settings = said["https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"]
    assert settings["accept_types"] == ["ltiResourceLink"]
    assert "https://purl.imsglobal.org/spec/lti/claim/resource_link" not in said


def test_a_service_fails_as_often_as_it_was_told(tool, lms):
    token, items = tool.token(), lms.config.lineitems_url("2")
    lms.fail("lineitems", 500)
    lms.fail("lineitems", 429, headers={"Retry-After": "7"})
    lms.fail("lineitems", "timeout")

    first, second = (tool.call("GET", items, token=token) for _ in range(2))
    assert (first.status_code, second.status_code, second.headers["Retry-After"]) == (500, 429, "7")
    with pytest.raises(requests.ReadTimeout):
        tool.call("GET", items, token=token)
    assert tool.call("GET", items, token=token).status_code == 200
    assert [call.status for call in lms.requests if call.service == "lineitems"] == [500, 429, 504, 200]


def test_page_two_of_a_roster_breaks_and_recovers(tool, lms):
    token, url = tool.token(), lms.config.memberships_url("2") + "?limit=2"
    lms.fail("memberships", 200, body="<html>", skip=1, times=None)

    assert len(tool.call("GET", url, token=token).json()["members"]) == 2
    assert tool.call("GET", url, token=token).text == "<html>"
    lms.recover()
    assert tool.call("GET", url, token=token).json()


def test_an_answer_is_lost_after_the_score_was_taken(tool, lms):
    line_item = lms.launch_claims("sam", "home", nonce="n")[
        "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
    ]["lineitem"]
    score = {
        "userId": "5",
        "scoreGiven": 1,
        "scoreMaximum": 2,
        "timestamp": "2026-11-24T12:00:00Z",
        "activityProgress": "Completed",
        "gradingProgress": "FullyGraded",
    }
    token = tool.token()
    lms.fail("scores", "lost")

    with pytest.raises(requests.ConnectionError):
        tool.call(
            "POST",
            line_item.replace("/lineitem?", "/lineitem/scores?"),
            token=token,
            json=score,
            Content_Type=SCORE,
        )
    assert lms.grade("sam", "home") == 50


def test_nothing_else_is_reached(lms):
    with lms.http() as session, pytest.raises(requests.ConnectionError, match="nothing answers"):
        session.get("https://example.org/")


def test_the_token_endpoint_reads_the_keys_through_the_portals_client(tool, lms, portal):
    lms.trust_keys({"keys": []})
    lms.trust(portal.test_client())
    tool.key = TOOL_KEY

    assert tool.ask_token().status_code == 200


def test_people_come_and_change(tool, lms):
    lms.add_person({"sub": "50", "username": "new", "given_name": "New"}, role="observer")
    lms.set_role("sam", "teacher")

    roles = {
        m["user_id"]: m["roles"] for m in tool.call("GET", lms.config.memberships_url("2")).json()["members"]
    }
    assert (roles["50"], roles["5"]) == (["Mentor"], ["Instructor"])


def test_the_sample_seed_is_two_courses_of_forty_learners():
    lms = DemoPlatform(seed=sample_seed())

    for course in sample_seed()["courses"]:
        learners = [m for m in course["members"] if m["role"] == "learner" and m["sub"] != "9"]
        assert len(learners) == 40
    assert json.dumps(sample_seed())
    assert lms.link("lesson:8")["title"].startswith("Lesson 8")


@pytest.mark.parametrize(
    "broken",
    [
        {"people": [{"sub": "abc", "given_name": "A"}], "courses": []},
        {"people": []},
        {"people": [{"sub": "1", "given_name": "A"}], "courses": [{"id": "2"}]},
    ],
)
def test_a_seed_that_makes_no_sense_is_refused(broken):
    with pytest.raises(ValueError, match=r"seed|sub"):
        DemoPlatform(seed=broken)


def test_platforms_do_not_share_keys_or_people():
    one, other = DemoPlatform(), DemoPlatform(base_url="https://other.example")

    assert one.jwks()["keys"] != other.jwks()["keys"]
