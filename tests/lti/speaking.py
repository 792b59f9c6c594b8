"""Launches that say a language, and what a page in one looks like."""

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.lti.conftest import School
from tests.reading import heading, page_of

PRESENTATION = "lti:launch_presentation"
NOT_IN_COURSE = {
    "en": "You are not in this course",
    "es": "Usted no participa en este curso",
    "fr": "Vous ne participez pas à ce cours",
}
REFUSED = {
    "en": "This link could not open the course",
    "es": "Este enlace no pudo abrir el curso",
    "fr": "Ce lien n’a pas pu ouvrir le cours",
}
SIGNED_OUT = {
    "en": "Please open Lectern from your course",
    "es": "Abra Lectern desde su curso",
    "fr": "Ouvrez Lectern depuis votre cours",
}


def shown(**said: object) -> dict[str, Any]:
    """The claim, with what it says."""
    return {"claims": {PRESENTATION: said}}


def browser_of(school: School, accepts: str) -> FlaskClient:
    """A browser whose reader prefers these languages."""
    browser = school.browser()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = accepts
    return browser


def speaks(answer: TestResponse, language: str, wanted: dict[str, str]) -> None:
    """The page is in this language, says so, and is headed as wanted."""
    html = page_of(answer).getroottree().getroot()
    assert (html.get("lang"), html.get("dir")) == (language, "ltr")
    assert heading(answer) == wanted[language]


def language_of(answer: TestResponse) -> str | None:
    """What the page says of its language."""
    said: str | None = page_of(answer).getroottree().getroot().get("lang")
    return said
