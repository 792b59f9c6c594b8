"""What platforms do in their own way: one row for each oddity that makes our code do something.

What it sends, where it was seen, what we do. Oddities that the general rules already cover (unknown claims, extra
form fields, short role words) need no row.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import urlsplit, urlunsplit


@dataclass(frozen=True)
class Quirk:
    """One oddity, for the reader of this table."""

    sends: str
    seen: str
    we: str


QUIRKS = {
    "custom_names": Quirk(
        "custom names lower-cased, other characters as `_`; newer versions also the name as typed",
        "Moodle 5.0, recorded launches",
        "custom_text reads names regardless of case, the lower-case one first",
    ),
    "custom_unfilled": Quirk(
        "the variable's name (`$Person.address.timezone`) where it has nothing to fill in; null, true and numbers",
        "Canvas launch-custom-odd-values, Moodle recorded launches",
        "custom_text takes these as not said; a number as its digits",
    ),
    "http_services": Quirk(
        "`http` service addresses where the site is `https` (self-hosted behind a proxy)",
        "Canvas launch-selfhosted-mixed-scheme",
        "service_address asks the same host by https when the token address is https",
    ),
    "every_score_an_attempt": Quirk(
        "each score becomes a new attempt and may run into the attempt limit",
        "Canvas ags-scores",
        "score_extension says new_submission false, with the time of the work",
    ),
    "older_score_is_400": Quirk(
        "400 with `before last updated timestamp` where others say 409",
        "Canvas ags-scores",
        "says_later_known reads it as 409",
    ),
    "canvas_issuer": Quirk(
        "one issuer for all hosted schools, its configuration from the shared host or a school's own",
        "Canvas openid-configuration",
        "is_canvas_issuer lets the configuration come from there, if its keys are Canvas's own",
    ),
    "audience_elsewhere": Quirk(
        "`authorization_server` on a sister host of the one that gives tokens",
        "Brightspace, its documentation of Dynamic Registration",
        "audience_of_family knows the pair by name",
    ),
    "no_learner_is_400": Quirk(
        "400 without a body for a person who is no learner of the course (any more); Canvas 422 with words",
        "Moodle ags-scores, recorded; Canvas ags-scores",
        "says_no_learner reads both as this person's alone: our scores lack nothing else that Moodle asks for",
    ),
    "throttled_403": Quirk(
        "403 `Rate Limit Exceeded` as plain text",
        "Canvas ags-scores, documentation of throttling",
        "says_throttled reads it as 429",
    ),
    "columns_by_placement": Quirk(
        "no accept_lineitem, though dialogs for assignments take line items and want them",
        "Canvas launch-deep-linking-assignment-selection, -course-assignments-menu",
        "expects_columns ticks the columns beforehand in those dialogs",
    ),
    "escaped_roster": Quirk(
        "names in rosters escaped for HTML (`O'Brien &amp; Co`), in launches plain",
        "Moodle nrps, recorded",
        "roster_text undoes it, except for Canvas, which sends them plain",
    ),
    "frame_is_the_window": Quirk(
        "document_target `frame` where the tool takes the place of the LMS's own page",
        "Moodle, its source (launch container “Existing window”)",
        "presentation_of takes it as not framed",
    ),
    "columns_need_their_type": Quirk(
        "400 for lists asked with `application/json`; `*/*` is refused for line items",
        "Moodle ags-lineitems and nrps, recorded",
        "each call names its one media type, without parameters",
    ),
}

CANVAS, MOODLE = "canvas", "moodle"
CANVAS_PLACEMENT = "https://www.instructure.com/placement"
_GRADED_PLACEMENTS = ("assignment_selection", "course_assignments_menu")
_CANVAS_SUBMISSION = "https://canvas.instructure.com/lti/submission"


def custom_text(custom: Mapping[str, Any], name: str) -> str | None:
    """The custom parameter `name` (lower case) as text; None where nothing is said."""
    found = custom.get(name)
    if found is None:
        found = next((value for key, value in sorted(custom.items()) if key.lower() == name), None)
    if isinstance(found, int | float) and not isinstance(found, bool):
        return str(found)
    if not isinstance(found, str) or not found.strip() or found.lstrip().startswith("$"):
        return None
    return found.strip()


def roster_text(text: str, family: str | None) -> str:
    """A name of a roster, plain."""
    return text if family == CANVAS else unescape(text)


def service_address(url: str, token_url: str) -> str:
    """The address to call: by https where the token address of the same host is."""
    parts, token = urlsplit(url), urlsplit(token_url)
    if parts.scheme == "http" and token.scheme == "https" and parts.hostname == token.hostname:
        return urlunsplit(parts._replace(scheme="https", netloc=token.netloc))
    return url


def score_extension(family: str | None, submitted_at: str | None) -> dict[str, Any]:
    """What a score to this family of platforms carries beside the standard fields."""
    if family != CANVAS:
        return {}
    said: dict[str, Any] = {"new_submission": False}
    if submitted_at is not None:
        said["submitted_at"] = submitted_at
    return {_CANVAS_SUBMISSION: said}


def says_later_known(status: int, body: str) -> bool:
    """Whether the platform refuses a score because it knows one of the same or a later time."""
    return status == 409 or (status == 400 and "before last updated timestamp" in body)


def says_no_learner(status: int, body: str, family: str | None) -> bool:
    """Whether a score is refused because this person is no learner of the LMS's course (any more)."""
    return (status == 400 and family == MOODLE) or (status == 422 and "not a student" in body)


def refusal_words(body: str) -> str:
    """What an error answer says, in one line of at most 200 characters; empty where it says nothing.

    Of JSON in any of its shapes the first message; an error page or plain text as it is.
    """
    try:
        said = _first_words(json.loads(body))
    except (ValueError, RecursionError):
        said = body
    return " ".join("".join(c if c.isprintable() else " " for c in said[:1000]).split())[:200]


_SAYS = ("message", "reason", "detail", "error_description", "errorMessage", "title", "error", "errors")


def _first_words(said: Any) -> str:
    if isinstance(said, dict):
        said = [said[name] for name in _SAYS if name in said]
    if isinstance(said, list):
        return next(filter(None, map(_first_words, said)), "")
    return said if isinstance(said, str) else ""


def says_throttled(status: int, body: str) -> bool:
    """Whether the platform asks to come back later."""
    return status == 429 or (status == 403 and "rate limit exceeded" in body.lower())


_CANVAS_HOSTS = {
    "https://canvas.instructure.com": ("sso.canvaslms.com", "canvas.instructure.com"),
    "https://canvas.beta.instructure.com": ("sso.beta.canvaslms.com", "canvas.beta.instructure.com"),
    "https://canvas.test.instructure.com": ("sso.test.canvaslms.com", "canvas.test.instructure.com"),
}
_AUDIENCES = {"auth.brightspace.com": "api.brightspace.com"}


def is_canvas_issuer(issuer: str) -> bool:
    """Whether this is an issuer that all schools of hosted Canvas share."""
    return issuer in _CANVAS_HOSTS


def is_own_canvas_host(issuer: str, url: str) -> bool:
    """Whether the address is on one of Canvas's own hosts for this issuer, not a school's."""
    parts = urlsplit(url)
    return parts.scheme == "https" and parts.netloc in _CANVAS_HOSTS.get(issuer, ())


def audience_of_family(token_host: str) -> str | None:
    """The host that audiences name where tokens come from this one, for families that have two."""
    return _AUDIENCES.get(token_host)


def expects_columns(placement: str | None) -> bool:
    """Whether links chosen in this dialog become graded work."""
    return placement in _GRADED_PLACEMENTS
