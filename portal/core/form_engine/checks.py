"""What keeps answers from being handed in: every mistake at once, each beside its control."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.form_engine.definition import (
    Alternative,
    CarriedField,
    ChoiceField,
    Column,
    DateField,
    Form,
    FormField,
    LongTextField,
    ScaleField,
    TableField,
    TextField,
    UploadField,
    needed,
)
from portal.core.form_engine.values import Answers, as_files, as_rows, as_text, is_blank, is_blank_row

LONGEST_TEXT = 20_000  # characters of a long text; `words` is guidance and refuses nothing


@dataclass(frozen=True)
class Mistake:
    """What to mend, for a person: `message` stands alone, `beside` stands at the control of that name."""

    control: str
    message: str
    beside: str = ""


def check(form: Form, answers: Answers) -> list[Mistake]:
    """Every mistake, in reading order; none: the answers can be handed in.

    Where the form has alternatives one complete group is enough, and what is wrong in the others
    is passed over. While none is complete, the one with the most in it is what is asked for.
    """
    found = {field.id: list(_mistakes(field, answers.get(field.id))) for field in form.all_fields()}
    asked_for = _groups_asked_for(form, answers, found)
    mistakes = [
        mistake
        for field in form.all_fields()
        if field.group is None or field.group in asked_for
        for mistake in found[field.id]
    ]
    if form.either and not asked_for and not _complete(form, found):
        mistakes.append(_nothing_yet(form))
    return mistakes


def given(form: Form, answers: Answers, *, carried: Mapping[str, str] | None = None) -> Answers:
    """The answers as they are handed in: empty rows dropped, carried answers written in.

    What does not fit its field can stand only in a group not taken, and is left out.
    """
    kept: Answers = {}
    for field in form.all_fields():
        value = answers.get(field.id)
        if isinstance(field, CarriedField):
            value = (carried or {}).get(field.source)
        elif isinstance(field, TableField):
            value = [dict(row) for row in as_rows(field, value) if not is_blank_row(row)]
        elif any(mistake.control == field.id for mistake in _mistakes(field, value)) and field.group:
            continue
        blank = not value or (isinstance(value, str) and not value.strip())
        if value == 0 or not blank:
            kept[field.id] = value
    return kept


def _complete(form: Form, found: Mapping[str, list[Mistake]]) -> list[str]:
    broken = {field.group for field in form.all_fields() if found[field.id]}
    return [group for group in form.either if group not in broken]


def _groups_asked_for(form: Form, answers: Answers, found: Mapping[str, list[Mistake]]) -> list[str]:
    if _complete(form, found):
        return []
    begun = {
        group: sum(f.group == group and not is_blank(f, answers.get(f.id)) for f in form.all_fields())
        for group in form.either
    }
    most = max(form.either, key=lambda group: begun[group], default=None)
    return [most] if most is not None and begun[most] else []


def _nothing_yet(form: Form) -> Mistake:
    first = {g: next(f for f in form.all_fields() if f.group == g and needed(f)) for g in form.either}
    ways = ", or ".join(f"“{_short(field.label)}”" for field in first.values())
    return Mistake(
        first[form.either[0]].id, f"Nothing is filled in yet. One way is enough: begin with {ways}"
    )


def _mistakes(field: FormField, value: object) -> Iterator[Mistake]:
    if isinstance(field, TableField):
        yield from _table_mistakes(field, value)
    elif isinstance(field, UploadField):
        yield from _upload_mistakes(field, value)
    elif not isinstance(field, CarriedField):
        said = _cell_mistake(field, as_text(value))
        if said:
            yield Mistake(field.id, f"{said[0]} {said[1]} “{_short(field.label)}”", said[0])


def _cell_mistake(field: Column, text: str) -> tuple[str, str] | None:
    """What is wrong with one value, and the word that joins it to the label: "Write an answer", "to"."""
    if not text.strip():
        return _missing(field) if field.required else None
    if isinstance(field, ScaleField) and text not in {str(value) for value in field.values}:
        return _missing(field)
    if isinstance(field, ChoiceField) and text not in field.options:
        return "Choose one of the answers", "to"
    if isinstance(field, DateField) and not _is_day(text):
        return "Write a day like 2020-11-18", "for"
    if isinstance(field, TextField) and field.pattern and not re.fullmatch(field.pattern, text):
        return f"Write it like this, {field.example},", "for"
    if isinstance(field, TextField | LongTextField):
        most = field.max if isinstance(field, TextField) else LONGEST_TEXT
        if len(text) > most:
            return f"Write at most {most:,} characters instead of {len(text):,}", "for"
    return None


def _missing(field: Column) -> tuple[str, str]:
    if isinstance(field, ScaleField):
        return f"Choose a number from {field.lowest} to {field.highest}", "for"
    if isinstance(field, ChoiceField):
        return "Choose an answer", "to"
    return ("Give a day", "for") if isinstance(field, DateField) else ("Write an answer", "to")


def _table_mistakes(field: TableField, value: object) -> Iterator[Mistake]:
    rows = as_rows(field, value)
    filled = sum(not is_blank_row(row) for row in rows)
    first = f"{field.id}-1-{field.columns[0].id}"
    if filled < field.min_rows:
        have = (
            "none is filled in yet" if filled == 0 else f"{filled} {'is' if filled == 1 else 'are'} filled in"
        )
        needs = "one row" if field.min_rows == 1 else f"{field.min_rows} rows"
        blank = next((at for at, row in enumerate(rows, start=1) if is_blank_row(row)), None)
        yield Mistake(
            f"{field.id}-{blank}-{field.columns[0].id}" if blank else first,
            f"“{_short(field.label)}” needs at least {needs}; {have}",
            f"At least {needs}; {have}",
        )
    if filled > field.max_rows:
        most = f"at most {field.max_rows} rows; you have {filled}"
        yield Mistake(first, f"“{_short(field.label)}” takes {most}", f"{most[0].upper()}{most[1:]}")
    for number, row in enumerate(rows, start=1):
        if is_blank_row(row):
            continue
        for column in field.columns:
            said = _cell_mistake(column, as_text(row.get(column.id)))
            if said:
                message = (
                    f"“{_short(field.label)}”, row {number}: {_lower(said[0])} {said[1]} “{column.label}”"
                )
                yield Mistake(f"{field.id}-{number}-{column.id}", message, said[0])


def _upload_mistakes(field: UploadField, value: object) -> Iterator[Mistake]:
    files = as_files(value)
    label, alternative = f"“{_short(field.label)}”", f"{field.id}-alternative"
    if field.required and not files.ids:
        yield Mistake(field.id, f"Choose a file for {label}", "Choose a file")
    if len(files.ids) > field.max_files:
        most = f"at most {field.max_files} {'file' if field.max_files == 1 else 'files'}"
        yield Mistake(field.id, f"Keep {most} for {label}", f"Keep {most}; remove the others")
    if files.ids and field.text_alternative is Alternative.REQUIRED and not files.alternative.strip():
        yield Mistake(alternative, f"Say in words what {label} shows", "Say in words what the picture shows")
    if len(files.alternative) > LONGEST_TEXT:
        most = f"Write at most {LONGEST_TEXT:,} characters instead of {len(files.alternative):,}"
        yield Mistake(alternative, f"{most} for {label}", most)


def _is_day(text: str) -> bool:
    # Not fromisoformat alone: it also reads 2020-W47-3 and 20201118.
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        return 1900 <= date.fromisoformat(text).year <= 2200
    except ValueError:
        return False


def _short(label: str) -> str:
    return label if len(label) <= 90 else label[:88].rsplit(" ", 1)[0] + " …"


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]
