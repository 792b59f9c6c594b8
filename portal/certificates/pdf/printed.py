"""What stands on a certificate, word for word: the drawing adds nothing and asks nobody."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Paper = Literal["letter", "a4"]
Shape = Literal["wide", "tall"]
COURSE_FILE = (
    "course-file:"  # then media type, colon and key in the file store: a picture of the course package
)


@dataclass(frozen=True)
class Fact:
    """A label with one or two lines under it; as a figure, one large number."""

    label: str
    value: str
    figure: bool = False


@dataclass(frozen=True)
class Signature:
    """Who signs. The image: of `static/certificates/`, `data:`, or COURSE_FILE; empty: a line to sign on."""

    name: str
    role: str
    image: str = ""


@dataclass(frozen=True)
class PrintedCertificate:
    """One certificate as it is printed. `wide` is for the wall (completion), `tall` for the file (CE)."""

    shape: Shape
    title: str
    provider: str
    name: str
    course: str
    certifies: str
    has_done: str
    facts: tuple[Fact, ...]
    verify_url: str
    code: str
    issued_on: date
    statement: tuple[str, ...] = ()
    awarded: str = ""
    award_value: str = ""
    award_unit: str = ""
    signatures: tuple[Signature, ...] = ()
    logo: str = ""
    seal_alt: str = "Seal: an open book on a lectern within a ring of engine-turned lines"
    sample: str = ""
    paper: Paper = "letter"
    lang: str = "en"

    @property
    def verify_base(self) -> str:
        """The address of the public page as people type it: without scheme and code."""
        return self.verify_url.split("://", 1)[-1].rsplit("/", 1)[0]
