"""Drawing the PDF of a frozen certificate, once: bytes and their SHA-256 are kept.

A file that is lost later is drawn anew, and kept only where it is byte for byte what was issued.
"""

from base64 import b64encode
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy.orm import Session

from portal.audit.services import record
from portal.certificates.messages import CertificateFileLost
from portal.certificates.models import Certificate
from portal.certificates.pdf.printed import COURSE_FILE, PrintedCertificate
from portal.certificates.queries import is_being_redrawn, printed_of, troubles_of
from portal.core.files import FileStore
from portal.courses.models import Enrollment
from portal.outbox.services import post


class DrawnOtherwise(Exception):
    """Drawn anew the certificate has other bytes than were issued: nothing is put in their place."""

    def __init__(self) -> None:
        super().__init__("Its file is gone, and drawn anew it has other bytes than were issued.")


def draw_certificate(
    transactions: Callable[[], AbstractContextManager[Session]],
    certificate_id: int,
    *,
    base_url: str,
    files: FileStore,
) -> None:
    """Draw and store the PDF unless it is there. Harmless twice: the same row gives the same bytes.

    Short read, drawing with no transaction open, short write. CannotDraw when the row cannot be set.
    """
    # WeasyPrint takes half a second to import: only who draws pays for it.
    from portal.certificates.pdf.drawing import draw

    with transactions() as session:
        certificate = session.get(Certificate, certificate_id)
        if certificate is None or certificate.pdf_key is not None:
            return
        printed = printed_of(certificate, base_url)
        key = f"certificates/{certificate.code}.pdf"
    pdf = draw(with_pictures(printed, files))
    files.save(key, pdf)
    with transactions() as session:
        certificate = session.get_one(Certificate, certificate_id)
        if certificate.pdf_key is None:
            certificate.pdf_key = key
            certificate.pdf_sha256 = sha256(pdf).hexdigest()
            certificate.pdf_bytes = len(pdf)


def stored_pdf(files: FileStore, certificate: Certificate) -> bytes | None:
    """The PDF as it was issued; None where the store has none, or not those bytes."""
    try:
        pdf = files.read(certificate.pdf_key or "")
    except (FileNotFoundError, ValueError):
        return None
    return pdf if sha256(pdf).hexdigest() == certificate.pdf_sha256 else None


def report_lost_file(session: Session, certificate: Certificate) -> None:
    """Promise that a lost PDF is drawn anew, unless that was promised or tried already."""
    if not is_being_redrawn(session, certificate) and certificate.id not in troubles_of(
        session, [certificate]
    ):
        post(session, CertificateFileLost(certificate.id))


def restore_file(
    transactions: Callable[[], AbstractContextManager[Session]],
    certificate_id: int,
    *,
    base_url: str,
    files: FileStore,
    at: datetime,
) -> None:
    """Put a lost PDF back: drawn from the same row, and kept in the audit trail. Harmless twice.

    DrawnOtherwise where the bytes are not those issued (other fonts, another version of the drawing, another
    address of the portal); CannotDraw when the row cannot be set any more.
    """
    from portal.certificates.pdf.drawing import draw

    with transactions() as session:
        certificate = session.get_one(Certificate, certificate_id)
        key, issued_sha256 = certificate.pdf_key, certificate.pdf_sha256
        printed = printed_of(certificate, base_url)
        if key is None or stored_pdf(files, certificate) is not None:
            return
    pdf = draw(with_pictures(printed, files))
    if sha256(pdf).hexdigest() != issued_sha256:
        raise DrawnOtherwise
    files.save(key, pdf)
    with transactions() as session:
        certificate = session.get_one(Certificate, certificate_id)
        enrollment = session.get_one(Enrollment, certificate.enrollment_id)
        record(
            session,
            action="certificate_file_restored",
            cohort_id=enrollment.cohort_id,
            about=enrollment.id,
            after={"code": certificate.code, "sha256": issued_sha256},
            reason="The file was missing; drawn anew it has the same bytes.",
            at=at,
        )


def with_pictures(printed: PrintedCertificate, files: FileStore) -> PrintedCertificate:
    """The certificate with the course package's pictures in it. FileNotFoundError when one is gone."""

    def shown(address: str) -> str:
        if not address.startswith(COURSE_FILE):
            return address
        media_type, _, key = address.removeprefix(COURSE_FILE).partition(":")
        return f"data:{media_type};base64,{b64encode(files.read(key)).decode()}"

    signatures = tuple(replace(one, image=shown(one.image)) for one in printed.signatures)
    return replace(printed, logo=shown(printed.logo), signatures=signatures)
