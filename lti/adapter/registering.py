"""The two calls of Dynamic Registration 1.0: read the platform's configuration, ask it to register us."""

import json
import re
from typing import Any

from lti.adapter.http import Answer, HttpClient, Unreachable
from lti.protocol.registration import RegistrationRefused

_MOST_WORDS = 200


def fetch_configuration(http: HttpClient, url: str, bearer: str | None) -> Any:
    """The configuration's JSON, from the address exactly as given: Canvas has the token in its query, and older
    versions read only that. Raises RegistrationRefused."""
    answer = _call(http, "GET", url, bearer)
    if answer.status != 200:
        raise RegistrationRefused(f"Your LMS did not show us its configuration. {_said(answer)}")
    return _json(answer)


def ask_to_register(http: HttpClient, url: str, request: dict[str, Any], bearer: str | None) -> Any:
    """The JSON of what was registered. Raises RegistrationRefused with the platform's own words."""
    answer = _call(http, "POST", url, bearer, json.dumps(request).encode())
    if answer.status not in (200, 201):
        raise RegistrationRefused(f"Your LMS did not take the registration. {_said(answer)}")
    return _json(answer)


def _call(http: HttpClient, method: str, url: str, bearer: str | None, body: bytes | None = None) -> Answer:
    headers = {"Accept": "application/json"}
    if bearer is not None:
        headers["Authorization"] = f"Bearer {bearer}"
    if body is not None:
        headers["Content-Type"] = "application/json"
    try:
        return http.call(method, url, headers=headers, body=body)
    except Unreachable as problem:
        raise RegistrationRefused(f"Your LMS could not be reached from here: {problem}.") from None


def _json(answer: Answer) -> Any:
    try:
        return answer.json()
    except ValueError:
        raise RegistrationRefused("Your LMS answered with something that is not JSON.") from None


def _said(answer: Answer) -> str:
    """What the platform said, as plain words: `errors`, `errorMessage` or `error` (Canvas), plain text (Moodle)."""
    words = answer.text[:4000]
    try:
        said = answer.json()
    except ValueError:
        words = "" if "<" in words else words  # a page for people, not a reason
    else:
        words = _words_of(said)
    plain = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    plain = re.sub(r"[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]*", "(token)", plain)[:_MOST_WORDS]
    return f"It answered {answer.status}: {plain}" if plain else f"It answered {answer.status}."


def _words_of(said: Any) -> str:
    if not isinstance(said, dict):
        return ""
    for name in ("errors", "errorMessage", "error_description", "error", "message"):
        found = said.get(name)
        if isinstance(found, list):
            return "; ".join(
                str(one.get("message", "") if isinstance(one, dict) else one) for one in found[:5]
            )
        if isinstance(found, str) and found:
            return found
    return ""
