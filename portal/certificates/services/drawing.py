"""Drawing the PDF of a frozen certificate, once: bytes and their SHA-256 are kept."""

from base64 import b64encode
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from hashlib import sha256

from sqlalchemy.orm import Session

from portal.certificates.models import Certificate
from portal.certificates.pdf.printed import COURSE_FILE, PrintedCertificate
from portal.certificates.queries import printed_of
from portal.core.files import FileStore


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


def with_pictures(printed: PrintedCertificate, files: FileStore) -> PrintedCertificate:
    """The certificate with the course package's pictures in it. FileNotFoundError when one is gone."""

    def shown(address: str) -> str:
        if not address.startswith(COURSE_FILE):
            return address
        media_type, _, key = address.removeprefix(COURSE_FILE).partition(":")
        return f"data:{media_type};base64,{b64encode(files.read(key)).decode()}"

    signatures = tuple(replace(one, image=shown(one.image)) for one in printed.signatures)
    return replace(printed, logo=shown(printed.logo), signatures=signatures)
