"""The sample LMS's own file: a demo that was begun with an older one goes on with its data."""

import sqlite3

from lti.demo_platform.store import Store

OLDER = """
create table launch (
  id text primary key, sub text not null, link_id text not null, opens_in text not null, used integer not null
);
insert into launch values ('l-1', '5', '1', 'iframe', 1);
"""


def test_a_file_of_an_older_sample_lms_gets_the_columns_it_lacks_and_keeps_its_rows(tmp_path):
    path = str(tmp_path / "lms.db")
    with sqlite3.connect(path) as older:
        older.executescript(OLDER)
    older.close()

    for _ in range(2):  # and once more, with nothing to add
        store = Store(path)
        [kept] = store.all("select * from launch")
        assert (kept["id"], kept["for_sub"]) == ("l-1", None)
        store.close()
