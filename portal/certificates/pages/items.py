"""One certificate as lists show it."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.certificates.models import Certificate
from portal.certificates.policy import CertificateState, spelled
from portal.certificates.queries import Trouble, state, troubles_of
from portal.certificates.wording import kind_words
from portal.core.when import clock_words, month_day, zone_short


@dataclass(frozen=True)
class Day:
    """A day with its year, as a certificate says it: "January 12, 2027", and the instant for machines."""

    iso: str
    words: str
    time: str  # "9:14 AM ET"


def day_of(at: datetime, zone: str) -> Day:
    """The day of an instant in the course's zone."""
    local = at.astimezone(ZoneInfo(zone))
    time = f"{clock_words(local)} {zone_short(zone, local)}"
    return Day(local.isoformat(timespec="minutes"), month_day(local.date(), ()), time)


@dataclass(frozen=True)
class CertificateItem:
    """`amount`, `unit`: of a CE certificate or one of participation; else empty.

    `trouble`: its PDF cannot be had until a person sees to it.
    """

    code: str
    spelled: str
    kind: str
    kind_words: str
    title: str
    state: CertificateState
    name: str
    amount: str
    unit: str
    issued: Day
    ended: Day | None
    pdf_url: str
    verify_url: str
    look_url: str
    size_words: str
    new_spelled: str = ""
    trouble: Trouble | None = None


def item_of(
    certificate: Certificate, zone: str, *, newer: Certificate | None = None, trouble: Trouble | None = None
) -> CertificateItem:
    """A certificate for its owner or the course team."""
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
        issued=day_of(certificate.issued_at, zone),
        ended=day_of(ended_at, zone) if ended_at else None,
        pdf_url=f"/certificates/{certificate.code}.pdf",
        verify_url=f"/verify/{certificate.code}",
        look_url=f"/certificates/{certificate.code}",
        size_words=f"{round(certificate.pdf_bytes / 1000)} kB" if certificate.pdf_bytes else "",
        new_spelled=spelled(newer.code) if newer else "",
        trouble=trouble,
    )


def item_with_trouble(session: Session, certificate: Certificate, zone: str) -> CertificateItem:
    """One certificate alone, with what keeps its PDF away. One statement."""
    return item_of(certificate, zone, trouble=troubles_of(session, [certificate]).get(certificate.id))
