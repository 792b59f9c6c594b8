"""Worksheets on paper: HTML of our own templates in, tagged PDF/UA-1 bytes out."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import url2pathname

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher


def draw_pdf(html: str, *, static: Path) -> bytes:
    """The PDF. `static` holds the stylesheet and the fonts; nothing else is ever fetched."""
    fonts, sheet, fetcher = _bench(static.resolve())
    page = HTML(string=html, base_url=static.resolve().as_uri() + "/", url_fetcher=fetcher)
    drawn: bytes = page.write_pdf(stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1")
    return drawn


class _OurFonts(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
    """Serves files below one folder; what a learner typed can name no other."""

    def __init__(self, root: Path) -> None:
        super().__init__(allowed_protocols={"file"}, allow_redirects=False)
        self._root = root

    def fetch(self, url: str, headers: Any = None) -> Any:
        """The response, or an error that ends the drawing."""
        path = Path(url2pathname(url.removeprefix("file://"))).resolve()
        if not url.startswith("file:") or not path.is_relative_to(self._root):
            raise FatalURLFetchingError(f"not ours to fetch: {url.split(':', 1)[0]}:")
        return super().fetch(url, headers)


@cache
def _bench(static: Path) -> tuple[FontConfiguration, CSS, _OurFonts]:
    """What is kept for the life of the process: fonts and the parsed sheet."""
    fonts, fetcher = FontConfiguration(), _OurFonts(static)
    return fonts, CSS(filename=static / "css" / "paper.css", font_config=fonts, url_fetcher=fetcher), fetcher
