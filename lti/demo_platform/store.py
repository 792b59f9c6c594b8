"""The sample LMS's own database: people, courses, links, grade columns, every score that came."""

import json
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

_TABLES = """
create table if not exists setting (name text primary key, value text not null);
create table if not exists person (
  sub text primary key, username text not null unique, given_name text not null, family_name text not null,
  email text, timezone text not null, locale text not null, institution_roles text not null,
  system_roles text not null, test_user integer not null, featured integer not null, note text not null
);
create table if not exists course (
  id text primary key, label text not null, title text not null, description text not null,
  position integer not null
);
create table if not exists member (
  course_id text not null references course(id), sub text not null references person(sub),
  role text not null, roster_role text, status text not null, position integer not null,
  primary key (course_id, sub)
);
create table if not exists link (
  id text primary key, course_id text not null references course(id), title text not null,
  description text not null, target_link_uri text, custom text not null, opens_in text not null,
  section text not null, staff_only integer not null, position integer not null
);
create table if not exists line_item (
  id integer primary key autoincrement, course_id text not null references course(id), label text not null,
  maximum real not null, resource_id text not null, tag text not null, link_id text references link(id),
  of_activity integer not null, deleted integer not null default 0
);
create table if not exists grade (
  line_item_id integer not null references line_item(id), sub text not null, score real, comment text,
  progress text not null, grading text not null, stated_at integer not null,
  primary key (line_item_id, sub)
);
create table if not exists score (
  id integer primary key autoincrement, line_item_id integer not null, sub text not null, body text not null,
  status integer not null, reason text not null, received_at text not null
);
create table if not exists signing_key (
  position integer primary key autoincrement, kid text not null unique, jwk text not null,
  published integer not null
);
create table if not exists launch (
  id text primary key, sub text not null, link_id text not null, opens_in text not null, used integer not null,
  for_sub text
);
create table if not exists selection (
  id text primary key, sub text not null, course_id text not null references course(id), data text not null,
  used integer not null, answered integer not null, placement text not null default ''
);
create table if not exists link_dates (
  link_id text primary key references link(id), opens text, due text, closes text
);
create table if not exists access_token (
  token text primary key, scopes text not null, ends_at integer not null
);
create table if not exists registration_token (
  token text primary key, client_id text not null, ends_at integer not null, used integer not null
);
create table if not exists used_jti (jti text primary key);
"""

# Columns that an older sample LMS's file may lack: a demo keeps its data.
_ADDED = {("launch", "for_sub"): "text", ("selection", "placement"): "text not null default ''"}

Row = dict[str, Any]


class Store:
    """One connection behind one lock: the LMS is a small process, and `:memory:` lives as long as it."""

    def __init__(self, path: str) -> None:
        self._lock = threading.RLock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
        self._connection.row_factory = sqlite3.Row
        self._connection.execute("pragma foreign_keys = on")
        if path != ":memory:":
            self._connection.execute("pragma journal_mode = wal")
        self._connection.executescript(_TABLES)
        for (table, name), kind in _ADDED.items():
            if not self.all("select 1 from pragma_table_info(?) where name = ?", table, name):
                self._connection.execute(f"alter table {table} add column {name} {kind}")

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; other threads wait. May be nested: the outermost decides."""
        with self._lock:
            if self._connection.in_transaction:
                yield
                return
            self._connection.execute("begin immediate")
            try:
                yield
            except BaseException:
                self._connection.execute("rollback")
                raise
            self._connection.execute("commit")

    def all(self, sql: str, *values: object) -> list[Row]:
        with self._lock:
            return [dict(row) for row in self._connection.execute(sql, values)]

    def one(self, sql: str, *values: object) -> Row | None:
        rows = self.all(sql, *values)
        return rows[0] if rows else None

    def write(self, sql: str, *values: object) -> int:
        """Runs one statement; the number of rows it changed."""
        with self._lock:
            return self._connection.execute(sql, values).rowcount

    def insert(self, table: str, **values: object) -> int:
        """Adds a row; its id where the table counts them. `table` and the names are never from outside."""
        names, marks = ", ".join(values), ", ".join("?" for _ in values)
        with self._lock:
            sql = f"insert into {table} ({names}) values ({marks})"  # noqa: S608
            return int(self._connection.execute(sql, tuple(values.values())).lastrowid or 0)

    def upsert(self, table: str, key: Sequence[str], **values: object) -> None:
        names, marks = ", ".join(values), ", ".join("?" for _ in values)
        rest = ", ".join(f"{name} = excluded.{name}" for name in values if name not in key)
        sql = f"insert into {table} ({names}) values ({marks})"  # noqa: S608
        self.write(f"{sql} on conflict ({', '.join(key)}) do update set {rest}", *values.values())

    # reads that more than one part of the LMS makes

    def person(self, sub: str) -> Row | None:
        row = self.one("select * from person where sub = ?", sub)
        return _person(row) if row else None

    def people(self) -> list[Row]:
        return [_person(row) for row in self.all("select * from person order by cast(sub as integer)")]

    def courses(self) -> list[Row]:
        return self.all("select * from course order by position")

    def course(self, course_id: str) -> Row | None:
        return self.one("select * from course where id = ?", course_id)

    def members(self, course_id: str) -> list[Row]:
        sql = (
            "select person.*, member.role, member.roster_role, member.status "
            "from member join person using (sub) where member.course_id = ? order by member.position"
        )
        return [_person(row) for row in self.all(sql, course_id)]

    def membership(self, course_id: str, sub: str) -> Row | None:
        return self.one("select * from member where course_id = ? and sub = ?", course_id, sub)

    def links(self, course_id: str) -> list[Row]:
        return [
            _link(row)
            for row in self.all("select * from link where course_id = ? order by position", course_id)
        ]

    def link(self, link_id: str) -> Row | None:
        row = self.one("select * from link where id = ?", link_id)
        return _link(row) if row else None

    def dates(self, course_id: str) -> dict[str, Row]:
        """By link, of those that have dates."""
        sql = "select link_dates.* from link_dates join link on link.id = link_id where course_id = ?"
        return {row["link_id"]: row for row in self.all(sql, course_id)}

    def line_items(self, course_id: str) -> list[Row]:
        return self.all("select * from line_item where course_id = ? and not deleted order by id", course_id)

    def line_item_of(self, link_id: str) -> Row | None:
        """The column that belongs to the link itself (of_activity), unless the tool deleted it."""
        return self.one("select * from line_item where link_id = ? and of_activity and not deleted", link_id)


def _person(row: Row) -> Row:
    # As Moodle writes the full name: both parts with one blank between, whatever blanks they already have.
    name = f"{row['given_name']} {row['family_name']}" if row["family_name"] else row["given_name"]
    return row | {
        "name": name,
        "institution_roles": json.loads(row["institution_roles"]),
        "system_roles": json.loads(row["system_roles"]),
    }


def _link(row: Row) -> Row:
    return row | {"custom": json.loads(row["custom"])}
