"""What the pages' forms send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from portal.core.errors import Invalid


@dataclass(frozen=True)
class CorrectionForm:
    """A change of an issued certificate by the course team."""

    action: str
    code: str
    name: str
    reason: str

    @classmethod
    def parse(cls, posted: Mapping[str, str]) -> Self:
        """Invalid when it is neither a replacement nor a revocation."""
        action = posted.get("action", "")
        if action not in ("replace", "revoke"):
            raise Invalid("Choose whether to replace or to revoke the certificate.")
        return cls(action, posted.get("code", ""), posted.get("name", ""), posted.get("reason", ""))


def has_claim(posted: Mapping[str, str]) -> bool:
    """Whether a claim came with the request for its certificate."""
    return "offering" in posted or "credits" in posted


def typed_of(posted: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a refused claim said, by field, to be shown again: the page may no longer hold its form."""
    return [
        (name.replace("_", " ").capitalize(), value)
        for name, value in posted.items()
        if name not in ("csrf_token", "action") and value.strip()
    ]
