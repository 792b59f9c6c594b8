"""The database edge: engine options, transactions, and what each connection is told."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, Executable, event, text
from sqlalchemy.orm import Session

from portal.core.base import Base
from portal.core.errors import PortalError

db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})

_IMMEDIATE = "sqlite_begin_immediate"
_ONE_MIGRATION = 7_203_041_187  # any number that nobody else locks
_MIGRATION_SECONDS = 600  # the longest that a second one waits for the first


@contextmanager
def transaction() -> Iterator[Session]:
    """One unit of work that writes: commits at the end, rolls back on any error.

    On SQLite it begins IMMEDIATE: a read that later upgrades would end in SQLITE_BUSY whatever the timeout.
    """
    session = db.session()
    session.connection(execution_options={_IMMEDIATE: True})
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise


@contextmanager
def apart() -> Iterator[Session]:
    """A transaction of its own, beside whatever this thread has open: for what is noted about a call to outside.

    Only where no transaction that writes is open: on SQLite it would wait for that one.
    """
    with Session(db.engine, expire_on_commit=False) as session:
        session.connection(execution_options={_IMMEDIATE: True})
        yield session
        session.commit()


@contextmanager
def reading() -> Iterator[Session]:
    """A session that only reads; what it read can be used after it, detached.

    Closed, not rolled back: a rollback would expire what was read.
    """
    session = db.session()
    try:
        yield session
    finally:
        session.close()


@contextmanager
def migrating(engine: Engine) -> Iterator[Connection]:
    """A transaction that changes the schema while nobody else does: a second one waits, then finds it done.

    On SQLite foreign keys are off meanwhile, so that a table can be rebuilt under those that refer to it, and
    checked before the commit. Only the driver can turn them off: within a transaction SQLite does not listen.
    """
    with engine.connect().execution_options(**{_IMMEDIATE: True}) as connection:
        if engine.dialect.name == "postgresql":
            with connection.begin():
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_MIGRATION})
                yield connection
            return
        driver: Any = connection.connection.dbapi_connection
        driver.execute(f"PRAGMA busy_timeout={_MIGRATION_SECONDS * 1000}")
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
                if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                    raise PortalError(
                        f"A row of {broken[0]} refers to a row of {broken[2]} that is not there."
                    )
        finally:
            connection.detach()  # as it was told above it is of no use to others


def rows_of(session: Session, statement: Executable, values: dict[str, Any]) -> Any:
    """The rows of a statement that asks for columns of tables, in the session's transaction.

    Past the ORM's part of the session, which costs half as much again as the statement.
    """
    return session.connection().execute(statement, values)


def prepare_engine(engine: Engine) -> None:
    """WAL, foreign keys and a busy timeout on SQLite; nothing on PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _tell_sqlite)
    event.listen(engine, "begin", _begin)


def _tell_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we send BEGIN ourselves, see _begin
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get(_IMMEDIATE, False):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # Takes no lock, so it cannot fail; by SQLAlchemy it would cost each page three times as much.
    driver: Any = connection.connection.dbapi_connection
    driver.execute("BEGIN")
