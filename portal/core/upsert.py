"""INSERT … ON CONFLICT, which SQLite and PostgreSQL spell alike and SQLAlchemy keeps apart."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from portal.core.base import Base


def upsert(
    session: Session,
    model: type[Base],
    key: Sequence[str],
    values: Mapping[str, Any],
    changes: Mapping[str, Any],
) -> None:
    """Insert the row, or make `changes` to the one that has this key. One statement, safe against another's."""
    build = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = build(model).values(dict(values))
    session.execute(statement.on_conflict_do_update(index_elements=list(key), set_=dict(changes)))


def insert_or_leave(session: Session, model: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows; those whose key is taken are left as they are. One statement, safe against another's."""
    build = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    table = model.__table__
    session.execute(build(table).on_conflict_do_nothing(), [dict(row) for row in rows])  # type: ignore[arg-type]  # a mapped class's is a Table
