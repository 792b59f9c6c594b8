"""Fetching an LMS course's list of people: short transaction, HTTP with none open, short transaction."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

from sqlalchemy.orm import Session

from lti.adapter.access_tokens import NoToken
from lti.adapter.http import Answer, Unreachable
from lti.adapter.rosters import RosterRefused, TooSlow, fetch_roster
from lti.adapter.service_calls import ServiceCalls
from lti.protocol.quirks import says_throttled
from lti.protocol.roster import ROSTER_TYPE, BrokenRoster
from lti.protocol.tool import MEMBERSHIP_SCOPE
from lti.runtime import Runtime
from lti.services import rosters
from lti.services.keys import signer
from portal.core.clock import course_now, real_now

Transactions = Callable[[], AbstractContextManager[Session]]

# For all pages together. Shorter than a promise is held (portal.outbox.policy.LEASE).
NIGHTLY = timedelta(minutes=4)


class NotFetched(Exception):
    """The list could not be read. `passing`: another try may do."""

    def __init__(self, trouble: str, *, passing: bool, answer: Answer | None = None) -> None:
        super().__init__(trouble)
        self.passing = passing
        self.answer = answer
        self.is_slow = False  # it was being handed over, but not in time


def sync(
    transactions: Transactions,
    doors: Runtime,
    context_row: int,
    *,
    whole: bool = False,
    by: int | None = None,
    patience: timedelta | None = None,
) -> None:
    """Fetch the list and do as it says. Raises NotFetched after keeping why; then nobody came and nobody went.

    `patience`: of somebody who waits, for all pages of the list together.
    """
    begun_at, ends = real_now(), time.monotonic() + (patience or NIGHTLY).total_seconds()
    with transactions() as session:
        ask = rosters.begin_fetch(session, context_row, at=begun_at, whole=whole)
        if ask is None:
            return
        key = signer(session, doors.seal, at=begun_at, may_write=True)
    calls = ServiceCalls(doors.http, doors.tokens, ask.platform, key, MEMBERSHIP_SCOPE)
    try:
        fetched = fetch_roster(
            lambda url: calls.call("GET", url, headers={"Accept": ROSTER_TYPE}),
            ask.url,
            ask.family,
            plain_url=ask.plain_url,
            is_late=lambda: time.monotonic() > ends,
        )
    except (RosterRefused, BrokenRoster, NoToken, Unreachable) as problem:
        trouble = _in_words(problem, goes_on=patience is not None)
        with transactions() as session:
            rosters.note_trouble(session, ask, str(trouble), begun_at=begun_at)
        raise trouble from None
    with transactions() as session:
        rosters.apply(
            session, ask, fetched, begun_at=begun_at, at=real_now(), course_time=course_now(), by=by
        )


def _in_words(problem: RosterRefused | BrokenRoster | NoToken | Unreachable, *, goes_on: bool) -> NotFetched:
    if isinstance(problem, TooSlow):
        then = "It is fetched in the background now." if goes_on else "It is tried again on the next night."
        slow = NotFetched(f"{problem} {then}", passing=False)
        slow.is_slow = True
        return slow
    if isinstance(problem, BrokenRoster):
        return NotFetched(str(problem), passing=True)
    if isinstance(problem, Unreachable):
        return NotFetched(f"The LMS gave no usable answer ({problem}). Try again later.", passing=True)
    if isinstance(problem, NoToken):
        return NotFetched(
            f"The LMS gave no access token ({problem}). Its administrator must allow Names and Role Provisioning "
            "for this tool.",
            passing=not problem.hopeless,
            answer=problem.answer,
        )
    answer = problem.answer
    if answer.status >= 500 or says_throttled(answer.status, answer.text):
        return NotFetched(
            f"The LMS is busy or down (it answered {answer.status}). Try again later.",
            passing=True,
            answer=answer,
        )
    if answer.status in (401, 403):
        words = "The LMS does not let us read its list of people. Its administrator must allow Names and Role Provisioning for this tool, in this course."  # noqa: E501
    elif answer.status in (404, 410, 412, 422):
        words = "The LMS no longer has this course’s list of people. Was the course deleted or concluded?"
    else:
        words = "The LMS gave no list of people."
    return NotFetched(f"{words} (It answered {answer.status}.)", passing=False, answer=answer)
