"""What certificates promise through the outbox."""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class CertificateIssued:
    """A certificate is frozen; its PDF is to be drawn."""

    topic: ClassVar[str] = "certificate_issued"
    certificate_id: int


@dataclass(frozen=True)
class CertificateFileLost:
    """The PDF of a certificate is not in the file store, or not as it was issued."""

    topic: ClassVar[str] = "certificate_file_lost"
    certificate_id: int
