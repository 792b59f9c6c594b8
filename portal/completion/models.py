"""The verdicts on completion, with what they rested on."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.base import Base


class CompletionRecord(Base):
    """A learner's standing when it changed. Append-only: the latest row holds.

    Once `completed_at` is set every later row keeps it: a later change of rules takes nothing from anyone.
    `facts`: the four requirements as they were computed.
    """

    __tablename__ = "completion_record"
    __table_args__ = (Index(None, "enrollment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    rules_version: Mapped[int]
    done: Mapped[int]  # items done of all that completion needs
    needed: Mapped[int]
    facts: Mapped[dict[str, Any]]
    completed_at: Mapped[datetime | None]
    computed_at: Mapped[datetime]
