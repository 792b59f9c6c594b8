"""NRPS 2.0, 2.3, membership status: who is said to be gone."""

import pytest

from lti.protocol.roster import read_page
from portal.courses.models import EnrollmentState
from tests.lti.listing import body, learner, people, sync


@pytest.mark.parametrize("status", ["Inactive", "Deleted", "deleted"])
def test_a_status_says_who_is_gone(staffed, status):
    everyone = [learner(str(n)) for n in range(900, 910)]
    staffed.lms.fail("memberships", 200, body=body(*everyone))
    sync(staffed)
    everyone[0]["status"] = status
    staffed.lms.fail("memberships", 200, body=body(*everyone))
    sync(staffed)

    assert people(staffed)["900"][1] is EnrollmentState.WITHDRAWN
    assert people(staffed)["901"][1] is EnrollmentState.ACTIVE


@pytest.mark.parametrize(
    ("status", "is_there"),
    [
        (None, True), ("Active", True), ("active", True), ("http://purl.imsglobal.org/vocab/lis/v2/status#Active", True),
        ("Inactive", False), ("Deleted", False), ("INACTIVE", False), ("liss:Inactive", False), ("", True), (7, True),
        ("On holiday", True),
    ],
)  # fmt: skip
def test_a_status_nobody_knows_withdraws_nobody(status, is_there):
    said = learner("1") | ({"status": status} if status is not None else {})

    assert read_page({"members": [said]}, None).people[0].is_there is is_there
