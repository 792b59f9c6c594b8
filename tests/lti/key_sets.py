"""Key sets: the platform's as a test would have it, and ours as platforms read it."""

import json
from typing import Any

from tests.builders.world import World
from tests.lti.conftest import School


def fetches(school: School) -> int:
    """How often the platform's set was asked for."""
    return sum(call.service == "jwks" for call in school.lms.requests)


def publish(school: School, *keys: object, **how: object) -> None:
    """What the platform's key set says from now on."""
    school.lms.recover()
    school.lms.fail("jwks", 200, body=json.dumps({"keys": list(keys)} | how))


def ours(school: School) -> dict[str, Any]:
    """The platform's own key, as it publishes it."""
    found: dict[str, Any] = school.lms.jwks()["keys"][0]
    return found


def published(world: World) -> dict[str, Any]:
    """Our own set."""
    answer = world.app.test_client().get("/lti/jwks.json")
    assert answer.status_code == 200
    assert "max-age=600" in answer.headers["Cache-Control"]
    found: dict[str, Any] = answer.get_json()
    return found
