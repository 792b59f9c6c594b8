"""The one door to htmx-flask, which ships no types."""

from typing import Any

from flask import Flask, request
from htmx_flask import Htmx


def register_htmx(app: Flask) -> None:
    """Give the app's requests their `htmx` attribute."""
    Htmx(app)


def wants_fragment() -> bool:
    """Whether the answer is a piece of a page.

    A boosted link and a restored history entry send HX-Request too, and need the whole page.
    """
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request
