"""Who may import whom: the contracts of pyproject.toml, and the doors of each slice."""

import re
import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
TOP_ROW = ("portal.app", "portal.cli", "portal.wsgi", "portal.worker", "portal.demo", "portal.demo_data")
PRIVATE = re.compile(r"(?P<slice>portal\.(?!core\.)\w+|lti)\.(views|pages|forms)(\.|$)")


@pytest.fixture(scope="module")
def imports():
    graph = grimp.build_graph("portal", "lti", cache_dir=None)
    return [
        (importer, imported)
        for importer in sorted(graph.modules)
        for imported in sorted(graph.find_modules_directly_imported_by(importer))
    ]


def test_the_import_contracts_hold():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    outcome = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert outcome.returncode == 0, outcome.stdout + outcome.stderr


def test_a_slice_is_never_entered_through_its_views_pages_or_forms(imports):
    trespassers = [
        f"{importer} imports {imported}"
        for importer, imported in imports
        if (door := PRIVATE.match(imported))
        and not importer.startswith(door["slice"] + ".")
        and not importer.startswith(TOP_ROW)
    ]
    assert trespassers == []


def test_of_the_portal_only_the_top_row_imports_lti(imports):
    trespassers = [
        f"{importer} imports {imported}"
        for importer, imported in imports
        if imported.startswith("lti") and importer.startswith("portal") and not importer.startswith(TOP_ROW)
    ]
    assert trespassers == []


def test_an_old_migration_outlives_the_models():
    """A migration says what was true when it was written: it knows the base's types, nothing else of ours."""
    ours = re.compile(r"^\s*(?:from|import)\s+((?:portal|lti)[\w.]*)", re.MULTILINE)
    found = [
        f"{path.name} imports {module}"
        for path in (ROOT / "portal" / "migrations" / "versions").glob("*.py")
        for module in ours.findall(path.read_text())
        if module != "portal.core.base"
    ]
    assert found == []
