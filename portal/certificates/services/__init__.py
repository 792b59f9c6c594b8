"""Issuing certificates, and correcting what was issued."""

from portal.certificates.services.correcting import replace_certificate, revoke_certificate
from portal.certificates.services.drawing import draw_certificate
from portal.certificates.services.issuing import NewCode, confirm_name, issue_certificate

__all__ = [
    "NewCode",
    "confirm_name",
    "draw_certificate",
    "issue_certificate",
    "replace_certificate",
    "revoke_certificate",
]
