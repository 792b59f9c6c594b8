"""Evaluation: that someone answered, and what was answered, kept apart."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.base import Base


class EvaluationDraft(Base):
    """What a learner has typed and not yet sent. Gone once sent."""

    __tablename__ = "evaluation_draft"

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    answers: Mapped[dict[str, Any]]
    revision: Mapped[int]
    saved_at: Mapped[datetime]


class EvaluationSent(Base):
    """That a learner has answered: a fact on their record. Says nothing of what."""

    __tablename__ = "evaluation_sent"

    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"), primary_key=True)
    sent_at: Mapped[datetime]


class EvaluationResponse(Base):
    """One answered form: a random id, no instant, no author.

    WITHOUT ROWID on SQLite, so that the order of writing is not kept beside the random id.
    """

    __tablename__ = "evaluation_response"
    __table_args__ = {"sqlite_with_rowid": False}

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    cohort_id: Mapped[int] = mapped_column(ForeignKey("cohort.id"), index=True)
    form: Mapped[str] = mapped_column(String(80))
    answers: Mapped[dict[str, Any]]
