"""Inviting a platform, opening the address as its administrator does, and reading what was kept."""

import json
from typing import Any

from click.testing import CliRunner
from sqlalchemy import func, select

from lti.cli import lti as commands
from lti.models import Registration
from portal.core.db import reading
from tests.lti.registering_platform import moodle

SCOPE = "https://purl.imsglobal.org/spec/lti-ags/scope/"


TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


def invited(world, *options: str) -> str:
    """The path of a new invite's address."""
    with world.app.app_context():
        answer = CliRunner().invoke(commands, ["invite", "--json", *options])
    assert answer.exit_code == 0, answer.output
    url: str = json.loads(answer.stdout)["url"]
    assert url.startswith("http://localhost/lti/register/")
    assert len(url.rsplit("/", 1)[1]) >= 22  # 128 bits at least
    return url.removeprefix("http://localhost")


def opened(world, platform, path: str, query: str | None = None):
    """What the administrator sees when their LMS opens the address."""
    world.app.extensions["http"] = platform.session()
    world.app.extensions.pop("lti", None)
    return world.app.test_client().get(f"{path}?{platform.query() if query is None else query}")


def run(world, *words: object):
    with world.app.app_context():
        return CliRunner().invoke(commands, [str(word) for word in words])


def shown(world, registration_id: int) -> Any:
    answer = run(world, "show", registration_id, "--json")
    assert answer.exit_code == 0, (answer.output, answer.exception)
    return json.loads(answer.stdout)


def registrations(world) -> int:
    with world.app.app_context(), reading() as session:
        return session.scalar(select(func.count()).select_from(Registration)) or 0


def only(world) -> Any:
    """The one registration there is."""
    [found] = json.loads(run(world, "list", "--json").stdout)
    return shown(world, found["registration_id"])


def refused(world, platform, status: int = 422, query: str | None = None) -> str:
    """The page of a registration that does not come about; the same invite then serves one that does."""
    path = invited(world)
    answer = opened(world, platform, path, query)
    assert answer.status_code == status, answer.get_data(as_text=True)
    text: str = answer.get_data(as_text=True)
    assert "js/registered.js" not in text  # it stays to be read
    assert registrations(world) == 0
    assert opened(world, moodle(), path).status_code == 200
    return text
