"""A platform that answers calls about columns as a recorded Moodle or Canvas did."""

from typing import Any

from lti.adapter.columns import WantedColumn
from lti.adapter.http import Answer
from tests.lti.captured import answer_of, cases

CANVAS, MOODLE = cases("canvas", "ags-lineitems"), cases("moodle", "ags-lineitems")
CANVAS_URL = "https://northvalley.example.edu/api/lti/courses/1207/line_items"
MOODLE_URL = "https://moodle.example/mod/lti/services.php/2/lineitems?type_id=1"


class Platform:
    """Answers calls with captured answers, in turn; keeps what was asked."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict[str, str], bytes | None]] = []

    def __call__(
        self, method: str, url: str, *, headers: dict[str, str], body: bytes | None = None
    ) -> Answer:
        self.asked.append((method, url, headers, body))
        return answer_of(self.answers.pop(0))


def wanted(
    url: str, link: str = "x", resource: str = "work:network-map", tag: str = "share", *, make: bool = True
) -> WantedColumn:
    """One column to look for."""
    return WantedColumn(url, link, resource, tag, "Label", make)
