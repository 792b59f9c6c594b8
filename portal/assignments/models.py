"""Ticks, drafts, versions of submissions, and files handed in."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.base import Base


class ChecklistMark(Base):
    """One tick or untick of a task or post. Append-only: the latest row holds."""

    __tablename__ = "checklist_mark"
    __table_args__ = (Index(None, "enrollment_id", "assignment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    assignment: Mapped[str] = mapped_column(String(80))
    done: Mapped[bool]
    count: Mapped[int | None]  # of a counted task: how many so far
    marked_at: Mapped[datetime]


class Draft(Base):
    """What a learner has typed and not yet submitted. One per assignment.

    `revision` and `form_token` (of the page that wrote last) tell two windows apart.
    """

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("enrollment_id", "assignment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    assignment: Mapped[str] = mapped_column(String(80))
    answers: Mapped[dict[str, Any]]
    revision: Mapped[int]
    form_token: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime]


class DraftCopy(Base):
    """What was typed and could not become the draft: changed elsewhere meanwhile, or closed. One per page."""

    __tablename__ = "draft_copy"
    __table_args__ = (UniqueConstraint("enrollment_id", "assignment", "form_token"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    assignment: Mapped[str] = mapped_column(String(80))
    answers: Mapped[dict[str, Any]]
    form_token: Mapped[str] = mapped_column(String(64))
    saved_at: Mapped[datetime]


class Submission(Base):
    """One version handed in. Never changed; a later one is a new row."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "assignment", "version"),
        UniqueConstraint("enrollment_id", "assignment", "form_token"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    assignment: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    course_version_id: Mapped[int] = mapped_column(
        ForeignKey("course_version.id")
    )  # whose prompts were answered
    answers: Mapped[dict[str, Any]]
    late: Mapped[bool]
    form_token: Mapped[str] = mapped_column(String(64))  # of the page it was sent from: a double click is one
    submitted_at: Mapped[datetime]


class Upload(Base):
    """A file a learner gave, checked by content. Drafts and submissions name it by id in their answers."""

    __tablename__ = "upload"
    __table_args__ = (Index(None, "enrollment_id", "assignment"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    assignment: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(80))
    filename: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(16))  # pdf, docx, …: by content
    size_bytes: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    storage_key: Mapped[str] = mapped_column(Text)
    uploaded_at: Mapped[datetime]
