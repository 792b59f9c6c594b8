"""`portal lti …` as scripts use it: one JSON document or one sentence, and exit codes that can be relied on."""

import json

import pytest

from tests.lti.registering import run

REGISTER = (
    "register", "--issuer", "https://lms.example", "--client-id", "c-1",
    "--auth-login-url", "https://lms.example/auth", "--auth-token-url", "https://lms.example/token",
    "--jwks-url", "https://lms.example/keys", "--deployment-id", "1",
)  # fmt: skip


@pytest.fixture
def lms(sqlite_world):
    """A registered platform, a cohort and a second registration of the platform; the first one's number."""
    sqlite_world.cohort("fall-2026")
    first = json.loads(run(sqlite_world, *REGISTER, "--json").stdout)["registration_id"]
    second = run(sqlite_world, *REGISTER, "--client-id", "c-2", "--json")
    return first, json.loads(second.stdout)["registration_id"]


MAKES_OR_SHOWS = {
    "register": [*REGISTER, "--deployment-id", "2"],
    "invite": ["invite", "--name", "North Valley"],
    "invite --activate": ["invite", "--activate"],
    "list": ["list"],
    "show": ["show", "{first}"],
    "activate": ["activate", "{first}"],
    "offer a cohort": ["offer", "--registration", "{first}", "--cohort", "fall-2026"],
    "offer a course": ["offer", "--registration", "{first}", "--course", "leadership-and-organizing"],
    "connect": ["connect", "--registration", "{first}", "--context-id", "c 1/ü", "--cohort", "fall-2026"],
    "frame": ["frame", "--registration", "{first}", "https://school.example"],
    "move --dry-run": ["move", "--from", "{first}", "--to", "{second}", "--dry-run"],
    "move": ["move", "--from", "{first}", "--to", "{second}"],
    "remove": ["remove", "{second}"],
    "keys rotate": ["keys", "rotate"],
    "keys reseal": ["keys", "reseal"],
}


@pytest.mark.parametrize("words", MAKES_OR_SHOWS.values(), ids=MAKES_OR_SHOWS.keys())
def test_json_is_one_document_and_nothing_else(sqlite_world, lms, words):
    first, second = lms
    answer = run(sqlite_world, *[word.format(first=first, second=second) for word in words], "--json")

    assert answer.exit_code == 0, answer.output
    assert isinstance(json.loads(answer.stdout), dict | list)
    assert answer.stderr == ""


@pytest.mark.parametrize("words", MAKES_OR_SHOWS.values(), ids=MAKES_OR_SHOWS.keys())
def test_without_json_it_is_for_people(sqlite_world, lms, words):
    first, second = lms
    answer = run(sqlite_world, *[word.format(first=first, second=second) for word in words])

    assert answer.exit_code == 0, answer.output
    assert answer.stdout.strip()
    assert not answer.stdout.startswith(("{", "["))


NAMES_ONE = {
    "show": ["show", "{id}"],
    "check": ["check", "{id}"],
    "activate": ["activate", "{id}"],
    "remove": ["remove", "{id}"],
    "offer": ["offer", "--registration", "{id}", "--cohort", "fall-2026"],
    "connect": ["connect", "--registration", "{id}", "--context-id", "x", "--cohort", "fall-2026"],
    "frame": ["frame", "--registration", "{id}", "https://school.example"],
    "move": ["move", "--from", "{id}", "--to", "1"],
}


@pytest.mark.parametrize("words", NAMES_ONE.values(), ids=NAMES_ONE.keys())
@pytest.mark.parametrize(
    ("id_", "code"),
    [
        pytest.param("99", 1, id="unknown"),
        pytest.param("99999999999999999999", 2, id="no such number"),
        pytest.param("0", 2, id="zero"),
        pytest.param("-1", 2, id="negative"),
        pytest.param("first", 2, id="a word"),
    ],
)
def test_a_registration_that_is_not_there(sqlite_world, lms, words, id_, code):
    before = run(sqlite_world, "list", "--json").stdout
    answer = run(sqlite_world, *[word.format(id=id_) for word in words])

    assert answer.exit_code == code, answer.output
    assert answer.stdout == ""
    if code == 1:
        assert answer.stderr.strip().splitlines() == ["There is no registration 99. See: portal lti list"]
    assert run(sqlite_world, "list", "--json").stdout == before


def test_nothing_registered_is_said(sqlite_world):
    for listed in json.loads(run(sqlite_world, "list", "--json").stdout):
        assert run(sqlite_world, "remove", listed["registration_id"]).exit_code in (0, 1)
    assert run(sqlite_world, "list").exit_code == 0


def test_connecting_twice_is_once(sqlite_world, lms):
    words = ("connect", "--registration", lms[0], "--context-id", "x", "--cohort", "fall-2026")

    assert [run(sqlite_world, *words).exit_code for _ in range(2)] == [0, 0]
    [one] = [found for found in json.loads(run(sqlite_world, "list", "--json").stdout) if found["contexts"]]
    assert len(one["contexts"]) == 1


def test_what_is_removed_is_gone_with_its_offers_and_may_come_again(sqlite_world, lms):
    run(sqlite_world, "offer", "--registration", lms[0], "--cohort", "fall-2026")

    assert run(sqlite_world, "remove", lms[0]).exit_code == 0
    assert run(sqlite_world, "show", lms[0]).exit_code == 1
    again = run(sqlite_world, *REGISTER, "--json")
    assert again.exit_code == 0
    shown = json.loads(
        run(sqlite_world, "show", json.loads(again.stdout)["registration_id"], "--json").stdout
    )
    assert (shown["offers"], shown["contexts"]) == ([], [])


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["register"],
        ["move"],
        ["keys"],
        ["offer"],
        *[[name] for name in ("invite", "show", "check", "remove")],
    ],
    ids=" ".join,
)
def test_each_has_its_help(sqlite_world, words):
    answer = run(sqlite_world, *words, "--help")

    assert answer.exit_code == 0
    assert "Usage:" in answer.stdout
