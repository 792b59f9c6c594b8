"""What pydantic found, as sentences for the author of a package."""

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ValidationError

from portal.core.form_engine import definition
from portal.courses.package import parts, schema
from portal.courses.package.read import Source, Where

_MUST_BE = {
    "string_type": "must be text",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "decimal_type": "must be a number",
    "decimal_parsing": "must be a number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "date_type": "must be a day such as 2020-09-24",
    "date_parsing": "must be a day such as 2020-09-24",
    "date_from_datetime_parsing": "must be a day such as 2020-09-24",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "model_type": "must be keys with their values",
    "model_attributes_type": "must be keys with their values",
    "dict_type": "must be keys with their values",
    "union_tag_not_found": "needs a `kind`",
}


def mistakes(problem: ValidationError, source: Source) -> Iterator[tuple[int, str]]:
    """Line and sentence for each mistake pydantic found in a file."""
    for error in problem.errors(include_input=False, include_url=False):
        where: Where = tuple(error["loc"])
        yield source.line_of(where), _sentence(error["type"], where, error["msg"], error.get("ctx") or {})


def _sentence(kind: str, where: Where, message: str, context: dict[str, Any]) -> str:
    name = f"`{where[-1]}`" if where and isinstance(where[-1], str) else "this"
    if kind == "missing":
        return f"{name} is missing"
    if kind == "extra_forbidden":
        return f"unknown key {name}{_did_you_mean(str(where[-1]))}"
    if kind in ("literal_error", "enum"):
        return f"{name} must be {context.get('expected', 'one of the known words')}"
    if kind == "union_tag_invalid":
        return f"kind must be one of {context.get('expected_tags', 'the known words')}"
    if kind == "value_error":
        said = message.removeprefix("Value error, ")
        return f"{name} {said}" if said.startswith("must ") else said
    if kind in _MUST_BE:
        return f"{name} {_MUST_BE[kind]}"
    return f"{name}: {message[:1].lower()}{message[1:]}"


def _did_you_mean(key: str) -> str:
    if key in _KNOWN_KEYS:
        return " in this place"
    close = get_close_matches(key, _KNOWN_KEYS, n=1, cutoff=0.75)
    return f"; did you mean `{close[0]}`?" if close else ""


def _keys(module: Any) -> set[str]:
    models = [m for m in vars(module).values() if isinstance(m, type) and issubclass(m, BaseModel)]
    return {field.alias or name for model in models for name, field in model.model_fields.items()}


_COMPUTED = {
    "body",
    "length_seconds",
    "cues",
    "transcript_text",
    "media_type",
    "sha256",
    "size",
    "forms",
    "files",
}
_KNOWN_KEYS = sorted((_keys(parts) | _keys(schema) | _keys(definition)) - _COMPUTED)
