"""What is true of every file of the project."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Put together here so that this file does not name them either.
REGISTRIES = [
    "py" + "pi.org",
    "pythonhosted" + ".org",
    "npm" + "js.org",
    "npm" + "js.com",
    "deb." + "debian.org",
]
TEXT = {
    ".py",
    ".html",
    ".css",
    ".js",
    ".md",
    ".toml",
    ".lock",
    ".yaml",
    ".yml",
    ".sh",
    ".txt",
    ".vtt",
    ".mako",
    "",
}


def tracked(*patterns: str) -> list[Path]:
    command = ["git", "ls-files", "--cached", "-z", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def lines_of(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_a_long_file_becomes_a_folder():
    too_long = {
        str(path.relative_to(ROOT)): lines_of(path)
        for path in tracked("portal/*.py", "lti/*.py")
        if lines_of(path) > 350 and "migrations/versions" not in str(path)
    }
    assert too_long == {}


def test_there_is_no_drawer_for_odds_and_ends():
    names = {path.stem for path in tracked("*.py")}
    assert names & {"utils", "util", "helpers", "misc", "common"} == set()


def test_no_file_names_a_registry_or_a_folder_of_the_machine_it_was_written_on():
    outside = re.compile(
        "|".join(map(re.escape, REGISTRIES)) + r"|/wor[k]/(main|shared)|\.\./share[d]/|/roo[t]/|/tm[p]/\w"
    )
    named = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in tracked()
        if path.suffix in TEXT and (found := outside.search(path.read_text(errors="replace")))
    ]
    assert named == []


def test_templates_have_no_inline_styles_or_scripts():
    """The content security policy refuses them, so they would silently do nothing."""
    inline = re.compile(
        r"<style|\sstyle=|<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")|\son[a-z]+=\""
    )
    found = [
        f"{path.relative_to(ROOT)}: {hit[0]}"
        for path in tracked("templates/*.html")
        if "certificates/pdf" not in str(path)
        and (hit := inline.search(re.sub(r"{#.*?#}", "", path.read_text(), flags=re.DOTALL)))
    ]
    assert found == []


def test_vendored_files_say_their_version_and_licence():
    vendored = ROOT / "static" / "vendor"
    silent = [
        folder.name
        for folder in vendored.iterdir()
        if folder.is_dir()
        and not any(re.search("licen[cs]e|readme|version", f.name, re.IGNORECASE) for f in folder.iterdir())
    ]
    assert silent == []
