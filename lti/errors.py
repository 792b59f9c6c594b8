"""Why a launch is refused. The reason is for the log and the count; people get advice and a reference."""

from enum import StrEnum

from lti.protocol.presentation import Presentation


class Reason(StrEnum):
    """The causes, as they are counted."""

    FORM = "form"  # the request itself: missing, doubled or oversized parameters
    PLATFORM = "platform"  # issuer or client unknown, or ambiguous
    PENDING = "pending"  # registered by itself, not activated yet
    PLATFORM_ERROR = "platform_error"  # the platform sent an error in place of a token
    STATE = "state"  # unknown, used or expired
    BROWSER = "browser"  # the cookie of the login is missing or another's
    TOKEN = "token"  # noqa: S105  # not three parts of strict base64url JSON
    HEADER = "header"
    KEY = "key"  # not in the platform's set, or unfit
    KEY_SET = "key_set"  # the platform's set could not be read
    SIGNATURE = "signature"
    ISSUER = "issuer"
    AUDIENCE = "audience"
    TIME = "time"
    NONCE = "nonce"
    ANONYMOUS = "anonymous"  # no `sub`
    CLAIM = "claim"  # missing or malformed
    MESSAGE = "message"  # a type that is not taken
    TARGET = "target"  # target_link_uri outside our origin, or not the one of the login
    DEPLOYMENT = "deployment"
    LIBRARY = "library"  # PyLTI1p3 refused what our checks let pass


class Advice(StrEnum):
    """What the page tells a person to do. Never the reason itself."""

    AGAIN = "again"
    COOKIES = "cookies"
    SIGN_IN = "sign_in"
    ADMINISTRATOR = "administrator"
    PENDING = "pending"
    REOPEN = "reopen"


_ADVICE = {
    Reason.BROWSER: Advice.COOKIES,
    Reason.ANONYMOUS: Advice.SIGN_IN,
    Reason.PLATFORM_ERROR: Advice.REOPEN,
    Reason.PLATFORM: Advice.ADMINISTRATOR,
    Reason.PENDING: Advice.PENDING,
    Reason.DEPLOYMENT: Advice.ADMINISTRATOR,
}
_MALFORMED = {Reason.FORM, Reason.TOKEN, Reason.HEADER, Reason.CLAIM, Reason.MESSAGE}


class LaunchRefused(Exception):
    """A login or launch that is not let in.

    `detail`: for the log alone. It names claims and ids of ours, never a value that a token carried.
    `shown`: of a token that was verified, though its message was not taken.
    """

    def __init__(self, reason: Reason, detail: str = "", *, status: int | None = None) -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason
        self.detail = detail
        self.advice = _ADVICE.get(reason, Advice.AGAIN)
        self.status = status or (400 if reason in _MALFORMED else 403)
        self.shown = Presentation()
        self.registration_id: int | None = None  # where it is known though no login began
