"""Alembic's environment: the app's engine and metadata, batch mode for SQLite."""

from typing import Any, Literal

from alembic import context
from flask import current_app

from portal.core.base import UTCDateTime
from portal.core.db import migrating

db = current_app.extensions["migrate"].db


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Name our own column type by its home: Alembic writes it without an import."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "UTCDateTime()"
    return False


def run() -> None:
    """Migrate over a connection of the app's engine, one process at a time."""
    with migrating(db.engine) as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            render_item=render_item,
            compare_type=True,
        )
        context.run_migrations()


run()
