"""What tests of scores share: ticking, and what has come of it here and in the LMS."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lti.models import LineItem
from lti.protocol.score import Score
from portal.assignments.services import mark_item
from portal.core.clock import Clock, use_clock
from portal.core.db import reading, transaction
from portal.courses.models import Enrollment
from portal.courses.queries import content_of, schedule_of
from portal.outbox.models import MessageState, OutboxMessage
from tests.lti.conftest import School

AGS = "https://purl.imsglobal.org/spec/lti-ags/"
SCOPES = [AGS + "scope/lineitem", AGS + "scope/lineitem.readonly", AGS + "scope/score"]
ROLES = "http://purl.imsglobal.org/vocab/lis/v2/membership#"
DONE = datetime(2027, 1, 20, 9, 0, tzinfo=UTC)
NOW = datetime(2027, 1, 23, 17, 3, 11, 482000, tzinfo=UTC)
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"


def enrolled(school: School, who: str = "sam") -> Enrollment:
    """The enrollment of somebody of the LMS."""
    found = school.enrollment(school.lms.sub(who))
    assert found is not None
    return found


def tick(school: School, item: str = "profile", *, done: bool = True, who: str = "sam") -> None:
    """The learner ticks an item, as the lesson page does."""
    learner = enrolled(school, who)
    with school.world.app.app_context(), transaction() as session:
        set_done(session, school, learner, item, done=done)


def set_done(
    session: Session, school: School, learner: Enrollment, item: str = "profile", *, done: bool
) -> None:
    """The same in a transaction that is open."""
    assert school.cohort is not None
    mine = session.get_one(Enrollment, learner.id)
    content = content_of(session, school.cohort.course_version_id)
    dates = schedule_of(session, mine).assignment(item)
    mark_item(session, mine, content.assignment(item).assignment, dates, done=done, at=school.world.now)


def until_blocked(session: Session) -> None:
    """Wait until another connection waits for what this one holds. SQLite has one writer: it waits already."""
    if session.get_bind().dialect.name == "sqlite":
        return
    waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    deadline = time.monotonic() + 30
    while not session.scalar(waits):
        assert time.monotonic() < deadline, "nobody waits"


def wait(school: School, **span: float) -> None:
    """Move real time on, here and in the LMS; course time stays where it is."""
    before, skip = school.world.clock, timedelta(**span)
    school.world.clock = Clock(before.offset - skip, real=lambda: before.real_now() + skip)
    use_clock(school.world.clock)
    school.lms.now = school.world.clock.real_now()


def drain(school: School) -> None:
    """Run the outbox as of the moved time."""
    school.world.drain(later=school.world.clock.real_now() - datetime.now(UTC))


def waiting(school: School) -> list[tuple[MessageState, str | None]]:
    """What is not done, with the last error."""
    with school.world.app.app_context(), reading() as session:
        return [
            (message.state, message.last_error)
            for message in session.scalars(
                select(OutboxMessage).where(OutboxMessage.state != MessageState.DONE)
            )
        ]


def statements(school: School) -> list[dict[str, Any]]:
    """The scores the LMS took, as posted."""
    return [score.body for score in school.lms.scores]


def body(family: str | None, given: int = 40, *, submitted_at: datetime | None = DONE) -> dict[str, Any]:
    """A score of so much in a hundred, as it is posted to this family of platforms at NOW."""
    found: dict[str, Any] = json.loads(Score("6aa04acb", given, 100, submitted_at, NOW).body(family))
    return found


def endpoint(school: School, link: str = "lesson:1") -> dict[str, Any]:
    """The AGS claim of a launch by this link."""
    found: dict[str, Any] = school.lms.launch_claims("sam", link, nonce="n")[AGS + "claim/endpoint"]
    return found


def navigation(
    school: School,
    link: str = "nav",
    destination: str = "lesson:1",
    scopes: list[str] = SCOPES,
    **more: object,
) -> dict[str, Any]:
    """Claims of a launch that names where columns are, and none of its own."""
    return {
        "lti:resource_link": {"id": link, "title": "Lectern"},
        "lti:custom": {"destination": destination},
        "ags:endpoint": {"lineitems": endpoint(school, "home")["lineitems"], "scope": scopes},
    } | more


def kept(school: School) -> list[LineItem]:
    """The columns we know of."""
    with school.world.app.app_context(), reading() as session:
        return list(session.scalars(select(LineItem).order_by(LineItem.id)))
