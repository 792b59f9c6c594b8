"""LTI Core 1.3, 5.4: `launch_presentation` (locale, document_target, return_url) and the `locale` claim are used."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from lti.demo_platform.keys import new_key
from lti.services import register
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.identity.models import Person
from tests.builders.world import Browser
from tests.lti.choosing import DL, answer_of, chooser, settings
from tests.lti.conftest import School
from tests.lti.framed import OWN_PAGE, fields_of, launched
from tests.reading import heading, links, main_words, page_of

BACK = "https://lms.example/back?course=2"
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
PRESENTATION = "lti:launch_presentation"


def shown(**said: object) -> dict[str, object]:
    """The claim, with what it says."""
    return {"claims": {PRESENTATION: said}}


def browser_of(school: School, accepts: str):
    """A browser whose reader prefers these languages."""
    browser = school.browser()
    browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = accepts
    return browser


def speaks(answer, language: str, wanted: dict[str, str]) -> None:
    """The page is in this language, says so, and is headed as wanted."""
    html = page_of(answer).getroottree().getroot()
    assert (html.get("lang"), html.get("dir")) == (language, "ltr")
    assert heading(answer) == wanted[language]


@pytest.mark.parametrize(
    ("said", "claim", "language"),
    [
        pytest.param({"locale": "es"}, "en", "es", id="the page's, before the person's own"),
        pytest.param({"locale": "fr-CA"}, "en", "fr", id="of a region"),
        pytest.param({"locale": "es_mx"}, "en", "es", id="as Moodle writes it"),
        pytest.param({"locale": "en"}, "fr", "en", id="English, though the person reads French"),
        pytest.param({}, "fr", "fr", id="the person's own, where the page's is not said"),
        pytest.param({"locale": "$Launch.locale"}, "es", "es", id="the page's not filled in"),
        pytest.param({"locale": "de"}, "fr", "fr", id="the page's is not ours, the person's is"),
        pytest.param({"locale": "de"}, "vi", "en", id="neither is ours"),
    ],
)
def test_a_page_at_the_door_is_in_the_language_of_the_launch(sqlite_school, said, claim, language):
    answer = sqlite_school.launch("ada", "home", claims={PRESENTATION: said, "locale": claim})

    speaks(answer, language, NOT_IN_COURSE)


def test_the_launch_counts_more_than_the_browser(sqlite_school):
    browser = browser_of(sqlite_school, "fr-FR,fr;q=0.9")

    speaks(sqlite_school.launch("ada", "home", browser=browser, **shown(locale="es")), "es", NOT_IN_COURSE)
    speaks(sqlite_school.launch("ada", "home", browser=browser, **shown(locale="en-US")), "en", NOT_IN_COURSE)


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("fr", "fr"),
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("de-DE,de;q=0.9,fr;q=0.5,en;q=0.3", "fr"),
        ("vi,zh-Hant-TW", "en"),
        ("*", "en"),
        (";;q=,\x7f, é" * 20, "en"),
        ("", "en"),
    ],
)
def test_without_a_verified_launch_the_browser_says(sqlite_school, accepts, language):
    browser = browser_of(sqlite_school, accepts)

    speaks(sqlite_school.launch("sam", "home", browser=browser, key=new_key()), language, REFUSED)
    speaks(browser.get("/c/fall/"), language, SIGNED_OUT)


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"key": new_key()}, id="signed by another key"),
        pytest.param({"header": {"alg": "none"}}, id="not signed"),
        pytest.param({"claims": {"exp": 1}}, id="expired"),
    ],
)
def test_a_token_that_does_not_hold_chooses_no_language(sqlite_school, how):
    claims = how.get("claims", {}) | {PRESENTATION: {"locale": "es"}, "locale": "es"}

    answer = sqlite_school.launch(
        "sam", "home", browser=browser_of(sqlite_school, "fr"), **how | {"claims": claims}
    )

    speaks(answer, "fr", REFUSED)


def test_a_token_that_holds_chooses_it_though_its_message_is_refused(sqlite_school):
    claims = {"lti:roles": None, PRESENTATION: {"locale": "es", "return_url": BACK}}

    answer = sqlite_school.launch("sam", "home", browser=browser_of(sqlite_school, "fr"), claims=claims)

    speaks(answer, "es", REFUSED)
    back = parse_qs(urlsplit(links(answer)["Volver al curso en su plataforma"]).query)
    reference = re.search(r'class="num">([^<]+)', answer.get_data(as_text=True)).group(1)
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


@pytest.mark.parametrize(
    "locale",
    ["$Launch.locale", "xx", "a" * 300, "es_419", "zh-Hant-TW", None, 7, True, ["es"], {"es": 1}, "", " ", "e\u0000s"],
)  # fmt: skip
@pytest.mark.parametrize("where", ["locale", PRESENTATION])
def test_an_odd_locale_refuses_nobody(sqlite_school, where, locale):
    said = locale if where == "locale" else {"locale": locale}
    browser = sqlite_school.browser()

    answer = sqlite_school.launch("sam", "home", browser=browser, claims={where: said})

    assert answer.status_code == 303
    assert browser.get(answer.location).status_code == 200


@pytest.mark.parametrize("claim", [None, 7, "es", [], ["es"]])
def test_an_odd_presentation_refuses_nobody(sqlite_school, claim):
    assert sqlite_school.launch("sam", "home", claims={PRESENTATION: claim}).status_code == 303


def test_course_pages_stay_in_the_language_of_the_course(school):
    browser = school.browser()
    answer = school.launch("sam", "home", browser=browser, **shown(locale="es"))

    page = browser.get(answer.location)

    assert page_of(page).getroottree().getroot().get("lang") == "en"
    assert "Skip to content" in page.get_data(as_text=True)
    for of_course in ("/", "/certificates", f"{answer.location}record"):
        assert page_of(browser.get(of_course)).getroottree().getroot().get("lang") == "en"


def test_an_error_is_in_the_readers_language_where_it_is_not_of_the_course(school):
    browser = school.browser()
    home = school.launch("sam", "home", browser=browser, **shown(locale="es")).location

    speaks(browser.get("/nowhere"), "es", {"es": "No encontrado"})
    assert links(browser.get("/nowhere")) == {
        "Saltar al contenido": "#main",
        "Lectern": "/",
        "A sus cursos": "/",
    }
    # What the course says of itself it says in its own language, and the page around it too.
    of_course = browser.get(f"{home}lessons/99")
    assert page_of(of_course).getroottree().getroot().get("lang") == "en"
    assert heading(of_course) == "Not found"
    # A piece goes into a page of the course.
    piece = browser.get("/nowhere", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "There is no such page." in piece


def test_the_language_of_the_launch_is_kept_for_who_was_let_in(school):
    browser = browser_of(school, "fr")
    school.launch("sam", "home", browser=browser, **shown(locale="es"))

    answer = browser.post("/lti/hand-over", headers={"Accept": "text/html"})

    assert heading(answer) == "Este formulario ha caducado"  # no token came along: asked again in Spanish
    school.launch("sam", "home", browser=browser, **shown(locale="de"))
    speaks(browser.get("/nowhere"), "fr", {"fr": "Introuvable"})


def test_the_page_that_goes_on_in_a_tab_names_the_person_in_their_language(sqlite_school):
    launch = launched(sqlite_school, claims={PRESENTATION: {"locale": "fr"}, "name": "<b>Zoé</b> عمر"})

    answer = launch.post()

    speaks(answer, "fr", {"fr": "Ouvrez le cours dans son propre onglet"})
    assert "Vous continuez en tant que <b>Zoé</b> عمر." in main_words(answer)
    assert "<bdi>&lt;b&gt;Zoé&lt;/b&gt; عمر</bdi>" in answer.get_data(as_text=True)
    assert "Référence" in main_words(answer)


def test_deep_linking_that_nobody_may_answer_is_said_to_the_lms_in_words_it_shows(sqlite_school):
    answer = sqlite_school.choose("sam", **shown(locale="es"))

    speaks(answer, "es", {"es": "Esto es para quienes imparten el curso"})
    assert "Volver a su plataforma" in main_words(answer)


def test_an_answer_to_deep_linking_says_what_it_brings_in_the_language_of_the_launch(sqlite_school):
    browser, page = chooser(sqlite_school, **shown(locale="fr"))

    answer = answer_of(browser, page, choose=["lesson:1", "lesson:2"])

    assert answer.claims[DL + "msg"] == "2 liens vers Lectern ajoutés."


def test_why_nothing_can_be_placed_is_said_in_it_too(sqlite_school):
    nothing = settings(accept_types=["html"])["claims"] | {PRESENTATION: {"locale": "es"}}
    browser, page = chooser(sqlite_school, claims=nothing)

    answer = answer_of(browser, page, action="cancel")

    assert '<html lang="es" dir="ltr"' in page
    assert "indica que aquí no admite enlaces a herramientas." in answer.claims[DL + "errormsg"]


def offering_instructor(strangers: School, locale: str) -> Browser:
    """The first instructor of an unconnected LMS course, at the page where they choose what it opens."""
    strangers.world.cohort("fall-2026", name="Fall 2026")
    with strangers.world.app.app_context(), transaction() as session:
        for what in ({"cohort": "fall-2026"}, {"course": "leadership-and-organizing"}):
            register.offer(session, strangers.registration_id, at=real_now(), **what)
    browser = strangers.browser()
    assert (
        strangers.launch("tina", "home", browser=browser, **shown(locale=locale)).location == "/lti/connect"
    )
    return Browser(browser)


def test_the_page_that_connects_a_course_is_in_it_with_its_dates(strangers):
    browser = offering_instructor(strangers, "es")

    page = browser.get("/lti/connect?cohort=new&starts=2027-01-21")

    speaks(page, "es", {"es": "Conecte este curso a una edición"})
    said = main_words(page)
    assert "todavía no hay nadie. Se conecta enseguida." in said
    assert "Del jueves, 21 de enero de 2027 al miércoles, 27 de enero de 2027" in said
    assert "Si es jueves, se mantienen los días de la semana del curso." in said
    assert re.search(r"Fin del acceso jueves, 6 de mayo de 2027, 11:59 PM ET", said)


def test_so_are_its_mistakes(strangers):
    browser = offering_instructor(strangers, "fr")

    page = browser.post("/lti/connect", {"cohort": "new", "course": "leadership-and-organizing"})

    assert page.status_code == 422
    assert "2 points demandent votre attention" in main_words(page)
    assert "Donnez un nom à la session, par exemple Printemps 2027." in main_words(page)
    refused = browser.post("/lti/connect", {"cohort": "elsewhere"})
    assert "Cette session n’est pas (ou plus) proposée à votre plateforme." in main_words(refused)


# The reader's own time


@pytest.mark.parametrize(
    ("locale", "own"),
    [
        ("en-GB", "Sunday, February 7 at 04:59 your time (London)"),
        ("fr", "Sunday, February 7 at 04:59 your time (London)"),
        ("en-US", "Sunday, February 7 at 4:59 AM your time (London)"),
        ("$Launch.locale", "Sunday, February 7 at 4:59 AM your time (London)"),
    ],
)
def test_the_readers_own_time_is_as_their_region_writes_it(school, locale, own):
    claims = {"locale": locale, "lti:custom": {"destination": "home", "timezone": "Europe/London"}}
    browser = school.browser()
    home = school.launch("sam", "home", browser=browser, claims=claims, drop=[PRESENTATION]).location

    said = main_words(browser.get(f"{home}ce"))

    assert f"Saturday, February 6 at 11:59 PM ET {own}" in said


def test_the_locale_is_kept_with_the_person(school):
    school.launch("sam", "home", claims={PRESENTATION: {"locale": "zh_tw"}, "locale": "en"})

    with school.world.app.app_context(), reading() as session:
        assert session.scalar(select(Person.locale).where(Person.sub == "5")) == "zh-TW"


# Where the page is shown


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
