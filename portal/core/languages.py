"""The languages of the pages at the door: those a person meets before the course, or instead of it.

The course is in the language of its package, and so are its pages. A page at the door extends `door.html` and speaks
the reader's language: of their verified launch, else of their browser, else English (docs/decisions/0013). Words are
marked `_(…)` where they are said, `N_(…)` where they are only named; catalogues lie in `portal/translations`.
"""

from datetime import UTC, date, datetime
from typing import cast

import flask_babel
from flask import Flask, g, has_request_context, request
from flask import session as browser_session

LANGUAGES = ("en", "es", "fr")
ENGLISH = "en"  # of the words in the code, and of what nobody has translated
SESSION_KEY = "language"


def register_languages(app: Flask) -> None:
    """Give templates `_`, `{% trans %}`, `language` and `direction`."""
    app.jinja_env.policies["ext.i18n.trimmed"] = True
    flask_babel.Babel(app, default_locale=ENGLISH, locale_selector=language)
    app.jinja_env.globals.update(language=language, direction=direction)


def speak(*locales: str) -> None:
    """Answer this request in the first of these languages that we have; none: as if nobody had asked.

    `locales`: BCP 47, of a verified launch alone; nobody else chooses what another person reads.
    """
    spoken = (locale.split("-")[0].lower() for locale in locales)
    found = next((one for one in spoken if one in LANGUAGES), None)
    if found is not None:
        g.language = found
        flask_babel.refresh()


def remember_language() -> None:
    """Keep the language of this launch with the session that it began."""
    if "language" in g:
        browser_session[SESSION_KEY] = g.language


def language() -> str:
    """The reader's language: as their launch said, else their browser; one of LANGUAGES."""
    if not has_request_context():
        return ENGLISH
    for said in (g.get("language"), browser_session.get(SESSION_KEY)):
        if said in LANGUAGES:
            return str(said)
    return request.accept_languages.best_match(LANGUAGES) or ENGLISH


def direction() -> str:
    """Which way the reader's language is written: `ltr` or `rtl`."""
    return cast(str, flask_babel.get_locale().text_direction)


def N_(message: str) -> str:  # noqa: N802  # gettext's own name for it
    """Mark words for the catalogues. They are said elsewhere, by `_`."""
    return message


def _(message: str, **values: object) -> str:
    """The message in the reader's language, its `%(name)s` filled in."""
    return cast(str, flask_babel.gettext(message, **values))


def ngettext(one: str, many: str, number: int) -> str:
    """The message as the reader's language counts, its `%(num)s` filled in."""
    return cast(str, flask_babel.ngettext(one, many, number))


def is_said(message: str) -> bool:
    """Whether the reader's language has this sentence. English has all."""
    return language() == ENGLISH or _(message) != message


def day_words(day: date, *, weekday: bool = False) -> str:
    """ "October 7, 2026", "Wednesday, October 7, 2026"."""
    return cast(str, flask_babel.format_date(day, "full" if weekday else "long"))


def weekday_words(number: int) -> str:
    """ "Wednesday"; days are counted from Monday, 0."""
    return cast(str, flask_babel.get_locale().days["format"]["wide"][number])


def moment_words(at: datetime) -> str:
    """ "Wednesday, November 25, 2026 at 4:52 AM UTC"."""
    time = flask_babel.format_time(at, "short").replace("\u202f", " ")
    return _("%(day)s at %(time)s UTC", day=day_words(at.astimezone(UTC).date(), weekday=True), time=time)
