"""The files an operator runs it with say what the code needs."""

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from portal.settings import Settings

ROOT = Path(__file__).parents[2]


@pytest.fixture
def compose() -> dict[str, Any]:
    with (ROOT / "docker-compose.yml").open() as file:
        services: dict[str, Any] = YAML(typ="safe").load(file)
    return services


def words_after(pattern: str, path: str) -> set[str]:
    found = re.search(pattern, (ROOT / path).read_text(), re.DOTALL)
    assert found is not None, f"{path} has no {pattern}"
    return set(found[1].replace("\\", " ").split())


def test_the_image_has_the_system_packages_that_setup_installs():
    in_the_image = words_after(r"--no-install-recommends(.+?)&&", "Dockerfile")
    assert in_the_image == words_after(r'\npackages="([^"]+)"', "tools/setup.sh")


def test_only_what_the_image_copies_is_sent_to_be_built():
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    sent = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert sorted(sent) == sorted(" ".join(copied).split())


def test_what_the_services_are_told_are_settings(compose):
    known = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    for name in ("schema", "portal", "worker"):
        assert set(compose["services"][name]["environment"]) <= known


def test_the_schema_is_laid_out_once_before_anything_serves(compose):
    services = compose["services"]
    assert services["schema"]["restart"] == "no"
    assert services["schema"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in ("portal", "worker"):
        assert services[name]["restart"] == "unless-stopped"
        assert services[name]["depends_on"] == {"schema": {"condition": "service_completed_successfully"}}


def test_all_of_them_share_the_files(compose):
    assert {tuple(compose["services"][name]["volumes"]) for name in ("schema", "portal", "worker")} == {
        ("files:/var/lib/lectern",)
    }
