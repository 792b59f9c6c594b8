"""A form as a page shows it: definition, answers and mistakes joined into plain values for the macros.

Control names are a field's id (`well`), `<table>-<row>-<column>` in a table (rows from 1) and
`<upload>-alternative`; an element's id is its name with `f-` before it, so that no field can take
an id of the page. Nothing is drawn that a script could not fill in from the markup alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field

from portal.core.form_engine.checks import LONGEST_TEXT, Mistake
from portal.core.form_engine.definition import (
    Alternative,
    CarriedField,
    ChoiceField,
    Column,
    Form,
    FormField,
    LongTextField,
    ScaleField,
    Section,
    TableField,
    TextField,
    UploadField,
    UploadKind,
)
from portal.core.form_engine.drawn import Block, Control, Drawing, DrawnSection, KeptFile, Option, Row
from portal.core.form_engine.file_kinds import KIND_NAMES
from portal.core.form_engine.values import Answers, as_files, as_rows, as_text


@dataclass(frozen=True)
class _Known:
    answers: Answers
    said: Mapping[str, str]
    files: Mapping[int, KeptFile]
    carried: Mapping[str, str] = dataclass_field(default_factory=dict)


def draw(
    form: Form,
    answers: Answers,
    mistakes: Sequence[Mistake] = (),
    *,
    files: Mapping[int, KeptFile] | None = None,
    carried: Mapping[str, str] | None = None,
) -> Drawing:
    """The form with what was typed and what is wrong with it.

    `files`: the kept files by id; one that an answer names and that is not there is passed over.
    `carried`: earlier answers by the name they are carried under.
    """
    known = _Known(answers, {m.control: m.beside or m.message for m in mistakes}, files or {}, carried or {})
    return Drawing(
        title=form.title,
        intro=form.intro or "",
        sections=tuple(_section(s, at, known) for at, s in enumerate(form.sections, start=1)),
        mistakes=tuple((f"f-{mistake.control}", mistake.message) for mistake in mistakes),
        has_uploads=any(isinstance(field, UploadField) for field in form.all_fields()),
    )


def _section(section: Section, at: int, known: _Known) -> DrawnSection:
    blocks: list[list[FormField]] = []
    for field in section.fields:
        last = blocks[-1][-1] if blocks else None
        if isinstance(field, ScaleField) and isinstance(last, ScaleField) and _alike(field, last):
            blocks[-1].append(field)
        else:
            blocks.append([field])
    drawn = tuple(Block(tuple(_control(field, known) for field in block)) for block in blocks)
    return DrawnSection(f"section-{at}", section.title, section.text or "", drawn)


def _alike(one: ScaleField, other: ScaleField) -> bool:
    narrow = one.highest - one.lowest <= 6
    return narrow and (one.values, one.ends) == (other.values, other.ends)


def _control(field: FormField, known: _Known) -> Control:
    value = known.answers.get(field.id)
    if isinstance(field, TableField):
        return _table(field, value, known)
    if isinstance(field, UploadField):
        return _upload(field, value, known)
    if isinstance(field, CarriedField):
        return Control(
            "carried", field.id, field.label, field.help or "", known.carried.get(field.source, "")
        )
    return _simple(field, field.id, as_text(value), known, required=field.required and field.group is None)


def _simple(field: Column, name: str, value: str, known: _Known, *, required: bool) -> Control:
    shared = {
        "kind": field.kind,
        "name": name,
        "label": field.label,
        "hint": field.help or "",
        "value": value,
        "mistake": known.said.get(name, ""),
        "optional": not field.required,
        "required": required,
    }
    extra: dict[str, object] = {}
    if isinstance(field, TextField):
        extra = {"most_characters": field.max, "pattern": field.pattern or "", "example": field.example or ""}
    elif isinstance(field, LongTextField):
        extra = {"most_characters": LONGEST_TEXT, "words": field.words or 0, "words_now": len(value.split())}
    elif isinstance(field, ScaleField):
        extra = {"options": _steps(field, value), "ends": field.ends}
    elif isinstance(field, ChoiceField):
        options = (Option(words, words[:1].upper() + words[1:], words == value) for words in field.options)
        extra = {"options": tuple(options)}
    return Control(**(shared | extra))  # type: ignore[arg-type]


def _steps(field: ScaleField, value: str) -> tuple[Option, ...]:
    spoken = {}
    if field.ends:
        spoken = {field.lowest: f", {field.ends[0]}", field.highest: f", {field.ends[1]}"}
    return tuple(
        Option(str(step), str(step).replace("-", "−"), str(step) == value, spoken.get(step, ""))
        for step in field.values
    )


def _table(field: TableField, value: object, known: _Known) -> Control:
    rows = as_rows(field, value)
    shown = min(max(len(rows), field.min_rows, 1), max(field.max_rows, len(rows)))
    # A table that needs rows but no column in particular: its first column is what names a row.
    wanted = {column.id for column in field.columns if column.required} or {field.columns[0].id}
    drawn = []
    for number in range(1, shown + 1):
        row = rows[number - 1] if number <= len(rows) else {}
        must = number <= field.min_rows and field.group is None
        cells = tuple(
            _simple(
                column,
                f"{field.id}-{number}-{column.id}",
                as_text(row.get(column.id)),
                known,
                required=must and column.id in wanted,
            )
            for column in field.columns
        )
        drawn.append(Row(number, cells))
    return Control(
        "table",
        field.id,
        field.label,
        field.help or "",
        caption=_caption(field),
        heads=tuple(column.label for column in field.columns),
        rows=tuple(drawn),
        can_add=shown < field.max_rows,
        can_remove=shown > 1,
        optional=field.min_rows == 0,
    )


def _caption(field: TableField) -> str:
    most = f"up to {field.max_rows}"
    rows = (
        f"At least {field.min_rows} {'row' if field.min_rows == 1 else 'rows'}, {most}."
        if field.min_rows
        else ""
    )
    wanted = [column.label for column in field.columns if column.required]
    if not wanted:
        return rows or f"{most[:1].upper()}{most[1:]} rows."
    if len(wanted) == len(field.columns):
        return f"{rows} All columns are needed."
    left = [column.label for column in field.columns if not column.required]
    if len(left) <= 2:
        return f"{rows} All columns but “{'” and “'.join(left)}” are needed."
    return f"{rows} “{'”, “'.join(wanted)}” is needed in each." if len(wanted) == 1 else rows


def _upload(field: UploadField, value: object, known: _Known) -> Control:
    kept = as_files(value)
    files = tuple(known.files[i] for i in kept.ids if i in known.files)
    alternative = None
    if field.text_alternative is not Alternative.NONE:
        name = f"{field.id}-alternative"
        must = field.text_alternative is Alternative.REQUIRED
        alternative = Control(
            "long_text",
            name,
            "The same in words",
            "For those who cannot see the picture: what it shows and what matters in it",
            kept.alternative,
            known.said.get(name, ""),
            optional=not must,
            required=must and field.required and field.group is None,
            most_characters=LONGEST_TEXT,
        )
    most = f"up to {field.max_files} files of 25 MB each" if field.max_files > 1 else "up to 25 MB"
    kinds = [KIND_NAMES[kind] for kind in field.accept]
    names = kinds[0] if len(kinds) == 1 else f"{', '.join(kinds[:-1])} or {kinds[-1]}"
    endings = [f".{kind}" for kind in field.accept] + ([".jpeg"] if UploadKind.JPG in field.accept else [])
    return Control(
        "upload",
        field.id,
        field.label,
        f"{field.help + '. ' if field.help else ''}{names}, {most}",
        mistake=known.said.get(field.id, ""),
        optional=not field.required,
        required=field.required and field.group is None and not files,
        accept=",".join(endings),
        many_files=field.max_files > 1,
        files=files,
        alternative=alternative,
    )
