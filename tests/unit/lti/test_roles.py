"""Roles as a table of whole strings (LTI Core 1.3 A.2; LIS vocabulary)."""

import pytest

from lti.protocol.roles import CONTEXT_ROLES, ContextRole, standing_of

CONTEXT = "http://purl.imsglobal.org/vocab/lis/v2/membership"
INSTITUTION = "http://purl.imsglobal.org/vocab/lis/v2/institution/person"
SYSTEM = "http://purl.imsglobal.org/vocab/lis/v2/system/person"


@pytest.mark.parametrize(
    ("roles", "is_"),
    [
        pytest.param([f"{CONTEXT}#Learner"], ContextRole.LEARNER, id="learner"),
        pytest.param([f"{CONTEXT}#Instructor"], ContextRole.INSTRUCTOR, id="instructor"),
        pytest.param([f"{CONTEXT}#Administrator"], ContextRole.ADMINISTRATOR, id="administrator"),
        pytest.param(
            [f"{CONTEXT}#Instructor", f"{CONTEXT}/Instructor#TeachingAssistant"],
            ContextRole.TEACHING_ASSISTANT,
            id="Canvas assistant: Instructor comes along",
        ),
        pytest.param(
            [f"{CONTEXT}/Instructor#TeachingAssistant"], ContextRole.TEACHING_ASSISTANT, id="sub-role alone"
        ),
        pytest.param(
            [f"{CONTEXT}/Instructor#PrimaryInstructor"], ContextRole.INSTRUCTOR, id="principal of a sub-role"
        ),
        pytest.param(
            [f"{CONTEXT}/Learner#Instructor"], ContextRole.LEARNER, id="a learner who instructs is a learner"
        ),
        pytest.param([f"{CONTEXT}#Mentor"], ContextRole.MENTOR, id="observer"),
        pytest.param(
            [f"{CONTEXT}#Learner", f"{CONTEXT}#Mentor"], ContextRole.LEARNER, id="learner and observer"
        ),
        pytest.param([f"{CONTEXT}#ContentDeveloper"], ContextRole.CONTENT_DEVELOPER, id="designer"),
        pytest.param(["Learner"], ContextRole.LEARNER, id="short word"),
        pytest.param(["TeachingAssistant"], ContextRole.TEACHING_ASSISTANT, id="short assistant"),
        pytest.param(["urn:lti:role:ims/lis/Instructor"], ContextRole.INSTRUCTOR, id="old name"),
        pytest.param(
            ["urn:lti:role:ims/lis/Learner/NonCreditLearner"], ContextRole.LEARNER, id="old sub-role"
        ),
        pytest.param(["urn:lti:instrole:ims/lis/Instructor"], ContextRole.NONE, id="old institution role"),
        pytest.param(["urn:lti:sysrole:ims/lis/Administrator"], ContextRole.NONE, id="old system role"),
        pytest.param([f"{INSTITUTION}#Instructor"], ContextRole.NONE, id="a professor elsewhere"),
        pytest.param(
            [f"{INSTITUTION}#Faculty", f"{CONTEXT}#Learner"], ContextRole.LEARNER, id="a professor who learns"
        ),
        pytest.param([f"{SYSTEM}#Administrator"], ContextRole.NONE, id="site administrator"),
        pytest.param(
            ["http://purl.imsglobal.org/vocab/lis/v2/person#Administrator"],
            ContextRole.NONE,
            id="Moodle's own",
        ),
        pytest.param(
            ["http://evil.example/vocab/lis/v2/membership#Instructor"], ContextRole.NONE, id="another host"
        ),
        pytest.param(
            ["https://purl.imsglobal.org/vocab/lis/v2/membership#Instructor"], ContextRole.NONE, id="https"
        ),
        pytest.param([f"{CONTEXT}/Somewhere#Instructor"], ContextRole.NONE, id="unknown path"),
        pytest.param([f"{CONTEXT}#instructor"], ContextRole.NONE, id="another case"),
        pytest.param([f"{CONTEXT}#Instructor "], ContextRole.NONE, id="a stray blank"),
        pytest.param([f"{CONTEXT}#Instructor,{CONTEXT}#Learner"], ContextRole.NONE, id="two in one string"),
        pytest.param(["instructor"], ContextRole.NONE, id="short word in small letters"),
        pytest.param([], ContextRole.NONE, id="none"),
    ],
)
def test_what_the_roles_make_somebody(roles, is_):
    assert standing_of(roles).role is is_


def test_a_test_student_is_a_learner_and_marked():
    roles = [f"{CONTEXT}#Learner", "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"]

    found = standing_of(roles)

    assert (found.role, found.is_test) == (ContextRole.LEARNER, True)


def test_who_is_staff_and_who_may_connect():
    staff = {role for role in ContextRole if role.is_staff}
    connecting = {role for role in ContextRole if role.may_connect}

    assert staff == {ContextRole.ADMINISTRATOR, ContextRole.INSTRUCTOR, ContextRole.TEACHING_ASSISTANT}
    assert connecting == {ContextRole.ADMINISTRATOR, ContextRole.INSTRUCTOR}


def test_no_row_of_the_table_is_an_institution_or_system_role():
    assert not [
        name
        for name in CONTEXT_ROLES
        if "institution" in name or "system/person" in name or "instrole" in name
    ]
