"""What staff see of the lists of people that LMS courses keep: when fetched, what came of it, what waits for a yes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lti.models import Context, Roster
from lti.services.roll import read_roll
from lti.services.rosters import held_of, rosters_of
from portal.core.when import Reader, When, plural
from portal.courses.access import Member
from portal.courses.dates import Schedule
from portal.courses.queries import cohort_schedule

MOST_NAMES = 1000


@dataclass(frozen=True)
class Held:
    """A list that would withdraw many: it waits for the course team."""

    title: str
    names: tuple[str, ...]
    of: int

    @property
    def words(self) -> str:
        """How many of how many."""
        return f"{len(self.names)} of {plural(max(self.of, len(self.names)), 'person').replace('persons', 'people')}"


@dataclass(frozen=True)
class RosterLine:
    """One LMS course's list."""

    context_row: int
    title: str
    trouble: str
    fetched: When | None
    tried: When | None
    came_of_it: str
    held: Held | None


@dataclass(frozen=True)
class RosterPage:
    """The page."""

    cohort_name: str
    post_url: str
    people_url: str
    may_withdraw: bool  # of the course team
    lines: tuple[RosterLine, ...]


def roster_page(session: Session, member: Member, real: datetime) -> RosterPage:
    """The lists of this cohort. Two statements for each list that waits, else a constant number."""
    schedule = cohort_schedule(session, member.cohort)
    reader = member.reader
    base = f"/c/{member.cohort.slug}/participants"
    return RosterPage(
        cohort_name=member.cohort.name,
        post_url=f"{base}/sync",
        people_url=base,
        may_withdraw=member.is_team,
        lines=tuple(
            _line(session, context, roster, schedule, real, reader)
            for context, roster in rosters_of(session, member.cohort_id)
        ),
    )


def held_lists(session: Session, cohort_id: int) -> tuple[Held, ...]:
    """The lists of a cohort that wait for its course team."""
    found = (_held(session, context, roster) for context, roster in rosters_of(session, cohort_id))
    return tuple(one for one in found if one is not None)


def _line(
    session: Session,
    context: Context,
    roster: Roster | None,
    schedule: Schedule,
    real: datetime,
    reader: Reader,
) -> RosterLine:
    def shown(at: datetime | None) -> When | None:
        return schedule.when(at, real, reader) if at is not None else None

    return RosterLine(
        context_row=context.id,
        title=_title(context),
        trouble=roster.trouble if roster else "",
        fetched=shown(roster.fetched_at) if roster else None,
        tried=shown(roster.tried_at) if roster else None,
        came_of_it=_came_of_it(roster),
        held=_held(session, context, roster),
    )


def _held(session: Session, context: Context, roster: Roster | None) -> Held | None:
    if roster is None or roster.held is None:
        return None
    people = held_of(read_roll(session, context), roster)
    if not people:
        return None
    names = tuple(sorted((one.name for one in people), key=str.casefold))
    return Held(_title(context), names[:MOST_NAMES], int(roster.held["of"]))


def _came_of_it(roster: Roster | None) -> str:
    if roster is None or roster.fetched_at is None:
        return ""
    said = [plural(roster.listed, "person").replace("persons", "people") + " in it"]
    said.append(f"{roster.added} came" if roster.added else "nobody came")
    said.append(f"{roster.withdrawn} withdrawn" if roster.withdrawn else "nobody withdrawn")
    return ", ".join(said)


def _title(context: Context) -> str:
    return context.title or f"LMS course {context.context_id}"
