"""A portal with a sample LMS beside it: registered, its course "2" connected to a cohort."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from lti.adapter.signing import Seal
from lti.demo_platform import DemoPlatform
from lti.models import Context, LoginState, Refusals
from lti.services import connect, keys, register
from portal.core.clock import real_now, use_clock
from portal.core.db import db, reading, transaction
from portal.courses.models import Cohort, Enrollment
from portal.identity.models import Person
from tests.builders.world import Browser, World, make_app
from tests.lti.choosing import answer_of, chooser, settings
from tests.lti.refusing import Refuses, rows
from tests.lti.refusing import refused as refused


@dataclass
class School:
    """The portal and one LMS that knows it."""

    world: World
    lms: DemoPlatform
    registration_id: int
    cohort: Cohort | None = None
    browsers: list[FlaskClient] = field(default_factory=list)
    tina: Any = None  # the browser of the teacher who came (`staffed`)

    def browser(self) -> FlaskClient:
        """A browser nobody has used yet."""
        return self.world.app.test_client()

    def launch(
        self, person: str, link: str = "home", *, browser: FlaskClient | None = None, **how: Any
    ) -> Any:
        """The whole dance in a new browser, or in this one; the portal's answer."""
        return self.lms.launch(browser or self.browser(), person, link, **how)

    def choose(
        self, person: str, course: str = "2", *, browser: FlaskClient | None = None, **how: Any
    ) -> Any:
        """The same for a Deep Linking request."""
        return self.lms.choose(browser or self.browser(), person, course, **how)

    def connected(self, cohort: Cohort | None = None, context: str = "2") -> Cohort:
        """Connect the LMS course to a cohort."""
        cohort = cohort or self.world.cohort()
        with self.world.app.app_context(), transaction() as session:
            where = self.lms.context_id(context)
            connect.connect(session, self.registration_id, where, cohort.slug, at=real_now())
        self.cohort = cohort
        return cohort

    def kept(self) -> dict[str, int]:
        """How many rows a launch could have left, by table."""
        with self.world.app.app_context(), reading() as session:
            return {
                model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
                for model in (Person, Enrollment, Context, LoginState)
            }

    def refused(self) -> dict[str, int]:
        """Refusals counted, by reason."""
        with self.world.app.app_context(), reading() as session:
            return dict(
                session.execute(
                    select(Refusals.reason, func.sum(Refusals.count)).group_by(Refusals.reason)
                ).all()
            )

    def enrollment(self, sub: str) -> Enrollment | None:
        """The one enrollment of the person with this sub."""
        with self.world.app.app_context(), reading() as session:
            found = session.scalar(
                select(Enrollment).join(Person, Person.id == Enrollment.person_id).where(Person.sub == sub)
            )
            if found is not None:
                session.refresh(found, ["person"])
                db.session.expunge_all()
            return found


def make_school(world: World, lms: DemoPlatform) -> School:
    """Register the LMS with the portal, and let what either sends reach the other in this process."""
    app = world.app
    app.extensions["http"] = lms.http()
    app.extensions.pop("lti", None)
    given = lms.registration
    form = register.PlatformForm(
        given["issuer"],
        given["client_id"],
        given["auth_login_url"],
        given["auth_token_url"],
        given["jwks_url"],
    )
    with app.app_context(), transaction() as session:
        private = ".localhost:" in given["issuer"]  # a browser's: tests/journeys
        made = register.register(session, form, given["deployment_id"], allow_private=private, at=real_now())
        keys.ensure_key(session, Seal(app.extensions["settings"].secret_keys), at=real_now())
        id_ = made.platform_id
    lms.trust(app.test_client())
    return School(world, lms, id_)


@pytest.fixture
def lms() -> DemoPlatform:
    """A sample LMS without a server."""
    return DemoPlatform()


@pytest.fixture
def strangers(world: World, lms: DemoPlatform) -> School:
    """An LMS that is registered, its courses not connected."""
    return make_school(world, lms)


@pytest.fixture
def school(strangers: School) -> School:
    """An LMS whose course "2" opens a cohort; on both databases."""
    strangers.connected()
    return strangers


@pytest.fixture
def staffed(school: School) -> School:
    """A school whose teacher Tina came, so that its list of people can be asked for; her browser beside it."""
    client = school.browser()
    school.launch("tina", "home", browser=client)
    school.tina = Browser(client)
    return school


@pytest.fixture
def sqlite_school(sqlite_world: World, lms: DemoPlatform) -> School:
    """The same on SQLite alone, for long tables."""
    made = make_school(sqlite_world, lms)
    made.connected()
    return made


@pytest.fixture
def graded(sqlite_school: School) -> School:
    """A school whose learner Sam came by the links to home and lesson 1, each with a column."""
    sqlite_school.launch("sam", "home")
    sqlite_school.launch("sam", "lesson:1")
    sqlite_school.world.drain()
    sqlite_school.lms.forget_requests()
    return sqlite_school


@pytest.fixture
def placed(sqlite_school: School) -> Any:
    """`placed("lesson:1", form={…}, accept_multiple=True)`: the item that Tina places, or the several."""

    def item(*chosen: str, form: dict[str, Any] | None = None, **accepted: Any) -> Any:
        browser, page = chooser(sqlite_school, **settings(**accepted))
        items = answer_of(browser, page, choose=list(chosen), **(form or {})).items
        return items[0] if len(chosen) == 1 else items

    return item


@pytest.fixture
def both(strangers: School, database_url: str, tmp_path: Path) -> Iterator[list[Flask]]:
    """The school's app and a second one with an engine of its own: two web processes on one database."""
    second = make_app(database_url, tmp_path)
    use_clock(strangers.world.clock)
    second.extensions["http"] = strangers.lms.http()
    yield [strangers.world.app, second]
    second.extensions["stop_waking"]()
    with second.app_context():
        for engine in db.engines.values():
            engine.dispose()


@pytest.fixture
def refuses(sqlite_school: School, caplog: pytest.LogCaptureFixture) -> Refuses:
    """`refuses(answer, reason)`: a page with a reference, the reason in the log alone, nothing but the count."""
    caplog.set_level(logging.WARNING, logger="lti")
    return Refuses(sqlite_school, caplog, rows(sqlite_school))
