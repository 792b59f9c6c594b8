"""Databases, the app, and the world of builders that tests live in."""

import contextlib
import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from _pytest.nodeid import NodeId
from sqlalchemy import create_engine, event, text

os.environ.setdefault("PORTAL_ENV", "test")

from portal.core.db import db
from tests.builders import postgres
from tests.builders.world import World, make_app, migrate_and_load


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest-xdist 3.8 writes a test's group where pytest 9.2 no longer reads it, and nothing is grouped."""
    for item in items:
        if name_with_group := getattr(item, "_nodeid", None):
            item._id = NodeId.parse(name_with_group)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with the first course loaded, to be copied."""
    folder = tmp_path_factory.mktemp("sqlite")
    database = folder / "portal.db"
    migrate_and_load(f"sqlite:///{database}", folder)
    with contextlib.closing(create_engine(f"sqlite:///{database}").raw_connection()) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return database


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[str]:
    """A cluster of our own on a socket; the folder where the socket lies."""
    try:
        with postgres.cluster() as socket_folder:
            yield socket_folder
    except postgres.NoPostgres as missing:
        # Not a skip: the suite on one database alone would be green for the wrong reason.
        pytest.fail(str(missing), pytrace=False)


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated database with the first course loaded, to be copied."""
    admin = create_engine(postgres.address(postgres_cluster, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("CREATE DATABASE template_lectern"))
    admin.dispose()
    migrate_and_load(
        postgres.address(postgres_cluster, "template_lectern"), tmp_path_factory.mktemp("postgres")
    )
    return "template_lectern"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh migrated database: every web test runs on both."""
    template = request.getfixturevalue("sqlite_template")
    # Linked, not copied: the store replaces files, it never writes into them.
    shutil.copytree(template.parent / "files", tmp_path / "files", copy_function=os.link)
    if request.param == "sqlite":
        shutil.copy(template, tmp_path / "portal.db")
        yield f"sqlite:///{tmp_path / 'portal.db'}"
        return
    cluster = request.getfixturevalue("postgres_cluster")
    with postgres.database(cluster, like=request.getfixturevalue("postgres_template")) as url:
        yield url


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh migrated SQLite database alone, for what does not depend on the database."""
    shutil.copytree(sqlite_template.parent / "files", tmp_path / "files", copy_function=os.link)
    shutil.copy(sqlite_template, tmp_path / "portal.db")
    return f"sqlite:///{tmp_path / 'portal.db'}"


@pytest.fixture
def world(database_url: str, tmp_path: Path) -> Iterator[World]:
    """An app with builders, on SQLite and on PostgreSQL."""
    with _world(database_url, tmp_path) as made:
        yield made


@pytest.fixture
def sqlite_world(sqlite_url: str, tmp_path: Path) -> Iterator[World]:
    """The same on SQLite alone."""
    with _world(sqlite_url, tmp_path) as made:
        yield made


@contextlib.contextmanager
def _world(database_url: str, folder: Path) -> Iterator[World]:
    app = make_app(database_url, folder)
    made = World(app)
    try:
        yield made
    finally:
        app.extensions["stop_waking"]()
        with app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture
def app(world: World):
    """The world's app."""
    return world.app


class _Counted:
    def __init__(self) -> None:
        self.statements: list[str] = []


@pytest.fixture
def queries(world: World):
    """`with queries(at_most=8):` fails when more statements are sent; the object keeps them."""

    @contextlib.contextmanager
    def counting(at_most: int | None = None) -> Iterator[_Counted]:
        counted = _Counted()

        def count(_conn, _cursor, statement, *_rest) -> None:
            if not statement.startswith(("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")):
                counted.statements.append(statement)

        with world.app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            yield counted
        finally:
            event.remove(engine, "before_cursor_execute", count)
        if at_most is not None:
            sent = "\n\n".join(counted.statements)
            assert len(counted.statements) <= at_most, f"{len(counted.statements)} statements:\n{sent}"

    return counting


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
