"""A posted form as answers. Tolerant: a draft is whatever a person has typed so far."""

import re
from collections.abc import Iterable
from typing import Any, Protocol

from portal.core.errors import Invalid
from portal.core.form_engine.definition import CarriedField, Form, TableField, UploadField
from portal.core.form_engine.values import Answers, Files, as_files, as_rows, typed

MOST_ROWS = 200  # of one post, more than any table takes


class Posted(Protocol):
    """What is read of a MultiDict."""

    def get(self, key: str, /) -> Any: ...
    def keys(self) -> Iterable[str]: ...


def parse(form: Form, posted: Posted, *, earlier: Answers) -> Answers:
    """What was posted, as answers. Names the form does not know are passed over.

    `earlier` are the answers kept so far: kept files are taken from there, never from the post.
    A post that names no control of the form (a script's bare `action=submit`) leaves them as they were.
    Invalid when a table has more rows than can be kept.
    """
    names = set(posted.keys())
    answers: Answers = {}
    knew_one = False
    for field in form.all_fields():
        if isinstance(field, CarriedField):
            continue
        if isinstance(field, UploadField):
            said = posted.get(f"{field.id}-alternative")
            knew_one = knew_one or said is not None
            kept = as_files(earlier.get(field.id))
            value: Any = _files(kept.ids, typed(field, str(said or "")))
        elif isinstance(field, TableField):
            value = _rows(field, posted, names)
            knew_one = knew_one or value is not None
        else:
            value = typed(field, str(posted.get(field.id) or ""))
            knew_one = knew_one or field.id in names
        if value is not None:
            answers[field.id] = value
    return answers if knew_one else dict(earlier)


def with_file(form: Form, answers: Answers, field_id: str, upload_id: int) -> Answers:
    """The answers with one more file kept for a field."""
    return _with_files(form, answers, field_id, lambda ids: (*ids, upload_id))


def without_file(form: Form, answers: Answers, field_id: str, upload_id: int) -> Answers:
    """The answers without one file of a field."""
    return _with_files(form, answers, field_id, lambda ids: tuple(i for i in ids if i != upload_id))


def _with_files(form: Form, answers: Answers, field_id: str, change: Any) -> Answers:
    if not isinstance(field_of(form, field_id), UploadField):
        return answers
    kept = as_files(answers.get(field_id))
    changed = _files(change(kept.ids), kept.alternative or None)
    rest = {key: value for key, value in answers.items() if key != field_id}
    return rest if changed is None else rest | {field_id: changed}


def with_row(form: Form, answers: Answers, table_id: str, *, shown: int = 0) -> Answers:
    """The answers with one more, empty row; unchanged where the table is full or unknown."""
    table = field_of(form, table_id)
    if not isinstance(table, TableField):
        return answers
    rows = [dict(row) for row in as_rows(table, answers.get(table_id))]
    rows += [{}] * (max(len(rows), table.min_rows, 1, shown) - len(rows))
    return answers | {table_id: rows if len(rows) >= table.max_rows else [*rows, {}]}


def without_row(form: Form, answers: Answers, table_id: str, number: int) -> Answers:
    """The answers without row `number` (from 1) of a table; unchanged where there is none."""
    table = field_of(form, table_id)
    if not isinstance(table, TableField):
        return answers
    rows = as_rows(table, answers.get(table_id))
    return answers | {table_id: [dict(row) for at, row in enumerate(rows, start=1) if at != number]}


def field_of(form: Form, field_id: str) -> Any:
    """The form's field of that id, or None."""
    return next((field for field in form.all_fields() if field.id == field_id), None)


def _files(ids: tuple[int, ...], words: str | int | None) -> dict[str, object] | None:
    kept = Files(ids, str(words or ""))
    if kept == Files():
        return None
    return {"files": list(kept.ids), "alternative": kept.alternative}


def _rows(table: TableField, posted: Posted, names: set[str]) -> list[dict[str, str | int]] | None:
    # Numbers need not follow one another: a script may have taken a row out.
    pattern = re.compile(rf"{re.escape(table.id)}-([0-9]{{1,9}})-")
    numbers = sorted({int(found[1]) for name in names if (found := pattern.match(name))})
    if not numbers:
        return None
    if len(numbers) > MOST_ROWS:
        raise Invalid(
            f"“{table.label}” came with {len(numbers)} rows. Nothing was changed: send {MOST_ROWS} at most."
        )
    rows = []
    for number in numbers:
        cells = {c.id: typed(c, str(posted.get(f"{table.id}-{number}-{c.id}") or "")) for c in table.columns}
        rows.append({key: value for key, value in cells.items() if value is not None})
    return rows
