"""What a cohort's course team sees of its LMS: courses that ask, scores that are stuck, the connection."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti.models import Context
from lti.pages.health import HealthTable, health_tables
from lti.pages.roster import Held, held_lists
from lti.services.stuck import stuck_scores
from lti.services.wishes import courses_of, wishes_of
from portal.core.when import When, plural
from portal.courses.access import Member
from portal.courses.queries import cohort_schedule
from portal.identity.models import Person, Platform
from portal.identity.services import shown_name


@dataclass(frozen=True)
class Wish:
    """An LMS course whose instructor asks to open this cohort."""

    context_row: int
    title: str
    asked_by: str
    platform: str


@dataclass(frozen=True)
class StuckRow:
    """A score that has not arrived."""

    message_id: int
    learner: str
    column: str
    said: str
    tried: str
    next_at: When | None


@dataclass(frozen=True)
class Connection:
    """One LMS course that opens this cohort."""

    title: str
    platform: str
    client: str
    since: When | None
    by: str


@dataclass(frozen=True)
class PlatformPage:
    """The page."""

    cohort_name: str
    post_url: str
    wishes: tuple[Wish, ...]
    stuck: tuple[StuckRow, ...]
    theirs: tuple[
        StuckRow, ...
    ]  # of learners whom the LMS does not take scores for, everyone else's go through
    connections: tuple[Connection, ...]
    health: tuple[HealthTable, ...] = ()
    held: tuple[Held, ...] = ()  # lists of people that wait for a yes
    people_url: str = ""  # where they are answered


_NAMES = {"home": "Course home", "record": "My record", "evaluation": "Evaluation"}


def platform_page(session: Session, member: Member, now: datetime, real: datetime) -> PlatformPage:
    """The page of this cohort. A constant number of statements."""
    asking, open_ = wishes_of(session, member.cohort_id), courses_of(session, member.cohort_id)
    people = _names(session, [c.wanted_by_id for c in asking] + [c.connected_by_id for c in open_])
    platforms = _platforms(session, [*asking, *open_])
    schedule = cohort_schedule(session, member.cohort)
    reader = member.reader
    stuck = stuck_scores(session, member.cohort_id)
    rows = {
        score: StuckRow(
            score.message_id,
            score.learner,
            _column(score.destination),
            score.said,
            plural(score.attempts, "time"),
            schedule.when(score.next_at, real, reader) if score.next_at is not None else None,
        )
        for score in stuck
    }
    return PlatformPage(
        cohort_name=member.cohort.name,
        post_url=f"/c/{member.cohort.slug}/platform",
        wishes=tuple(
            Wish(
                c.id,
                c.title or "An LMS course",
                people.get(c.wanted_by_id or 0, "An instructor"),
                platforms[c.registration_id].name,
            )
            for c in asking
        ),
        stuck=tuple(rows[score] for score in stuck if not score.is_theirs),
        theirs=tuple(rows[score] for score in stuck if score.is_theirs),
        connections=tuple(
            Connection(
                c.title or f"LMS course {c.context_id}",
                platforms[c.registration_id].name,
                platforms[c.registration_id].client_id,
                schedule.when(c.connected_at, now, reader) if c.connected_at is not None else None,
                people.get(c.connected_by_id or 0, "the operator"),
            )
            for c in open_
        ),
        health=health_tables(
            session,
            open_,
            platforms,
            sum(not one.is_theirs for one in stuck),
            lambda at: schedule.when(at, real, reader),
            on_day=real.date(),
        ),
        held=held_lists(session, member.cohort_id),
        people_url=f"/c/{member.cohort.slug}/participants/sync",
    )


def _column(destination: str) -> str:
    kind, _, key = destination.partition(":")
    return _NAMES.get(destination) or f"{kind.capitalize()} {key}"


def _names(session: Session, ids: list[int | None]) -> dict[int, str]:
    found = session.scalars(select(Person).where(Person.id.in_({id_ for id_ in ids if id_ is not None})))
    return {person.id: shown_name(person) for person in found}


def _platforms(session: Session, contexts: list[Context]) -> dict[int, Platform]:
    ids = {context.registration_id for context in contexts}
    return {
        platform.id: platform for platform in session.scalars(select(Platform).where(Platform.id.in_(ids)))
    }
