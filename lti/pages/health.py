"""The health of a cohort's platforms, as its course team sees it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from operator import attrgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti.models import Context, Roster
from lti.protocol.refusals import explained
from lti.services.health import Health, Service, health_of, last_launches
from lti.services.refusing import RefusedLately, refused_lately
from portal.core.when import When, month_day, plural
from portal.identity.models import Platform


@dataclass(frozen=True)
class HealthRow:
    """One service. `works` None: nobody has needed it yet."""

    name: str
    works: bool | None
    words: str
    last: When | None
    said: str


@dataclass(frozen=True)
class RefusedRow:
    """Launches that were refused lately for one reason. `when`: the days, in words; `todo` may be empty."""

    number: str
    when: str
    what: str
    todo: str
    is_usual: bool


@dataclass(frozen=True)
class HealthTable:
    """One platform of the cohort, its services, the button that tries them, and what was refused of its launches."""

    registration_id: int
    platform: str
    client: str
    reference: str
    rows: tuple[HealthRow, ...]
    refused: tuple[RefusedRow, ...]


Said = Callable[[datetime], When]
_USUAL = attrgetter("is_usual")  # last: what can be acted on comes first


def health_tables(
    session: Session,
    contexts: Sequence[Context],
    platforms: Mapping[int, Platform],
    stuck: int,
    say: Said,
    *,
    on_day: date,
) -> tuple[HealthTable, ...]:
    """A table for each platform that opens the cohort. Five statements, whatever their number.

    `stuck`: how many scores of the cohort are. `say`: an instant as the page says it. `on_day`: today, in UTC.
    """
    ids = sorted({context.registration_id for context in contexts})
    refused = refused_lately(session, ids, on_day=on_day)
    known, launches = health_of(session, ids), last_launches(session, ids)
    rosters = _rosters(session, [context.id for context in contexts])
    return tuple(
        HealthTable(
            registration_id=id_,
            platform=platforms[id_].name,
            client=platforms[id_].client_id,
            reference=f"REG-{id_}",
            rows=(
                _opening(launches.get(id_), say),
                _people(
                    known[id_].get(Service.PEOPLE),
                    [
                        rosters[context.id]
                        for context in contexts
                        if context.registration_id == id_ and context.id in rosters
                    ],
                    say,
                ),
                _scores(known[id_].get(Service.SCORES), stuck if len(ids) == 1 else 0, say),
                _row(
                    "Access tokens",
                    known[id_].get(Service.TOKEN),
                    "Asked for when scores or people are due.",
                    say,
                ),
                _keys(known[id_].get(Service.KEYS), launches.get(id_), say),
            ),
            refused=tuple(sorted((_refused(one, platforms[id_]) for one in refused[id_]), key=_USUAL)),
        )
        for id_ in ids
    )


def _refused(one: RefusedLately, platform: Platform) -> RefusedRow:
    words = explained(one.reason, registration_id=platform.id, client_id=platform.client_id)
    first, last = month_day(one.since_on), month_day(one.last_on)
    days = f"on {last}" if first == last else f"since {first}, the last on {last}"
    number = "1 launch" if one.count == 1 else f"{one.count} launches"
    return RefusedRow(number, days, words.what, words.todo, words.is_usual)


def _rosters(session: Session, context_rows: list[int]) -> dict[int, Roster]:
    found = session.scalars(select(Roster).where(Roster.context_id.in_(context_rows)))
    return {roster.context_id: roster for roster in found}


def _opening(at: datetime | None, say: Said) -> HealthRow:
    if at is None:
        return HealthRow("Opening from the LMS", None, "Not yet", None, "Nobody has opened a link yet.")
    return HealthRow("Opening from the LMS", True, "Works", say(at), "When somebody last came by a link.")


def _people(health: Health | None, rosters: list[Roster], say: Said) -> HealthRow:
    name = "List of people"
    fetched = [(roster.tried_at or roster.fetched_at, roster) for roster in rosters]
    dated = [(at, roster) for at, roster in fetched if at is not None]
    if not dated or (
        health is not None
        and health.last_at is not None
        and health.last_at > max(dated, key=lambda one: one[0])[0]
    ):
        return _row(name, health, "Fetched each night once somebody has come by a link.", say)
    at, latest = max(dated, key=lambda one: one[0])
    if latest.held is not None:
        return HealthRow(
            name, False, "Waits for you", say(at), "It has lost more than a third of the learners."
        )
    if latest.trouble:
        return HealthRow(name, False, "Fails", say(at), latest.trouble)
    return HealthRow(
        name, True, "Works", say(at), f"{plural(latest.listed, 'person').replace('persons', 'people')} in it."
    )


def _scores(health: Health | None, stuck: int, say: Said) -> HealthRow:
    row = _row("Scores", health, "Sent soon after work is done, where a link has a column.", say)
    if stuck:
        return HealthRow(row.name, False, f"{stuck} stuck", row.last, "See below.")
    return row


def _keys(health: Health | None, opened_at: datetime | None, say: Said) -> HealthRow:
    if health is None and opened_at is not None:  # nobody comes in without them
        return HealthRow("Keys", True, "Works", say(opened_at), "Read when somebody opens a link.")
    return _row("Keys", health, "Read when somebody opens a link.", say)


def _row(name: str, health: Health | None, unused: str, say: Said) -> HealthRow:
    if health is None or health.last_at is None:
        return HealthRow(name, None, "Not tried yet", None, unused)
    return HealthRow(
        name, health.works, "Works" if health.works else "Fails", say(health.last_at), health.said
    )
