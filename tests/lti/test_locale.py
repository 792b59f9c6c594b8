"""Whose language a page speaks: of a launch that holds (LTI Core 1.3, 5.4.4; OpenID Connect Core, `locale`), else of the
browser. What else a launch says of how we are shown: test_core_5_4_4_shown.py; the pages: test_locale_pages.py.
"""

import pytest
from sqlalchemy import select

from lti.demo_platform.keys import new_key
from portal.core.db import reading
from portal.identity.models import Person
from tests.lti.speaking import NOT_IN_COURSE, PRESENTATION, REFUSED, SIGNED_OUT, browser_of, shown, speaks
from tests.reading import heading, main_words


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


def test_the_language_of_the_launch_is_kept_for_who_was_let_in(school):
    browser = browser_of(school, "fr")
    school.launch("sam", "home", browser=browser, **shown(locale="es"))

    answer = browser.post("/lti/hand-over", headers={"Accept": "text/html"})

    assert heading(answer) == "Este formulario ha caducado"  # no token came along: asked again in Spanish
    school.launch("sam", "home", browser=browser, **shown(locale="de"))
    speaks(browser.get("/nowhere"), "fr", {"fr": "Introuvable"})


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
