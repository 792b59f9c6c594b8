"""Which lists of people are to be fetched, and what a fetched one does. The people: services.listing, services.roll."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti.adapter.rosters import FetchedRoster, with_limit
from lti.messages import RosterDue
from lti.models import Context, Registration, Roster
from lti.protocol.platform import RegisteredPlatform
from lti.services import health
from lti.services.health import Service
from lti.services.listing import take_in
from lti.services.logins import as_platform
from lti.services.roll import OnRoll, Roll, read_roll, withdraw_gone
from portal.audit.services import record
from portal.core.errors import NotFound
from portal.core.upsert import insert_or_leave
from portal.courses.dates import Schedule
from portal.courses.models import Cohort
from portal.courses.queries import content_of
from portal.identity.models import Platform
from portal.outbox.services import post

NIGHT = time(3, 0)  # of the cohort's zone, and some minutes by the course's number: not all at once
_WHOLE_EVERY = timedelta(days=6)  # in between differences will do, where the platform gives them
_GOES_ON = timedelta(days=60)  # after access has ended; then an emptied LMS course withdraws nobody


@dataclass(frozen=True)
class RosterAsk:
    """One list to fetch. `whole`: all of it, not what changed since the last one; `plain_url`: without a wish."""

    context_row: int
    url: str
    plain_url: str
    whole: bool
    family: str | None
    platform: RegisteredPlatform


def post_due_rosters(session: Session, *, at: datetime, course_time: datetime) -> int:
    """Promise the fetch of each list whose night has come. Returns how many. `at`: real time."""
    rows = session.execute(
        select(Context, Cohort, Roster)
        .join(Cohort, Cohort.id == Context.cohort_id)
        .join(Registration, Registration.platform_id == Context.registration_id)
        .outerjoin(Roster, Roster.context_id == Context.id)
        .where(
            Context.memberships_url.is_not(None),
            Roster.next_at.is_(None) | (Roster.next_at <= at),
        )
    ).all()
    posted = 0
    for context, cohort, known in rows:
        roster = known or _new(session, context.id)
        if roster.next_at is not None and _goes_on(session, cohort, course_time):
            post(session, RosterDue(context.id))
            posted += 1
        roster.next_at = next_night(cohort.time_zone, context.id, at)
    return posted


def next_night(zone: str, context_row: int, at: datetime) -> datetime:
    """The next time that this course's list is fetched by itself, in UTC."""
    local = at.astimezone(ZoneInfo(zone))
    minutes = timedelta(minutes=context_row * 7 % 60)
    night = datetime.combine(local.date(), NIGHT, local.tzinfo) + minutes
    if night <= local:
        night = datetime.combine(local.date() + timedelta(days=1), NIGHT, local.tzinfo) + minutes
    return night.astimezone(UTC)


def begin_fetch(session: Session, context_row: int, *, at: datetime, whole: bool) -> RosterAsk | None:
    """What to ask the platform; None where there is nothing to ask (any more).

    `whole`: though the platform may have told how to ask for what has changed alone.
    """
    row = session.execute(
        select(Context, Roster, Registration, Platform)
        .join(Registration, Registration.platform_id == Context.registration_id)
        .join(Platform, Platform.id == Registration.platform_id)
        .outerjoin(Roster, Roster.context_id == Context.id)
        .where(Context.id == context_row, Context.cohort_id.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    context, roster, registration, platform = row
    if context.memberships_url is None:
        return None
    roster = roster or _new(session, context.id)
    roster.tried_at = at
    changes = None if whole or not _is_fresh(roster, context, at) else roster.differences_url
    return RosterAsk(
        context.id,
        changes or with_limit(context.memberships_url),
        changes or context.memberships_url,
        changes is None,
        context.family,
        as_platform(registration, platform),
    )


def note_trouble(session: Session, ask: RosterAsk, trouble: str, *, begun_at: datetime) -> None:
    """The list could not be read: nobody was added, nobody was withdrawn."""
    roster = session.get_one(Roster, ask.context_row)
    if _is_overtaken(roster, begun_at):
        return
    roster.trouble = trouble
    health.note(session, ask.platform.id, Service.PEOPLE, worked=False, said=trouble, at=begun_at)
    if not ask.whole:
        roster.differences_url = None  # next time the whole list


def apply(
    session: Session,
    ask: RosterAsk,
    fetched: FetchedRoster,
    *,
    begun_at: datetime,
    at: datetime,
    course_time: datetime,
    by: int | None,
) -> None:
    """People of the list are in; who is gone is withdrawn, unless it is doubtful or too many. In one transaction.

    `begun_at`: real time before the fetch; who launched after it is there, whatever the list says.
    """
    context = session.scalar(
        select(Context).where(Context.id == ask.context_row).with_for_update().execution_options(populate_existing=True)
    )  # fmt: skip
    if context is None or context.cohort_id is None:
        return
    roster = session.get(Roster, context.id, populate_existing=True) or _new(session, context.id)
    if _is_overtaken(roster, begun_at):
        return
    added = take_in(session, context, fetched.people, at=at, course_time=course_time)
    roll = read_roll(session, context)
    gone = [] if fetched.incomplete else roll.gone(fetched.people, whole=ask.whole, begun_at=begun_at)
    if roll.too_many(gone):
        roster.held = _held_with(
            roster, [one.person_id for one in gone], roll.size, begun_at, whole=ask.whole
        )
        gone = []
    elif ask.whole and not fetched.incomplete:
        roster.held = None
    withdrawn = withdraw_gone(session, context, gone, at=at, course_time=course_time, by=by)
    roster.fetched_at, roster.added, roster.withdrawn = at, added, withdrawn
    roster.trouble = f"Nobody is withdrawn by this list: {fetched.incomplete}." if fetched.incomplete else ""
    health.note(session, ask.platform.id, Service.PEOPLE, worked=True, at=begun_at)
    roster.differences_url = fetched.differences_url
    if ask.whole:
        roster.listed, roster.whole_at = len(fetched.people), at
    if added or withdrawn:
        record(
            session, action="roster_fetched", cohort_id=context.cohort_id, by=by, at=course_time,
            after={"context": context.id, "added": added, "withdrawn": withdrawn},
        )  # fmt: skip
    session.flush()


def accept_held(
    session: Session, cohort: Cohort, context_row: int, *, by: int, at: datetime, course_time: datetime
) -> int:
    """The course team's yes to a list that withdraws many. Who came meanwhile stays. Returns how many went.

    A second yes finds no list that waits, and nobody goes. Raises NotFound for another cohort's list.
    """
    row = session.execute(
        select(Context, Roster)
        .join(Roster, Roster.context_id == Context.id)
        .where(Context.id == context_row, Context.cohort_id == cohort.id)
        .with_for_update(of=Roster)
    ).one_or_none()
    if row is None:
        raise NotFound("This cohort has no such list of people.")
    context, roster = row
    if roster.held is None:
        return 0
    gone = held_of(read_roll(session, context), roster)
    roster.held = None
    roster.withdrawn = withdraw_gone(session, context, gone, at=at, course_time=course_time, by=by)
    record(
        session, action="roster_accepted", cohort_id=cohort.id, by=by, at=course_time,
        after={"context": context.id, "withdrawn": roster.withdrawn},
    )  # fmt: skip
    session.flush()
    return int(roster.withdrawn)


def held_of(roll: Roll, roster: Roster) -> list[OnRoll]:
    """Who would be withdrawn by the list that waits: those it missed, but who came or was listed again since."""
    if roster.held is None:
        return []
    people, since = set(roster.held["people"]), datetime.fromisoformat(roster.held["at"])
    return [
        one
        for one in roll.members
        if one.person_id in people
        and all(at is None or at < since for at in (one.launched_at, one.listed_at))
    ]


def rosters_of(session: Session, cohort_id: int) -> list[tuple[Context, Roster | None]]:
    """The LMS courses that open the cohort and told where their list of people is."""
    rows = session.execute(
        select(Context, Roster)
        .outerjoin(Roster, Roster.context_id == Context.id)
        .where(Context.cohort_id == cohort_id, Context.memberships_url.is_not(None))
        .order_by(Context.id)
    )
    return [(context, roster) for context, roster in rows]


def _held_with(
    roster: Roster, people: list[int], size: int, begun_at: datetime, *, whole: bool
) -> dict[str, Any]:
    """A list that waits. Differences are told once: those of the night before go on waiting beside them."""
    before = roster.held if roster.held is not None and not whole else {}
    return {
        "people": sorted({*people, *before.get("people", ())}),
        "of": max(size, before.get("of", 0)),
        "at": before.get("at", begun_at.isoformat()),
    }


def _is_fresh(roster: Roster, context: Context, at: datetime) -> bool:
    """Whether what changed since will do: a whole list came lately, and for the cohort that the course opens now."""
    if roster.whole_at is None or at - roster.whole_at >= _WHOLE_EVERY:
        return False
    return context.connected_at is None or roster.whole_at > context.connected_at


def _is_overtaken(roster: Roster, begun_at: datetime) -> bool:
    """Whether a fetch that began later has come to its end already: what this one read may be older.

    The button pressed twice, or at night: the newest list counts, in whatever order they arrive.
    """
    later_began = roster.tried_at is not None and roster.tried_at > begun_at
    return later_began and roster.fetched_at is not None and roster.fetched_at >= begun_at


def _new(session: Session, context_row: int) -> Roster:
    """The row, made by whichever of two comes first."""
    row = {"context_id": context_row, "trouble": "", "listed": 0, "added": 0, "withdrawn": 0}
    insert_or_leave(session, Roster, [row])
    return session.get_one(Roster, context_row)


def _goes_on(session: Session, cohort: Cohort, course_time: datetime) -> bool:
    schedule = Schedule(content_of(session, cohort.course_version_id), cohort.starts_on, cohort.time_zone)
    return course_time <= schedule.access_ends_at() + _GOES_ON
