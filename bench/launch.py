"""Rows 6 and 7: the launch, from the LMS's form to the signed-in redirect, and how often keys are fetched."""

import base64
import json
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from flask import Flask, request

from bench.measure import Row, at_most, in_turns
from bench.place import counted, sqlite_world
from lti.demo_platform import DemoPlatform
from portal.core.db import db
from tests.lti.conftest import School, make_school

LAUNCHES = 1000
FLOOR = "no-op POST of the form + RS256 verify, JSON + 3 bare upserts"


def rows() -> Iterator[Row]:
    with sqlite_world() as world:
        school = make_school(world, DemoPlatform())
        school.connected()
        forms = Forms(school)
        with world.app.app_context():
            floor = floor_of(school, str(db.engine.url.database))
        pair = in_turns(lambda: floor(forms.ready), forms.launch, before=forms.prepare, rounds=61, warm=5)
        forms.prepare()
        with counted(world) as sent:
            forms.launch()
        others = {"statements": len(sent), "at_most_12_statements": len(sent) <= 12}
        yield at_most("6", "a whole launch POST, all checks, storage in SQLite", FLOOR, pair, 12, **others)
        yield key_fetches(school, forms)


class Forms:
    """A launch form that waits to be posted, with the browser that holds its state."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.browser, self.ready = school.browser(), dict[str, str]()

    def prepare(self) -> None:
        """A login begun in a new browser and answered by the LMS, as far as the form."""
        lms = self.school.lms
        self.browser = self.school.browser()
        login = self.browser.post("/lti/login", data=lms.initiation("sam", "home"))
        assert login.status_code in (302, 303), login.status_code
        self.ready = lms.authorize(login.headers["Location"])

    def launch(self) -> None:
        answer = self.browser.post("/lti/launch", data=self.ready)
        assert answer.status_code == 303, (answer.status_code, answer.get_data(as_text=True)[:500])


def floor_of(school: School, database: str) -> Callable[[dict[str, str]], None]:
    """The least that any tool does: take the form, check the signature, read the JSON, write three rows."""
    app = Flask("floor")
    app.add_url_rule("/launch", "launch", lambda: str(len(request.form)), methods=["POST"])
    browser = app.test_client()
    key = public_key(school.lms.jwks()["keys"][0])
    raw = sqlite3.connect(database, isolation_level=None)
    for word in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=NORMAL"):
        raw.execute(word)
    raw.execute("CREATE TABLE bench_launch (id integer PRIMARY KEY, said text)")
    upsert = "INSERT INTO bench_launch VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET said = excluded.said"

    def floor(form: dict[str, str]) -> None:
        assert browser.post("/launch", data=form).status_code == 200
        head, body, signature = form["id_token"].split(".")
        key.verify(unpadded(signature), f"{head}.{body}".encode(), PKCS1v15(), hashes.SHA256())
        json.loads(unpadded(head))
        said = json.loads(unpadded(body))
        raw.execute("BEGIN IMMEDIATE")
        for number in range(3):
            raw.execute(upsert, (number, said["nonce"]))
        raw.execute("COMMIT")

    return floor


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def public_key(jwk: dict[str, Any]) -> RSAPublicKey:
    e, n = (int.from_bytes(unpadded(jwk[name])) for name in ("e", "n"))
    return RSAPublicNumbers(e, n).public_key()


def key_fetches(school: School, forms: Forms) -> Row:
    """One fetch for many launches, one more after the LMS changed its key."""

    def fetched() -> int:
        return sum(call.service == "jwks" for call in school.lms.requests)

    for _ in range(LAUNCHES):
        forms.prepare()
        forms.launch()
    many = fetched()
    school.lms.rotate_key()
    forms.prepare()
    forms.launch()
    rotated = fetched() - many
    return Row(
        number="7",
        what=f"fetches of the LMS's keys in {LAUNCHES} launches / after a new key",
        floor="1 / 1",
        ratio=float(many),
        bound="1 / 1",
        met=(many, rotated) == (1, 1),
        others={"after_a_new_key": rotated},
    )
