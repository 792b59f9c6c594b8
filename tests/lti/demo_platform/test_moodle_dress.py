"""What the sample LMS says, held against what a Moodle was recorded saying."""

import json
from typing import Any

import pytest

from lti.demo_platform import DemoPlatform, oidc
from tests.lti.registering_platform import captured

CLAIM = "https://purl.imsglobal.org/spec/lti/claim/"
SETTINGS = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
ENDPOINT = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SERVICES = {"context_memberships_url", "system_setting_url", "context_setting_url"}
# Values that a school chooses; how they are said is compared.
STRUCTURED = ("lis", "context", "launch_presentation", "tool_platform", "ext")


@pytest.fixture
def lms() -> DemoPlatform:
    return DemoPlatform()


def selected(lms: DemoPlatform) -> tuple[dict[str, str], dict[str, Any]]:
    """The login form of a selection, and its claims."""
    fields = oidc.selection_fields(lms._lms, lms.person("tina"), "2")
    [selection] = lms._lms.store.all("select * from selection")
    return fields, oidc.claims_of(lms._lms, lms.person("tina"), selection, nonce="n-1")


def alike(said: dict[str, Any], recorded: dict[str, Any]) -> None:
    """The same claims, and the same names inside."""
    assert set(said) == set(recorded)
    for name in STRUCTURED:
        assert set(said[CLAIM + name]) == set(recorded[CLAIM + name])
    assert {type(value) for value in said[CLAIM + "context"].values()} == {str, list}


def test_a_learners_launch(lms):
    capture = captured("moodle/launch-student.json")
    recorded = capture["id_token"]["payload"]
    fields, said = lms.initiation("sam", "lesson:1"), lms.launch_claims("sam", "lesson:1", nonce="n-1")

    assert list(fields) == [name for name, _ in capture["initiation_form"]["fields_in_order"]]
    assert set(json.loads(fields["lti_message_hint"])) == {"cmid", "launchid"}
    assert fields["login_hint"] == said["sub"]
    assert said["sub"].isdecimal()
    alike(said, recorded)
    assert said["exp"] - said["iat"] == recorded["exp"] - recorded["iat"] == 60
    assert said[CLAIM + "roles"] == recorded[CLAIM + "roles"]
    assert said[ENDPOINT]["lineitem"].endswith("/lineitem?type_id=1")
    assert said[ENDPOINT]["lineitems"].endswith("/2/lineitems?type_id=1")
    custom, kept = said[CLAIM + "custom"], recorded[CLAIM + "custom"]
    assert SERVICES | {"link_setting_url"} <= set(custom) & set(kept)
    assert custom["link_setting_url"].endswith("/links/{link_id}/custom")


def test_a_teachers_selection(lms):
    capture = captured("moodle/deep-linking-request-manual.json")
    recorded = capture["id_token"]["payload"]
    fields, said = selected(lms)

    assert list(fields) == [name for name, _ in capture["initiation_form"]["fields_in_order"]]
    alike(said, recorded)
    assert set(said[SETTINGS]) - set(recorded[SETTINGS]) == {"data"}  # ours, to see that it comes back
    for name in ("accept_types", "accept_multiple", "accept_presentation_document_targets", "auto_create"):
        assert said[SETTINGS][name] == recorded[SETTINGS][name]
    assert set(said[CLAIM + "custom"]) >= SERVICES
    assert "link_setting_url" not in said[CLAIM + "custom"]
    assert "lineitem" not in said[ENDPOINT]


def test_a_review_from_the_gradebook(lms):
    recorded = captured("moodle/submission-review.json")["payload"]
    link = lms.link("lesson:1") | {"for_sub": "5"}
    oidc.initiation_fields(lms._lms, lms.person("tina"), link, "window")
    begun = lms._lms.store.one("select * from launch")

    said = oidc.claims_of(lms._lms, lms.person("tina"), begun, nonce="n-1")

    alike(said, recorded)
    for name in ("message_type", "for_user", "roles"):
        assert said[CLAIM + name] == recorded[CLAIM + name]
