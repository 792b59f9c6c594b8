"""The messages of LTI as our own types. Past the door nobody sees a claim's address."""

from dataclasses import dataclass, field
from enum import StrEnum

from lti.protocol.deep_linking import Settings
from lti.protocol.destinations import HOME, Destination
from lti.protocol.presentation import Presentation
from lti.protocol.roles import Standing


class Message(StrEnum):
    """The messages that are taken."""

    RESOURCE_LINK = "LtiResourceLinkRequest"
    DEEP_LINKING = "LtiDeepLinkingRequest"
    SUBMISSION_REVIEW = "LtiSubmissionReviewRequest"


@dataclass(frozen=True)
class Column:
    """The gradebook column of a link (claim `ags:endpoint`), where scores may go to it."""

    line_item_url: str


@dataclass(frozen=True)
class Columns:
    """Where a course's columns are listed, for a link whose launch names none. `may_make`: we may add one."""

    url: str
    may_make: bool


@dataclass(frozen=True)
class Place:
    """Where in the LMS somebody came from: its course and the link in it (Deep Linking: none yet)."""

    context_id: str
    link_id: str | None
    context_title: str | None = None
    link_title: str | None = None
    copied_from: tuple[str, ...] = ()  # context ids, newest first, as far as the platform says


@dataclass(frozen=True)
class Names:
    """What the LMS calls somebody; any of it may be missing."""

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Launch:
    """A message whose signature, audience, times and nonce were checked."""

    issuer: str
    client_id: str
    deployment_id: str
    sub: str
    standing: Standing
    place: Place | None  # None: no context, so nobody enters a cohort
    destination: Destination = HOME
    names: Names = Names()
    column: Column | None = None
    columns: Columns | None = None
    memberships_url: str | None = None
    time_zone: str | None = None  # as the custom parameter says; any text
    shown: Presentation = field(default_factory=Presentation)
    family: str | None = None
    message: Message = Message.RESOURCE_LINK
    settings: Settings | None = None  # of Deep Linking: what the platform accepts
    for_sub: str | None = None  # of a submission review: whose work

    @property
    def locale(self) -> str | None:
        """The language and region of the person, as the LMS has them."""
        return next(iter(self.shown.locales), None)

    @property
    def return_url(self) -> str | None:
        """Where the LMS wants them back."""
        return self.shown.return_url
