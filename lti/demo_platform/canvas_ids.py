"""Ids as Canvas makes them: opaque, and another one for each use. In Moodle's dress they are our own numbers.

`sub` is a UUID; the login hint and the older user id are forty hex digits; so is a course's context id; a resource
link has a UUID, but a launch from the course's navigation names the context itself.
"""

import hashlib
import uuid

from lti.demo_platform.config import PlatformConfig


def sub_of(config: PlatformConfig, number: str) -> str:
    """What tokens, rosters and scores call a person."""
    return _uuid(config, "users", number) if config.is_canvas else number


def login_hint_of(config: PlatformConfig, number: str) -> str:
    """What the login form calls a person: never the `sub`."""
    return legacy_id("users", number) if config.is_canvas else number


def context_of(config: PlatformConfig, number: str) -> str:
    """The context id of a course."""
    return legacy_id("courses", number) if config.is_canvas else number


def link_of(config: PlatformConfig, number: str) -> str:
    """The resource link id of a link."""
    return _uuid(config, "links", number) if config.is_canvas else number


def legacy_id(kind: str, number: str) -> str:
    """Forty hex digits."""
    return digits(f"{kind}/{number}")


def digits(text: str) -> str:
    """Forty hex digits of this text."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def deployment_of(number: str) -> str:
    """A deployment id as Canvas makes them."""
    return f"{number}:{digits(number)}"


def client_of(random: str) -> str:
    """A client id as Canvas makes them: a number of 18 digits, as text."""
    return "1" + str(uuid.uuid5(uuid.NAMESPACE_URL, random).int % 10**17).zfill(17)


def _uuid(config: PlatformConfig, kind: str, number: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{config.base_url}/{kind}/{number}"))
