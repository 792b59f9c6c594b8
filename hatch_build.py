"""Puts templates, static files and the courses into the wheel, and into the wheel alone.

`[tool.hatch.build.targets.wheel.force-include]` would also copy them into site-packages on an editable
install, where the copies go stale without a word. `portal/app.py` looks for these folders beside its own
file first, then beside the packages.
"""

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = {"templates": "portal/_templates", "static": "portal/_static", "courses": "portal/_courses"}


class ShipFolders(BuildHookInterface):  # type: ignore[type-arg]
    """A wheel carries what an installed `portal` reads; an editable install reads the work tree."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "standard":
            build_data["force_include"].update(FOLDERS)
