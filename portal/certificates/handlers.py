"""What certificates do when told of a change."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from portal.certificates.messages import CertificateFileLost, CertificateIssued
from portal.certificates.services import DrawnOtherwise, draw_certificate, restore_file
from portal.core.clock import course_now
from portal.core.files import store
from portal.outbox.delivery import Hopeless


def on_certificate_issued(
    transactions: Callable[[], AbstractContextManager[Session]], body: Mapping[str, Any]
) -> None:
    """Draw the PDF that was promised, with no transaction open meanwhile. What cannot be set is parked."""
    message = CertificateIssued(**body)
    with _parked_when_hopeless():
        draw_certificate(transactions, message.certificate_id, base_url=_base_url(), files=store())


def on_certificate_file_lost(
    transactions: Callable[[], AbstractContextManager[Session]], body: Mapping[str, Any]
) -> None:
    """Put the PDF back that was issued, byte for byte, or park with the reason."""
    message = CertificateFileLost(**body)
    with _parked_when_hopeless():
        restore_file(
            transactions, message.certificate_id, base_url=_base_url(), files=store(), at=course_now()
        )


@contextmanager
def _parked_when_hopeless() -> Iterator[None]:
    """Trying again does not help a row that cannot be set: a person has to change something first."""
    from portal.certificates.pdf.drawing import CannotDraw

    try:
        yield
    except CannotDraw as problem:
        raise Hopeless(f"The certificate cannot be drawn: {problem}.") from None
    except FileNotFoundError:
        raise Hopeless("A picture of the course package is missing from the file store.") from None
    except DrawnOtherwise as problem:
        raise Hopeless(str(problem)) from None


def _base_url() -> str:
    return str(current_app.extensions["settings"].base_url)
