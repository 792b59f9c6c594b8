"""Keys that somebody else took meanwhile."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.errors import Conflict


def flush(session: Session, taken: str) -> None:
    """Flush; where a unique key was taken meanwhile, say so."""
    try:
        session.flush()
    except IntegrityError:
        raise Conflict(taken) from None
