"""What stands beside the requirements: the form that asks for the certificate, what was issued, CE credit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.certificates.models import Certificate
from portal.certificates.policy import CertificateKind, CertificateState
from portal.certificates.queries import Trouble, all_of, troubles_of
from portal.certificates.queries import state as state_of
from portal.core.when import When
from portal.courses.access import Member
from portal.credit.policy import ClaimState, amount_words
from portal.credit.queries import CeStanding, standing_of_ce
from portal.learning.pages.parts import day_of
from portal.learning.queries import Seen

_TITLES = {
    CertificateKind.COMPLETION: "Certificate of completion",
    CertificateKind.CE: "CE certificate",
    CertificateKind.PARTICIPATION: "Certificate of participation",
}


@dataclass(frozen=True)
class Ask:
    """The form that asks for the certificate of completion."""

    url: str
    name: str
    mistake: str = ""


@dataclass(frozen=True)
class IssuedCard:
    """One certificate that was issued. Without `pdf_url` it no longer stands; while it is drawn that address waits."""

    title: str
    state: str
    shape: str
    hue: str
    pdf_url: str
    verify_url: str


@dataclass(frozen=True)
class CeCard:
    """CE credit in a sentence, with what can be done."""

    words: str
    url: str
    link: str = ""
    deadline: When | None = None


@dataclass(frozen=True)
class CertificateSide:
    """The side of my record."""

    ask: Ask | None
    certificates: tuple[IssuedCard, ...]
    ce: CeCard | None


def certificate_side(session: Session, member: Member, seen: Seen, *, at: datetime) -> CertificateSide:
    """Four statements at most. Staff have no certificates here."""
    if not member.is_learner:
        return CertificateSide(None, (), None)
    issued = all_of(session, [member.id])
    standing = {one.kind for one in issued if one.replaced_at is None}  # revoked: it is not asked for again
    ask = None
    if seen.standing.met and CertificateKind.COMPLETION not in standing:
        person = member.person
        ask = Ask(f"{seen.base}certificates/completion", person.certificate_name or person.name or "")
    ce = standing_of_ce(session, member.enrollment, seen.schedule, at) if seen.content.credit else None
    troubles = troubles_of(session, issued) if issued else {}
    cards = tuple(_card(seen, one, troubles.get(one.id)) for one in issued)
    return CertificateSide(ask, cards, _ce(seen, ce) if ce else None)


def _card(seen: Seen, certificate: Certificate, trouble: Trouble | None) -> IssuedCard:
    state = state_of(certificate)
    issued = f"Issued {day_of(seen, certificate.issued_at)}"
    words: Mapping[CertificateState, tuple[str, str, str]] = {
        CertificateState.CURRENT: (issued, "done", "done"),
        CertificateState.PREPARING: (f"{issued}, being prepared", "part", ""),
        CertificateState.REPLACED: ("Replaced by a corrected one", "revise", ""),
        CertificateState.REVOKED: ("Revoked", "late", "late"),
    }
    stands = state in (CertificateState.CURRENT, CertificateState.PREPARING)
    said = words[state]
    if trouble is not None and stands:
        said = (f"{issued}; its PDF {'is missing' if trouble.lost else 'could not be drawn'}", "late", "late")
    return IssuedCard(
        _TITLES[certificate.kind],
        *said,
        pdf_url=f"/certificates/{certificate.code}.pdf" if stands else "",
        verify_url=f"/verify/{certificate.code}",
    )


def _ce(seen: Seen, ce: CeStanding) -> CeCard:
    url = f"{seen.base}ce"
    deadline = seen.when(ce.deadline, deadline=True) if ce.deadline else None
    most = amount_words(ce.maximum_hundredths)
    if ce.state is ClaimState.CLAIMED and ce.claim is not None:
        claimed = amount_words(ce.claim.credit_hundredths)
        words = (
            f"You claimed {claimed} of {most} credits." if ce.claim.credit_hundredths else "You have claimed."
        )
        return CeCard(words, url, "See your claim", deadline)
    if ce.state is ClaimState.OPEN:
        return CeCard(f"You can claim up to {most} credits.", url, "Claim CE credit", deadline)
    if ce.state is ClaimState.NEEDS_EVALUATION:
        evaluation = f"{seen.base}evaluation"
        return CeCard(
            f"Up to {most} credits can be claimed once you have sent the evaluation.",
            evaluation,
            "Go to the evaluation",
            deadline,
        )
    if ce.state is ClaimState.EXPIRED:
        return CeCard("The time to claim CE credit is over.", url, "What that means")
    opens_at = seen.schedule.evaluation().opens_at if seen.content.evaluation else None
    opening = f" Nothing to do before {day_of(seen, opens_at)}." if opens_at else ""
    return CeCard(f"Up to {most} credits.{opening}", url, "About CE credit")
