"""What gunicorn serves while `bench.lesson` measures: the portal, and the floor beside it."""

import os
import sqlite3
from pathlib import Path

from flask import Flask
from jinja2 import Environment
from werkzeug.middleware.dispatcher import DispatcherMiddleware

from portal.core.clock import Clock, use_clock
from tests.builders.world import MID_COURSE, make_app

DATABASE = os.environ["BENCH_DATABASE"]
PAGE = (
    Environment(autoescape=True)
    .from_string(
        "<!doctype html><html lang=en><title>Floor</title><main>"
        "{% for id, title, words in rows %}"
        "<section id=s{{ id }}><h2>{{ title }}</h2><p>{{ words }}</p></section>"
        "{% endfor %}"
        "</main></html>"
    )
    .render
)


def floor_app() -> Flask:
    """A page from a compiled template and one raw query: what no lesson page can be quicker than."""
    app = Flask("floor")
    connection = sqlite3.connect(DATABASE, check_same_thread=False)

    @app.get("/floor")
    def floor() -> str:
        return PAGE(rows=connection.execute("SELECT id, title, words FROM bench_section").fetchall())

    return app


portal = make_app(f"sqlite:///{DATABASE}", Path(DATABASE).parent)
use_clock(Clock(MID_COURSE - Clock().real_now()))
app = DispatcherMiddleware(portal, {"/bench": floor_app()})
