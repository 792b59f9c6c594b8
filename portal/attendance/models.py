"""Marks of attendance."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.attendance.policy import Source, Status
from portal.core.base import Base


class AttendanceRecord(Base):
    """One mark for one learner on one call. Append-only: a correction is a new row."""

    __tablename__ = "attendance_record"
    __table_args__ = (Index(None, "call_id", "enrollment_id"), Index(None, "enrollment_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call_session.id"))
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    status: Mapped[Status | None]  # None: a person took the mark back
    source: Mapped[Source]
    marked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    marked_at: Mapped[datetime]
