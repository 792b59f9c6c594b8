"""Refusals in the reader's words. One place (error_pages) turns them into answers."""

from portal.core.languages import N_


class PortalError(Exception):
    """Something a person can be told: an HTTP status and a sentence in their words."""

    status = 400
    title = N_("That did not work")

    def __init__(self, message: str, *, retry_after_seconds: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.retry_after_seconds = retry_after_seconds


class SignedOut(PortalError):
    """Nobody is signed in (401)."""

    status = 401
    title = N_("Please open Lectern from your course")

    def __init__(
        self, message: str = N_("You are signed out. Open this page again from your LMS course.")
    ) -> None:
        super().__init__(message)


class Refused(PortalError):
    """The right person in the wrong role (403)."""

    status = 403
    title = N_("Not for your role")


class NotFound(PortalError):
    """Not there, or not yours (404): the two are not told apart."""

    status = 404
    title = N_("Not found")


class Conflict(PortalError):
    """Not as things stand: changed meanwhile, or something is missing (409)."""

    status = 409
    title = N_("Not possible now")


class Closed(Conflict):
    """Closed, or not open yet (409)."""

    title = N_("Closed")


class TooLarge(PortalError):
    """More than is taken (413)."""

    status = 413
    title = N_("Too large")


class WrongKind(PortalError):
    """A file of a kind that is not taken (415)."""

    status = 415
    title = N_("Wrong kind of file")


class Invalid(PortalError):
    """What was sent has mistakes (422)."""

    status = 422
    title = N_("Please check what was sent")


class TooMany(PortalError):
    """Too often (429)."""

    status = 429
    title = N_("Too often")


class NotReady(PortalError):
    """Not ready yet (503)."""

    status = 503
    title = N_("Not ready")
