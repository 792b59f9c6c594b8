"""Row 9: a learner ticks a checklist item."""

import itertools
import sqlite3
from collections.abc import Callable, Iterator
from time import perf_counter, process_time

from flask import request
from sqlalchemy import delete, select

from bench.measure import Row, at_most, in_turns, skipped
from bench.place import counted, postgres_world, sqlite_world
from portal.assignments.models import ChecklistMark
from portal.core.db import db, reading, transaction
from portal.courses.models import CourseVersion
from portal.courses.package.parts import AssignmentKind
from portal.courses.queries import content_of
from portal.outbox.models import OutboxMessage
from tests.builders.postgres import NoPostgres
from tests.builders.world import World

WHAT, FLOOR = "a checklist item ticked", "raw-driver upsert in the same app"
TABLE = "CREATE TABLE bench_mark (enrollment_id int, item text, done int, PRIMARY KEY (enrollment_id, item))"
UPSERT = (
    "INSERT INTO bench_mark VALUES ({0}, {0}, {0}) "
    "ON CONFLICT (enrollment_id, item) DO UPDATE SET done = excluded.done"
)


def rows() -> Iterator[Row]:
    with sqlite_world() as world:
        with world.app.app_context():
            raw = sqlite3.connect(db.engine.url.database, isolation_level=None)
        for word in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL", TABLE):
            raw.execute(word)
        sql = UPSERT.format("?")

        def upsert(values: tuple[object, ...]) -> None:
            raw.execute("BEGIN IMMEDIATE")
            raw.execute(sql, values)
            raw.execute("COMMIT")

        yield row(world, "9", f"{WHAT} (SQLite)", upsert, 1.5, process_time)
        raw.close()
    try:
        with postgres_world() as world:
            with world.app.app_context():
                connection = db.engine.raw_connection()
            connection.cursor().execute(TABLE)
            connection.commit()
            there = UPSERT.format("%s")

            def upsert_there(values: tuple[object, ...]) -> None:
                connection.cursor().execute(there, values)
                connection.commit()

            yield row(world, "9p", f"{WHAT} (PostgreSQL)", upsert_there, 1.3)
            connection.close()
    except NoPostgres as none:
        yield skipped("9p", f"{WHAT} (PostgreSQL)", FLOOR, "<= 1.3", str(none))


def row(
    world: World,
    number: str,
    what: str,
    upsert: Callable[[tuple[object, ...]], None],
    bound: float,
    clock: Callable[[], float] = perf_counter,
) -> Row:
    """Both are posts of htmx with a CSRF token to the same app; the floor writes one row and says so."""

    def bare_toggle() -> str:
        upsert((1, "item", int(request.form["done"])))
        return f'<li id="item-item"><button aria-pressed="{request.form["done"]}">Item</button></li>'

    world.app.add_url_rule("/bench/toggle", "bench_toggle", bare_toggle, methods=["POST"])
    cohort = world.cohort()
    browser = world.browser(world.learner(cohort))
    url = f"/c/{cohort.slug}/{first_task(world)}"
    headers = {"X-CSRFToken": browser.token, "HX-Request": "true"}
    turns = itertools.cycle("10")

    def post(to: str) -> int:
        answer = browser.client.post(to, data={"done": next(turns)}, headers=headers)
        assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
        return len(answer.data)

    def forget() -> None:
        """A learner's history of one item is a few marks long, not the thousand that measuring leaves."""
        with world.app.app_context(), transaction() as session:
            session.execute(delete(ChecklistMark))
            session.execute(delete(OutboxMessage))

    pair = in_turns(
        lambda: post("/bench/toggle"), lambda: post(url), calls=20, rounds=15, before=forget, clock=clock
    )
    with counted(world) as sent:
        size = post(url)
    return at_most(number, what, FLOOR, pair, bound, statements=len(sent), bytes=size)


def first_task(world: World) -> str:
    """The address below the cohort of the first item that a learner ticks themselves."""
    with world.app.app_context(), reading() as session:
        content = content_of(session, session.scalars(select(CourseVersion.id)).one())
    lesson, item = next(
        (lesson.number, item.id)
        for lesson in content.lessons
        for item in lesson.assignments
        if item.kind is AssignmentKind.TASK and item.count is None
    )
    return f"lessons/{lesson}/items/{item}"
