"""Security Framework 1.0, 4.1, client credentials: one access token serves until it ends, or is refused."""

import pytest

from lti.adapter.access_tokens import AccessTokens, NoToken
from lti.adapter.http import Unreachable
from portal.outbox.models import MessageState
from tests.lti.platforms import ByHand, Clock, Door, a_signer, platform, said, together
from tests.lti.scoring import tick, waiting


def test_one_token_serves_many_scores(graded):
    for done in (True, False, True):
        tick(graded, done=done)
        graded.world.drain()

    assert sum(call.service == "token" for call in graded.lms.requests) == 1


def test_a_refused_token_is_replaced_once(graded):
    tick(graded)
    graded.lms.fail("scores", 401)
    graded.world.drain()

    assert len(graded.lms.scores) == 2
    assert sum(call.service == "token" for call in graded.lms.requests) == 2


def test_tokens_refused_again_and_again_park_the_score(graded):
    tick(graded)
    graded.lms.fail("scores", 401, times=None)
    graded.world.drain()

    assert {state for state, _ in waiting(graded)} == {MessageState.PARKED}
    assert sum(call.service == "token" for call in graded.lms.requests) <= 3


SCORE = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
COLUMNS = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
SIGNER = a_signer()


def tokens_of(answers, **how):
    """The tokens of a process whose platforms answer so; their HTTP client and clock beside."""
    http, clock = ByHand(answers, **how), Clock()
    return AccessTokens(http, clock), http, clock


def numbered(**more):
    """A token address that gives a new token each time."""
    given = iter(range(1, 1000))
    return lambda _url: said({"access_token": f"token-{next(given)}", "token_type": "Bearer"} | more)


@pytest.mark.parametrize(
    ("lasts", "good", "spent"),
    [
        pytest.param(3600, 3539, 3541, id="an hour: a minute less"),
        pytest.param("3600", 3539, 3541, id="in quotes"),
        pytest.param(3600.0, 3539, 3541, id="a fraction"),
        pytest.param(90, 44, 46, id="very short: half of it"),
        pytest.param(None, 239, 241, id="not said: five minutes"),
        pytest.param(0, 239, 241, id="nothing"),
        pytest.param(-1, 239, 241, id="negative"),
        pytest.param(True, 239, 241, id="a boolean"),
        pytest.param("soon", 239, 241, id="a word"),
        pytest.param(10**8, 86_339, 86_341, id="years: a day"),
        pytest.param(10**30, 239, 241, id="absurd"),
    ],
)
def test_a_token_serves_until_shortly_before_its_end(lasts, good, spent):
    tokens, http, clock = tokens_of(numbered(expires_in=lasts))
    first = tokens.token_of(platform(), SCORE, SIGNER)

    clock.wait(good)
    assert tokens.token_of(platform(), SCORE, SIGNER) == first
    clock.wait(spent - good)
    assert tokens.token_of(platform(), SCORE, SIGNER) != first
    assert len(http.asked) == 2


def test_each_platform_and_scope_has_its_own_and_asks_for_no_more():
    tokens, http, _clock = tokens_of(numbered(expires_in=3600))
    asked = [(platform(1), SCORE), (platform(1), COLUMNS), (platform(2), SCORE)]
    given = {tokens.token_of(*one, SIGNER) for _ in range(2) for one in asked}

    assert len(given) == len(http.asked) == 3
    # One that is not allowed makes some platforms refuse the whole request.
    assert [form["scope"] for form in http.forms] == [SCORE, COLUMNS, SCORE]
    assert {form["grant_type"] for form in http.forms} == {"client_credentials"}


def test_one_that_a_service_refused_is_not_given_again():
    tokens, http, _clock = tokens_of(numbered(expires_in=3600))
    first = tokens.token_of(platform(), SCORE, SIGNER)
    second = tokens.token_of(platform(), SCORE, SIGNER, instead_of=first)

    assert second != first
    assert (
        tokens.token_of(platform(), SCORE, SIGNER, instead_of=first) == second
    )  # replaced by another already
    assert len(http.asked) == 2


@pytest.mark.parametrize(
    ("body", "status", "hopeless"),
    [
        pytest.param({"error": "invalid_scope"}, 400, True, id="a scope that is not allowed"),
        pytest.param({"error": "unauthorized_client"}, 400, True, id="not for us"),
        pytest.param({"error": "unsupported_grant_type"}, 400, True, id="not this way"),
        pytest.param({"error": "invalid_client"}, 401, False, id="it may not have read our new key yet"),
        pytest.param({"error": "invalid_request"}, 400, False, id="a request it does not like"),
        pytest.param({"error": ["x"]}, 400, False, id="an error of another type"),
        pytest.param("Service Unavailable", 503, False, id="down"),
        pytest.param("<html>Not found", 404, False, id="a page"),
        pytest.param("", 302, False, id="a redirect"),
        pytest.param([], 200, False, id="a list"),
        pytest.param("null", 200, False, id="null"),
        pytest.param("[" * 100_000, 200, False, id="nested without end"),
        pytest.param({"token_type": "Bearer"}, 200, False, id="no token"),
        pytest.param({"access_token": ""}, 200, False, id="an empty one"),
        pytest.param({"access_token": 5}, 200, False, id="a number"),
        pytest.param({"access_token": "a\r\nX-Header: b"}, 200, False, id="with a line break"),
        pytest.param({"access_token": "t\u00f6ken"}, 200, False, id="beyond ASCII"),
        pytest.param({"access_token": "t", "scope": COLUMNS}, 200, True, id="for another scope"),
    ],
)
def test_what_is_no_token_is_none(body, status, hopeless):
    tokens, _http, _clock = tokens_of(lambda _url: said(body, status))

    with pytest.raises(NoToken) as refused:
        tokens.token_of(platform(), SCORE, SIGNER)

    assert refused.value.hopeless is hopeless
    assert "X-Header" not in str(refused.value)


@pytest.mark.parametrize("granted", [SCORE, f"{COLUMNS} {SCORE}", "", None, 5])
def test_more_granted_than_asked_for_or_nothing_said_is_fine(granted):
    tokens, _http, _clock = tokens_of(numbered(scope=granted))

    assert tokens.token_of(platform(), SCORE, SIGNER) == "token-1"


def test_a_platform_that_hangs_keeps_only_its_own_waiting():
    tokens, http, _clock = tokens_of(numbered(expires_in=3600), held="lms1")
    ended = together(lambda: tokens.token_of(platform(1), SCORE, SIGNER), 4)
    assert http.waiting.wait(30)

    assert tokens.token_of(platform(2), SCORE, SIGNER)
    assert tokens.token_of(platform(2), COLUMNS, SIGNER)
    http.let_go()

    assert len(set(ended())) == 1
    assert http.asked.count("https://lms1.example/token") == 1


@pytest.mark.parametrize("trouble", [Unreachable("ReadTimeout"), NoToken("no", hopeless=True)])
def test_who_waited_shares_its_failure(trouble):
    def answers(_url):
        raise trouble

    tokens, http, _clock = tokens_of(answers, held="lms1")
    first = together(lambda: tokens.token_of(platform(), SCORE, SIGNER), 1)
    assert http.waiting.wait(30)
    [kept] = tokens._kept.values()
    door = Door(kept.lock)
    kept.lock = door
    others = together(lambda: tokens.token_of(platform(), SCORE, SIGNER), 5)
    door.until(5)
    http.let_go()

    assert [type(one) for one in [*first(), *others()]] == [type(trouble)] * 6
    assert len(http.asked) == 1
    with pytest.raises(type(trouble)):
        tokens.token_of(platform(), SCORE, SIGNER)  # who comes later asks again
    assert len(http.asked) == 2
