"""Files of a package, read with the line of every value. They may be anybody's: nothing here raises."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import StringIO
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

LONGEST_TEXT_FILE = 512 * 1024  # bytes
MOST_VALUES = 20_000  # of one file, aliases written out: they can multiply
DEEPEST = 30
_TAG = "tag:yaml.org,2002:"

Where = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """What is wrong, and where. `line` counts from 1; a warning stops nothing."""

    file: str
    line: int
    message: str
    is_warning: bool = False

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {'warning: ' if self.is_warning else ''}{self.message}"


@dataclass
class Source:
    """One file as plain data, with the line of every key and item."""

    file: str
    data: object = None
    body: str = ""  # of a Markdown file: the text below its facts
    lines: dict[Where, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line_of(self, where: Where) -> int:
        """The line of a value, or of the nearest thing around it. Unknown steps are passed over."""
        at: Where = ()
        for step in where:
            if (*at, step) in self.lines:
                at = (*at, step)
        return self.lines.get(at, 1)

    def problem(self, line: int, message: str) -> None:
        """Note a mistake."""
        self.problems.append(Problem(self.file, line, message))


@dataclass(frozen=True)
class Folder:
    """The package's folder. Paths are relative, with `/`; what leads out of it is not there."""

    root: Path

    def find(self, path: str) -> Path | None:
        """The regular file at a path inside the folder; None: there is none, or it lies outside."""
        try:
            found = (self.root / path).resolve(strict=True)
            inside = found.is_relative_to(self.root.resolve(strict=True))
            return found if inside and found.is_file() else None
        except (OSError, ValueError, RuntimeError):
            return None

    def names(self) -> Iterator[str]:
        """The paths of all files but hidden ones and read-me notes."""
        for found in sorted(self.root.rglob("*")):
            path = found.relative_to(self.root)
            hidden = any(part.startswith(".") for part in path.parts) or path.name.upper().startswith(
                "README"
            )
            if found.is_file() and not hidden:
                yield path.as_posix().encode("utf-8", "replace").decode("utf-8")

    def text(self, path: str, source: Source) -> str | None:
        """A text file, in NFC; None with the problem noted."""
        found = self.find(path)
        if found is None:
            source.problem(1, "there is no such file in the package")
            return None
        try:
            with found.open("rb") as file:
                raw = file.read(LONGEST_TEXT_FILE + 1)
        except OSError:
            source.problem(1, "the file cannot be read")
            return None
        if len(raw) > LONGEST_TEXT_FILE:
            source.problem(1, f"the file is larger than {LONGEST_TEXT_FILE // 1024} kB")
            return None
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as mistake:
            source.problem(raw[: mistake.start].count(b"\n") + 1, "the file is not UTF-8 text")
            return None
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def read_yaml(folder: Folder, path: str) -> Source:
    """A YAML file as plain data. `data` is None when it could not be read; the problems say why."""
    source = Source(path)
    text = folder.text(path, source)
    if text is not None:
        _parse(text, 0, source)
    return source


def read_markdown(folder: Folder, path: str) -> Source:
    """A Markdown file that begins with YAML between two lines `---`."""
    source = Source(path)
    text = folder.text(path, source)
    if text is None:
        return source
    lines = text.split("\n")
    end = next((at for at, line in enumerate(lines[1:], start=1) if line.rstrip() == "---"), None)
    if lines[0].rstrip() != "---" or end is None:
        source.problem(1, "the file begins with its facts between two lines ---")
        return source
    source.body = "\n".join(lines[end + 1 :]).strip()
    if _unfit(source.body):
        source.problem(end + 2, "the text holds control characters")
    _parse("\n".join(lines[1:end]) + "\n", 1, source)
    return source


def _parse(text: str, lines_above: int, source: Source) -> None:
    try:
        node = YAML(typ="safe", pure=True).compose(StringIO(text))
    except MarkedYAMLError as mistake:
        mark = mistake.problem_mark or mistake.context_mark
        line = mark.line + 1 + lines_above if mark else 1
        source.problem(line, f"not YAML: {mistake.problem or mistake.context}")
        return
    except RecursionError:
        source.problem(1, f"not YAML: nested more than {DEEPEST} deep")
        return
    except Exception as mistake:  # noqa: BLE001  the parser meets anybody's text; whatever it says is a problem
        source.problem(1, f"not YAML: {str(mistake).splitlines()[0] if str(mistake) else 'unreadable'}")
        return
    if node is None:
        source.problem(1, "the file is empty")
        return
    reader = _Reader(source, lines_above)
    try:
        source.data = reader.value(node, (), 0)
    except _TooMuch as mistake:
        source.problem(mistake.line, mistake.message)
        return
    if not isinstance(source.data, dict):
        source.problem(1, "the file is a list of keys with their values")
        source.data = None


class _TooMuch(Exception):
    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


class _Reader:
    """Nodes to plain data, noting lines; what is odd becomes a problem and None."""

    def __init__(self, source: Source, lines_above: int) -> None:
        self.source = source
        self.lines_above = lines_above
        self.left = MOST_VALUES

    def value(self, node: Node, where: Where, depth: int) -> object:
        line = node.start_mark.line + 1 + self.lines_above
        self.left -= 1
        if self.left < 0:
            raise _TooMuch(line, f"more than {MOST_VALUES:,} values in one file")
        if depth > DEEPEST:
            raise _TooMuch(line, f"nested more than {DEEPEST} deep")
        if isinstance(node, MappingNode):
            return self._mapping(node, where, depth)
        if isinstance(node, SequenceNode):
            for at, item in enumerate(node.value):
                self.source.lines[(*where, at)] = item.start_mark.line + 1 + self.lines_above
            return [self.value(item, (*where, at), depth + 1) for at, item in enumerate(node.value)]
        return self._scalar(node, line)

    def _mapping(self, node: MappingNode, where: Where, depth: int) -> dict[str, object]:
        read: dict[str, object] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1 + self.lines_above
            key = self._scalar(key_node, line) if isinstance(key_node, ScalarNode) else None
            if not isinstance(key, str) or key_node.value == "<<":
                self.source.problem(line, "a key is a plain word")
                continue
            if key in read:
                self.source.problem(line, f"`{key}` is given twice")
                continue
            self.source.lines[(*where, key)] = line
            read[key] = self.value(value_node, (*where, key), depth + 1)
        return read

    def _scalar(self, node: Node, line: int) -> object:
        text, kind = str(node.value), str(node.tag).removeprefix(_TAG)
        try:
            if kind == "null":
                return None
            if kind == "bool":
                return text.lower() == "true"
            if kind == "int":
                return int(text.replace("_", ""), 10)
            if kind == "float":
                return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
            if kind == "timestamp" and re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                return date.fromisoformat(text)
        except ValueError:
            self.source.problem(
                line, f"`{text[:40]}` is not a {'day' if kind == 'timestamp' else 'number'} we know"
            )
            return None
        if kind not in ("str", "timestamp"):
            self.source.problem(line, "tags such as !thing are not used in a package")
            return None
        if _unfit(text):
            self.source.problem(line, "the text holds control characters")
            return None
        return unicodedata.normalize("NFC", text)


def _unfit(text: str) -> bool:
    """Whether a text holds what neither a page nor a database can."""
    return re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]", text) is not None
