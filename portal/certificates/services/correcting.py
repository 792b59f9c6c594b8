"""Corrections: a certificate never changes; a new one replaces it, or it is revoked."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.certificates.models import Certificate
from portal.certificates.pdf.names import name_mistake
from portal.certificates.pdf.printed import PrintedCertificate
from portal.certificates.policy import tidy_name
from portal.certificates.queries import printed_of, replacement_of
from portal.certificates.services.issuing import Basis, NewCode, issue
from portal.certificates.wording import Issue, issued_fact
from portal.core.errors import Conflict, Invalid
from portal.courses.models import Enrollment
from portal.courses.queries import schedule_of
from portal.courses.services import take_turn

LONGEST_REASON = 200


def replace_certificate(
    session: Session,
    certificate: Certificate,
    *,
    name: str,
    reason: str,
    by: int | None,
    at: datetime,
    new_code: NewCode,
) -> Certificate:
    """Issue a new certificate with the name corrected; it names the old one, whose code says replaced.

    All else stands as it was frozen. `by`: a person of the course team, None for the operator. Asked again
    with the same name it is the new one there is.
    """
    reason, name = _reason(reason), tidy_name(name)
    enrollment = session.get_one(Enrollment, certificate.enrollment_id)
    take_turn(session, enrollment.id)
    session.refresh(certificate)
    if said := name_mistake(name):
        raise Invalid(f"{said}.")
    if certificate.revoked_at is not None:
        raise Conflict("This certificate was revoked and cannot be replaced.")
    newer = replacement_of(session, certificate)
    if newer is not None:
        if newer.name == name:
            return newer  # a second click
        raise Conflict("This certificate was replaced already; correct the one that replaces it.")
    old = printed_of(certificate, "")
    basis = Basis(
        certificate.kind,
        dict(certificate.facts),
        lambda issue: _corrected(old, issue),
        schedule_of(session, enrollment),
    )
    made = issue(session, enrollment, basis, name, at=at, new_code=new_code, replaces=certificate)
    enrollment.person.certificate_name = name
    record(
        session,
        action="certificate_replaced",
        cohort_id=enrollment.cohort_id,
        by=by,
        about=enrollment.id,
        before={"code": certificate.code, "name": certificate.name},
        after={"code": made.code, "name": made.name},
        reason=reason,
        at=at,
    )
    session.flush()
    return made


def revoke_certificate(
    session: Session, certificate: Certificate, *, reason: str, by: int | None, at: datetime
) -> None:
    """Withdraw a certificate for good. `by`: a person of the course team, None for the operator."""
    reason = _reason(reason)
    if certificate.revoked_at is not None:
        return  # a second click
    if certificate.replaced_at is not None:
        raise Conflict("This certificate was replaced already; revoke the one that replaces it.")
    enrollment = session.get_one(Enrollment, certificate.enrollment_id)
    certificate.revoked_at = at
    certificate.revoked_reason = reason
    record(
        session,
        action="certificate_revoked",
        cohort_id=enrollment.cohort_id,
        by=by,
        about=enrollment.id,
        before={"code": certificate.code, "state": "current"},
        after={"code": certificate.code, "state": "revoked"},
        reason=reason,
        at=at,
    )
    session.flush()


def _corrected(old: PrintedCertificate, issue: Issue) -> PrintedCertificate:
    facts = tuple(issued_fact(issue) if fact.label == "Issued" else fact for fact in old.facts)
    return replace(old, name=issue.name, facts=facts, code=issue.code, issued_on=issue.issued_on)


def _reason(typed: str) -> str:
    reason = tidy_name(typed)
    if not reason:
        raise Invalid("Give a reason; it is kept in the audit trail.")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"Keep the reason to {LONGEST_REASON} characters; this one has {len(reason)}.")
    return reason
