"""Promises of later effects."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.base import Base


class MessageState(StrEnum):
    """Where a promise stands."""

    WAITING = "waiting"
    DONE = "done"
    PARKED = "parked"


class OutboxMessage(Base):
    """One promised effect, written in the transaction of its cause. All instants are real time."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index(None, "state", "due_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]
    state: Mapped[MessageState]
    posted_at: Mapped[datetime]
    due_at: Mapped[datetime]  # while it is being worked on: when another worker may take it over
    attempts: Mapped[int]
    taken_by: Mapped[str | None] = mapped_column(String(160))  # the process that works on it, see delivery
    last_error: Mapped[str | None] = mapped_column(Text)
    done_at: Mapped[datetime | None]
