"""The locks pin everything, with hashes, and say nothing of the machine or the registry they came from."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of(lock: str) -> dict[str, str]:
    lines = (ROOT / lock).read_text().splitlines()
    pins = [re.match(r"([\w.\-\[\]]+)==([^\s;\\]+)", line) for line in lines if not line.startswith(" ")]
    return {normal(pin[1]): pin[2] for pin in pins if pin}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host_and_no_local_file(lock):
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert not re.search(
        r"(^|\s)(-f|-i|--find-links|--(extra-)?index-url|file:|/|\.\.?/)", text, re.MULTILINE
    )


@pytest.mark.parametrize("lock", LOCKS)
def test_every_line_of_a_lock_pins_a_version_with_its_hashes(lock):
    entries = re.split(r"\n(?=\S)", (ROOT / lock).read_text().strip())
    unpinned = [
        entry.splitlines()[0] for entry in entries if "==" not in entry or "--hash=sha256:" not in entry
    ]
    assert unpinned == []


def test_what_is_tested_is_what_runs():
    runtime, tested = pins_of("requirements.lock"), pins_of("requirements-dev.lock")
    assert {name: tested.get(name) for name in runtime} == runtime


def test_whatever_the_package_asks_for_is_in_the_lock():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["postgres"]
    names = {normal(re.split(r"[^\w.\-]", line)[0]) for line in asked}
    assert names - pins_of("requirements.lock").keys() == set()


def test_the_lock_of_the_runtime_holds_no_tools_of_development():
    unwanted = {"playwright", "mypy", "ruff", "hypothesis", "pytest", "torch", "lti", "reportlab"}
    assert unwanted & pins_of("requirements.lock").keys() == set()
