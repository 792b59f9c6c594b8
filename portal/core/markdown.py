"""Text of course authors, Markdown, as safe HTML."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

_LINE_TAGS = {"em", "strong", "cite", "code", "a", "sup", "sub"}
_TAGS = _LINE_TAGS | {"p", "br", "ul", "ol", "li", "blockquote", "h3", "h4", "hr"}
_ATTRIBUTES = {"a": {"href"}, "ol": {"start"}}

# Tables and images would need files and a place of their own; raw HTML is shown as text.
_parser = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable("smartquotes")


def _headings_below_ours(state: StateCore) -> None:
    """A page has its own h1 and h2: an author's largest heading is an h3."""
    for piece in state.tokens:
        if piece.tag in ("h1", "h2"):
            piece.tag = "h3"


_parser.core.ruler.push("headings_below_ours", _headings_below_ours)


@lru_cache(maxsize=4096)
def to_html(text: str) -> Markup:
    """Markdown as HTML with nothing in it that could act: no scripts, styles, images or forms.

    Kept per text for the life of the process: what a course version says never changes.
    """
    return _cleaned(_parser.render(text), _TAGS)


@lru_cache(maxsize=4096)
def to_inline_html(text: str) -> Markup:
    """One line of Markdown, without a paragraph around it."""
    return _cleaned(_parser.renderInline(text), _LINE_TAGS)


def _cleaned(html: str, tags: set[str]) -> Markup:
    return Markup(  # noqa: S704  cleaned here
        nh3.clean(
            html,
            tags=tags,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer",
        )
    )
