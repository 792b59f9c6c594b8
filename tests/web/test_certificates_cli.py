"""`portal certificates`: the same services as the pages use."""

import json

import pytest
from click.testing import CliRunner

from portal.certificates.cli import certificates
from tests.web.test_certificates import AFTER, complete


@pytest.fixture
def cohort(sqlite_world):
    made = sqlite_world.cohort("fall-2026")
    sqlite_world.at(AFTER)
    return made


@pytest.fixture
def run(sqlite_world):
    def ran(*words, fails=None):
        with sqlite_world.app.app_context():
            answer = CliRunner().invoke(certificates, list(words))
        assert answer.exit_code == (fails or 0), answer.output
        return answer

    return ran


def test_all_who_are_due_get_theirs_and_the_others_are_named(sqlite_world, cohort, run):
    done, short = sqlite_world.learner(cohort, name="Zoë"), sqlite_world.learner(cohort, name="Noah")
    complete(sqlite_world, done)
    complete(sqlite_world, short, but=("asset-map",))

    said = json.loads(run("issue", "--cohort", "fall-2026", "--json").stdout)
    again = json.loads(run("issue", "--cohort", "fall-2026", "--json").stdout)

    assert [row["name"] for row in said["issued"]] == ["Zoë"]
    assert said["refused"][0]["person"] == short.person_id
    assert "still waits for" in said["refused"][0]["reason"]
    assert [row["code"] for row in again["issued"]] == [row["code"] for row in said["issued"]]
    (row,) = json.loads(run("list", "--cohort", "fall-2026", "--json").stdout)
    assert (row["kind"], row["state"]) == ("completion", "preparing")


def test_one_person_who_cannot_have_it_is_refused_in_one_sentence(sqlite_world, cohort, run):
    who = sqlite_world.learner(cohort)

    answer = run("issue", "--cohort", "fall-2026", "--person", str(who.person_id), fails=1)

    assert answer.stderr.startswith("The certificate of completion still waits for:")
    assert answer.stdout == ""


def test_a_certificate_is_replaced_revoked_and_written_to_a_file(sqlite_world, cohort, run, tmp_path):
    who = sqlite_world.learner(cohort, name="Zoe")
    complete(sqlite_world, who)
    (first,) = json.loads(run("issue", "--cohort", "fall-2026", "--json").stdout)["issued"]

    words = ("--name", "Zoë", "--reason", "Accents were lost", "--json")
    second = json.loads(run("replace", "--cohort", "fall-2026", "--code", first["code"], *words).stdout)
    file = tmp_path / "certificate.pdf"
    written = json.loads(
        run(
            "render", "--cohort", "fall-2026", "--code", second["code"], "--output", str(file), "--json"
        ).stdout
    )
    run("revoke", "--cohort", "fall-2026", "--code", second["code"], "--reason", "Test")

    assert second["replaces"] == first["code"]
    assert file.read_bytes().startswith(b"%PDF")
    assert written["bytes"] == file.stat().st_size
    rows = json.loads(run("list", "--cohort", "fall-2026", "--json").stdout)
    assert [row["state"] for row in rows] == ["revoked", "replaced"]


def test_another_cohorts_certificate_is_not_there(sqlite_world, cohort, run):
    who = sqlite_world.learner(cohort, name="Zoë")
    complete(sqlite_world, who)
    sqlite_world.cohort("spring-2027")
    (row,) = json.loads(run("issue", "--cohort", "fall-2026", "--json").stdout)["issued"]

    answer = run("revoke", "--cohort", "spring-2027", "--code", row["code"], "--reason", "No", fails=1)

    assert answer.stderr == "There is no certificate with this code.\n"
