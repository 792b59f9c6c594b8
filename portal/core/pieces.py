"""Pieces of pages that show nothing but unchanging values: drawn once, then kept."""

from collections.abc import Callable, Hashable
from functools import lru_cache

from flask import Flask
from markupsafe import Markup

MOST = 512  # of some kilobytes each; the least used goes


def register_pieces(app: Flask) -> None:
    """Give every template `drawn`."""
    app.jinja_env.globals["drawn"] = _drawer(app)


def _drawer(app: Flask) -> Callable[..., Markup]:
    """`drawn(template, name=value, …)`: a template whose every word comes from these frozen values.

    The same values give the same words, so nothing kept can be stale. Hence such a template asks for nothing
    of the request: no form (its token is the session's), no `place()`. A test holds them to that.
    """

    @lru_cache(maxsize=MOST)
    def drawn(template: str, **values: Hashable) -> Markup:
        return Markup(app.jinja_env.get_template(template).render(values))  # noqa: S704  escaped by the template

    return drawn
