"""What a form asks: the frozen definition that a course package states in YAML.

Everything else in this folder works from these models alone, so a worksheet, an evaluation and
their blank PDFs are one thing in three shapes, and no template knows a field's name.
"""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, field_validator, model_validator

FieldId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Words = Annotated[str, Field(min_length=1, max_length=1000)]

# Names the page itself posts beside the answers.
RESERVED = frozenset({"action", "csrf_token", "form_token", "revision"})


class UploadKind(StrEnum):
    """Kinds of file a person may hand in, named by their usual ending."""

    PDF = "pdf"
    DOCX = "docx"
    ODT = "odt"
    RTF = "rtf"
    TXT = "txt"
    MD = "md"
    PPTX = "pptx"
    ODP = "odp"
    XLSX = "xlsx"
    ODS = "ods"
    PNG = "png"
    JPG = "jpg"
    WEBP = "webp"


class Alternative(StrEnum):
    """Whether an upload asks for the same thing in words."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


class _Model(BaseModel):
    # populate_by_name: `from` and `to` are Python words; a dump by name must load again.
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class _Field(_Model):
    id: FieldId
    label: Words
    help: Words | None = None
    required: bool = False
    group: str | None = None

    @field_validator("id")
    @classmethod
    def _not_reserved(cls, value: str) -> str:
        if value in RESERVED:
            raise ValueError(f"“{value}” is a name the page needs for itself; choose another id")
        return value


class TextField(_Field):
    """One line of text."""

    kind: Literal["text"] = "text"
    max: int = Field(default=500, ge=1, le=2000)
    pattern: str | None = None
    example: str | None = None
    carry_forward_as: FieldId | None = None

    @model_validator(mode="after")
    def _pattern_has_an_example(self) -> Self:
        if self.pattern is None:
            return self
        try:
            compiled = re.compile(self.pattern)
        except re.error as problem:
            raise ValueError(f"pattern is not a regular expression: {problem}") from None
        if self.example is None or compiled.fullmatch(self.example) is None:
            raise ValueError("a pattern needs an example that fits it")
        return self


class LongTextField(_Field):
    """Paragraphs. `words` is guidance and refuses nothing."""

    kind: Literal["long_text"] = "long_text"
    words: int | None = Field(default=None, ge=1, le=5000)
    carry_forward_as: FieldId | None = None


class ScaleField(_Field):
    """A whole number between two ends, both included."""

    kind: Literal["scale"] = "scale"
    lowest: int = Field(alias="from", ge=-20, le=100)
    highest: int = Field(alias="to", ge=-20, le=100)
    ends: tuple[Words, Words] | None = None  # what the lowest and the highest mean

    @model_validator(mode="after")
    def _goes_up(self) -> Self:
        if not 1 <= self.highest - self.lowest <= 20:
            raise ValueError("a scale goes up from `from` to `to`, in 2 to 21 steps")
        return self

    @property
    def values(self) -> range:
        return range(self.lowest, self.highest + 1)


class ChoiceField(_Field):
    """One of a few words."""

    kind: Literal["choice"] = "choice"
    options: tuple[Words, ...] = Field(min_length=2, max_length=60)

    @field_validator("options")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(value)) != len(value):
            raise ValueError("an option is listed twice")
        return value


class DateField(_Field):
    """A day, without a time."""

    kind: Literal["date"] = "date"


class UploadField(_Field):
    """Files, of the kinds listed, checked by their content."""

    kind: Literal["upload"] = "upload"
    accept: tuple[UploadKind, ...] = Field(default=tuple(UploadKind), min_length=1)
    text_alternative: Alternative = Alternative.NONE
    max_files: int = Field(default=5, ge=1, le=5)


class CarriedField(_Field):
    """Shows what an earlier form's field with `carry_forward_as` was given. Asks nothing."""

    kind: Literal["carried"] = "carried"
    source: FieldId = Field(alias="from")

    @model_validator(mode="after")
    def _asks_nothing(self) -> Self:
        if self.required:
            raise ValueError("a carried answer cannot be required: nobody can fill it in here")
        return self


def _kind_of(value: Any) -> str:
    # A column, and a short field, may leave its kind out.
    kind = value.get("kind", "text") if isinstance(value, dict) else getattr(value, "kind", "text")
    return kind if isinstance(kind, str) else "text"


Column = Annotated[
    Annotated[TextField, Tag("text")]
    | Annotated[LongTextField, Tag("long_text")]
    | Annotated[ScaleField, Tag("scale")]
    | Annotated[ChoiceField, Tag("choice")]
    | Annotated[DateField, Tag("date")],
    Discriminator(_kind_of),
]


class TableField(_Field):
    """Rows of the same few answers; people add and remove rows. `min_rows` of them are needed."""

    kind: Literal["table"] = "table"
    columns: tuple[Column, ...] = Field(min_length=1, max_length=10)
    min_rows: int = Field(default=0, ge=0, le=100)
    max_rows: int = Field(default=40, ge=1, le=100)

    @model_validator(mode="after")
    def _rows_and_columns(self) -> Self:
        if self.min_rows > self.max_rows:
            raise ValueError("min_rows is more than max_rows")
        if self.required and self.min_rows == 0:
            raise ValueError("a required table says how many rows it needs (min_rows)")
        ids = [column.id for column in self.columns]
        if len(set(ids)) != len(ids):
            raise ValueError("two columns have the same id")
        if any(column.group for column in self.columns):
            raise ValueError("a column belongs to its table's group and has none of its own")
        return self


FormField = Annotated[
    Annotated[TextField, Tag("text")]
    | Annotated[LongTextField, Tag("long_text")]
    | Annotated[ScaleField, Tag("scale")]
    | Annotated[ChoiceField, Tag("choice")]
    | Annotated[DateField, Tag("date")]
    | Annotated[TableField, Tag("table")]
    | Annotated[UploadField, Tag("upload")]
    | Annotated[CarriedField, Tag("carried")],
    Discriminator(_kind_of),
]


class Section(_Model):
    """Fields under one heading; or, with `each`, one `field` for every member of a list."""

    title: Words
    text: Words | None = None
    fields: tuple[FormField, ...] = ()
    each: Literal["objectives", "faculty"] | None = None
    field: FormField | None = None

    @model_validator(mode="after")
    def _fields_or_each(self) -> Self:
        if self.each is None and (self.field is not None or not self.fields):
            raise ValueError("a section has `fields`, or `each` with one `field`")
        if self.each is not None and (self.field is None or self.fields):
            raise ValueError("a section with `each` has one `field` and no `fields`")
        return self


class Form(_Model):
    """A whole form. `either` names groups of fields of which one is enough."""

    title: Words
    intro: Words | None = None
    confidential: bool = False
    picture: Literal["radar"] | None = None
    either: tuple[str, ...] = ()
    sections: tuple[Section, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        stated = [*self.all_fields(), *(section.field for section in self.sections if section.field)]
        ids = [field.id for field in stated]
        for field_id in ids:
            if ids.count(field_id) > 1:
                raise ValueError(f"two fields have the id “{field_id}”")
        for field in stated:
            if field.group is not None and field.group not in self.either:
                raise ValueError(
                    f"field “{field.id}” is of group “{field.group}”, which `either` does not list"
                )
        if len(self.either) == 1:
            raise ValueError("`either` needs at least two groups")
        for group in self.either:
            if not any(field.group == group and needed(field) for field in stated):
                raise ValueError(f"group “{group}” has no required field, so it would always be complete")
        if self.picture == "radar" and len(self.radar_sections()) < 3:
            raise ValueError("a radar needs at least three sections with scales")
        return self

    def all_fields(self) -> Iterator[FormField]:
        """Every field in reading order. Of an `each` section none: expand the form first."""
        for section in self.sections:
            yield from section.fields

    def radar_sections(self) -> list[Section]:
        """The sections whose average is a corner of the picture: those with a scale."""
        return [s for s in self.sections if any(isinstance(field, ScaleField) for field in s.fields)]


def needed(field: FormField) -> bool:
    """Whether a form without an answer here is incomplete. Rows that must be there are an answer."""
    return field.required or (isinstance(field, TableField) and field.min_rows > 0)
