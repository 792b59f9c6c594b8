"""The half of the fake's door that is about services: reaching them, breaking them, seeing what came."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests

from lti.demo_platform.canvas_ids import context_of, sub_of
from lti.demo_platform.canvas_scores import is_attempt
from lti.demo_platform.config import PlatformConfig
from lti.demo_platform.state import Lms
from lti.demo_platform.store import Row
from lti.demo_platform.transport import InProcess, session_to
from lti.demo_platform.trouble import Fault, ServiceCall


class Browser(Protocol):
    """A werkzeug or Flask test client of the portal."""

    def get(self, *args: Any, **kwargs: Any) -> Any: ...
    def post(self, *args: Any, **kwargs: Any) -> Any: ...


@dataclass(frozen=True)
class ReceivedScore:
    """One score the portal sent."""

    link_id: str | None
    line_item_id: int
    sub: str
    body: dict[str, Any]
    status: int
    reason: str
    at: datetime


class ServiceDoor:
    """What DemoPlatform inherits; see the package's docstring."""

    app: Any
    config: PlatformConfig
    _lms: Lms
    _fetch_keys: Callable[[str], object]

    def person(self, who: str) -> Row:
        for person in self._lms.store.people():
            if who in (person["sub"], person["username"]):
                return person
        raise LookupError(f"the sample LMS knows no {who}")

    def sub(self, who: str) -> str:
        """What tokens and rosters call a person."""
        return sub_of(self.config, self.person(who)["sub"])

    def context_id(self, course: str) -> str:
        """What tokens call a course."""
        return context_of(self.config, course)

    def link(self, what: str) -> Row:
        navigation = self._lms.linked(what) if ":" in what else None
        if navigation is not None:
            return navigation
        for course in self._lms.store.courses():
            for link in self._lms.store.links(course["id"]):
                if what in (link["id"], link["custom"].get("destination")):
                    return link
        raise LookupError(f"the sample LMS has no link {what}")

    def http(self) -> requests.Session:
        """For the portal: reaches this LMS in the process, and nothing else."""
        return session_to({self.config.base_url, self.config.shared_url}, self.adapter())

    def adapter(self) -> InProcess:
        return InProcess(self.app)

    def trust(self, browser: Browser) -> None:
        """The token endpoint reads the tool's keys through the portal's test client."""

        def fetch(url: str) -> object:
            answer = browser.get(urlsplit(url).path, base_url=self.config.portal_url + "/")
            if answer.status_code != 200:
                raise requests.HTTPError(f"{url} answered {answer.status_code}")
            return json.loads(answer.get_data(as_text=True))

        self._fetch_keys = fetch

    def trust_keys(self, key_set: object) -> None:
        def fetch(url: str) -> object:
            del url
            return key_set

        self._fetch_keys = fetch

    def fail(
        self,
        service: str,
        answer: int | str,
        *,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
        times: int | None = 1,
        skip: int = 0,
    ) -> None:
        """The next `times` calls of a service go wrong (None: all, until recover)."""
        self._lms.trouble.add(Fault(service, answer, body, headers or {}, times, skip))

    def recover(self) -> None:
        self._lms.trouble.clear()

    @property
    def requests(self) -> list[ServiceCall]:
        return list(self._lms.calls)

    def forget_requests(self) -> None:
        self._lms.calls.clear()

    def attempts(self, person: str, link: str) -> int:
        """How many of the scores taken count as submissions (a Canvas's)."""
        which = (self.link(link)["id"], self.person(person)["sub"])
        return sum(is_attempt(one.body) for one in self.scores if (one.link_id, one.sub) == which)

    @property
    def scores(self) -> list[ReceivedScore]:
        return [score for score in self._received() if score.status == 200]

    @property
    def refused_scores(self) -> list[ReceivedScore]:
        return [score for score in self._received() if score.status != 200]

    def _received(self) -> list[ReceivedScore]:
        rows = self._lms.store.all(
            "select score.*, line_item.link_id from score "
            "join line_item on line_item.id = line_item_id order by score.id"
        )
        return [
            ReceivedScore(
                row["link_id"],
                row["line_item_id"],
                row["sub"],
                json.loads(row["body"]),
                row["status"],
                row["reason"],
                datetime.fromisoformat(row["received_at"]),
            )
            for row in rows
        ]

    def grade(self, person: str, link: str) -> float | None:
        """What stands in the gradebook, in points of that column."""
        row = self._lms.store.one(
            "select grade.score from grade join line_item on line_item.id = line_item_id "
            "where link_id = ? and of_activity and sub = ?",
            self.link(link)["id"],
            self.person(person)["sub"],
        )
        return row["score"] if row else None
