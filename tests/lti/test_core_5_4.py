"""LTI Core 1.3, 5.4, optional message claims: what is odd in them keeps nobody out."""

import pytest

MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"name": 5, "email": ["x"]}, id="of another type"),
        pytest.param({"name": "x" * 5000}, id="endless"),
        pytest.param({"name": "\u0645" * 10_000}, id="endless, and each letter written as six in JSON"),
        pytest.param({"name": "\ud800", "given_name": "a\x00b"}, id="not storable"),
        pytest.param({"name": "‮Sam", "family_name": "<script>"}, id="markup and direction"),
        pytest.param(
            {"lti:launch_presentation": "x", "lti:lis": 5, "lti:tool_platform": None}, id="odd claims"
        ),
        pytest.param({"ags:endpoint": "x", "nrps:namesroleservice": 7}, id="odd services"),
        pytest.param({"ags:endpoint": {"scope": "x", "lineitem": 5}}, id="odd endpoint"),
        pytest.param({"lti:custom": {"destination": None, "timezone": True}}, id="custom null and true"),
        pytest.param(
            {"lti:custom": {"destination": "$Destination", "timezone": "99"}}, id="custom not filled in"
        ),
        pytest.param({"lti:custom": None}, id="custom null"),
        pytest.param({"lti:roles": ["x", "\x00", "\ud800", MEMBERSHIP + "#Learner"]}, id="odd roles beside"),
        pytest.param(
            {"errors": {"errors": {}}, "lti:context": {"id": "2", "title": None, "errors": 1}}, id="leftovers"
        ),
        pytest.param(
            {"lti:resource_link": {"id": "1", "title": "\ud800", "description": None}}, id="odd link title"
        ),
        pytest.param({"aud": ["sample-lms-lectern"]}, id="audience as a list of one"),
        pytest.param(
            {"lti:tool_platform": {"guid": "\ud800", "product_family_code": "\ud800\x00"}}, id="odd platform"
        ),
    ],
)
def test_odd_optional_claims_keep_nobody_out(school, odd):
    assert school.launch("sam", "home", claims=odd).status_code == 303
