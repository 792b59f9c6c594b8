"""Writing the audit trail."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from portal.audit.models import AuditEntry

_NEW = insert(cast(Table, AuditEntry.__table__))  # of the table: half of what an entity costs


def record(
    session: Session,
    *,
    action: str,
    cohort_id: int | None,
    at: datetime,
    by: int | None = None,
    about: int | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str | None = None,
) -> None:
    """Keep who changed what, in the transaction of the change.

    `by`: the person's id, None for the operator. `about`: an enrollment's id. `before`, `after`: plain JSON.
    """
    entry = {
        "action": action,
        "cohort_id": cohort_id,
        "by_id": by,
        "about_id": about,
        "before": dict(before) if before is not None else None,
        "after": dict(after) if after is not None else None,
        "reason": reason,
        "at": at,
    }
    session.execute(_NEW, entry)


def record_each(
    session: Session,
    about: Collection[int],
    *,
    action: str,
    cohort_id: int | None,
    at: datetime,
    by: int | None = None,
    reason: str | None = None,
) -> None:
    """The same change of many enrollments, each in an entry of its own. One statement."""
    if about:
        shared = {"action": action, "cohort_id": cohort_id, "by_id": by, "reason": reason, "at": at}
        session.execute(_NEW, [shared | {"about_id": id_} for id_ in about])
