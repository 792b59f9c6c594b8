"""Drawing the PDF of a frozen certificate, once: bytes and their SHA-256 are kept."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from hashlib import sha256

from sqlalchemy.orm import Session

from portal.certificates.models import Certificate
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
    pdf = draw(printed)
    files.save(key, pdf)
    with transactions() as session:
        certificate = session.get_one(Certificate, certificate_id)
        if certificate.pdf_key is None:
            certificate.pdf_key = key
            certificate.pdf_sha256 = sha256(pdf).hexdigest()
            certificate.pdf_bytes = len(pdf)
