"""LTI Core 1.3, 5.4.4, launch presentation claim: where we are shown, and what the LMS is told in which language.

Which language that is: test_locale.py. The return address itself: test_core_5_4_4.py.
"""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.lti.framed import OWN_PAGE, fields_of, launched
from tests.lti.speaking import PRESENTATION, REFUSED, browser_of, shown, speaks
from tests.reading import links, page_of

BACK = "https://lms.example/back?course=2"


@pytest.mark.parametrize(
    ("target", "browser_says", "is_framed"),
    [
        pytest.param("iframe", None, True, id="the launch says iframe, the browser nothing"),
        pytest.param("frame", None, True, id="a frame"),
        pytest.param("window", None, False, id="a window"),
        pytest.param(None, None, False, id="neither says anything"),
        pytest.param("iframe", "document", False, id="the browser knows better: opened in a tab"),
        pytest.param("window", "iframe", True, id="the browser knows better: framed"),
        pytest.param(["iframe"], None, False, id="an odd target"),
    ],
)
def test_a_framed_page_offers_its_own_tab_and_no_other_does(school, target, browser_says, is_framed):
    browser = school.browser()
    home = school.launch("sam", "home", browser=browser, **shown(document_target=target)).location

    page = browser.get(home, headers={"Sec-Fetch-Dest": browser_says} if browser_says else {})

    assert ("Open in its own tab" in unescape(page.get_data(as_text=True))) is is_framed
    assert ("framed" in (page_of(page).getroottree().getroot().get("class") or "")) is is_framed


def test_a_launch_that_went_on_in_a_tab_is_framed_no_more(school):
    launch = launched(school, claims={PRESENTATION: {"document_target": "iframe"}})
    button = fields_of(launch.post())
    tab = school.browser()

    answer = tab.post(button.url, data=button.data, headers=OWN_PAGE)

    assert answer.status_code == 303
    assert "Open in its own tab" not in tab.get(answer.location).get_data(as_text=True)


def test_a_token_that_holds_chooses_it_though_its_message_is_refused(sqlite_school):
    claims = {"lti:roles": None, PRESENTATION: {"locale": "es", "return_url": BACK}}

    answer = sqlite_school.launch("sam", "home", browser=browser_of(sqlite_school, "fr"), claims=claims)

    speaks(answer, "es", REFUSED)
    back = parse_qs(urlsplit(links(answer)["Volver al curso en su plataforma"]).query)
    (reference,) = re.findall(r'class="num">([^<]+)', answer.get_data(as_text=True))
    assert back["lti_errormsg"] == [f"Lectern no pudo abrir este enlace. Referencia: {reference}"]
    assert back["lti_errorlog"] == [f"Lectern, reference {reference}"]


@pytest.mark.parametrize(
    ("locale", "words", "link"),
    [
        ("en", "Observers have no page here.", "Back to the course in your LMS"),
        ("es", "Quienes observan no tienen página aquí.", "Volver al curso en su plataforma"),
        ("fr", "Il n’y a pas de page ici pour qui observe.", "Retour au cours sur votre plateforme"),
    ],
)
def test_the_lms_is_told_in_the_language_of_the_launch(sqlite_school, locale, words, link):
    answer = sqlite_school.launch("olga", "home", **shown(locale=locale, return_url=BACK))

    back = parse_qs(urlsplit(links(answer)[link]).query)
    assert back == {"course": ["2"], "lti_errormsg": [words]}


@pytest.mark.parametrize("claim", [None, 7, "es", [], ["es"]])
def test_an_odd_presentation_refuses_nobody(sqlite_school, claim):
    assert sqlite_school.launch("sam", "home", claims={PRESENTATION: claim}).status_code == 303
