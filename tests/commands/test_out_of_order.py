"""Commands whose database or files cannot be used: one sentence, never a traceback."""

import os
import subprocess
import sys

import pytest

PORTAL = [sys.executable, "-c", "from portal.cli import main; main()"]


def portal(folder, *arguments, **settings):
    told = {"PORTAL_ENV": "test", "PORTAL_DATA_DIR": str(folder)} | settings
    told = {key: value for key, value in os.environ.items() if not key.startswith("PORTAL_")} | told
    return subprocess.run([*PORTAL, *arguments], env=told, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("command", ["cohort list --json", "lti list --json", "outbox list", "db check"])
def test_a_database_without_its_schema_is_said_so_in_one_sentence(tmp_path, command):
    done = portal(tmp_path, *command.split())
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "The database schema is behind. Run `portal db upgrade` first.\n"


@pytest.mark.parametrize("command", ["cohort list --json", "db upgrade"])
def test_a_database_that_cannot_be_reached_is_said_so_in_one_sentence(tmp_path, command):
    nowhere = f"postgresql+psycopg://lectern@/lectern?host={tmp_path}"
    done = portal(tmp_path, *command.split(), PORTAL_DATABASE_URL=nowhere)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The database cannot be used: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("number", ["99999999999", "9" * 30])
@pytest.mark.parametrize("command", ["audit list --person {}", "lti offer --registration {} --cohort x"])
def test_a_number_past_what_a_database_takes_is_no_traceback(tmp_path, command, number):
    portal(tmp_path, "db", "upgrade")
    done = portal(tmp_path, *command.format(number).split())
    assert done.returncode in (0, 1, 2)
    assert "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_made_is_said_so_in_one_sentence(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    done = portal(tmp_path / "file" / "data", "cohort", "list")
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert str(tmp_path / "file") in done.stderr
