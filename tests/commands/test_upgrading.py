"""`portal db upgrade`: from nothing and from every earlier schema, on both databases, and twice at once."""

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from flask_migrate import upgrade
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Enum,
    MetaData,
    Table,
    Text,
    insert,
    select,
    text,
)
from sqlalchemy import types as kinds
from sqlalchemy.exc import IntegrityError

from portal.core.base import Base, UTCDateTime
from portal.core.db import db, migrating, reading
from portal.core.errors import PortalError
from tests.builders import postgres
from tests.builders.world import make_app
from tests.commands.test_out_of_order import PORTAL

MIGRATIONS = Path(__file__).parents[2] / "portal" / "migrations"
REVISIONS = [one.revision for one in reversed(list(ScriptDirectory(str(MIGRATIONS)).walk_revisions()))]
LEFT_EMPTY = {("lti_offer", "course_id")}  # an offer is of a cohort or of a course, never of both


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'portal.db'}"
        return
    with postgres.database(request.getfixturevalue("postgres_cluster")) as url:
        yield url


@pytest.fixture
def app(empty_url, tmp_path):
    app = make_app(empty_url, tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    app.extensions["stop_waking"]()


def value_for(table: Table, column: Any, row: int) -> Any:
    """Something that fits a column; what today's models read as one of their words is the first of those."""
    if (table.name, column.name) in LEFT_EMPTY:
        return None
    if column.foreign_keys:
        return row
    now = Base.metadata.tables.get(table.name)
    meant = now.columns[column.name].type if now is not None and column.name in now.columns else column.type
    if isinstance(meant, Enum):
        return next(iter(meant.enums))
    if isinstance(meant, JSON):
        return {}
    if isinstance(meant, Boolean):
        return False
    if isinstance(meant, kinds.Date):
        return date(2026, 9, 24)
    if isinstance(meant, UTCDateTime | kinds.DateTime):
        return datetime(2026, 9, 24, 12, row, tzinfo=UTC)
    if isinstance(meant, kinds.Integer | kinds.Numeric | kinds.Float):
        return row
    if isinstance(meant, kinds.LargeBinary):
        return b"bytes"
    return f"{column.name} {row}"[: getattr(meant, "length", None) or 80]


def fill(connection: Connection) -> None:
    """Two rows in every table as this schema has it, each filled to the last column."""
    there = MetaData()
    there.reflect(connection)
    for table in there.sorted_tables:
        if table.name != "alembic_version":
            for row in (1, 2):
                values = {column.name: value_for(table, column, row) for column in table.columns}
                connection.execute(insert(table).values(values))


def kept(connection: Connection) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables, as the database gives them."""
    there = MetaData()
    there.reflect(connection)
    return {
        table.name: [
            dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
        ]
        for table in there.sorted_tables
        if table.name != "alembic_version"
    }


def differences() -> list[Any]:
    with db.engine.connect() as connection:
        return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def test_from_nothing_the_migrations_make_what_the_models_say(app):
    upgrade()
    assert differences() == []


@pytest.mark.parametrize("revision", REVISIONS[:-1])
def test_from_an_earlier_schema_every_row_is_kept_and_can_be_read(app, revision):
    upgrade(revision=revision)
    with db.engine.begin() as connection:
        fill(connection)
        before = kept(connection)

    upgrade()

    with db.engine.connect() as connection:
        after = kept(connection)
    for table, rows in before.items():
        assert len(after[table]) == len(rows), table
        for old, new in zip(rows, after[table], strict=True):
            assert {name: new[name] for name in old.keys() & new.keys()} == {
                name: old[name] for name in old.keys() & new.keys()
            }, table
    assert differences() == []
    with reading() as session:
        for mapper in Base.registry.mappers:
            assert session.scalars(select(mapper.class_)).all() is not None


def test_a_table_is_rebuilt_under_the_rows_that_refer_to_it(app):
    upgrade()
    with db.engine.begin() as connection:
        fill(connection)
        before = kept(connection)

    with migrating(db.engine) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("cohort") as cohort:
            cohort.alter_column("name", type_=Text())

    with db.engine.connect() as connection:
        assert kept(connection) == before
        with pytest.raises(IntegrityError):  # and they refer to it still
            connection.execute(text("DELETE FROM cohort"))


def test_a_migration_that_leaves_a_row_without_what_it_refers_to_is_refused(app):
    upgrade()
    with db.engine.begin() as connection:
        fill(connection)
        before = kept(connection)

    with pytest.raises((PortalError, IntegrityError)), migrating(db.engine) as connection:
        connection.execute(text("DELETE FROM cohort"))

    with db.engine.connect() as connection:
        assert kept(connection) == before


def test_two_upgrades_at_once_wait_for_each_other(empty_url, tmp_path):
    settings = {key: value for key, value in os.environ.items() if not key.startswith("PORTAL_")}
    settings |= {"PORTAL_ENV": "test", "PORTAL_DATA_DIR": str(tmp_path), "PORTAL_DATABASE_URL": empty_url}

    def begun(*words: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*PORTAL, *words], env=settings, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    for running in [begun("db", "upgrade") for _ in range(3)]:
        said, _ = running.communicate(timeout=120)
        assert (running.returncode, said) == (0, "The database is at the newest schema.\n")
    assert begun("db", "check").communicate(timeout=60)[0] == "The schema is current.\n"
