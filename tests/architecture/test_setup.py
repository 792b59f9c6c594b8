"""`make setup` on a machine that lacks something: what it needs, and nothing half-done."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ("sh", "cat", "cksum", "dirname", "grep", "printf", "sed")


@pytest.fixture
def machine(tmp_path):
    """A Debian without any of our packages and without Python, in folders of its own."""
    programs, clone = tmp_path / "bin", tmp_path / "lectern"
    programs.mkdir()
    for name in TOOLS:
        if found := shutil.which(name):
            (programs / name).symlink_to(found)
    program(programs, "dpkg-query", "exit 1")
    (clone / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "setup.sh", clone / "tools")
    for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml", "hatch_build.py"):
        shutil.copy(ROOT / name, clone)
    return programs


def program(folder: Path, name: str, script: str) -> None:
    made = folder / name
    made.write_text(f"#!/bin/sh\n{script}\n")
    made.chmod(0o755)


def set_up(machine: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    clone = machine.parent / "lectern"
    told = {"PATH": str(machine)} | more
    return subprocess.run(
        [clone / "tools" / "setup.sh", *words],
        env=told,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def installed_by(machine: Path) -> str:
    log = machine / "apt-get.log"
    return log.read_text() if log.exists() else ""


def test_who_may_not_install_is_told_what_to_have_installed_and_nothing_is_made(machine):
    program(machine, "id", "echo 1000")
    program(machine, "apt-get", f'echo "$@" >>{machine}/apt-get.log')

    done = set_up(machine)

    assert (done.returncode, done.stdout) == (1, "")
    assert "Only root may install them" in done.stderr
    needed = next(line for line in done.stderr.splitlines() if "apt-get install" in line)
    assert {"libpango-1.0-0", "fonts-noto-cjk", "python3", "python3-venv"} <= set(needed.split())
    assert installed_by(machine) == ""
    assert not (machine.parent / "lectern" / ".venv").exists()


def test_tests_need_a_database_server_and_a_browser_too(machine):
    program(machine, "id", "echo 1000")

    done = set_up(machine, "tests")

    assert done.returncode == 1
    assert {"postgresql", "chromium", "libatomic1", "zbar-tools"} <= set(done.stderr.split())


def test_root_has_them_installed_python_too(machine):
    program(machine, "id", "echo 0")
    program(machine, "apt-get", f'echo "$@" >>{machine}/apt-get.log')

    done = set_up(machine)

    assert "install libpango-1.0-0" in installed_by(machine)
    assert "python3-venv" in installed_by(machine)
    assert done.returncode == 1  # this apt-get brings nothing
    assert done.stderr.startswith("Lectern needs Python 3.11 or later")


def test_what_cannot_be_installed_is_said_with_the_command_to_try(machine):
    program(machine, "id", "echo 0")
    program(machine, "apt-get", "echo 'E: no network' >&2; exit 100")

    done = set_up(machine)

    assert done.returncode == 1
    assert "E: no network" in done.stderr
    assert "apt-get could not install them" in done.stderr


def test_a_python_that_is_named_and_too_old_is_refused(machine):
    program(machine, "id", "echo 1000")
    program(machine, "old-python", "exit 1")

    done = set_up(machine, PYTHON="old-python", PORTAL_SETUP_SYSTEM="skip")

    assert done.returncode == 1
    assert done.stderr.startswith("Lectern needs Python 3.11 or later")
