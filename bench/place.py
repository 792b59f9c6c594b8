"""Where pages are measured: an app on a real file, with cohorts of any size made by the tests' builders."""

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import create_engine, event, text

from portal.core.db import db
from portal.courses.models import Cohort
from tests.builders import postgres
from tests.builders.world import World, make_app, migrate_and_load


@contextlib.contextmanager
def sqlite_world() -> Iterator[World]:
    """A world on a SQLite file of its own."""
    with tempfile.TemporaryDirectory(prefix="lectern-bench-") as folder:
        with world_on(f"sqlite:///{folder}/portal.db", Path(folder)) as world:
            yield world


@contextlib.contextmanager
def postgres_world() -> Iterator[World]:
    """A world on a PostgreSQL that syncs as a real one does. Raises postgres.NoPostgres."""
    with (
        postgres.cluster(fsync=True) as socket,
        tempfile.TemporaryDirectory(prefix="lectern-bench-") as folder,
    ):
        admin = create_engine(postgres.address(socket, "postgres"), isolation_level="AUTOCOMMIT")
        with admin.connect() as connection:
            connection.execute(text("CREATE DATABASE bench"))
        admin.dispose()
        with world_on(postgres.address(socket, "bench"), Path(folder)) as world:
            yield world


@contextlib.contextmanager
def world_on(url: str, folder: Path) -> Iterator[World]:
    """A world on this database, made by the migrations."""
    migrate_and_load(url, folder)
    world = World(make_app(url, folder))
    try:
        yield world
    finally:
        world.app.extensions["stop_waking"]()
        with world.app.app_context():
            db.session.remove()
            db.engine.dispose()


def cohort_of(world: World, count: int) -> Cohort:
    """A cohort with this many learners."""
    cohort = world.cohort()
    world.learners(cohort, count)
    return cohort


@contextlib.contextmanager
def counted(world: World) -> Iterator[list[str]]:
    """The statements sent meanwhile; transactions' own words are not counted."""
    sent: list[str] = []

    def keep(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
            sent.append(statement)

    with world.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", keep)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", keep)
