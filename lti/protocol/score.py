"""A score as AGS 2.0 writes it, and the address it goes to."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from lti.protocol.quirks import score_extension

SCORE_TYPE = "application/vnd.ims.lis.v1.score+json"


@dataclass(frozen=True)
class Score:
    """How much of something one person has done. `submitted_at`: when the work was done, if any was."""

    sub: str
    given: int
    maximum: int
    submitted_at: datetime | None
    stated_at: datetime

    @property
    def mark(self) -> str:
        """The state this says, to tell whether the platform has it already."""
        return f"{self.given}/{self.maximum}"

    def body(self, family: str | None) -> bytes:
        """The JSON to send. Platforms count the grade only with FullyGraded, so progress is sent so too."""
        submitted = _instant(min(self.submitted_at, self.stated_at)) if self.submitted_at else None
        said: dict[str, Any] = {
            "userId": self.sub,
            "scoreGiven": self.given,
            "scoreMaximum": self.maximum,
            "timestamp": _instant(self.stated_at),
            "activityProgress": self._progress(),
            "gradingProgress": "FullyGraded",
        }
        if submitted is not None:
            said["submission"] = {"submittedAt": submitted}
        return json.dumps(said | score_extension(family, submitted)).encode()

    def _progress(self) -> str:
        if self.given >= self.maximum:
            return "Completed"
        return "InProgress" if self.given else "Initialized"


def scores_url(line_item_url: str) -> str:
    """Where scores to this line item go: `/scores` is added to the path, the query stays as it is."""
    parts = urlsplit(line_item_url)
    return urlunsplit(parts._replace(path=parts.path.rstrip("/") + "/scores", fragment=""))


def filtered(url: str, filters: Mapping[str, str]) -> str:
    """The address of a list with filters, joined to the query it has already."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(filters, quote_via=quote, safe=""))))
    return urlunsplit(parts._replace(query=query, fragment=""))


def _instant(at: datetime) -> str:
    # With zone and fractions of a second (AGS 3.4.9).
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
