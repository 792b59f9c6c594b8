"""Health: is the database there, is its schema current, is a worker alive."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from portal.operations.models import Heartbeat

ALIVE_WITHIN = timedelta(minutes=3)  # a worker beats once a minute
MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


@dataclass(frozen=True)
class Readiness:
    """Each part: `ok`, or what is wrong."""

    database: str
    schema: str
    worker: str

    @property
    def ready(self) -> bool:
        """Whether all of it runs: without a worker pages work, but nothing that was promised is done."""
        return self.database == self.schema == self.worker == "ok"


def beat(session: Session, *, at: datetime) -> None:
    """A worker is alive at this real instant."""
    session.merge(Heartbeat(id=1, at=at))


@lru_cache(maxsize=1)
def newest_migration() -> str | None:
    """The revision this code needs."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def schema_revision(session: Session) -> str | None:
    """The revision the database is at; None where it has no schema."""
    try:
        found: str | None = session.scalar(text("SELECT version_num FROM alembic_version"))
        return found
    except SQLAlchemyError:
        session.rollback()
        return None


def readiness(session: Session, *, at: datetime) -> Readiness:
    """How ready this node is, at a real instant."""
    try:
        session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        session.rollback()
        return Readiness("The database cannot be reached.", "unknown", "unknown")
    if schema_revision(session) != newest_migration():
        return Readiness("ok", "The schema is behind: run `portal db upgrade`.", "unknown")
    seen = session.get(Heartbeat, 1)
    alive = seen is not None and at - seen.at <= ALIVE_WITHIN
    return Readiness(
        "ok", "ok", "ok" if alive else "No worker was seen for three minutes: run `portal worker`."
    )
