"""Scores to platforms: promised inside, sent outside.

Wiring (portal/app.py): `ScoreChanged` → `on_score_changed`, `ColumnLearned` → `on_column_learned`, both inside;
`OUTSIDE` holds what talks to platforms: short read, HTTP with no transaction open, short write.
"""

import logging
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from sqlalchemy.orm import Session

from lti.adapter.access_tokens import NoToken
from lti.adapter.columns import ColumnsRefused, find_or_make
from lti.adapter.http import Answer, Unreachable
from lti.adapter.service_calls import ServiceCalls
from lti.adapter.signing import Signer
from lti.messages import ColumnLearned, ColumnWanted, RosterDue, ScoreDue
from lti.protocol.claims import LINE_ITEM_READ_SCOPE, LINE_ITEM_SCOPE, SCORE_SCOPE
from lti.protocol.quirks import refusal_words, says_later_known, says_no_learner, says_throttled
from lti.protocol.score import SCORE_TYPE, scores_url
from lti.runtime import Runtime, runtime
from lti.services import columns, scores
from lti.services.keys import signer
from lti.syncing import NotFetched, sync
from portal.core.clock import real_now
from portal.core.errors import PortalError
from portal.courses.messages import ScoreChanged
from portal.outbox.delivery import Hopeless, Later, Silent, spare

log = logging.getLogger(__name__)

Transactions = Callable[[], AbstractContextManager[Session]]

_LONGEST_WAIT = timedelta(hours=6)


def on_score_changed(session: Session, message: ScoreChanged, *, at: datetime) -> None:  # noqa: ARG001
    """Standings changed: promise a statement for each column that is out of date."""
    scores.post_due(session, list(message.enrollment_ids))


def on_column_learned(session: Session, message: ColumnLearned, *, at: datetime) -> None:  # noqa: ARG001
    """A column is new, or has moved: what was done before belongs in it too."""
    learners = scores.learners_of_column(session, message.line_item_id)
    scores.post_due(session, learners, line_item_id=message.line_item_id)


def send_score(transactions: Transactions, body: Mapping[str, Any]) -> None:
    """State one learner's share to one column. Raises Later or Hopeless."""
    doors = runtime()
    with transactions() as session:
        try:
            statement = scores.begin(session, ScoreDue(**body), at=real_now())
        except scores.TooSoon as soon:
            raise Later("", soon.wait) from None
        if statement is None:
            return
        spare(_who(statement.platform.id))
        key = _key(session, doors)
    answer = _post(doors, statement, key)
    if answer.status in range(200, 300):
        with transactions() as session:
            scores.arrived(session, statement, at=real_now())
    elif says_later_known(answer.status, answer.text):
        with transactions() as session:
            times = scores.refused_as_older(session, statement)
        if times >= scores.MOST_REFUSALS:
            raise Hopeless(f"The platform says {times} times that it knows a later score.")
        raise Later("The platform knows a score of the same or a later time.", timedelta(seconds=1))
    else:
        _give_up(answer, statement.family)


def fetch_roster_due(transactions: Transactions, body: Mapping[str, Any]) -> None:
    """Fetch an LMS course's list of people. Raises Later; what will not pass stands on the cohort's page alone."""
    try:
        sync(transactions, runtime(), RosterDue(**body).context_row)
    except NotFetched as problem:
        if problem.passing:
            raise Later(str(problem), _retry_after(problem.answer)) from None
    except PortalError as problem:  # of the signing key
        raise Later(problem.message) from None


def find_column(transactions: Transactions, body: Mapping[str, Any]) -> None:
    """Find the column of a linked page, or make it. Raises Later, or Hopeless."""
    doors, wanted = runtime(), ColumnWanted(**body)
    with transactions() as session:
        ask = columns.begin(session, wanted)
        if ask is None:
            return
        spare(_who(ask.platform.id))
        key = _key(session, doors)
    scope = LINE_ITEM_SCOPE if ask.may_make else LINE_ITEM_READ_SCOPE
    try:
        url = find_or_make(ServiceCalls(doors.http, doors.tokens, ask.platform, key, scope).call, ask.column)
    except NoToken as problem:
        if not problem.hopeless:
            raise Later(str(problem), _retry_after(problem.answer)) from None
        url = None
    except Unreachable as problem:
        raise _unreached(problem, ask.platform.id) from None
    except ColumnsRefused as problem:
        if problem.answer.status >= 500 or says_throttled(problem.answer.status, problem.answer.text):
            raise Later(
                f"The platform answered {problem.answer.status}.", _retry_after(problem.answer)
            ) from None
        log.warning(
            "No column: the platform answered %s to line item %s", problem.answer.status, ask.line_item_id
        )
        url = None
    with transactions() as session:
        columns.answered(session, ask, url, at=real_now())


OUTSIDE = {ScoreDue.topic: send_score, RosterDue.topic: fetch_roster_due, ColumnWanted.topic: find_column}


def _key(session: Session, doors: Runtime) -> Signer:
    """The key to sign with; after a rotation of the secret key this seals it anew. Raises Later."""
    try:
        return signer(session, doors.seal, at=real_now(), may_write=True)
    except PortalError as problem:  # the operator can mend it; nothing is lost till then
        raise Later(problem.message) from None


def _post(doors: Runtime, statement: scores.Statement, key: Signer) -> Answer:
    """The platform's answer."""
    calls = ServiceCalls(doors.http, doors.tokens, statement.platform, key, SCORE_SCOPE)
    try:
        return calls.call(
            "POST",
            scores_url(statement.line_item_url),
            headers={"Content-Type": SCORE_TYPE, "Accept": "*/*"},
            body=statement.score.body(statement.family),
        )
    except NoToken as problem:
        if problem.hopeless:
            raise Hopeless(str(problem)) from None
        raise Later(str(problem), _retry_after(problem.answer)) from None
    except Unreachable as problem:
        raise _unreached(problem, statement.platform.id) from None


def _who(platform_id: int) -> str:
    return f"platform {platform_id}"


def _unreached(problem: Unreachable, platform_id: int) -> Later:
    reason = f"The platform could not be reached: {problem}."
    return Silent(reason, _who(platform_id)) if problem.slow else Later(reason)


def _give_up(answer: Answer, family: str | None = None) -> None:
    words = refusal_words(answer.text)
    reason = f"The platform answered {answer.status}" + (f": {words}" if words else " and gave no reason.")
    if answer.status >= 500 or says_throttled(answer.status, answer.text):
        raise Later(reason, _retry_after(answer))
    if says_no_learner(answer.status, answer.text, family):
        reason = f"{scores.NO_LEARNER_THERE} (it answered {answer.status})."
    raise Hopeless(reason)


def _retry_after(answer: Answer | None) -> timedelta | None:
    """`Retry-After` in seconds or as a date, within bounds; None: by the growing waits."""
    said = (answer.headers.get("Retry-After") or "").strip() if answer is not None else ""
    if said.isdigit() and len(said) < 8:
        return min(timedelta(seconds=int(said)), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max(until - real_now(), timedelta(seconds=1)), _LONGEST_WAIT)
