"""One writer at a time for what one learner does."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from portal.courses.models import Enrollment

# Built once and of the table: a tick takes its turn too, and entities cost more than all else about it.
_learner = Enrollment.__table__.c
_TURN = select(_learner.id).where(_learner.id == bindparam("who")).with_for_update(key_share=True)


def take_turn(session: Session, enrollment_id: int) -> None:
    """Make a second click, or another window, wait for the first one's commit and then find what it left.

    Whoever reads first what is then changed takes it before reading. SQLite has one writer anyway;
    PostgreSQL locks the learner's row.
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(_TURN, {"who": enrollment_id})
