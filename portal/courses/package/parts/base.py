"""What all parts of a package are made of: kinds of text and number, and the base model."""

import re
from decimal import Decimal
from typing import Annotated, ClassVar, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo, model_validator


def _clock(text: str) -> str:
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise ValueError('must be a time of day such as "23:59"')
    return text


def _slug(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,59}", text):
        raise ValueError("must be small letters, digits and hyphens, at most 60, such as asset-map")
    return text


def _path(text: str) -> str:
    parts = text.split("/")
    if (
        len(text) > 200
        or "\\" in text
        or not text.isprintable()
        or any(part in ("", ".", "..") for part in parts)
    ):
        raise ValueError("must be a path inside the package, such as media/welcome.mp4")
    return text


def _link(text: str) -> str:
    if not is_web_address(text):
        raise ValueError("must be a web address that begins with https:// or http://")
    return text


def is_web_address(text: str) -> bool:
    """Whether a link on a page may lead there: http or https, with a host, without spaces."""
    try:
        address = urlsplit(text)
        return address.scheme in ("http", "https") and bool(address.hostname) and not re.search(r"\s", text)
    except ValueError:
        return False


Clock = Annotated[str, AfterValidator(_clock)]
Slug = Annotated[str, AfterValidator(_slug)]
PackagePath = Annotated[str, AfterValidator(_path)]
Link = Annotated[str, Field(max_length=2000), AfterValidator(_link)]
Line = Annotated[str, Field(min_length=1, max_length=300)]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]
Day = Annotated[int, Field(strict=True, ge=0, le=3650)]
Yes = Annotated[bool, Field(strict=True)]
Credits = Annotated[Decimal, Field(gt=0, le=1000, max_digits=6, decimal_places=2)]

FROM_PACKAGE = {"package": True}  # validation context: what is read is an author's file


class Part(BaseModel):
    """Base of all parts. `computed` names what loading adds and an author may not state."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    computed: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _only_what_authors_state(cls, data: object, info: ValidationInfo) -> object:
        if cls.computed and info.context == FROM_PACKAGE and isinstance(data, dict):
            for key in sorted(cls.computed & data.keys()):
                raise ValueError(f"`{key}` is not a key of the package; loading finds it out")
        return data


class Moment(Part):
    """A wall-clock time on a day after the cohort's start, in the course's zone."""

    day: Day
    at: Clock = "23:59"


class Window(Part):
    """The days shown as "this week". A lesson opens at 00:00 on `from_day` and stays open (CONTRACT)."""

    from_day: Day
    to_day: Day

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.to_day < self.from_day:
            raise ValueError("to_day lies before from_day")
        return self


class StoredFile(Part):
    """A file that came with the package. `media_type` as it is served, `size` in bytes."""

    media_type: str
    size: int
    sha256: str
