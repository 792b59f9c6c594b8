"""One answer as it is kept, and read again whatever the form looked like when it was given.

Answers are JSON: text, date and choice a string; scale an integer; a table a list of rows, each a
mapping of column id to such a value; an upload `{"files": [ids], "alternative": words}`. A value that
does not fit its field (a word typed where a number belongs) is kept as the string it was: a draft
loses nothing, and `checks` names it at submission.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.core.form_engine.definition import Column, FormField, ScaleField, TableField, UploadField

Answers = dict[str, Any]

# NUL cannot be stored by PostgreSQL, lone surrogates by nothing; the rest no keyboard sends.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INTEGER = re.compile(r"[+-]?[0-9]{1,6}")


@dataclass(frozen=True)
class Files:
    """What an upload field was given: ids of kept files, and the same in words."""

    ids: tuple[int, ...] = ()
    alternative: str = ""


def clean_text(text: str) -> str:
    """Text as it is kept: NFC, lines ended by a line feed, without control characters.

    Never cut, however long: `checks` says what a field takes, and the app how much a post may hold.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _CONTROLS.sub("", text))


def as_text(value: object) -> str:
    """A value as text; what is no single value (an answer to another kind of field) is nothing."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def as_rows(field: TableField, value: object) -> list[Mapping[str, object]]:
    """The rows of a table that can be read; columns that are gone are passed over."""
    if not isinstance(value, list):
        return []
    ids = {column.id for column in field.columns}
    rows = [row for row in value if isinstance(row, dict)]
    return [{key: cell for key, cell in row.items() if key in ids} for row in rows]


def as_files(value: object) -> Files:
    """What an upload field was given."""
    if not isinstance(value, dict):
        return Files()
    ids = value.get("files")
    kept = tuple(i for i in ids if isinstance(i, int)) if isinstance(ids, list) else ()
    return Files(kept, as_text(value.get("alternative")))


def typed(field: Column | FormField, text: str) -> str | int | None:
    """One posted control as the value that is kept; None for a blank."""
    text = clean_text(text)
    if not text.strip():
        return None
    if isinstance(field, ScaleField) and _INTEGER.fullmatch(text.strip()):
        return int(text)
    return text if field.kind == "long_text" else text.strip()


def is_blank_row(row: Mapping[str, object]) -> bool:
    """A row in which nothing was filled in. It is neither counted nor handed in."""
    return not any(as_text(cell).strip() for cell in row.values())


def is_blank(field: FormField, value: object) -> bool:
    """Whether nothing was given for a field."""
    if isinstance(field, TableField):
        return all(is_blank_row(row) for row in as_rows(field, value))
    if isinstance(field, UploadField):
        return not as_files(value).ids and not as_files(value).alternative.strip()
    return not as_text(value).strip()
