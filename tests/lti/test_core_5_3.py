"""LTI Core 1.3, 5.3, required message claims, and 5.4, optional ones that cannot be read: each refused by itself.

The tokens hold; what is said in them does not. What each refusal is: tests/lti/refusing.py.
"""

import pytest

from lti.errors import Reason

CLAIMS = [
    pytest.param({"sub": ""}, Reason.ANONYMOUS, id="empty sub"),
    pytest.param({"sub": None}, Reason.ANONYMOUS, id="sub null"),
    pytest.param({"sub": 5}, Reason.CLAIM, id="sub as a number"),
    pytest.param({"sub": "x" * 256}, Reason.CLAIM, id="sub of 256 characters"),
    pytest.param({"sub": "zoë"}, Reason.CLAIM, id="sub outside ASCII"),
    pytest.param({"sub": "5\x00"}, Reason.CLAIM, id="sub with a NUL"),
    pytest.param({"lti:deployment_id": "2"}, Reason.DEPLOYMENT, id="deployment not registered"),
    pytest.param({"lti:deployment_id": ""}, Reason.DEPLOYMENT, id="empty deployment"),
    pytest.param({"lti:deployment_id": 1}, Reason.DEPLOYMENT, id="deployment as a number"),
    pytest.param({"lti:deployment_id": " 1"}, Reason.DEPLOYMENT, id="deployment with a blank"),
    pytest.param({"lti:deployment_id": "\ud800"}, Reason.DEPLOYMENT, id="deployment half a surrogate pair"),
    pytest.param({"lti:message_type": "LtiDeepLinkingResponse"}, Reason.MESSAGE, id="a tool's message"),
    pytest.param(
        {"lti:message_type": "ltiresourcelinkrequest"}, Reason.MESSAGE, id="message type in small letters"
    ),
    pytest.param({"lti:message_type": 1}, Reason.MESSAGE, id="message type as a number"),
    pytest.param({"lti:version": "1.3"}, Reason.CLAIM, id="version 1.3"),
    pytest.param({"lti:version": 1.3}, Reason.CLAIM, id="version as a number"),
    pytest.param(
        {"lti:target_link_uri": "https://evil.example/lti/launch"}, Reason.TARGET, id="target elsewhere"
    ),
    pytest.param(
        {"lti:target_link_uri": "http://localhost.evil.example/"}, Reason.TARGET, id="our name as a prefix"
    ),
    pytest.param(
        {"lti:target_link_uri": "http://localhost@evil.example/"}, Reason.TARGET, id="our name as a user"
    ),
    pytest.param({"lti:target_link_uri": "http://localhost:81/lti/launch"}, Reason.TARGET, id="another port"),
    pytest.param(
        {"lti:target_link_uri": "http://localhost\\@evil.example/"}, Reason.TARGET, id="a backslash"
    ),
    pytest.param({"lti:target_link_uri": "javascript:alert(1)"}, Reason.TARGET, id="script as a target"),
    pytest.param({"lti:target_link_uri": 5}, Reason.TARGET, id="target as a number"),
    pytest.param(
        {"lti:target_link_uri": "http://localhost/elsewhere"}, Reason.TARGET, id="not the target of the login"
    ),
    pytest.param({"lti:resource_link": {}}, Reason.CLAIM, id="link without id"),
    pytest.param({"lti:resource_link": "1"}, Reason.CLAIM, id="link as text"),
    pytest.param({"lti:resource_link": {"id": ""}}, Reason.CLAIM, id="empty link id"),
    pytest.param({"lti:resource_link": {"id": "x" * 256}}, Reason.CLAIM, id="link id of 256 characters"),
    pytest.param({"lti:resource_link": None}, Reason.CLAIM, id="link null"),
    pytest.param({"lti:roles": None}, Reason.CLAIM, id="roles null"),
    pytest.param({"lti:roles": "Instructor"}, Reason.CLAIM, id="roles as text"),
    pytest.param({"lti:roles": [1]}, Reason.CLAIM, id="roles as numbers"),
    pytest.param({"lti:roles": {"0": "Instructor"}}, Reason.CLAIM, id="roles as an object"),
    pytest.param({"lti:context": {}}, Reason.CLAIM, id="context without id"),
    pytest.param({"lti:context": ["2"]}, Reason.CLAIM, id="context as a list"),
    pytest.param({"lti:context": {"id": 2}}, Reason.CLAIM, id="context id as a number"),
    pytest.param({"lti:context": {"id": "\x00"}}, Reason.CLAIM, id="context id a NUL"),
    pytest.param({"lti:custom": ["destination"]}, Reason.CLAIM, id="custom as a list"),
]


@pytest.mark.parametrize(("claims", "reason"), CLAIMS)
def test_claims_that_do_not_hold(sqlite_school, refuses, claims, reason):
    refuses(sqlite_school.launch("sam", "home", claims=claims), reason)


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("sub", Reason.ANONYMOUS),
        ("lti:deployment_id", Reason.DEPLOYMENT),
        ("lti:message_type", Reason.CLAIM),
        ("lti:version", Reason.CLAIM),
        ("lti:target_link_uri", Reason.TARGET),
        ("lti:resource_link", Reason.CLAIM),
        ("lti:roles", Reason.CLAIM),
    ],
)
def test_claims_that_are_missing(sqlite_school, refuses, claim, reason):
    refuses(sqlite_school.launch("sam", "home", drop=[claim]), reason)
