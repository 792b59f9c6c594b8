"""Claims of CE credit."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.base import Base


class CreditClaim(Base):
    """One claim. Append-only: an amendment is a new row, the latest holds.

    `details`: what the profession's accreditor asks; seen by the learner and the course team alone.
    `attended`: call number → `live` or `recording`, as it stood when claimed.
    """

    __tablename__ = "credit_claim"
    __table_args__ = (Index(None, "enrollment_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    offering: Mapped[str] = mapped_column(
        String(40)
    )  # key of the package's offering; `participation`: none fits
    credit_hundredths: Mapped[int]  # 7.50 credits are 750
    details: Mapped[dict[str, Any]]
    attended: Mapped[dict[str, Any]]
    may_report: Mapped[bool]
    claimed_at: Mapped[datetime]
