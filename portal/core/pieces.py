"""Pieces of pages that show nothing but unchanging values: drawn once, then kept."""

from collections.abc import Callable, Hashable
from functools import lru_cache

from flask import Flask, g
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

MOST = 512  # of some kilobytes each; the least used goes
HOLE = "\ue000token\ue000"  # where the session's token goes; characters that no text holds


def register_pieces(app: Flask) -> None:
    """Give every template `drawn`, `filled` with `form_token`, and a `csrf_token` that is made once per page."""
    app.jinja_env.globals.update(
        drawn=_drawer(app), filled=_filler(_drawer(app)), form_token=HOLE, csrf_token=_token
    )


def _token() -> str:
    # Flask-WTF keeps it there too, but looks at its settings each time: dear for a list of forms.
    token: str = g.get("csrf_token") or generate_csrf()
    return token


def _filler(drawn: Callable[..., Markup]) -> Callable[..., Markup]:
    """`filled(template, name=value, …)`: `drawn` of a piece that holds forms.

    In it a form's token is `{{ form_token }}`. What is kept belongs to no session; each page fills in its own.
    """

    def filled(template: str, **values: Hashable) -> Markup:
        return Markup(drawn(template, **values).replace(HOLE, _token()))  # noqa: S704  escaped by the template

    return filled


def _drawer(app: Flask) -> Callable[..., Markup]:
    """`drawn(template, name=value, …)`: a template whose every word comes from these frozen values.

    The same values give the same words, so nothing kept can be stale. Hence such a template asks for nothing
    of the request: no form (its token is the session's), no `place()`. A test holds them to that.
    """

    @lru_cache(maxsize=MOST)
    def drawn(template: str, **values: Hashable) -> Markup:
        return Markup(app.jinja_env.get_template(template).render(values))  # noqa: S704  escaped by the template

    return drawn
