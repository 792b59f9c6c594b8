"""What certificates promise through the outbox."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class CertificateIssued:
    """A certificate is frozen; its PDF is to be drawn."""

    topic: ClassVar[str] = "certificate_issued"
    certificate_id: int
