"""Given answers to read: beside their prompts, in the form's order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.form_engine.definition import (
    CarriedField,
    ChoiceField,
    Column,
    DateField,
    Form,
    FormField,
    ScaleField,
    TableField,
    UploadField,
)
from portal.core.form_engine.drawn import KeptFile
from portal.core.form_engine.values import Answers, as_files, as_rows, as_text, is_blank, is_blank_row
from portal.core.when import month_day


@dataclass(frozen=True)
class Fact:
    """One prompt and what was given. `is_prose`: paragraphs, set as reading text."""

    label: str
    text: str = ""
    is_prose: bool = False
    heads: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    files: tuple[KeptFile, ...] = ()


@dataclass(frozen=True)
class ReadSection:
    title: str
    facts: tuple[Fact, ...]


def read(
    form: Form, answers: Answers, *, files: Mapping[int, KeptFile] | None = None
) -> tuple[ReadSection, ...]:
    """The answers section by section. What a newer or older form would ask is passed over.

    An alternative (`either`) in which nothing was given is left out; any other blank shows as blank.
    """
    sections = []
    for section in form.sections:
        facts = tuple(
            _fact(field, answers.get(field.id), files or {})
            for field in section.fields
            if field.group is None or not _untouched(form, field, answers)
        )
        if facts:
            sections.append(ReadSection(section.title, facts))
    return tuple(sections)


def _untouched(form: Form, field: FormField, answers: Answers) -> bool:
    return all(is_blank(f, answers.get(f.id)) for f in form.all_fields() if f.group == field.group)


def _fact(field: FormField, value: object, files: Mapping[int, KeptFile]) -> Fact:
    if isinstance(field, TableField):
        rows = [row for row in as_rows(field, value) if not is_blank_row(row)]
        cells = tuple(tuple(_said(column, row.get(column.id)) for column in field.columns) for row in rows)
        return Fact(field.label, heads=tuple(column.label for column in field.columns), rows=cells)
    if isinstance(field, UploadField):
        given = as_files(value)
        return Fact(
            field.label, given.alternative, True, files=tuple(files[i] for i in given.ids if i in files)
        )
    text = _said(field, value)
    if isinstance(field, ScaleField):
        return Fact(field.label, f"{text} of {field.highest}" if text else "")
    return Fact(field.label, text, isinstance(field, CarriedField) or field.kind in ("text", "long_text"))


def _said(field: FormField | Column, value: object) -> str:
    """One value as people read it: a day in words, a choice as its option was labelled."""
    text = as_text(value)
    if isinstance(field, DateField):
        try:
            return month_day(date.fromisoformat(text), ())
        except ValueError:
            return text
    if isinstance(field, ChoiceField):
        return text[:1].upper() + text[1:]
    return text.replace("-", "−") if isinstance(field, ScaleField) else text
