"""Issuing certificates, and correcting what was issued."""

from portal.certificates.services.correcting import replace_certificate, revoke_certificate
from portal.certificates.services.drawing import (
    DrawnOtherwise,
    draw_certificate,
    report_lost_file,
    restore_file,
    stored_pdf,
)
from portal.certificates.services.issuing import NewCode, confirm_name, issue_certificate

__all__ = [
    "DrawnOtherwise",
    "NewCode",
    "confirm_name",
    "draw_certificate",
    "issue_certificate",
    "replace_certificate",
    "report_lost_file",
    "restore_file",
    "revoke_certificate",
    "stored_pdf",
]
