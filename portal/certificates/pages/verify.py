"""What the public may know of a certificate: name, course, dates, credits and state, nothing else."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.certificates.models import Certificate
from portal.certificates.pages.items import Day, day_of
from portal.certificates.policy import CertificateState, spelled
from portal.certificates.queries import replacement_of, state
from portal.certificates.wording import kind_words, the_provider
from portal.core.when import When, month_day, when
from portal.core.words import lower_first


@dataclass(frozen=True)
class VerifyPage:
    """`state` is current, replaced or revoked: that a PDF is still being drawn is nobody's concern here."""

    spelled: str
    state: str
    provider: str
    name: str
    course: str
    kind: str
    amount: str
    unit: str
    dates: str
    issued: Day
    replaced: Day | None
    revoked: Day | None
    newer_url: str
    name_was_corrected: bool
    is_sample: bool
    asked: When
    json_url: str


def verify_page(session: Session, certificate: Certificate, *, at: datetime) -> VerifyPage:
    """The public page of one certificate."""
    facts, zone = certificate.facts, str(certificate.facts["time_zone"])
    newer = replacement_of(session, certificate)
    begin, end = (date.fromisoformat(facts[key]) for key in ("course_starts_on", "course_ends_on"))

    def words(instant: datetime | None) -> Day | None:
        return day_of(instant, zone) if instant else None

    subtitle = lower_first(str(facts.get("subtitle") or ""))
    return VerifyPage(
        spelled=spelled(certificate.code),
        state=_public_state(certificate),
        provider=the_provider(str(facts["provider"])),
        name=certificate.name,
        course=", ".join(filter(None, (certificate.course_title, subtitle))),
        kind=kind_words(certificate.kind.value, str(facts.get("profession", ""))),
        amount=str(certificate.printed["award_value"]),
        unit=str(certificate.printed["award_unit"]),
        dates=f"{month_day(begin, ())} to {month_day(end, ())}",
        issued=day_of(certificate.issued_at, zone),
        replaced=words(certificate.replaced_at),
        revoked=words(certificate.revoked_at),
        newer_url=f"/verify/{newer.code}" if newer else "",
        name_was_corrected=newer is not None and newer.name != certificate.name,
        is_sample=bool(certificate.printed["sample"]),
        asked=when(at, zone, at, None, ()),
        json_url=f"/verify/{certificate.code}.json",
    )


def verify_json(session: Session, certificate: Certificate) -> dict[str, Any]:
    """The same for programs. Instants are in the course's zone."""
    zone = ZoneInfo(str(certificate.facts["time_zone"]))
    newer = replacement_of(session, certificate)

    def local(instant: datetime | None) -> str | None:
        return instant.astimezone(zone).isoformat() if instant else None

    amount = str(certificate.printed["award_value"])
    return {
        "code": certificate.code,
        "state": _public_state(certificate),
        "name": certificate.name,
        "course": certificate.course_title,
        "provider": certificate.facts["provider"],
        "kind": certificate.kind.value,
        "dates": {
            "starts": certificate.facts["course_starts_on"],
            "ends": certificate.facts["course_ends_on"],
        },
        "credits": {"amount": amount, "type": certificate.printed["award_unit"]} if amount else None,
        "sample": bool(certificate.printed["sample"]),
        "issued_at": local(certificate.issued_at),
        "replaced_at": local(certificate.replaced_at),
        "replaced_by": newer.code if newer else None,
        "revoked_at": local(certificate.revoked_at),
    }


def _public_state(certificate: Certificate) -> str:
    found = state(certificate)
    return (CertificateState.CURRENT if found is CertificateState.PREPARING else found).value
