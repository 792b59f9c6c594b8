"""Claims of the message (LTI Core 1.3, 5.3 and 5.4), checked and turned into a Launch.

Required claims of a wrong type are refused; optional ones that are odd are as if they were absent.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from lti.errors import LaunchRefused, Reason
from lti.protocol.deep_linking import DL, Settings, Unreadable, settings_of
from lti.protocol.destinations import destination_of
from lti.protocol.messages import Column, Columns, Launch, Message, Names, Place
from lti.protocol.presentation import presentation_of, web_address
from lti.protocol.quirks import CANVAS_PLACEMENT, custom_text, expects_columns
from lti.protocol.roles import standing_of

LTI = "https://purl.imsglobal.org/spec/lti/claim/"
AGS = "https://purl.imsglobal.org/spec/lti-ags/claim/"
NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/"
_AGS_SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"
SCORE_SCOPE = _AGS_SCOPE + "score"
LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE = _AGS_SCOPE + "lineitem", _AGS_SCOPE + "lineitem.readonly"


_LONGEST_HISTORY = 8000
_NO_CONTEXTS = ("truncated", "timed out")  # what Canvas writes in place of ids


def _storable(text: str) -> str:
    # No database takes these, and no platform has them in an id.
    if any(ord(c) < 32 or ord(c) == 127 or 0xD800 <= ord(c) <= 0xDFFF for c in text):
        raise ValueError("control characters")
    return text


def _printable_ascii(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("not ASCII")
    return text


def _text_or_none(value: object) -> object:
    return value if isinstance(value, str) and value.strip() else None


def _object_or_empty(value: object) -> object:
    return value if isinstance(value, dict) else {}


def _words_or_empty(value: object) -> object:
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []


_Id = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_storable)]
_Text = Annotated[str | None, BeforeValidator(_text_or_none)]
_Address = Annotated[str | None, BeforeValidator(web_address)]


class _ResourceLink(BaseModel):
    id: _Id
    title: _Text = None


class _ForUser(BaseModel):
    user_id: _Id


class _Context(BaseModel):
    id: _Id
    title: _Text = None
    label: _Text = None


class _Platform(BaseModel):
    product_family_code: _Text = None


class _Endpoint(BaseModel):
    lineitem: _Address = None
    lineitems: _Address = None
    scope: Annotated[list[str], BeforeValidator(_words_or_empty)] = []


class _Roster(BaseModel):
    context_memberships_url: _Address = None


class _Claims(BaseModel):
    """What the platform said: the claims we read, checked; the rest ignored."""

    iss: str
    sub: Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_printable_ascii)]
    message_type: Literal["LtiResourceLinkRequest", "LtiDeepLinkingRequest", "LtiSubmissionReviewRequest"] = (
        Field(validation_alias=LTI + "message_type")
    )
    version: Literal["1.3.0"] = Field(validation_alias=LTI + "version")
    deployment_id: _Id = Field(validation_alias=LTI + "deployment_id")
    target_link_uri: str = Field(validation_alias=LTI + "target_link_uri", min_length=1)
    resource_link: _ResourceLink | None = Field(None, validation_alias=LTI + "resource_link")
    roles: list[str] = Field(validation_alias=LTI + "roles")
    context: _Context | None = Field(None, validation_alias=LTI + "context")
    custom: dict[str, Any] | None = Field(None, validation_alias=LTI + "custom")
    platform: Annotated[_Platform, BeforeValidator(_object_or_empty)] = Field(
        _Platform(), validation_alias=LTI + "tool_platform"
    )
    endpoint: Annotated[_Endpoint, BeforeValidator(_object_or_empty)] = Field(
        _Endpoint(), validation_alias=AGS + "endpoint"
    )
    roster: Annotated[_Roster, BeforeValidator(_object_or_empty)] = Field(
        _Roster(), validation_alias=NRPS + "namesroleservice"
    )
    settings: dict[str, Any] | None = Field(None, validation_alias=DL + "deep_linking_settings")
    for_user: _ForUser | None = Field(None, validation_alias=LTI + "for_user")
    placement: _Text = Field(None, validation_alias=CANVAS_PLACEMENT)
    name: _Text = None
    given_name: _Text = None
    family_name: _Text = None
    email: _Text = None

    @property
    def message(self) -> Message:
        return Message(self.message_type)


def parse_launch(claims: Mapping[str, Any], client_id: str) -> Launch:
    """Claims whose signature, audience, times and nonce were checked, as a Launch.

    `client_id`: the registration's. Raises LaunchRefused naming the claim, never its value: logs hold no names.
    """
    try:
        said = _Claims.model_validate(claims, strict=True)
    except ValidationError as problem:
        raise _refusal(problem) from None
    _check_message(said)
    custom = said.custom or {}
    return Launch(
        issuer=said.iss,
        client_id=client_id,
        deployment_id=said.deployment_id,
        sub=said.sub,
        standing=standing_of(said.roles),
        place=_place(said),
        destination=destination_of(custom_text(custom, "destination")),
        names=Names(said.name, said.given_name, said.family_name, said.email),
        column=_column(said.endpoint),
        columns=_columns(said.endpoint),
        memberships_url=said.roster.context_memberships_url,
        time_zone=custom_text(custom, "timezone"),
        shown=presentation_of(claims),
        family=_code(said.platform.product_family_code or ""),
        message=said.message,
        settings=_settings(said),
        for_sub=said.for_user.user_id if said.for_user else None,
    )


def _column(said: _Endpoint) -> Column | None:
    return Column(said.lineitem) if SCORE_SCOPE in said.scope and said.lineitem else None


def _columns(said: _Endpoint) -> Columns | None:
    # AGS 3.1: `lineitem` is there where the link has exactly one column; `lineitems` alone lets us look for it.
    may_look = {LINE_ITEM_SCOPE, LINE_ITEM_READ_SCOPE} & set(said.scope)
    if said.lineitem or not said.lineitems or SCORE_SCOPE not in said.scope or not may_look:
        return None
    return Columns(said.lineitems, may_make=LINE_ITEM_SCOPE in said.scope)


def _check_message(said: _Claims) -> None:
    """What each message needs (Core 5.3; DL 2.0; Submission Review). Raises LaunchRefused."""
    needs: dict[Message, dict[str, object]] = {
        Message.RESOURCE_LINK: {"resource_link": said.resource_link},
        Message.DEEP_LINKING: {"deep_linking_settings": said.settings},
        Message.SUBMISSION_REVIEW: {
            "resource_link": said.resource_link,
            "for_user": said.for_user,
            "lineitem": said.endpoint.lineitem,
        },
    }
    absent = sorted(name for name, value in needs[said.message].items() if value is None)
    if absent:
        raise LaunchRefused(Reason.CLAIM, f"missing: {', '.join(absent)}")


def _settings(said: _Claims) -> Settings | None:
    if said.message is not Message.DEEP_LINKING or said.settings is None:
        return None
    try:
        return settings_of(said.settings, columns_expected=expects_columns(said.placement))
    except Unreadable as problem:
        raise LaunchRefused(Reason.CLAIM, f"deep_linking_settings: {problem}") from None


def _code(said: str) -> str | None:
    """A family's code, as it can be kept and compared."""
    return "".join(c for c in said[:200] if c.isprintable()).strip().lower()[:64] or None


def _place(said: _Claims) -> Place | None:
    if said.context is None:
        return None
    link = said.resource_link if said.message is not Message.DEEP_LINKING else None
    return Place(
        context_id=said.context.id,
        context_title=said.context.title or said.context.label,
        link_id=link.id if link else None,
        link_title=link.title if link else None,
        copied_from=_history(said.custom or {}),
    )


def _history(custom: Mapping[str, Any]) -> tuple[str, ...]:
    """Ids of the courses this one was copied from (`$Context.id.history`), newest first."""
    text = custom_text(custom, "context_history") or custom_text(custom, "context_id_history") or ""
    ids = (word.strip() for word in text[:_LONGEST_HISTORY].split(","))
    return tuple(id_ for id_ in ids if 0 < len(id_) <= 255 and id_.isprintable() and id_ not in _NO_CONTEXTS)[
        :20
    ]


def _refusal(problem: ValidationError) -> LaunchRefused:
    places = {
        str(mistake["loc"][0]): mistake["type"]
        for mistake in problem.errors(include_input=False, include_url=False)
    }
    detail = ", ".join(f"{place.removeprefix(LTI)}: {kind}" for place, kind in sorted(places.items()))
    other_message = places.get(LTI + "message_type") == "literal_error"
    return LaunchRefused(Reason.MESSAGE if other_message else Reason.CLAIM, detail)
