"""Reading certificates, each through its owner."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from portal.certificates.messages import CertificateFileLost, CertificateIssued
from portal.certificates.models import Certificate
from portal.certificates.pdf.printed import Fact, PrintedCertificate, Signature
from portal.certificates.policy import CertificateKind, CertificateState, read_code, state_of
from portal.core.errors import NotFound
from portal.courses.models import Cohort, Enrollment, TeamMember
from portal.identity.models import Person
from portal.outbox.models import MessageState, OutboxMessage

UNKNOWN = "There is no certificate with this code."


def state(certificate: Certificate) -> CertificateState:
    """What the certificate stands for today."""
    return state_of(
        drawn=certificate.pdf_key is not None,
        replaced_at=certificate.replaced_at,
        revoked_at=certificate.revoked_at,
    )


def certificate_by_code(session: Session, typed: str) -> Certificate:
    """The certificate of a code, however it was typed: for the public page. Raises NotFound."""
    code = read_code(typed)
    found = session.scalar(select(Certificate).where(Certificate.code == code)) if code else None
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def replacement_of(session: Session, certificate: Certificate) -> Certificate | None:
    """The certificate that replaces this one."""
    if certificate.replaced_at is None:
        return None
    return session.scalar(select(Certificate).where(Certificate.replaces_id == certificate.id))


def certificate_for(session: Session, typed: str, person_id: int) -> Certificate:
    """The certificate of a code, for its owner or for the course team of its cohort; else it is not there."""
    code = read_code(typed)
    team = aliased(TeamMember)
    found = session.execute(
        select(Certificate, Enrollment.person_id, team.id)
        .join(Enrollment, Enrollment.id == Certificate.enrollment_id)
        .outerjoin(
            team,
            (team.cohort_id == Enrollment.cohort_id)
            & (team.person_id == person_id)
            & team.removed_at.is_(None),
        )
        .where(Certificate.code == code)
    ).one_or_none()
    if found is None or (found[1] != person_id and found[2] is None):
        raise NotFound(UNKNOWN)
    return found[0]


def certificate_of_cohort(session: Session, cohort_id: int, typed: str) -> Certificate:
    """A certificate of this cohort by its code. Another cohort's is not there."""
    code = read_code(typed)
    found = session.scalar(
        select(Certificate)
        .join(Enrollment, Enrollment.id == Certificate.enrollment_id)
        .where(Certificate.code == code, Enrollment.cohort_id == cohort_id)
    )
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def standing_certificate(
    session: Session, enrollment_id: int, kinds: Iterable[CertificateKind]
) -> Certificate | None:
    """The one that counts: neither replaced nor revoked."""
    return session.scalar(
        select(Certificate)
        .where(
            Certificate.enrollment_id == enrollment_id,
            Certificate.kind.in_(list(kinds)),
            Certificate.replaced_at.is_(None),
            Certificate.revoked_at.is_(None),
        )
        .order_by(Certificate.id.desc())
        .limit(1)
    )


def revoked_certificate(
    session: Session, enrollment_id: int, kinds: Iterable[CertificateKind]
) -> Certificate | None:
    """The last of these kinds that was revoked."""
    return session.scalar(
        select(Certificate)
        .where(
            Certificate.enrollment_id == enrollment_id,
            Certificate.kind.in_(list(kinds)),
            Certificate.revoked_at.is_not(None),
        )
        .order_by(Certificate.id.desc())
        .limit(1)
    )


def all_of(session: Session, enrollment_ids: Iterable[int]) -> list[Certificate]:
    """All certificates of these enrollments, newest first. One statement."""
    return list(
        session.scalars(
            select(Certificate)
            .where(Certificate.enrollment_id.in_(list(enrollment_ids)))
            .order_by(Certificate.id.desc())
        )
    )


def all_of_cohort(session: Session, cohort_id: int) -> list[tuple[Certificate, Person]]:
    """All certificates of a cohort with their owners, newest first. One statement."""
    rows = session.execute(
        select(Certificate, Person)
        .join(Enrollment, Enrollment.id == Certificate.enrollment_id)
        .join(Person, Person.id == Enrollment.person_id)
        .where(Enrollment.cohort_id == cohort_id)
        .order_by(Certificate.id.desc())
    )
    return [(certificate, person) for certificate, person in rows]


@dataclass(frozen=True)
class Trouble:
    """Why a PDF cannot be had as things stand, until a person does something about it.

    `lost`: it was drawn, and its file is gone. Otherwise it could not be drawn at all. `reason`: for staff.
    """

    lost: bool
    reason: str


def troubles_of(session: Session, certificates: Collection[Certificate]) -> dict[int, Trouble]:
    """Those of these certificates whose drawing was given up, by id. One statement."""
    drawn = {one.id: one.pdf_key is not None for one in certificates}
    which = OutboxMessage.body["certificate_id"].as_integer()
    given_up = session.execute(
        select(which, OutboxMessage.topic, OutboxMessage.last_error)
        .where(
            OutboxMessage.state == MessageState.PARKED,
            OutboxMessage.topic.in_([CertificateIssued.topic, CertificateFileLost.topic]),
            which.in_(list(drawn)),
        )
        .order_by(OutboxMessage.id)
    )
    found = ((id_, topic == CertificateFileLost.topic, error) for id_, topic, error in given_up)
    # A drawing that was given up and done later by command is no trouble any more.
    return {id_: Trouble(lost, error or "") for id_, lost, error in found if lost == drawn[id_]}


def is_being_redrawn(session: Session, certificate: Certificate) -> bool:
    """Whether a lost PDF waits to be drawn anew."""
    waiting = select(OutboxMessage.id).where(
        OutboxMessage.state == MessageState.WAITING,
        OutboxMessage.topic == CertificateFileLost.topic,
        OutboxMessage.body["certificate_id"].as_integer() == certificate.id,
    )
    return session.scalar(waiting.limit(1)) is not None


def certificates_of(session: Session, enrollment_id: int) -> list[dict[str, Any]]:
    """The `certificates` of record.json, newest first: kind, code, state, issued_at, url."""
    zone = session.scalar(select(Cohort.time_zone).join(Enrollment).where(Enrollment.id == enrollment_id))
    return [as_json(certificate, zone or "UTC") for certificate in all_of(session, [enrollment_id])]


def as_json(certificate: Certificate, zone: str) -> dict[str, Any]:
    """One certificate for programs. Instants are in the course's zone."""
    return {
        "kind": certificate.kind.value,
        "code": certificate.code,
        "state": state(certificate).value,
        "issued_at": certificate.issued_at.astimezone(ZoneInfo(zone)).isoformat(),
        "url": f"/certificates/{certificate.code}.pdf",
    }


def frozen(printed: PrintedCertificate) -> dict[str, Any]:
    """What is printed, as it is kept in the row. The address of the public page is the installation's."""
    kept = asdict(printed)
    kept.pop("verify_url")
    kept["issued_on"] = printed.issued_on.isoformat()
    return kept


def printed_of(certificate: Certificate, base_url: str) -> PrintedCertificate:
    """What stands on the certificate, read from its frozen row."""
    kept = dict(certificate.printed)
    return PrintedCertificate(
        **{
            **kept,
            "issued_on": date.fromisoformat(kept["issued_on"]),
            "statement": tuple(kept["statement"]),
            "facts": tuple(Fact(**fact) for fact in kept["facts"]),
            "signatures": tuple(Signature(**signature) for signature in kept["signatures"]),
        },
        verify_url=f"{base_url}/verify/{certificate.code}",
    )
