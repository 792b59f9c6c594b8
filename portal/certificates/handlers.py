"""What certificates do when told of a change."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from portal.certificates.messages import CertificateIssued
from portal.certificates.services import draw_certificate
from portal.core.files import store
from portal.outbox.delivery import Hopeless


def on_certificate_issued(
    transactions: Callable[[], AbstractContextManager[Session]], body: Mapping[str, Any]
) -> None:
    """Draw the PDF that was promised, with no transaction open meanwhile. What cannot be set is parked."""
    from portal.certificates.pdf.drawing import CannotDraw

    message = CertificateIssued(**body)
    base_url = current_app.extensions["settings"].base_url
    try:
        draw_certificate(transactions, message.certificate_id, base_url=base_url, files=store())
    except CannotDraw as problem:
        raise Hopeless(f"The certificate cannot be drawn: {problem}.") from None
