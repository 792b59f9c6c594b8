"""Certificates: frozen once issued."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.certificates.policy import CertificateKind
from portal.core.base import Base


class Certificate(Base):
    """One certificate as issued. Only its file, replacement and revocation are written later, each once.

    `printed`: all that stands on it, frozen; the PDF is drawn from it alone.
    `facts`: what it rests on (the verdict and its rules' version, or the claim).
    `number`: 1 for the first of its kind, one more for each correction; its key makes a double click one.
    """

    __tablename__ = "certificate"
    __table_args__ = (UniqueConstraint("enrollment_id", "kind", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    kind: Mapped[CertificateKind]
    number: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    course_title: Mapped[str] = mapped_column(Text)
    printed: Mapped[dict[str, Any]]
    facts: Mapped[dict[str, Any]]
    issued_at: Mapped[datetime]
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("certificate.id"), unique=True)
    replaced_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None] = mapped_column(Text)
    pdf_key: Mapped[str | None] = mapped_column(Text)  # in the file store; None while it is being drawn
    pdf_sha256: Mapped[str | None] = mapped_column(String(64))
    pdf_bytes: Mapped[int | None]
