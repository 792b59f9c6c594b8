"""Pieces that are drawn once: what they may not contain."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
DRAWN = sorted(
    {
        name
        for file in TEMPLATES.rglob("*.html")
        for name in re.findall(r'\b(?:drawn|filled)\("([^"]+)"', file.read_text(encoding="utf-8"))
    }
)


@pytest.mark.parametrize("name", DRAWN)
def test_a_piece_that_is_kept_asks_for_nothing_of_the_request(name):
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    asked = re.findall(r"token\(|\bplace\(|request|nav_items|is_framed|{% include|{% extends|session", text)
    assert asked == []


def test_there_are_such_pieces():
    assert "learning/_said.html" in DRAWN
