"""A cohort's calls and all that was moved, as rows of one statement: each page asks for both."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    String,
    bindparam,
    cast,
    func,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from portal.core.base import UTCDateTime
from portal.core.db import rows_of
from portal.courses.models import CallSession, DateOverride

_call, _move = CallSession.__table__.c, DateOverride.__table__.c


def date_rows(session: Session, cohort_id: int, enrollment_ids: Collection[int]) -> Any:
    """(enrollment id, item, date field, moved to, call's number, starts at, minutes, cancelled at,
    where the cohort's own recording is).

    Calls come by number and have a number; moves come in the order they were made.
    """
    if len(enrollment_ids) == 1:
        return rows_of(session, _OF_ONE, {"cohort_id": cohort_id, "who": next(iter(enrollment_ids))})
    return rows_of(session, _OF_SEVERAL, {"cohort_id": cohort_id, "ids": list(enrollment_ids)})


def _rows(whose: ColumnElement[bool]) -> Select[Any]:
    no_number, no_word, never = cast(null(), Integer), cast(null(), String), cast(null(), UTCDateTime())
    its_call, its_move = (row.cohort_id == bindparam("cohort_id") for row in (_call, _move))
    calls = select(
        no_number.label("whose"),
        no_word.label("item"),
        no_word.label("date_field"),
        never.label("moved_to_at"),
        _call.number,
        _call.starts_at,
        _call.minutes,
        _call.cancelled_at,
        func.coalesce(_call.recording_url, _call.recording_file).label("recording"),
        _call.number.label("place"),
    ).where(its_call)
    moves = select(
        _move.enrollment_id,
        _move.item,
        cast(_move.date_field, String),
        _move.moved_to_at,
        no_number,
        never,
        no_number,
        never,
        no_word,
        _move.id,
    ).where(its_move, or_(_move.enrollment_id.is_(None), whose))
    both = union_all(calls, moves).subquery()
    return select(*list(both.c)[:-1]).order_by(both.c.place)


# Built once and of tables: building them anew, or of entities, costs more than running them.
_OF_ONE = _rows(_move.enrollment_id == bindparam("who"))
_OF_SEVERAL = _rows(_move.enrollment_id.in_(bindparam("ids", expanding=True)))
