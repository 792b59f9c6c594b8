"""An LMS course's list of people (NRPS 2.0), page by page, as our own types."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from requests.utils import parse_header_links

from lti.protocol.messages import Names
from lti.protocol.quirks import roster_text
from lti.protocol.roles import ContextRole, Standing, standing_of

ROSTER_TYPE = "application/vnd.ims.lti-nrps.v2.membershipcontainer+json"

_SUB = re.compile(r"[\x20-\x7e]{1,255}")
_GONE = ("inactive", "deleted")


class BrokenRoster(Exception):
    """A page that cannot be read as a list of people. The text is for people; it names nobody."""


@dataclass(frozen=True)
class Listed:
    """One person as a roster names them. `is_there`: the status is neither Inactive nor Deleted."""

    sub: str
    standing: Standing
    is_there: bool
    names: Names

    def joined(self, other: "Listed") -> "Listed":
        """Both entries of who is listed twice (once for each section): there if either says so, as the higher role."""
        if self.is_there is not other.is_there:
            return self if self.is_there else other
        return max(other, self, key=lambda entry: _RANK.get(entry.standing.role, 0))


_RANK = {
    role: 2 if role.is_staff else 1 for role in ContextRole if role.is_staff or role is ContextRole.LEARNER
}


@dataclass(frozen=True)
class RosterPage:
    """One page. `odd`: how many of its entries could not be read."""

    people: tuple[Listed, ...]
    odd: int


@dataclass(frozen=True)
class RosterLinks:
    """Where the page says to go on (RFC 8288), as given: relative addresses resolved, letters' case kept."""

    next_url: str | None
    differences_url: str | None


def read_page(body: Any, family: str | None) -> RosterPage:
    """The page. Raises BrokenRoster where it is no membership container, or says an error."""
    if not isinstance(body, dict) or not isinstance(body.get("members"), list):
        raise BrokenRoster("The LMS's answer is no list of people.")
    if body.get("errors") or body.get("error"):
        raise BrokenRoster("The LMS's list of people says that something went wrong.")
    people = [_listed(member, family) for member in body["members"]]
    found = tuple(person for person in people if person is not None)
    return RosterPage(found, len(people) - len(found))


def links_of(header: str | None, url: str) -> RosterLinks:
    """The links of a page that came from `url`. Several in one header, quoted or not, in any order."""
    found: dict[str, str] = {}
    for link in parse_header_links(header or ""):
        address = link.get("url", "").strip()
        for word in _relations(link):
            if address:
                found.setdefault(word, urljoin(url, address))
    return RosterLinks(found.get("next"), found.get("differences"))


def _relations(link: Mapping[str, str]) -> Iterable[str]:
    # Relation types are compared without case; one link may have several (RFC 8288, 2.1.1 and 3.3).
    said = next((value for key, value in link.items() if key.lower() == "rel"), "")
    return said.lower().split()


def _listed(member: Any, family: str | None) -> Listed | None:
    if not isinstance(member, dict):
        return None
    sub = member.get("user_id")
    if isinstance(sub, int) and not isinstance(sub, bool):
        sub = str(sub)
    if not isinstance(sub, str) or not _SUB.fullmatch(sub):
        return None
    roles = member.get("roles")
    said = [role for role in roles if isinstance(role, str)] if isinstance(roles, list) else []
    return Listed(sub, standing_of(said), _is_there(member.get("status")), _names(member, family))


def _is_there(status: Any) -> bool:
    # Active also when absent (NRPS 2.3); a word nobody knows withdraws nobody.
    word = re.split(r"[#:/]", status.strip())[-1].lower() if isinstance(status, str) else ""
    return word not in _GONE


def _names(member: Mapping[str, Any], family: str | None) -> Names:
    def text(name: str) -> str | None:
        value = member.get(name)
        return roster_text(value, family) if isinstance(value, str) and value.strip() else None

    return Names(text("name"), text("given_name"), text("family_name"), text("email"))
