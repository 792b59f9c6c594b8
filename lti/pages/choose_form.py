"""What is ticked and typed on the page of choices."""

from dataclasses import dataclass, field
from typing import TypeVar

from werkzeug.datastructures import MultiDict

from lti.pages.choosable import Order, Show

_MOST_CHOICES = 500
_Word = TypeVar("_Word", Show, Order)


@dataclass(frozen=True)
class ChooseForm:
    """What was ticked and typed. `columns` and `points` by destination, of the rows that were on the screen."""

    chosen: tuple[str, ...] = ()
    columns: frozenset[str] = frozenset()
    points: dict[str, str] = field(default_factory=dict)
    dates: bool = True
    opens_in: str = ""
    keeps_words: bool = False
    query: str = ""
    show: Show = Show.ALL
    order: Order = Order.COURSE

    @classmethod
    def parse(cls, said: "MultiDict[str, str]") -> "ChooseForm":
        """The posted form, cut to what it may hold."""
        return cls(
            chosen=tuple(dict.fromkeys(key[:80] for key in said.getlist("choose")[:_MOST_CHOICES])),
            columns=frozenset(_keys(said, "column-")),
            points={key: said[f"points-{key}"].strip()[:20] for key in _keys(said, "points-")},
            dates="dates" in said,
            opens_in=said.get("opens_in", "")[:20],
            keeps_words="keep_words" in said,
            query=" ".join(said.get("q", "").split())[:100],
            show=_word(Show, said.get("show") or said.get("shown"), Show.ALL),
            order=_word(Order, said.get("order"), Order.COURSE),
        )


def _keys(said: "MultiDict[str, str]", prefix: str) -> list[str]:
    found = [name.removeprefix(prefix) for name in said if name.startswith(prefix)]
    return [key for key in found if len(key) <= 80][:_MOST_CHOICES]


def _word(words: type[_Word], said: str | None, usual: _Word) -> _Word:
    return next((word for word in words if word.value == said), usual)
