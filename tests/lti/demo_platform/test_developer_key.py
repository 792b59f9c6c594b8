"""A Canvas's developer key, read from the tool's configuration: what is kept, and what is refused."""

import copy

import pytest

from lti.demo_platform import DemoPlatform
from tests.lti.registering_platform import captured

BASE = {"base_url": "https://lms.example/"}
CONFIGURATION = captured("canvas/developer-key-config.json")


@pytest.fixture
def lms() -> DemoPlatform:
    """A Canvas that knows no tool yet."""
    return DemoPlatform(portal_url="https://tool.example", dress="canvas", client_id="")


def make(lms: DemoPlatform, configuration: object, person: str = "2"):
    """The administrator's click; the page after it."""
    lms.trust_keys(configuration)  # what any address of the tool answers
    client = lms.app.test_client()
    client.post("/sign-in", data={"sub": person}, **BASE)
    address = {"url": "https://tool.example/lti/config/canvas.json"}
    return client.post("/admin/tools/key", data=address, follow_redirects=True, **BASE)


def changed(*path: str | int, to: object) -> object:
    """The configuration with one value changed."""
    said = copy.deepcopy(CONFIGURATION)
    where = said
    for step in path[:-1]:
        where = where[step]
    where[path[-1]] = to
    return said


def test_the_key_has_what_the_configuration_asks_for(lms):
    page = make(lms, CONFIGURATION)

    assert page.status_code == 200
    config = lms._lms.config
    assert config.client_id in page.text
    assert config.deployment_id in page.text
    asked = CONFIGURATION["extensions"][0]
    assert [one.name for one in config.placements] == [
        one["placement"] for one in asked["settings"]["placements"]
    ]
    assert config.privacy_level == asked["privacy_level"]
    assert dict(config.custom) == CONFIGURATION["custom_fields"]


PLACEMENTS = ("extensions", 0, "settings", "placements", 0)


@pytest.mark.parametrize(
    ("configuration", "words"),
    [
        pytest.param("text", "no JSON object", id="no object"),
        pytest.param(changed("title", to=""), "title", id="no title"),
        pytest.param(changed("scopes", to=["https://x.example"]), "Unknown scope", id="an unknown scope"),
        pytest.param(changed(*PLACEMENTS, "placement", to="moon"), "moon", id="an unknown placement"),
        pytest.param(changed(*PLACEMENTS, "message_type", to="Other"), "not Other", id="another message"),
        pytest.param(changed(*PLACEMENTS, "display_type", to="odd"), "display_type", id="display type"),
        pytest.param(changed(*PLACEMENTS, "selection_width", to="8"), "numbers", id="a size as text"),
        pytest.param(changed("extensions", 0, "privacy_level", to="x"), "privacy_level", id="privacy"),
        pytest.param(changed("extensions", 0, "platform", to="x"), "canvas.instructure.com", id="platform"),
    ],
)
def test_what_canvas_refuses_makes_no_key(lms, configuration, words):
    page = make(lms, configuration)

    assert page.status_code == 422
    assert words in page.text
    assert lms._lms.config.client_id == ""


def test_only_an_administrator_makes_a_key(lms):
    assert make(lms, CONFIGURATION, person="3").status_code == 404
    assert lms._lms.config.client_id == ""
