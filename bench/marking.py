"""Row 11: 500 learners marked present at once."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from time import perf_counter, process_time

from sqlalchemy import delete, select

from bench.measure import Row, at_most, in_turns, skipped
from bench.place import cohort_of, counted, postgres_world, sqlite_world
from portal.attendance.models import AttendanceRecord
from portal.attendance.policy import Status
from portal.attendance.queries import call_of, learners_of_cohort
from portal.attendance.services import mark_attendance
from portal.core.db import db, transaction
from portal.outbox.models import OutboxMessage
from tests.builders.postgres import NoPostgres
from tests.builders.world import World

LEARNERS = 500
CALLS = 10  # of each in a round: one alone after a pause is slowed by all that left the processor's caches
WHAT, FLOOR = "500 learners marked present", "one INSERT … SELECT … ON CONFLICT"
TABLE = """CREATE TABLE bench_mark (
    call_id int, enrollment_id int, status text, PRIMARY KEY (call_id, enrollment_id)
)"""
SQLITE = (
    "INSERT INTO bench_mark SELECT 1, value, ? FROM json_each(?) WHERE true "
    "ON CONFLICT (call_id, enrollment_id) DO UPDATE SET status = excluded.status"
)
POSTGRES = (
    "INSERT INTO bench_mark SELECT 1, unnest(%s::int[]), %s "
    "ON CONFLICT (call_id, enrollment_id) DO UPDATE SET status = excluded.status"
)


def rows() -> Iterator[Row]:
    with sqlite_world() as world:
        with world.app.app_context():
            raw = sqlite3.connect(db.engine.url.database, isolation_level=None)
        for word in ("journal_mode=WAL", "synchronous=NORMAL", TABLE):
            raw.execute(word if word is TABLE else f"PRAGMA {word}")

        def floor(ids: list[int]) -> None:
            raw.execute("BEGIN IMMEDIATE")
            raw.execute(SQLITE, ("present", json.dumps(ids)))
            raw.execute("COMMIT")

        yield row(world, "11", f"{WHAT} (SQLite)", floor, process_time)
        raw.close()
    try:
        with postgres_world() as world:
            with world.app.app_context():
                connection = db.engine.raw_connection()
            connection.cursor().execute(TABLE)
            connection.commit()

            def floor_there(ids: list[int]) -> None:
                connection.cursor().execute(POSTGRES, (ids, "present"))
                connection.commit()

            yield row(world, "11p", f"{WHAT} (PostgreSQL)", floor_there)
            connection.close()
    except NoPostgres as none:
        yield skipped("11p", f"{WHAT} (PostgreSQL)", FLOOR, "<= 4", str(none))


def row(
    world: World,
    number: str,
    what: str,
    floor: Callable[[list[int]], None],
    clock: Callable[[], float] = perf_counter,
) -> Row:
    """The service with its own transaction, history and promise, on a call without marks each time."""
    cohort = cohort_of(world, LEARNERS)
    by = world.coach(cohort).person_id
    with world.app.app_context(), transaction() as session:
        learners = learners_of_cohort(session, cohort.id)
        ids = [learner.id for learner in learners]

    def subject() -> None:
        with transaction() as session:
            call = call_of(session, cohort.id, 1)
            mark_attendance(session, call, learners, Status.PRESENT, by=by, at=world.now)

    def reset() -> None:
        with transaction() as session:
            session.execute(delete(AttendanceRecord))
            session.execute(delete(OutboxMessage))
        db.session.remove()

    with world.app.app_context():
        pair = in_turns(lambda: floor(ids), subject, calls=CALLS, between=reset, clock=clock)
        reset()
        with counted(world) as sent:
            subject()
        with transaction() as session:
            assert len(session.scalars(select(AttendanceRecord.id)).all()) == LEARNERS
        reset()
    return at_most(number, what, FLOOR, pair, 4, statements=len(sent))
