"""`portal certificates`: the services of the pages, for the operator."""

import secrets
from pathlib import Path

import click
from flask import current_app
from sqlalchemy.orm import Session

from portal.certificates.models import Certificate
from portal.certificates.policy import CertificateKind, random_code
from portal.certificates.queries import Trouble, all_of_cohort, as_json, certificate_of_cohort, troubles_of
from portal.certificates.services import (
    DrawnOtherwise,
    draw_certificate,
    issue_certificate,
    replace_certificate,
    restore_file,
    revoke_certificate,
    stored_pdf,
)
from portal.core.clock import course_now
from portal.core.commands import PortalGroup, answer, json_option
from portal.core.db import reading, transaction
from portal.core.errors import NotFound, PortalError
from portal.core.files import store
from portal.courses.models import Enrollment
from portal.courses.queries import cohort_of, participants_of

_cohort = click.option("--cohort", required=True, metavar="COHORT")
_code = click.option("--code", required=True, metavar="CODE", help="As printed, with or without hyphens.")
_reason = click.option("--reason", required=True, help="Kept in the audit trail.")


@click.group(cls=PortalGroup)
def certificates() -> None:
    """Certificates of a cohort: list, issue, replace, revoke, render."""


@certificates.command("list")
@_cohort
@json_option
def list_(cohort: str, as_json: bool) -> None:
    """All certificates of a cohort, newest first."""
    with reading() as session:
        found = cohort_of(session, cohort)
        issued = [certificate for certificate, _ in all_of_cohort(session, found.id)]
        troubles = troubles_of(session, issued)
        rows = [_row(one, found.time_zone) | _trouble(troubles.get(one.id)) for one in issued]
    words = "\n".join(
        f"{row['code']}  {row['state']:9}  {row['kind']:13}  {row['name']}  {row['trouble'] or ''}".rstrip()
        for row in rows
    )
    answer(rows, words or "No certificate has been issued yet.", as_json=as_json)


@certificates.command()
@_cohort
@click.option("--kind", type=click.Choice(["completion", "ce"]), default="completion", show_default=True)
@click.option("--person", "people", type=int, multiple=True, metavar="ID", help="Default: all.")
@json_option
def issue(cohort: str, kind: str, people: tuple[int, ...], as_json: bool) -> None:
    """Issue the certificates that are due; who already has one keeps it."""
    issued, refused = [], []
    with transaction() as session:
        found = cohort_of(session, cohort)
        learners = participants_of(session, found.id)
        chosen = [one for one in learners if not people or one.person_id in people]
        if missing := set(people) - {one.person_id for one in chosen}:
            raise NotFound(f"Not a learner of {cohort}: person {min(missing)}.")
        for learner in chosen:
            said, certificate = _issue_one(session, learner, CertificateKind(kind), named=bool(people))
            if certificate is not None:
                issued.append(_row(certificate, found.time_zone))
            else:
                refused.append({"person": learner.person_id, "reason": said})
    if people and refused:
        raise PortalError(str(refused[0]["reason"]))
    answer(
        {"issued": issued, "refused": refused},
        f"{len(issued)} hold a certificate now; {len(refused)} cannot have one yet.",
        as_json=as_json,
    )


@certificates.command()
@_cohort
@_code
@_reason
@json_option
def revoke(cohort: str, code: str, reason: str, as_json: bool) -> None:
    """Withdraw a certificate for good."""
    with transaction() as session:
        found = cohort_of(session, cohort)
        certificate = certificate_of_cohort(session, found.id, code)
        revoke_certificate(session, certificate, reason=reason, by=None, at=course_now())
        row = _row(certificate, found.time_zone)
    answer(row, f"Certificate {row['code']} is revoked.", as_json=as_json)


@certificates.command()
@_cohort
@_code
@click.option("--name", required=True, help="The name on the new certificate.")
@_reason
@json_option
def replace(cohort: str, code: str, name: str, reason: str, as_json: bool) -> None:
    """Issue a new certificate with the name corrected; the old one says that it was replaced."""
    with transaction() as session:
        found = cohort_of(session, cohort)
        certificate = certificate_of_cohort(session, found.id, code)
        made = replace_certificate(
            session,
            certificate,
            name=name,
            reason=reason,
            by=None,
            at=course_now(),
            new_code=lambda: random_code(secrets.randbits),
        )
        row = _row(made, found.time_zone) | {"replaces": certificate.code}
    answer(row, f"Certificate {row['code']} replaces {row['replaces']}.", as_json=as_json)


@certificates.command()
@_cohort
@_code
@click.option("--output", required=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@json_option
def render(cohort: str, code: str, output: Path, as_json: bool) -> None:
    """Write a certificate's PDF to a file; draw it first where the worker has not yet, or its file is lost."""
    with reading() as session:
        certificate_id = certificate_of_cohort(session, cohort_of(session, cohort).id, code).id
    base_url = current_app.extensions["settings"].base_url
    _draw(certificate_id, base_url)
    with reading() as session:
        certificate = session.get_one(Certificate, certificate_id)
        pdf = stored_pdf(store(), certificate)
        sha256, spelled_code = certificate.pdf_sha256, certificate.code
    if pdf is None:
        raise PortalError("The file of the certificate is not in the store as it was issued.")
    output.write_bytes(pdf)
    row = {"code": spelled_code, "file": str(output), "bytes": len(pdf), "sha256": sha256}
    answer(row, f"{output}: {len(pdf)} bytes, SHA-256 {sha256}", as_json=as_json)


def _draw(certificate_id: int, base_url: str) -> None:
    from portal.certificates.pdf.drawing import CannotDraw

    try:
        draw_certificate(transaction, certificate_id, base_url=base_url, files=store())
        restore_file(transaction, certificate_id, base_url=base_url, files=store(), at=course_now())
    except CannotDraw as problem:
        raise PortalError(f"The certificate cannot be drawn: {problem}.") from None
    except DrawnOtherwise as problem:
        raise PortalError(str(problem)) from None


def _issue_one(
    session: Session, learner: Enrollment, kind: CertificateKind, *, named: bool
) -> tuple[str, Certificate | None]:
    try:
        with session.begin_nested():
            return "", issue_certificate(
                session,
                learner,
                kind,
                at=course_now(),
                new_code=lambda: random_code(secrets.randbits),
                after_revocation=named,
            )
    except PortalError as said:
        return said.message, None


def _trouble(trouble: Trouble | None) -> dict[str, object]:
    return {"trouble": trouble.reason if trouble else None}


def _row(certificate: Certificate, zone: str) -> dict[str, object]:
    return as_json(certificate, zone) | {"name": certificate.name, "sha256": certificate.pdf_sha256}
