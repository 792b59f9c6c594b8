"""Forms and links of a page, as a plain HTTP client follows them without JavaScript."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests


@dataclass
class Form:
    """A form with its fields as they stand, and the words in it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    words: str = ""


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__()
        self.url = url
        self.forms: list[Form] = []
        self.links: dict[str, str] = {}
        self._form: Form | None = None
        self._link: str | None = None

    def handle_starttag(self, tag, attrs):
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            action = urljoin(self.url, said.get("action", ""))
            self._form = Form(action, said.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "input" and self._form is not None and said.get("name"):
            self._form.fields[said["name"]] = said.get("value", "")
        elif tag == "a" and "href" in said:
            self._link = urljoin(self.url, said["href"])
            self.links.setdefault(self._link, "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._form = None
        elif tag == "a":
            self._link = None

    def handle_data(self, data):
        if self._form is not None:
            self._form.words += data
        if self._link is not None:
            self.links[self._link] += data


def _read(answer: requests.Response) -> _Reader:
    reader = _Reader(answer.url)
    reader.feed(answer.text)
    return reader


def forms_of(answer: requests.Response) -> list[Form]:
    """The page's forms, in order."""
    return _read(answer).forms


def links_of(answer: requests.Response) -> dict[str, str]:
    """The page's links: address to words."""
    return _read(answer).links


def send(browser: requests.Session, form: Form, **typed: str) -> requests.Response:
    """Send the form with what was typed over what stood in it."""
    answer = browser.request(form.method, form.action, data=form.fields | typed, timeout=30)
    answer.raise_for_status()
    return answer


def pass_through(browser: requests.Session, answer: requests.Response, ends_at: str) -> requests.Response:
    """Press the one button of each page in between, as an LMS's launch has them, until under `ends_at`."""
    for _ in range(6):
        if answer.url.startswith(ends_at):
            return answer
        forms = forms_of(answer)
        assert forms, f"no way on from {answer.url}"
        answer = send(browser, forms[-1])
    raise AssertionError(f"the launch ended at {answer.url}")
