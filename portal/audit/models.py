"""Who did what, when, why."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.base import Base


class AuditEntry(Base):
    """One change by staff or operator, written in the transaction of that change. Append-only."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "cohort_id", "id"), Index(None, "about_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    cohort_id: Mapped[int | None]  # no foreign key: identity and courses lie above this room
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # None: the operator, by command
    about_id: Mapped[int | None]  # the enrollment it is about
    action: Mapped[str] = mapped_column(String(64))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    reason: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime]
