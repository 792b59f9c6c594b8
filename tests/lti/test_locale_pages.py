"""Which pages speak the reader's language, whole; and which stay in the language of the course."""

import re

from lti.services import register
from portal.core.clock import real_now
from portal.core.db import transaction
from tests.builders.world import Browser
from tests.lti.choosing import DL, answer_of, chooser, settings
from tests.lti.conftest import School
from tests.lti.framed import launched
from tests.lti.speaking import PRESENTATION, language_of, shown, speaks
from tests.reading import heading, links, main_words


def test_course_pages_stay_in_the_language_of_the_course(school):
    browser = school.browser()
    answer = school.launch("sam", "home", browser=browser, **shown(locale="es"))

    page = browser.get(answer.location)

    assert language_of(page) == "en"
    assert "Skip to content" in page.get_data(as_text=True)
    for of_course in ("/", "/certificates", f"{answer.location}record"):
        assert language_of(browser.get(of_course)) == "en"


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
    assert language_of(of_course) == "en"
    assert heading(of_course) == "Not found"
    # A piece goes into a page of the course.
    piece = browser.get("/nowhere", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "There is no such page." in piece


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
