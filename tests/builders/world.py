"""The world of a test: an app, a clock that can be moved, and builders that say the least."""

import itertools
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from portal.app import Outside, create_app
from portal.core.clock import Clock
from portal.core.db import db, transaction
from portal.core.files import FsspecStore
from portal.courses.models import Cohort, Enrollment, EnrollmentState, Role, TeamMember
from portal.identity.models import Person
from portal.identity.services import person_for, platform_for
from portal.outbox.delivery import deliver_due
from portal.settings import Settings
from tests.builders.courses import first_course_loaded, open_a_cohort

START = date(2026, 9, 24)  # a Thursday, as the package was made for
MID_COURSE = datetime(2026, 11, 4, 15, 0, tzinfo=UTC)  # day 41: lessons 1 to 4 are open


def make_app(database_url: str, folder: Path, outside: Outside | None = None, **settings: Any) -> Flask:
    """An app for tests on this database, with its files in `folder`."""
    given: dict[str, Any] = {"base_url": "http://localhost", "allow_loopback_platforms": True} | settings
    chosen = Settings(env="test", data_dir=folder, database_url=database_url, **given)
    return create_app(chosen, outside or Outside(wake=lambda: None))


def migrate_and_load(database_url: str, folder: Path) -> None:
    """Bring an empty database to the newest schema, by the migrations, and load the first course."""
    app = make_app(database_url, folder)
    with app.app_context():
        upgrade()
        with transaction() as session:
            first_course_loaded(session, app.extensions["files"], at=MID_COURSE)
        db.session.remove()
        db.engine.dispose()
    app.extensions["stop_waking"]()


class Browser:
    """A test client that sends the CSRF token, as pages and htmx do."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self._token: str | None = None

    def get(self, url: str, **options: Any) -> TestResponse:
        """GET, following nothing."""
        answer = self.client.get(url, **options)
        self._learn(answer)
        return answer

    def post(
        self,
        url: str,
        data: Mapping[str, Any] | MultiDict[str, Any] | None = None,
        *,
        htmx: bool = False,
        json: Any = None,
        headers: Mapping[str, str] | None = None,
        **options: Any,
    ) -> TestResponse:
        """POST a form (or JSON) with a valid token; `htmx`: as htmx would."""
        sent = {"X-CSRFToken": self.token} | ({"HX-Request": "true"} if htmx else {}) | dict(headers or {})
        answer = self.client.post(url, data=data, json=json, headers=sent, **options)
        self._learn(answer)
        return answer

    @property
    def token(self) -> str:
        """A CSRF token of this session, taken from a page."""
        if self._token is None:
            self._learn(self.client.get("/"))
        assert self._token is not None, "no page of this session carried a token"
        return self._token

    def _learn(self, answer: TestResponse) -> None:
        if answer.mimetype == "text/html":
            found = re.search(r'name="csrf-token" content="([^"]+)"', answer.get_data(as_text=True))
            self._token = found.group(1) if found else self._token


class World:
    """Builders over one app. All objects are committed, and detached for reading."""

    def __init__(self, app: Flask, at: datetime = MID_COURSE) -> None:
        self.app = app
        self._count = itertools.count(1)
        self._platform_id: int | None = None
        self.at(at)

    # Time

    def at(self, instant: datetime) -> None:
        """Move course time to this instant; it runs on from there."""
        from portal.core.clock import use_clock

        self.clock = Clock(instant - datetime.now(UTC))
        use_clock(self.clock)

    @property
    def now(self) -> datetime:
        """Course time."""
        return self.clock.course_now()

    # Courses and people

    def cohort(self, slug: str | None = None, *, starts: date = START, name: str | None = None) -> Cohort:
        """A cohort of the first course; by default it started on September 24, 2026."""
        number = next(self._count)
        with self.app.app_context(), transaction() as session:
            cohort = open_a_cohort(session, slug or f"cohort-{number}", starts, name, at=self.now)
        return cohort

    def person(
        self, name: str | None = "Learner", *, email: str | None = None, sub: str | None = None
    ) -> Person:
        """Somebody the test platform vouches for."""
        number = next(self._count)
        with self.app.app_context(), transaction() as session:
            platform_id = self.platform_id(session)
            said = f"{name} {number}" if name == "Learner" else name
            return person_for(
                session, platform_id, sub or f"sub-{number}", at=self.now, name=said,
                email=email or f"person{number}@example.org",
            )  # fmt: skip

    def learner(
        self,
        cohort: Cohort,
        *,
        name: str = "Learner",
        withdrawn: bool = False,
        is_test: bool = False,
        **person: Any,
    ) -> Enrollment:
        """A learner of the cohort."""
        return self._enroll(
            cohort, self.person(name, **person), Role.LEARNER, withdrawn=withdrawn, is_test=is_test
        )

    def learners(self, cohort: Cohort, count: int) -> list[Enrollment]:
        """Many learners of the cohort, in few statements."""
        with self.app.app_context(), transaction() as session:
            platform_id = self.platform_id(session)
            people = [
                Person(
                    platform_id=platform_id, sub=f"many-{next(self._count)}", created_at=self.now,
                    name=f"Given{n} Family{n:03}", given_name=f"Given{n}", family_name=f"Family{n:03}",
                    email=f"many{n}@example.org",
                )
                for n in range(count)
            ]  # fmt: skip
            session.add_all(people)
            session.flush()
            many = [
                Enrollment(cohort_id=cohort.id, person_id=person.id, role=Role.LEARNER, enrolled_at=self.now)
                for person in people
            ]
            session.add_all(many)
        return many

    def coach(self, cohort: Cohort, *, name: str = "Marisol Vega") -> Enrollment:
        """Faculty of the cohort."""
        return self._enroll(cohort, self.person(name), Role.FACULTY)

    def team(self, cohort: Cohort, *, name: str = "Tamar Lee") -> Enrollment:
        """Faculty of the cohort who is of its course team too."""
        enrollment = self._enroll(cohort, self.person(name), Role.FACULTY)
        with self.app.app_context(), transaction() as session:
            session.add(TeamMember(cohort_id=cohort.id, person_id=enrollment.person_id, added_at=self.now))
        return enrollment

    def platform_id(self, session: Session) -> int:
        """The platform all these people come from."""
        if self._platform_id is None:
            issuer = "https://lms.example.org"
            self._platform_id = platform_for(session, issuer, "test-client", name="Test LMS", at=self.now).id
        return self._platform_id

    def _enroll(
        self, cohort: Cohort, person: Person, role: Role, *, withdrawn: bool = False, is_test: bool = False
    ) -> Enrollment:
        with self.app.app_context(), transaction() as session:
            enrollment = Enrollment(
                cohort_id=cohort.id, person_id=person.id, role=role, enrolled_at=self.now, is_test=is_test,
                state=EnrollmentState.WITHDRAWN if withdrawn else EnrollmentState.ACTIVE,
                withdrawn_at=self.now if withdrawn else None,
            )  # fmt: skip
            session.add(enrollment)
            session.flush()
            session.refresh(enrollment, ["person", "cohort"])
        return enrollment

    # Acting

    def browser(self, who: Enrollment | Person | None = None, **headers: str) -> Browser:
        """A browser signed in as this person, or as nobody."""
        client = self.app.test_client()
        if headers:
            client.environ_base.update({f"HTTP_{k.upper()}": v for k, v in headers.items()})
        if who is not None:
            person_id = who.person_id if isinstance(who, Enrollment) else who.id
            with client.session_transaction() as session:
                session["_user_id"] = str(person_id)
                session["_fresh"] = True
        return Browser(client)

    def drain(self, *, later: timedelta = timedelta(0)) -> int:
        """Run the outbox until it is quiet; `later`: as if so much real time had passed."""
        with self.app.app_context():
            return deliver_due(
                transaction, self.app.extensions["handlers"], lambda: datetime.now(UTC) + later
            )

    def store(self) -> FsspecStore:
        """The app's files."""
        kept: FsspecStore = self.app.extensions["files"]
        return kept
