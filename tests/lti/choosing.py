"""Choosing pages as a teacher does, and reading the answer as an LMS does."""

import json
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact
from werkzeug.datastructures import MultiDict

from tests.builders.world import Browser

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
LTI = "https://purl.imsglobal.org/spec/lti/claim/"
SETTINGS: dict[str, Any] = {
    "accept_types": ["ltiResourceLink"],
    "accept_presentation_document_targets": ["frame", "iframe", "window"],
    "accept_multiple": True,
    "deep_link_return_url": "https://lms.example/course/2/content?selection=none",
}


def settings(**said: Any) -> dict[str, Any]:
    """`claims` of a request with other settings; a value of `...` leaves the name out."""
    chosen = {name: value for name, value in (SETTINGS | said).items() if value is not ...}
    return {"claims": {"dl:deep_linking_settings": chosen}}


@dataclass(frozen=True)
class Jwt:
    """An answer, as it is posted. `url`: where to."""

    url: str
    text: str
    header: dict[str, Any]
    claims: dict[str, Any]

    @property
    def items(self) -> list[dict[str, Any]]:
        return list(self.claims[DL + "content_items"])


def chooser(school: Any, person: str = "tina", **how: Any) -> tuple[Browser, str]:
    """Somebody at the page of choices: their browser, and the page."""
    browser = Browser(school.browser())
    answer = school.choose(person, browser=browser.client, **how)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    page = browser.get(answer.location)
    assert page.status_code == 200
    return browser, page.get_data(as_text=True)


def choose(browser: Browser, page: str, **fields: Any) -> Any:
    """Post the form of the page with these fields over what it holds; the portal's answer."""
    data: MultiDict[str, Any] = MultiDict(form_of(page, "/lti/deep-linking"))
    for name, value in ({"action": "add"} | fields).items():
        data.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
    return browser.post("/lti/deep-linking", data)


def answer_of(browser: Browser, page: str, **fields: Any) -> Jwt:
    """The signed answer to that choice, its signature checked against our published keys."""
    answer = choose(browser, page, **fields)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    keys = browser.client.get("/lti/jwks.json").json
    return read(answer.get_data(as_text=True), keys)


def read(page: str, keys: Any) -> Jwt:
    """The one form of a page that takes an answer to the LMS."""
    url, fields = next((action, dict(fields)) for action, fields in _forms(page) if "JWT" in dict(fields))
    text = fields["JWT"]
    claims = jwt.decode(text, KeySet.import_key_set(keys), algorithms=["RS256"]).claims
    assert all(value is not None for value in _all_values(claims)), "no nulls"
    return Jwt(url, text, extract_compact(text.encode()).headers(), claims)


def ticked(page: str) -> list[str]:
    """The pages that are ticked on it."""
    return re.findall(r'name="choose" value="([^"]+)" checked', page)


def told(school: Any, answer: Jwt, person: str) -> list[str]:
    """What the sample LMS makes of an answer: the titles of the links it set, up to a colon."""
    before = {link["id"] for link in school.lms._lms.store.links("2")}
    taken = school.lms.take_content(answer.url, person, JWT=answer.text)
    assert taken.status_code == 200, taken.get_data(as_text=True)
    fresh = [link for link in school.lms._lms.store.links("2") if link["id"] not in before]
    return [link["title"].partition(":")[0] for link in fresh]


def form_of(page: str, action: str) -> list[tuple[str, str]]:
    """What a browser would post of the form to `action` as it stands: ticked boxes, values, chosen options."""
    return next(fields for where, fields in _forms(page) if where == action)


def _all_values(said: Any) -> list[Any]:
    if isinstance(said, dict):
        return [inner for value in said.values() for inner in _all_values(value)]
    if isinstance(said, list):
        return [inner for value in said for inner in _all_values(value)]
    return [said]


def _forms(page: str) -> list[tuple[str, list[tuple[str, str]]]]:
    reader = _Forms()
    reader.feed(page)
    return reader.forms


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value if value is not None else "" for name, value in attrs}
        if tag == "form":
            self.forms.append((said.get("action", ""), []))
        if not self.forms or ("name" not in said and tag != "option"):
            return
        fields = self.forms[-1][1]
        if tag == "select":
            self._select = said["name"]
        elif tag == "option" and "selected" in said:
            fields.append((self._select, said["value"]))
        elif tag == "input" and (said.get("type") not in ("checkbox", "radio") or "checked" in said):
            fields.append((said["name"], said.get("value", "on")))


def as_json(said: Any) -> str:
    """The claim as it stands in the token."""
    return json.dumps(said, sort_keys=True)
