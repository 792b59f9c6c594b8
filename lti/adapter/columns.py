"""A column of a gradebook (AGS 2.0, line item service): found by its link or by what it stands for, else made."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lti.adapter.http import Answer
from lti.protocol.origins import origin_of
from lti.protocol.roster import links_of
from lti.protocol.score import filtered

LINE_ITEM_TYPE = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE = "application/vnd.ims.lis.v2.lineitemcontainer+json"
MAXIMUM = 100  # of a column we make; scores carry a maximum of their own
_LONGEST = 2000
_MOST_PAGES = 20


@dataclass(frozen=True)
class WantedColumn:
    """The column of one link. `resource_id`, `tag`: how we name it, in Deep Linking too."""

    line_items_url: str
    link_id: str
    resource_id: str
    tag: str
    label: str
    may_make: bool


class ColumnsRefused(Exception):
    """The platform answered with something else than line items."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(f"status {answer.status}")
        self.answer = answer


def find_or_make(call: Callable[..., Answer], wanted: WantedColumn) -> str | None:
    """The column's address; None where there is none and we may not make it. Raises ColumnsRefused."""
    of_link = _list(call, wanted, {"resource_link_id": wanted.link_id})
    ours = [item for item in of_link if str(item.get("resourceLinkId")) == wanted.link_id]
    named = _list(call, wanted, {"resource_id": wanted.resource_id, "tag": wanted.tag}) if not ours else []
    # Platforms that do not know a filter answer with everything.
    named = [
        one for one in named if (one.get("resourceId"), one.get("tag")) == (wanted.resource_id, wanted.tag)
    ]
    for item in (*sorted(ours, key=lambda one: one.get("resourceId") != wanted.resource_id), *named):
        if url := _address(item, wanted):
            return url
    return _make(call, wanted) if wanted.may_make else None


def _list(call: Callable[..., Answer], wanted: WantedColumn, filters: dict[str, str]) -> list[dict[str, Any]]:
    """What the container has for these filters, all pages: bounded, never in a circle, never off its host."""
    where: str | None = filtered(wanted.line_items_url, filters)
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    while where is not None and where not in seen and len(seen) < _MOST_PAGES:
        seen.add(where)
        answer = call("GET", where, headers={"Accept": LINE_ITEMS_TYPE})
        page = _json(answer, (200,))
        found += [item for item in page if isinstance(item, dict)] if isinstance(page, list) else []
        where = _on_host(links_of(answer.headers.get("Link"), where).next_url, wanted)
    return found


def _make(call: Callable[..., Answer], wanted: WantedColumn) -> str | None:
    # Without resourceLinkId: Canvas knows only assignments by it, and answers 404 for any other link.
    said = {
        "scoreMaximum": MAXIMUM,
        "label": wanted.label,
        "resourceId": wanted.resource_id,
        "tag": wanted.tag,
    }
    answer = call(
        "POST",
        wanted.line_items_url,
        headers={"Content-Type": LINE_ITEM_TYPE, "Accept": LINE_ITEM_TYPE},
        body=json.dumps(said).encode(),
    )
    made = _json(answer, (200, 201))
    return _address(made, wanted) if isinstance(made, dict) else None


def _json(answer: Answer, good: Iterable[int]) -> Any:
    if answer.status not in good:
        raise ColumnsRefused(answer)
    try:
        return answer.json()
    except ValueError:
        raise ColumnsRefused(answer) from None


def _address(item: dict[str, Any], wanted: WantedColumn) -> str | None:
    """The line item's address, where it is one on the platform's own host."""
    url = item.get("id")
    return _on_host(url, wanted) if isinstance(url, str) and len(url) <= _LONGEST else None


def _on_host(url: str | None, wanted: WantedColumn) -> str | None:
    here, there = origin_of(wanted.line_items_url), origin_of(url or "")
    same = here is not None and there is not None and here.split("://")[1] == there.split("://")[1]
    return url if same else None
