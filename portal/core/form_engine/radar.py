"""The averages of a form's scales by section, as a picture; its table says the same."""

import math
from dataclasses import dataclass

from portal.core.form_engine.definition import Form, ScaleField, Section
from portal.core.form_engine.values import Answers

# The drawing's own units: a 420 by 280 field.
_CENTRE = (210.0, 140.0)
_RADIUS = 95.0


@dataclass(frozen=True)
class Corner:
    """One section. `anchor` is the SVG text-anchor of its label at (x, y)."""

    title: str
    average: float | None
    x: float
    y: float
    anchor: str

    @property
    def words(self) -> str:
        return "no answer yet" if self.average is None else f"{self.average:.1f}"


@dataclass(frozen=True)
class Radar:
    """`spokes`, `rings` and `shape` are SVG path data; `shape` is empty until every corner has an average."""

    corners: tuple[Corner, ...]
    lowest: int
    highest: int
    spokes: str
    rings: str
    shape: str

    @property
    def sentence(self) -> str:
        """The picture in words."""
        averages = ", ".join(f"{corner.title} {corner.words}" for corner in self.corners)
        return f"Averages, {self.lowest} to {self.highest}: {averages}"


def radar(form: Form, answers: Answers) -> Radar | None:
    """The picture of these answers; None where the form asks for none."""
    if form.picture != "radar":
        return None
    sections = form.radar_sections()
    scales = [field for section in sections for field in _scales(section)]
    lowest, highest = min(field.lowest for field in scales), max(field.highest for field in scales)
    count = len(sections)
    averages = [_average(section, answers) for section in sections]
    rim = [_point(at, count, 1.0) for at in range(count)]
    steps = highest - lowest
    rings = [[_point(at, count, ring / steps) for at in range(count)] for ring in range(1, steps + 1)]
    shape = ""
    if all(average is not None for average in averages):
        shape = _closed(
            [_point(at, count, ((average or 0) - lowest) / steps) for at, average in enumerate(averages)]
        )
    return Radar(
        corners=tuple(_corner(s.title, averages[at], at, count) for at, s in enumerate(sections)),
        lowest=lowest,
        highest=highest,
        spokes="".join(f"M{_CENTRE[0]:g} {_CENTRE[1]:g}L{x:g} {y:g}" for x, y in rim),
        rings="".join(_closed(ring) for ring in rings),
        shape=shape,
    )


def _scales(section: Section) -> list[ScaleField]:
    return [field for field in section.fields if isinstance(field, ScaleField)]


def _average(section: Section, answers: Answers) -> float | None:
    values = [
        value
        for field in _scales(section)
        if isinstance(value := answers.get(field.id), int) and value in field.values
    ]
    return sum(values) / len(values) if values else None


def _corner(title: str, average: float | None, at: int, count: int) -> Corner:
    x, y = _point(at, count, 1.13)
    anchor = "middle" if abs(x - _CENTRE[0]) < 12 else "start" if x > _CENTRE[0] else "end"
    return Corner(title, average, x, y + 5, anchor)


def _point(at: int, count: int, share: float) -> tuple[float, float]:
    angle = 2 * math.pi * at / count - math.pi / 2
    return (
        round(_CENTRE[0] + _RADIUS * share * math.cos(angle), 1),
        round(_CENTRE[1] + _RADIUS * share * math.sin(angle), 1),
    )


def _closed(points: list[tuple[float, float]]) -> str:
    return "M" + " ".join(f"{x:g} {y:g}" for x, y in points) + "Z"
