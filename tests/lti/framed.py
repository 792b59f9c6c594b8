"""Launches as a browser makes them in a frame: what it sends along, and the forms that come back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from lxml import html
from werkzeug.test import TestResponse

from portal.core import clock
from tests.lti.conftest import School

OWN_PAGE = {"Origin": "http://localhost"}
TAB = {"Sec-Fetch-Dest": "document"}
FRAMED = {"Sec-Fetch-Dest": "iframe", "Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@dataclass(frozen=True)
class Form:
    """A form of a page."""

    url: str
    target: str
    data: dict[str, str]


@dataclass
class Launched:
    """A launch on its way back to us, in a browser that kept no cookie unless it was told to."""

    school: School
    browser: FlaskClient
    fields: dict[str, str]
    value: str = ""  # what the platform's page keeps

    def post(self, headers: dict[str, str] | None = None, **more: str) -> TestResponse:
        """Post it, with more fields."""
        return self.browser.post("/lti/launch", data=self.fields | more, headers=headers or {})


def began(school: School, browser: FlaskClient, **fields: Any) -> TestResponse:
    """A login with storage, as a browser posts it into a frame."""
    asked = school.lms.initiation("sam", "home") | {"lti_storage_target": "_parent"} | fields
    return browser.post("/lti/login", data=asked, headers=FRAMED)


def launched(
    school: School,
    *,
    storage: bool = False,
    keep_cookies: bool = False,
    claims: Mapping[str, object] | None = None,
) -> Launched:
    """Sam's launch, up to what is posted to us."""
    browser = school.browser()
    value = ""
    if storage:
        page = html.fromstring(began(school, browser).get_data(as_text=True))
        location, value = page.xpath("//a[@id='go-on']/@href")[0], page.xpath("//@data-value")[0]
    else:
        location = browser.post("/lti/login", data=school.lms.initiation("sam", "home")).location
    fields = school.lms.authorize(location, claims=claims)
    return Launched(school, browser if keep_cookies else school.browser(), fields, value)


def fields_of(page: TestResponse, id_: str | None = None) -> Form:
    """The page's form (the one of this id)."""
    where = f"//form[@id='{id_}']" if id_ else "//main//form"
    form = html.fromstring(page.get_data(as_text=True)).xpath(where)[0]
    data = dict(zip(form.xpath(".//input/@name"), form.xpath(".//input/@value"), strict=True))
    return Form(form.get("action"), form.get("target", ""), data)


def later(school: School, *, minutes: int) -> None:
    """Real time, so many minutes after the test began."""
    clock.use_clock(clock.Clock(real=lambda: school.world.clock.real_now() + timedelta(minutes=minutes)))


def let_in(answer: TestResponse, wanted: bool) -> None:
    """Whether a launch was let in: a redirect and a session; else a page with a reference, and none."""
    cookies = " ".join(answer.headers.getlist("Set-Cookie"))
    assert (answer.status_code, "lectern_session" in cookies) == (303 if wanted else 403, wanted)
