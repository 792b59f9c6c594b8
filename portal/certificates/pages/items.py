"""One certificate as lists show it."""

from dataclasses import dataclass
from datetime import datetime

from portal.certificates.models import Certificate
from portal.certificates.policy import CertificateState, spelled
from portal.certificates.queries import state
from portal.certificates.wording import kind_words
from portal.core.when import When, when


@dataclass(frozen=True)
class CertificateItem:
    """`amount`, `unit`: of a CE certificate or one of participation; else empty."""

    code: str
    spelled: str
    kind: str
    kind_words: str
    title: str
    state: CertificateState
    name: str
    amount: str
    unit: str
    issued: When
    ended: When | None
    pdf_url: str
    verify_url: str
    look_url: str
    size_words: str
    new_spelled: str = ""


def item_of(
    certificate: Certificate, zone: str, now: datetime, *, newer: Certificate | None = None
) -> CertificateItem:
    """A certificate for its owner or the course team. Days carry their year: certificates are for good."""
    printed = certificate.printed
    ended_at = certificate.revoked_at or certificate.replaced_at
    return CertificateItem(
        code=certificate.code,
        spelled=spelled(certificate.code),
        kind=certificate.kind.value,
        kind_words=kind_words(certificate.kind.value, str(certificate.facts.get("profession", ""))),
        title=str(printed["title"]),
        state=state(certificate),
        name=certificate.name,
        amount=str(printed["award_value"]),
        unit=str(printed["award_unit"]),
        issued=when(certificate.issued_at, zone, now, None, ()),
        ended=when(ended_at, zone, now, None, ()) if ended_at else None,
        pdf_url=f"/certificates/{certificate.code}.pdf",
        verify_url=f"/verify/{certificate.code}",
        look_url=f"/certificates/{certificate.code}",
        size_words=f"{round(certificate.pdf_bytes / 1000)} kB" if certificate.pdf_bytes else "",
        new_spelled=spelled(newer.code) if newer else "",
    )
