"""Reading an answer as a person would: its words, links, states and forms."""

import re
from dataclasses import dataclass

import lxml.html
from lxml.html import HtmlElement
from werkzeug.test import TestResponse


@dataclass(frozen=True)
class Tick:
    """An item of a checklist: what its button says, whether it is pressed, where it posts."""

    title: str
    pressed: bool
    url: str


def page_of(answer: TestResponse) -> HtmlElement:
    """The page or fragment of an answer."""
    return lxml.html.fromstring(answer.get_data(as_text=True))


def words(node: HtmlElement | None) -> str:
    """The words of a piece of a page in one line."""
    if node is None:
        return ""
    return re.sub(r" (?=[.,;:])", "", " ".join(" ".join(node.itertext()).split()))


def piece(answer: TestResponse, css_id: str) -> HtmlElement | None:
    """The element with this id, or None."""
    found = page_of(answer).xpath("//*[@id=$id]", id=css_id)
    return found[0] if found else None


def heading(answer: TestResponse) -> str:
    """The page's h1."""
    return words(page_of(answer).find(".//h1"))


def main_words(answer: TestResponse) -> str:
    """All that stands in the page's main part."""
    return words(page_of(answer).find(".//main"))


def links(answer: TestResponse) -> dict[str, str]:
    """The addresses of all links by their words."""
    return {words(link): link.get("href") for link in page_of(answer).iterfind(".//a")}


def ticks(answer: TestResponse) -> dict[str, Tick]:
    """The items that can be ticked, by key."""
    found = {}
    for button in page_of(answer).xpath("//button[starts-with(@id, 'mark-')]"):
        form = button.getparent()
        key = button.get("id").removeprefix("mark-")
        found[key] = Tick(words(button), button.get("aria-pressed") == "true", form.get("action"))
    return found


def item(answer: TestResponse, key: str) -> str:
    """What a line of the checklist says."""
    return words(piece(answer, f"item-{key}"))
