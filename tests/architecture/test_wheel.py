"""The wheel carries all that an installed `portal` reads, and works from any folder."""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COURSE = "leadership-and-organizing"
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def copied_into_the_image() -> list[str]:
    """What the Dockerfile's first stage takes from the repository."""
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    return [name for line in copied for name in line.split()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Built as the image builds it: from what the Dockerfile copies, and nothing else."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "src"
    for name in copied_into_the_image():
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            source.mkdir(exist_ok=True)
            shutil.copy(ROOT / name, source / name)
    built = run(
        *(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"),
        *("--wheel-dir", folder, source),
        cwd=folder,
    )
    assert built.returncode == 0, built.stderr
    return next(folder.glob("lectern-*.whl"))


@dataclass(frozen=True)
class Installed:
    """A `portal` of its own in `site`, called from a folder of its own."""

    site: Path
    elsewhere: Path

    def __call__(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return run(
            *(sys.executable, self.site / "bin" / "portal", *words),
            cwd=self.elsewhere,
            PYTHONPATH=str(self.site),
            PORTAL_ENV="test",
            PORTAL_DATA_DIR=str(self.elsewhere / "instance"),
        )


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The wheel installed alone, ahead of the work tree."""
    site = tmp_path_factory.mktemp("site")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    done = run(
        sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", site, wheel, cwd=elsewhere
    )
    assert done.returncode == 0, done.stderr

    return Installed(site, elsewhere)


def files_below(folder: Path, suffixes: set[str]) -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "."], cwd=folder, capture_output=True, text=True, check=True
    )
    return {name for name in listed.stdout.split("\0") if Path(name).suffix in suffixes}


@pytest.mark.parametrize(
    ("folder", "shipped_as", "suffixes"),
    [
        ("templates", "portal/_templates", {".html", ".txt", ".css"}),
        ("static", "portal/_static", {".css", ".js", ".woff2", ".ttf", ".svg"}),
        ("courses", "portal/_courses", {".yaml", ".md", ".vtt", ".mp4", ".webm"}),
        ("portal", "portal", {".py", ".mo"}),
        ("lti", "lti", {".py"}),
    ],
)
def test_the_wheel_carries(wheel, folder, shipped_as, suffixes):
    shipped = set(zipfile.ZipFile(wheel).namelist())
    needed = {f"{shipped_as}/{name}" for name in files_below(ROOT / folder, suffixes)}
    assert needed, f"nothing in {folder}"
    assert needed - shipped == set()


def test_the_wheel_carries_no_tests_and_no_work_of_other_tools(wheel):
    strays = [
        name
        for name in zipfile.ZipFile(wheel).namelist()
        if name.split("/")[0] not in {"portal", "lti"} and ".dist-info/" not in name
    ]
    assert strays == []


def test_an_installed_portal_says_what_it_can_do(installed):
    answer = installed("--help")
    assert answer.returncode == 0, answer.stderr
    assert "demo" in answer.stdout


def test_an_installed_portal_finds_its_course_good(installed):
    answer = installed("course", "check", installed.site / "portal" / "_courses" / COURSE)
    assert answer.returncode == 0, answer.stdout + answer.stderr


def test_an_installed_portal_lays_out_its_database(installed):
    answer = installed("db", "upgrade")
    assert answer.returncode == 0, answer.stderr
    assert installed("db", "check").returncode == 0
