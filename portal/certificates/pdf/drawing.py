"""Draws a printed certificate as a tagged PDF (PDF/UA-1). The same row gives the same bytes."""

from datetime import date
from functools import cache
from typing import Any, get_args
from urllib.request import url2pathname

import pydyf  # type: ignore[import-untyped]
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from weasyprint import CSS, HTML
from weasyprint.text.ffi import ffi, harfbuzz_subset
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from portal.certificates.pdf.fit import STATEMENT_EM, STATEMENT_LINES, fit, paragraph
from portal.certificates.pdf.glyphs import undrawable
from portal.certificates.pdf.places import art_folder, template_folder
from portal.certificates.pdf.printed import Fact, PrintedCertificate, Shape, Signature
from portal.certificates.pdf.qr import qr_address
from portal.certificates.pdf.quick import Page, keep

TEMPLATE = {"wide": "completion.html", "tall": "ce.html"}
MOST_GLYPHS = 100  # of one face on one certificate
PLACES = {1: ("only",), 2: ("first", "second")}


class CannotDraw(Exception):
    """The row cannot be set as it stands: too long, a character no font has, or art that is not there."""


def draw(printed: PrintedCertificate, *, quick: bool = True) -> bytes:
    """The certificate's PDF. `quick` takes two short cuts past WeasyPrint's public doors.

    CannotDraw when a text does not fit, a character has no glyph, or a face or picture is missing: a
    certificate never goes out with a hole in it.
    """
    bench = _bench()
    text = _templates().get_template(TEMPLATE[printed.shape]).render(_context(printed))
    images = dict(bench.images) if quick else {}  # a copy: in a shared one each QR code would stay for ever
    arguments: dict[str, Any] = {"base_url": bench.base, "url_fetcher": bench.fetcher}
    document = Page(text, **arguments) if quick else HTML(string=text, **arguments)
    try:
        pdf: bytes = document.write_pdf(
            finisher=_finish,
            stylesheets=[bench.sheet],
            font_config=bench.fonts,
            cache=images,
            pdf_variant="pdf/ua-1",
        )
    except FatalURLFetchingError as problem:  # a BaseException: it would end the worker
        raise CannotDraw(str(problem)) from None
    keep(bench.images, images)
    return pdf


def warm_up() -> None:
    """Draw certificates of each shape and throw them away: the first of a process takes seven times as long.

    Twice each: art is read by the first drawing and kept as drawn by the second.
    """
    for shape in get_args(Shape) * 2:
        draw(_nobodys(shape))
    # WeasyPrint names a C type for each number of glyphs it subsets; cffi takes 2 ms to read each for the first time.
    for glyphs in range(1, MOST_GLYPHS):
        ffi.typeof(f"hb_codepoint_t[{glyphs}]")


def _nobodys(shape: Shape) -> PrintedCertificate:
    """With all that a certificate may carry: each kind of text makes WeasyPrint learn something once."""
    signatures = (Signature("Someone", "Role"), Signature("Someone else", "Role"))
    return PrintedCertificate(
        shape=shape,
        title="Certificate",
        provider="Provider",
        name="Nobody-Ñandú Żółć-Fürstenberg",
        course="Course of several words that takes more than one line to say what it is about, and then some",
        certifies="This certifies that",
        has_done="has taken part in",
        facts=(Fact("Dates", "One day\nto another"), Fact("Hours", "12", figure=True)),
        verify_url="https://portal.example.org/verify/0000",
        code="0000",
        issued_on=date(2026, 1, 1),
        statement=("A statement.",),
        awarded="is awarded",
        award_value="1",
        award_unit="credit",
        signatures=signatures,
    )


def has_fast_subsetting() -> bool:
    """Whether HarfBuzz's subsetter was found. Without it every drawing takes seven times as long."""
    return bool(harfbuzz_subset)


class OurArt(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Serves our faces and art and pictures that stand in the page itself; refuses all else, loudly.

    WeasyPrint logs a failed fetch and draws on; only FatalURLFetchingError stops it.
    """

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"file", "data"}, allow_redirects=False)
        self._root = art_folder().resolve()

    def fetch(self, url: str, headers: Any = None) -> Any:
        """The response, or FatalURLFetchingError."""
        if url.startswith("file:"):
            path = url2pathname(url.split("?")[0].removeprefix("file://"))
            inside = art_folder().joinpath(path).resolve()
            if not inside.is_relative_to(self._root) or not inside.is_file():
                raise FatalURLFetchingError(f"not among the certificates' art: {inside.name}")
        elif not url.startswith("data:"):
            raise FatalURLFetchingError(f"not ours to fetch: {url.split(':', 1)[0]}:")
        try:
            return super().fetch(url, headers)
        except Exception as problem:
            raise FatalURLFetchingError(f"cannot be read: {type(problem).__name__}") from problem


class _Bench:
    """What is kept for the life of the process: fonts, the parsed sheet, drawn art."""

    def __init__(self) -> None:
        self.base = art_folder().as_uri() + "/"
        self.fetcher = OurArt()
        self.fonts = FontConfiguration()
        self.images: dict[str, Any] = {}
        self.sheet = CSS(
            filename=art_folder() / "certificate.css", font_config=self.fonts, url_fetcher=self.fetcher
        )


@cache
def _bench() -> _Bench:
    return _Bench()


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(template_folder()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _context(printed: PrintedCertificate) -> dict[str, Any]:
    """What the template gets: the row, its name, title and statement fitted, and the QR code."""
    _check_characters(printed)
    try:
        name, course = (fit(getattr(printed, kind), printed.shape, kind) for kind in ("name", "course"))
    except ValueError as problem:
        raise CannotDraw(str(problem)) from None
    statement = Markup("\n").join(
        _safe(paragraph(text, STATEMENT_EM[printed.shape])) for text in printed.statement
    )
    if len(statement.splitlines()) > STATEMENT_LINES[printed.shape]:
        raise CannotDraw(f"the statement takes more than {STATEMENT_LINES[printed.shape]} lines")
    if len(printed.signatures) > 2:
        raise CannotDraw("more than two signatures")
    places = PLACES.get(len(printed.signatures), ())
    return {
        "printed": printed,
        "name": name,
        "name_html": _safe(name.html),
        "course": course,
        "course_html": _safe(course.html),
        "statement": statement,
        "signatures": list(zip(places, printed.signatures, strict=True)),
        "qr": qr_address(printed.verify_url),
    }


def _check_characters(printed: PrintedCertificate) -> None:
    texts = [printed.name, printed.course, printed.provider, printed.title, *printed.statement]
    texts += [text for fact in printed.facts for text in (fact.label, fact.value)]
    texts += [text for signature in printed.signatures for text in (signature.name, signature.role)]
    if missing := undrawable("".join(texts).replace("\n", "")):
        raise CannotDraw(f"no font here can draw {missing}")


def _finish(document: Any, file: Any) -> None:
    """Two mends to what WeasyPrint 70 writes.

    Boxes of figures in points from the bottom, not in CSS pixels from the top; and no empty ToUnicode entry,
    which letters of Devanagari or Bengali that share a cluster would get.
    """
    heights = dict(zip(file.page_references, (page.height for page in document.pages), strict=True))
    for item in file.objects:
        if isinstance(item, pydyf.Stream) and item.stream[:1] == [b"/CIDInit /ProcSet findresource begin"]:
            item.stream = [
                line.replace(b" <>", b" <2060>") if isinstance(line, bytes) else line for line in item.stream
            ]
        elif isinstance(item, pydyf.Dictionary) and item.get("S") == "/Figure":
            left, top, right, bottom = item["A"]["BBox"]
            height = heights[item["Pg"]]
            item["A"]["BBox"][:] = (
                left * 0.75,
                (height - bottom) * 0.75,
                right * 0.75,
                (height - top) * 0.75,
            )


def _safe(html: str) -> Markup:
    """What `fit` made: every character of it escaped there."""
    return Markup(html)  # noqa: S704  # escaped by `fit`
