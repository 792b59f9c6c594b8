"""Two short cuts past WeasyPrint 70's public doors; a test holds that pages look the same without them.

Page   skips the HTML tokenizer, for our templates are well-formed XML.
Drawn  keeps the drawing operators of an SVG file after its first use.

Both lean on attributes that another version may rename: WeasyPrint is pinned.
"""

from typing import Any
from xml.etree import ElementTree

from cssselect2 import ElementWrapper  # type: ignore[import-untyped]
from weasyprint import HTML
from weasyprint.images import SVGImage


class Page(HTML):  # type: ignore[misc]  # WeasyPrint ships no types
    """A document from a template of ours."""

    def __init__(self, text: str, base_url: str, url_fetcher: Any) -> None:
        root = ElementTree.fromstring(text)  # noqa: S314  # our own template, autoescaped
        self.base_url, self.url_fetcher, self.media_type = base_url, url_fetcher, "print"
        self.wrapper_element = ElementWrapper.from_html_root(root, content_language=None)
        self.etree_element = self.wrapper_element.etree_element


class Drawn:
    """Stands in for an SVGImage in the image cache. Fit for files without text, gradients or masks."""

    def __init__(self, image: Any) -> None:
        self.image = image
        self.kept: dict[tuple[float, float], tuple[list[Any], Any]] = {}
        self.get_intrinsic_size = image.get_intrinsic_size

    def draw(self, stream: Any, width: float, height: float, style: Any) -> None:
        """Replay the operators of this size, or draw and keep them."""
        _forget(stream)
        states = stream._resources["ExtGState"]
        if (width, height) not in self.kept:
            start, stream._resources["ExtGState"] = len(stream.stream), type(states)({})
            self.image.draw(stream, width, height, style)
            self.kept[width, height] = stream.stream[start:], stream._resources["ExtGState"]
            stream._resources["ExtGState"] = states
        else:
            stream.stream.extend(self.kept[width, height][0])
        states.update(self.kept[width, height][1])
        _forget(stream)


def _forget(stream: Any) -> None:
    # What the stream believes to be the current colour and transparency no longer holds.
    stream._current_color = stream._current_color_stroke = None
    stream._current_alpha = stream._current_alpha_stroke = None


def keep(images: dict[str, Any], used: dict[str, Any]) -> None:
    """Carry over what stays the same from page to page: the files, not the QR code of this one."""
    for url, image in used.items():
        if url.startswith("file:") and url not in images:
            images[url] = Drawn(image) if isinstance(image, SVGImage) else image
