"""The recorded calls of tests/lti/captures: what a Moodle and a Canvas answered."""

import json
from pathlib import Path
from typing import Any

from lti.adapter.http import Answer

_CAPTURES = Path(__file__).parent / "captures"


def cases(platform: str, name: str) -> dict[str, dict[str, Any]]:
    """The captured calls, by their name."""
    found = json.loads((_CAPTURES / platform / f"{name}.json").read_text())["cases"]
    return {case["case"]: case for case in found}


def answer_of(case: dict[str, Any]) -> Answer:
    """What the platform answered."""
    said = case["response"]
    text = said["text"] if "text" in said else json.dumps(said.get("body"))
    return Answer(said["status"], said.get("headers", {}), (text or "").encode())
