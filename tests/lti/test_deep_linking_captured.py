"""Deep Linking requests as a Moodle was recorded sending them, and as Canvas is documented to: chosen and answered.

The claims are the capture's; the sample LMS signs them, with what a token must say of this login in place of theirs.
"""

import re
from typing import Any

import pytest

from lti.demo_platform import DemoPlatform, oidc
from tests.lti.choosing import DL, LTI, answer_of, chooser
from tests.lti.conftest import make_school
from tests.lti.registering import run
from tests.lti.registering_platform import captured

# Of this login and this tool: the capture's would be refused, as they should be.
OF_THIS_LOGIN = {"iss", "aud", "azp", "nonce", "iat", "exp", LTI + "deployment_id", LTI + "target_link_uri"}
CANVAS_CLIENT, CANVAS_DEPLOYMENT = "104870000000000213", "4712:438ef3a2bf5441a606c189973e737f7cd2ab77e9"
CAPTURES = [
    "moodle/deep-linking-request-manual.json",
    "moodle/deep-linking-request-dynamic.json",
    "canvas/launch-deep-linking-assignment-selection.json",
    "canvas/launch-deep-linking-link-selection.json",
    "canvas/launch-deep-linking-editor-button.json",
    "canvas/launch-deep-linking-course-assignments-menu.json",
]


def platform(name: str) -> DemoPlatform:
    """An LMS of that family; a Canvas's issuer and ids are not the school's own."""
    if name.startswith("moodle"):
        return DemoPlatform()
    return DemoPlatform(
        dress="canvas",
        base_url="https://northvalley.example.edu",
        shared_url="https://sso.canvas.example",
        issuer_url="https://canvas.instructure.com",
        client_id=CANVAS_CLIENT,
        deployment_id=CANVAS_DEPLOYMENT,
        storage_target="post_message_forwarding",
    )


def replayed(world, name: str):
    """The school whose teacher stands at the page of choices, the page, and the capture's claims."""
    payload = captured(name)["id_token"]["payload"]
    settings = payload[DL + "deep_linking_settings"]
    # Where the capture says what it cut, a token of that shape.
    settings["deep_link_return_url"] = re.sub(
        r"\(JWT cut.*\)", "eyJuIjoxfQ.c2ln", settings["deep_link_return_url"]
    )
    school = make_school(world, platform(name))
    school.cohort = world.cohort()
    connected = run(
        world, "connect", "--registration", school.registration_id,
        "--context-id", payload[LTI + "context"]["id"], "--cohort", school.cohort.slug,
    )  # fmt: skip
    assert connected.exit_code == 0, connected.output
    said = {claim: value for claim, value in payload.items() if claim not in OF_THIS_LOGIN}
    browser, page = chooser(school, "tina", claims=said, drop=not_in(payload, school))
    return school, browser, page, payload


def not_in(payload: dict[str, Any], school) -> list[str]:
    """Claims that our sample LMS has and the capture has not."""
    ours = oidc.claims_of_selection(school.lms._lms, school.lms.person("tina"), "2", nonce="n")
    return sorted(set(ours) - set(payload) - OF_THIS_LOGIN)


@pytest.mark.parametrize("name", CAPTURES)
def test_it_opens_the_page_of_choices_with_what_may_be_chosen(world, name):
    _, _, page, payload = replayed(world, name)
    settings = payload[DL + "deep_linking_settings"]

    assert payload[LTI + "context"]["title"].split("&")[0].split("–")[0].strip() in page
    box = "checkbox" if settings["accept_multiple"] else "radio"
    assert f'type="{box}" name="choose" value="lesson:1"' in page


@pytest.mark.parametrize("name", CAPTURES)
def test_it_is_answered_in_the_form_that_the_platform_takes(world, name):
    school, browser, page, payload = replayed(world, name)
    settings = payload[DL + "deep_linking_settings"]

    answer = answer_of(
        browser, page, choose=["lesson:1"], **{"column-lesson:1": "1", "points-lesson:1": "20"}
    )

    assert answer.url == settings["deep_link_return_url"]  # with its query, to the letter
    assert answer.header["kid"]
    assert answer.claims["iss"] == school.lms.config.client_id
    assert answer.claims["aud"] == school.lms.config.issuer
    assert 0 < answer.claims["exp"] - answer.claims["iat"] < 600
    assert answer.claims["nonce"]
    assert answer.claims[LTI + "deployment_id"] == school.lms.config.deployment_id
    assert DL + "data" not in answer.claims  # none came
    [item] = answer.items
    taken, fields = accepted_by(name)
    assert set(answer.claims) <= taken | {DL + "msg"}
    assert set(item) <= fields
    assert item["type"] in settings["accept_types"]
    assert item["custom"] == {"destination": "lesson:1"}
    assert item["lineItem"]["scoreMaximum"] == 20


def accepted_by(name: str) -> tuple[set[str], set[str]]:
    """The claims and the item's fields of an answer that the platform took whole."""
    if name.startswith("moodle"):
        said = captured("moodle/deep-linking-responses.json")["cases"][0]["response_claims"]
    else:
        said = captured("canvas/deep-linking-answers.json")["cases"][0]["request"]["form"]["JWT_claims"]
    return set(said), set(said[DL + "content_items"][0]) | {"icon"}
