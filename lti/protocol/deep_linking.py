"""Deep Linking 2.0: what a platform accepts (claim `deep_linking_settings`), and the claims of our answer."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from lti.protocol.destinations import Destination
from lti.protocol.origins import is_web_address
from lti.protocol.platform import RegisteredPlatform
from portal.core.when import end_of_minute

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"

TOOL_LINK = "ltiResourceLink"
FRAMES = ("iframe", "frame")
WINDOW = "window"

_LIVES = timedelta(minutes=5)
_BACKDATED = timedelta(seconds=5)  # Moodle takes no second ahead, Canvas 30; clocks differ
_LONGEST_ADDRESS = 8000  # Canvas puts a token of its own into it
_LONGEST_WORDS = 2000
_FRAME_SIZE = {"width": 900, "height": 800}


class Unreadable(ValueError):
    """A setting that must be there and is not, or is of a wrong type. Its text names the setting."""


@dataclass(frozen=True)
class Settings:
    """What the platform accepts. Absent: one item; columns as the platform pleases (`lineitems` None)."""

    return_url: str
    types: tuple[str, ...]
    targets: tuple[str, ...]
    multiple: bool = False
    lineitems: bool | None = None
    title: str | None = None
    text: str | None = None
    data: Any = None
    has_data: bool = False
    columns_expected: bool = False  # the dialog is one for graded work

    @property
    def takes_links(self) -> bool:
        """Whether links to a tool may be placed at all: the only thing we have to offer."""
        return TOOL_LINK in self.types

    @property
    def takes_columns(self) -> bool:
        """Canvas and Moodle take line items without saying so: only a no is a no."""
        return self.lineitems is not False

    @property
    def opens_in(self) -> tuple[str, ...]:
        """Where links may open, of the two that a person tells apart: `iframe`, `window`."""
        framed = ("iframe",) if any(frame in self.targets for frame in FRAMES) else ()
        return framed + ((WINDOW,) if WINDOW in self.targets else ())

    def kept(self) -> str:
        """As it is kept while a person chooses."""
        return json.dumps(asdict(self))


def settings_of(said: Mapping[str, Any], *, columns_expected: bool = False) -> Settings:
    """The settings of a checked token. Optional ones that are odd are as if absent. Raises Unreadable."""
    return_url = said.get("deep_link_return_url")
    if (
        not isinstance(return_url, str)
        or len(return_url) > _LONGEST_ADDRESS
        or not is_web_address(return_url)
    ):
        raise Unreadable("deep_link_return_url")
    return Settings(
        return_url=return_url,
        types=_words(said, "accept_types"),
        targets=_words(said, "accept_presentation_document_targets"),
        multiple=_flag(said.get("accept_multiple")) is True,
        lineitems=_flag(said.get("accept_lineitem")),
        title=_line(said.get("title")),
        text=_line(said.get("text")),
        data=said.get("data"),
        has_data=said.get("data") is not None,
        columns_expected=columns_expected,
    )


def settings_kept(text: str) -> Settings:
    """The settings as `Settings.kept` wrote them."""
    said = json.loads(text)
    return Settings(**{**said, "types": tuple(said["types"]), "targets": tuple(said["targets"])})


def _words(said: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = said.get(name)
    if not isinstance(found, list):
        raise Unreadable(name)
    return tuple(word for word in found[:50] if isinstance(word, str) and len(word) <= 255)


def _flag(value: Any) -> bool | None:
    # Booleans, or the strings that some platforms write for them.
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower())
    return value if isinstance(value, bool) else None


def _line(value: Any) -> str | None:
    return value[:_LONGEST_WORDS] if isinstance(value, str) and value.strip() else None


@dataclass(frozen=True)
class Item:
    """One link to place. `points`: of its column; None: without. Instants name the minute that still counts."""

    destination: Destination
    title: str
    text: str
    points: float | None = None
    opens_at: datetime | None = None
    due_at: datetime | None = None
    closes_at: datetime | None = None

    def named(self, title: str | None, text: str | None) -> "Item":
        """The same under the words that the platform suggests."""
        return replace(self, title=title or self.title, text=text or self.text)

    def claim(self, launch_url: str, icon_url: str, target: str | None) -> dict[str, Any]:
        """The content item (DL 2.0, 3.2). `target`: `iframe`, `window`, or None where neither was accepted."""
        said: dict[str, Any] = {
            "type": TOOL_LINK,
            "url": launch_url,
            "title": self.title,
            "text": self.text,
            "icon": {"url": icon_url, "width": 48, "height": 48},
            "custom": {"destination": str(self.destination)},
            "lineItem": self._column(launch_url) if self.points is not None else None,
            "available": _span(self.opens_at, self.closes_at),
            "submission": _span(None, self.due_at),
            "iframe": _FRAME_SIZE if target in FRAMES else None,
            "window": {"targetName": "_blank"} if target == WINDOW else None,
        }
        return {name: value for name, value in said.items() if value}

    def _column(self, launch_url: str) -> dict[str, Any]:
        points = self.points or 0
        return {
            "label": self.title,
            "scoreMaximum": int(points) if points == int(points) else points,
            "resourceId": str(self.destination),
            "tag": self.destination.kind.value,
            # Where the platform knows LtiSubmissionReviewRequest, its gradebook opens the learner's work.
            "submissionReview": {
                "reviewableStatus": ["Started", "InProgress", "Submitted", "Completed"],
                "label": "See the work in Lectern",
                "url": launch_url,
                "custom": {"destination": str(self.destination)},
            },
        }


def _span(starts_at: datetime | None, ends_at: datetime | None) -> dict[str, str]:
    # An end names a minute that still counts: LMSs count to the second.
    ends_at = end_of_minute(ends_at) - timedelta(seconds=1) if ends_at is not None else None
    said = {"startDateTime": starts_at, "endDateTime": ends_at}
    return {
        name: at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        for name, at in said.items()
        if at is not None
    }


@dataclass(frozen=True)
class Answer:
    """What goes back: items (none: nothing was chosen), and words. `log`s are for the platform's log."""

    items: Sequence[dict[str, Any]] = field(default=())
    msg: str | None = None
    log: str | None = None
    errormsg: str | None = None
    errorlog: str | None = None

    def claims(
        self, platform: RegisteredPlatform, deployment_id: str, settings: Settings, *, at: datetime
    ) -> dict[str, Any]:
        """The claims of an LtiDeepLinkingResponse. `at`: real time, now: Canvas takes 5 minutes at most."""
        issued_at = at - _BACKDATED
        said: dict[str, Any] = {
            "iss": platform.client_id,
            "aud": platform.issuer,
            "iat": int(issued_at.timestamp()),
            "exp": int((at + _LIVES).timestamp()),
            "nonce": secrets.token_urlsafe(24),
            LTI + "deployment_id": deployment_id,
            LTI + "message_type": "LtiDeepLinkingResponse",
            LTI + "version": "1.3.0",
            DL + "content_items": list(self.items),
        }
        if settings.has_data:
            said[DL + "data"] = settings.data
        words = {"msg": self.msg, "log": self.log, "errormsg": self.errormsg, "errorlog": self.errorlog}
        return said | {DL + name: text for name, text in words.items() if text}
