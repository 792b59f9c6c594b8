"""The id_token's form: three parts of strict base64url, UTF-8 JSON objects, every name once (RFC 7515, 7519).

Nothing here is trusted yet: the signature is checked after, over the same bytes.
"""

import base64
import binascii
import json
import math
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from lti.errors import LaunchRefused, Reason

MOST_TOKEN_CHARACTERS = 192 * 1024  # long names are cut, never a reason to refuse
_MOST_NUMBER_CHARACTERS = 32
_MOST_DEPTH = 32
_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")  # JSON can say half of a character; UTF-8 and databases cannot


@dataclass(frozen=True)
class UncheckedToken:
    """A token read strictly, its signature not yet checked."""

    text: str
    header: dict[str, Any]
    claims: dict[str, Any]


def read_token(text: str) -> UncheckedToken:
    """The token's parts. Raises LaunchRefused for anything but the strict form."""
    if len(text) > MOST_TOKEN_CHARACTERS:
        raise LaunchRefused(Reason.TOKEN, "too long", status=413)
    parts = text.split(".")
    if len(parts) != 3:
        raise LaunchRefused(Reason.TOKEN, f"{len(parts)} parts")
    _bytes(parts[2], "signature")
    return UncheckedToken(text, _object(parts[0], "header"), _object(parts[1], "claims"))


def _object(part: str, name: str) -> dict[str, Any]:
    try:
        text = _bytes(part, name).decode("utf-8")
        found = json.loads(
            text,
            object_pairs_hook=_each_name_once,
            parse_constant=_no_constant,
            parse_float=_finite,
            parse_int=_short,
        )
    except (ValueError, RecursionError) as problem:
        # UnicodeDecodeError and JSONDecodeError are ValueErrors. Their text would repeat the token.
        words = str(problem) if isinstance(problem, _NotStrict) else type(problem).__name__
        raise LaunchRefused(Reason.TOKEN, f"{name}: {words}") from None
    if not isinstance(found, dict):
        raise LaunchRefused(Reason.TOKEN, f"{name}: not an object")
    if _deeper_than(found, _MOST_DEPTH):
        raise LaunchRefused(Reason.TOKEN, f"{name}: nested too deep")
    whole: dict[str, Any] = _whole(found) if _HALF.search(text) else found
    return whole


def _whole(said: Any) -> Any:
    """The same with the replacement character for each half of one: a name cut within an emoji is no refusal."""
    if isinstance(said, dict):
        return {_whole(name): _whole(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_whole(value) for value in said]
    if isinstance(said, str):
        return said.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return said


def _bytes(part: str, name: str) -> bytes:
    # Decoders forgive padding, other alphabets and stray low bits: two texts of one token. Only one form passes.
    if _BASE64URL.fullmatch(part):
        try:
            found = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
        except binascii.Error:
            found = b""
        if base64.urlsafe_b64encode(found).rstrip(b"=").decode() == part:
            return found
    raise LaunchRefused(Reason.TOKEN, f"{name}: not base64url")


class _NotStrict(ValueError):
    """JSON that parsers disagree on."""


def _each_name_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _NotStrict("a name occurs twice")
    return found


def _no_constant(_word: str) -> NoReturn:
    raise _NotStrict("NaN or Infinity")


def _finite(digits: str) -> float:
    number = float(digits)
    if len(digits) > _MOST_NUMBER_CHARACTERS or not math.isfinite(number):
        raise _NotStrict("an absurd number")
    return number


def _short(digits: str) -> int:
    if len(digits) > _MOST_NUMBER_CHARACTERS:
        raise _NotStrict("an absurd number")
    return int(digits)


def _deeper_than(value: Any, most: int) -> bool:
    level = [value]
    for _ in range(most):
        level = [
            inner
            for outer in level
            for inner in (
                outer.values() if isinstance(outer, dict) else outer if isinstance(outer, list) else ()
            )
        ]
        if not level:
            return False
    return True
