"""Issuing: the verdict is asked for now, and what the certificate says is frozen in one row."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.certificates.messages import CertificateIssued
from portal.certificates.models import Certificate
from portal.certificates.pdf.names import name_mistake
from portal.certificates.pdf.printed import PrintedCertificate
from portal.certificates.policy import CREDIT_KINDS, CertificateKind, spelled, tidy_name
from portal.certificates.queries import frozen, revoked_certificate, standing_certificate
from portal.certificates.wording import (
    Claimed,
    Issue,
    ce_certificate,
    completion_certificate,
    profession_of,
)
from portal.completion.queries import verdict_of
from portal.core.errors import Conflict, Invalid
from portal.courses.dates import Schedule
from portal.courses.models import Enrollment
from portal.courses.queries import schedule_of
from portal.courses.services import take_turn
from portal.credit.models import CreditClaim
from portal.credit.policy import PARTICIPATION, amount_words, offering_of
from portal.credit.queries import claim_of
from portal.identity.models import Person
from portal.outbox.services import post

NewCode = Callable[[], str]
_INFIX = {CertificateKind.COMPLETION: "", CertificateKind.CE: "CE-", CertificateKind.PARTICIPATION: "P-"}


def confirm_name(session: Session, person: Person, typed: str) -> str:
    """Keep the name as its owner wants it on certificates. Invalid when none can be printed with it."""
    name = tidy_name(typed)
    if said := name_mistake(name):
        raise Invalid(f"{said}.")
    person.certificate_name = name
    session.flush()
    return name


def issue_certificate(
    session: Session,
    enrollment: Enrollment,
    kind: CertificateKind,
    *,
    at: datetime,
    new_code: NewCode,
    name: str | None = None,
    after_revocation: bool = False,
) -> Certificate:
    """The learner's certificate of completion, or of their claim (`ce`; participation without an offering).

    Asked again it is the one there is, so a double click issues once; where the claim was amended since, a
    new one replaces it. Conflict while something is missing; Invalid without a printable name. What was
    revoked comes back only by staff (`after_revocation`), or as a claim that was amended since.

    `name`: as its owner confirms it now; kept for the next one too, but only where this one gets it.
    """
    take_turn(session, enrollment.id)
    basis = _basis(session, enrollment, kind)
    kinds = [kind] if kind is CertificateKind.COMPLETION else CREDIT_KINDS
    standing = standing_certificate(session, enrollment.id, kinds)
    if standing is not None and not basis.is_newer_than(standing):
        return standing
    revoked = revoked_certificate(session, enrollment.id, kinds) if standing is None else None
    if revoked is not None and not after_revocation and not basis.is_newer_than(revoked):
        raise Conflict(
            "This certificate was revoked. Write to the course team if you think it should not be."
        )
    person = enrollment.person
    name = _name_for(person) if name is None else confirm_name(session, person, name)
    return issue(session, enrollment, basis, name, at=at, new_code=new_code, replaces=standing)


@dataclass(frozen=True)
class Basis:
    """What a certificate rests on: its kind, its facts, and how it is worded."""

    kind: CertificateKind
    facts: dict[str, Any]
    printed: Callable[[Issue], PrintedCertificate]
    schedule: Schedule
    claim_id: int | None = None

    def is_newer_than(self, certificate: Certificate) -> bool:
        """Whether the claim was amended since this certificate was issued."""
        return self.claim_id is not None and certificate.facts.get("claim_id") != self.claim_id


def issue(
    session: Session,
    enrollment: Enrollment,
    basis: Basis,
    name: str,
    *,
    at: datetime,
    new_code: NewCode,
    replaces: Certificate | None = None,
) -> Certificate:
    """Freeze one certificate and promise its PDF; what it replaces says so from now on."""
    content = basis.schedule.content
    made = Certificate(
        code=new_code(),
        enrollment_id=enrollment.id,
        kind=basis.kind,
        number=_next_number(session, enrollment.id, basis.kind),
        name=name,
        course_title=content.title,
        printed={},
        facts=basis.facts,
        issued_at=at,
        replaces_id=replaces.id if replaces else None,
    )
    session.add(made)
    session.flush()  # its number on paper comes from its id
    year = basis.schedule.starts_on.year
    made.printed = frozen(
        basis.printed(
            Issue(
                name=name,
                starts_on=basis.schedule.starts_on,
                ends_on=basis.schedule.day(basis.schedule.activity_ends_at()),
                issued_on=basis.schedule.day(at),
                number=f"{content.code}-{year}-{_INFIX[basis.kind]}{made.id:04}",
                code=spelled(made.code),
            )
        )
    )
    if replaces is not None:
        replaces.replaced_at = at
    post(session, CertificateIssued(made.id))
    session.flush()
    return made


def _basis(session: Session, enrollment: Enrollment, kind: CertificateKind) -> Basis:
    if enrollment.is_test:
        raise Conflict("A test student of the LMS gets no certificate.")
    schedule = schedule_of(session, enrollment)
    if kind is CertificateKind.COMPLETION:
        return completion_basis(session, enrollment, schedule)
    claim = claim_of(session, enrollment.id)
    if claim is None:
        raise Conflict("Claim your credit first; then its certificate can be issued.")
    return claim_basis(claim, schedule)


def completion_basis(session: Session, enrollment: Enrollment, schedule: Schedule) -> Basis:
    """The verdict now, never a stale record. Conflict while something is missing."""
    verdict = verdict_of(session, enrollment, schedule.content)
    if not verdict.met:
        missing = [item.title for line in verdict.standing.requirements for item in line.missing]
        shown = "; ".join(missing[:3]) + (f"; and {len(missing) - 3} more" if len(missing) > 3 else "")
        raise Conflict(f"The certificate of completion still waits for: {shown}.")
    facts = _course_facts(schedule) | {
        "rules_version": verdict.rules_version,
        "completed_at": verdict.completed_at.isoformat() if verdict.completed_at else None,
        "requirements": {
            line.kind.value: {
                item.id: item.done_at.isoformat() for item in line.items if item.done_at is not None
            }
            for line in verdict.standing.requirements
        },
    }
    return Basis(
        CertificateKind.COMPLETION,
        facts,
        lambda issue: completion_certificate(schedule.content, issue),
        schedule,
    )


def claim_basis(claim: CreditClaim, schedule: Schedule) -> Basis:
    """The claim that holds, with the offering's words as they stand now."""
    content = schedule.content
    offering = offering_of(content.credit, claim.offering) if content.credit else None
    if offering is None:
        raise Conflict("The course no longer offers this kind of credit. Write to the course team.")
    participates = claim.offering == PARTICIPATION
    facts = _course_facts(schedule) | {
        "claim_id": claim.id,
        "claimed_at": claim.claimed_at.isoformat(),
        "offering": claim.offering,
        "profession": profession_of(offering),
        "amount": amount_words(claim.credit_hundredths),
        "attended": dict(claim.attended),
    }
    claimed = Claimed(
        claim.offering,
        claim.credit_hundredths,
        claim.details,
        claim.attended,
        schedule.day(claim.claimed_at),
    )
    return Basis(
        CertificateKind.PARTICIPATION if participates else CertificateKind.CE,
        facts,
        lambda issue: ce_certificate(content, issue, claimed),
        schedule,
        claim.id,
    )


def _course_facts(schedule: Schedule) -> dict[str, Any]:
    return {
        "course_starts_on": schedule.starts_on.isoformat(),
        "course_ends_on": schedule.day(schedule.activity_ends_at()).isoformat(),
        "provider": schedule.content.provider,
        "subtitle": schedule.content.subtitle or "",
        "time_zone": schedule.zone,
    }


def _name_for(person: Person) -> str:
    name = tidy_name(person.certificate_name or person.name or "")
    if said := name_mistake(name):
        raise Invalid(f"{said}.")
    return name


def _next_number(session: Session, enrollment_id: int, kind: CertificateKind) -> int:
    last = session.scalar(
        select(func.max(Certificate.number)).where(
            Certificate.enrollment_id == enrollment_id, Certificate.kind == kind
        )
    )
    return (last or 0) + 1
