"""What a drawn form is made of: plain values for the macros of `_macros/form_engine.html`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "long_text", "scale", "choice", "date", "table", "upload", "carried"]


@dataclass(frozen=True)
class KeptFile:
    """A file kept for an upload field, as its link says it."""

    id: int
    name: str
    size_words: str
    url: str
    is_image: bool = False


@dataclass(frozen=True)
class Option:
    """One value to choose. `spoken` is read out after the label: what an end of a scale means."""

    value: str
    label: str
    chosen: bool
    spoken: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a table's cells. The number is the one in the cells' names."""

    number: int
    cells: tuple["Control", ...]


@dataclass(frozen=True)
class Control:
    """One field, or one cell of a table. What does not apply to its kind stays empty."""

    kind: Kind
    name: str
    label: str
    hint: str = ""
    value: str = ""
    mistake: str = ""
    optional: bool = False  # said in words beside the label
    required: bool = False  # the attribute: a browser may hold the form back
    most_characters: int = 0
    pattern: str = ""
    example: str = ""
    words: int = 0
    words_now: int = 0
    options: tuple[Option, ...] = ()
    ends: tuple[str, str] | None = None
    caption: str = ""
    heads: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    can_add: bool = False
    can_remove: bool = False
    accept: str = ""
    many_files: bool = False
    files: tuple[KeptFile, ...] = ()
    alternative: "Control | None" = None

    @property
    def id(self) -> str:
        return f"f-{self.name}"

    @property
    def described(self) -> str:
        """The value of aria-describedby: hint, mistake and count, those that are drawn."""
        parts = {"h": self.hint, "e": self.mistake, "n": self.words}
        return " ".join(f"{self.id}-{mark}" for mark, drawn in parts.items() if drawn)


@dataclass(frozen=True)
class Block:
    """A control; or several scales of the same range, drawn as one battery."""

    controls: tuple[Control, ...]

    @property
    def is_battery(self) -> bool:
        return len(self.controls) > 1


@dataclass(frozen=True)
class DrawnSection:
    id: str
    title: str
    text: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Drawing:
    """A form to fill in. `mistakes`: (element id, sentence) in reading order, for the summary."""

    title: str
    intro: str
    sections: tuple[DrawnSection, ...]
    mistakes: tuple[tuple[str, str], ...] = ()
    has_uploads: bool = False

    def controls(self) -> Iterator[Control]:
        """Every control in reading order; a table once, without its cells."""
        for section in self.sections:
            for block in section.blocks:
                yield from block.controls
