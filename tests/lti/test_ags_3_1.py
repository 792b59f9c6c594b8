"""AGS 2.0, 3.1, the claim: which columns a launch names, what we may do with them, and that the latest counts."""

from datetime import timedelta

import pytest

from tests.lti.scoring import AGS, SCOPES, endpoint, kept, navigation, tick, waiting


@pytest.mark.parametrize(
    "scopes",
    [[], [AGS + "scope/lineitem"], [AGS + "scope/score"]],
    ids=["no scope", "columns alone", "scores alone"],
)
def test_without_the_scopes_there_are_no_scores_and_no_error(sqlite_school, scopes):
    answer = sqlite_school.launch("sam", "home", claims=navigation(sqlite_school, scopes=scopes))
    tick(sqlite_school)
    sqlite_school.world.drain()

    assert answer.status_code == 303
    assert kept(sqlite_school) == []
    assert waiting(sqlite_school) == []


def test_a_platform_without_the_score_scope_gets_none(sqlite_school):
    claim = endpoint(sqlite_school)
    sqlite_school.launch("sam", "lesson:1", claims={"ags:endpoint": claim | {"scope": []}})
    tick(sqlite_school)
    sqlite_school.world.drain()

    assert sqlite_school.lms.requests[-1].service == "jwks"


def test_what_was_done_before_the_column_was_there_belongs_in_it(sqlite_school):
    sqlite_school.launch("sam", "record", claims={"ags:endpoint": {}})  # a link without a column
    tick(sqlite_school)
    sqlite_school.world.drain()
    assert sqlite_school.lms.scores == []

    sqlite_school.launch("tina", "lesson:1")
    sqlite_school.world.drain()

    assert sqlite_school.lms.grade("sam", "lesson:1") == 25


def test_a_column_at_a_new_address_gets_what_was_done_before(sqlite_school):
    sqlite_school.launch("sam", "lesson:1")
    tick(sqlite_school)
    sqlite_school.world.drain()
    claim = endpoint(sqlite_school)
    moved = claim | {"lineitem": claim["lineitem"] + "&moved=yes"}
    sqlite_school.launch("sam", "lesson:1", claims={"ags:endpoint": moved})
    sqlite_school.world.drain(later=timedelta(seconds=5))

    assert any("moved" in call.url for call in sqlite_school.lms.requests if call.service == "scores")


def test_a_column_that_launches_named_and_no_longer_do_is_not_made_again(sqlite_school):
    sqlite_school.launch("sam", "lesson:1")
    link = {"id": sqlite_school.lms.link("lesson:1")["id"], "title": "Lesson 1"}
    sqlite_school.launch("sam", "lesson:1", claims=navigation(sqlite_school) | {"lti:resource_link": link})
    tick(sqlite_school)
    sqlite_school.world.drain()

    assert sqlite_school.lms.scores == []
    assert [call for call in sqlite_school.lms.requests if call.service == "lineitems"] == []


@pytest.mark.parametrize(
    "claim",
    [
        pytest.param(None, id="null"),
        pytest.param("text", id="text"),
        pytest.param([], id="a list"),
        pytest.param({}, id="nothing in it"),
        pytest.param({"scope": SCOPES}, id="no addresses"),
        pytest.param({"scope": SCOPES, "lineitem": "", "lineitems": ""}, id="empty addresses"),
        pytest.param({"scope": SCOPES, "lineitem": 5, "lineitems": {}}, id="addresses of another type"),
        pytest.param({"scope": "all", "lineitem": "https://lms.example/1"}, id="scopes as text"),
        pytest.param({"scope": SCOPES, "lineitem": "javascript:alert(1)"}, id="no web address"),
        pytest.param({"scope": SCOPES, "lineitem": "/relative"}, id="a relative address"),
    ],
)
def test_an_odd_claim_keeps_nobody_out_and_no_score_goes_anywhere(sqlite_school, claim):
    answer = sqlite_school.launch("sam", "lesson:1", claims={"ags:endpoint": claim})
    tick(sqlite_school)
    sqlite_school.world.drain()

    assert answer.status_code == 303
    assert {call.service for call in sqlite_school.lms.requests} <= {"jwks"}
    assert not [state for state, _ in waiting(sqlite_school)]
