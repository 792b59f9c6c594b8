"""The pages at the door in the reader's language, in a real Chromium: whole, for axe and on a phone."""

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.looking import mistakes_of
from tests.journeys.two_sites import Sites, content_frame, pressed

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]


def opens_frame(page: Page, sites: Sites) -> None:
    """Sam signs in at the LMS and opens the course home in its frame."""
    page.goto(sites.lms)
    page.get_by_role("button", name="Sam Student").first.click()
    page.get_by_role("link", name="Course home", exact=True).click()


def test_a_frame_without_cookies_says_in_spanish_to_go_on_in_a_tab(serve, browse):
    sites = serve()
    page = browse("none", language="es-MX")
    opens_frame(page, sites)
    frame = content_frame(page)

    expect(frame.get_by_role("heading", name="Abra el curso en una pestaña propia")).to_be_visible()
    expect(frame.locator("html")).to_have_attribute("lang", "es")
    tab = pressed(page, frame.get_by_role("button", name="Abrir Lectern en una pestaña propia"))

    # The course is in its own language, whatever the reader's.
    expect(tab).to_have_url(sites.home())
    expect(tab.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(
    ("language", "refused", "signed_out"),
    [
        ("es", "Este enlace no pudo abrir el curso", "Abra Lectern desde su curso"),
        ("fr", "Ce lien n’a pas pu ouvrir le cours", "Ouvrez Lectern depuis votre cours"),
    ],
)
def test_axe_and_a_phone_find_nothing_wrong_in(serve, chromium, language, refused, signed_out):
    sites = serve()
    page = chromium.new_page(locale=language)

    for address, heading in (("/lti/launch", refused), ("/", signed_out)):
        page.goto(f"{sites.portal}{address}")
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        assert mistakes_of(page) == []
    page.close()
