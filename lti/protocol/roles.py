"""Role names (LTI Core 1.3 A.2; LIS vocabulary) as a table of whole strings. What is not in it gives no right."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class ContextRole(StrEnum):
    """What somebody is in one course of the LMS."""

    ADMINISTRATOR = "administrator"
    INSTRUCTOR = "instructor"
    TEACHING_ASSISTANT = "teaching_assistant"
    LEARNER = "learner"
    CONTENT_DEVELOPER = "content_developer"  # Canvas: designer
    MENTOR = "mentor"  # Canvas: observer
    NONE = "none"  # no context role, or none that means anything here

    @property
    def is_staff(self) -> bool:
        """Faculty of the cohort (PRODUCT: who may what)."""
        return self in (ContextRole.ADMINISTRATOR, ContextRole.INSTRUCTOR, ContextRole.TEACHING_ASSISTANT)

    @property
    def may_connect(self) -> bool:
        """May say which cohort an LMS course opens (CONTRACT: Which cohort)."""
        return self in (ContextRole.ADMINISTRATOR, ContextRole.INSTRUCTOR)

    @property
    def ends_a_learner(self) -> bool:
        """Says that somebody is in the course, and not to learn. NONE does not: Canvas sends it once a course ended."""
        return self in (ContextRole.CONTENT_DEVELOPER, ContextRole.MENTOR)

    @property
    def may_place(self) -> bool:
        """May place links by Deep Linking: faculty, and a designer, who may do nothing else."""
        return self.is_staff or self is ContextRole.CONTENT_DEVELOPER


@dataclass(frozen=True)
class Standing:
    """Somebody's standing in the LMS course they came from."""

    role: ContextRole
    is_test: bool = False  # a Test Student: let in, kept out of counts, certificates and scores


_MEMBERSHIP = "http://purl.imsglobal.org/vocab/lis/v2/membership"
_OLD = "urn:lti:role:ims/lis/"
TEST_USER = "http://purl.imsglobal.org/vocab/lti/system/person#TestUser"

# Sub-roles count as their principal: the part before `#` in `…/membership/<Principal>#<Sub>`.
_SUB_ROLES = {
    "Administrator": (
        "Administrator", "Developer", "ExternalDeveloper", "ExternalSupport", "ExternalSystemAdministrator",
        "Support", "SystemAdministrator",
    ),
    "ContentDeveloper": ("ContentDeveloper", "ContentExpert", "ExternalContentExpert", "Librarian"),
    "Instructor": (
        "ExternalInstructor", "Grader", "GuestInstructor", "Lecturer", "PrimaryInstructor", "SecondaryInstructor",
    ),
    "Learner": ("ExternalLearner", "GuestLearner", "Instructor", "Learner", "NonCreditLearner"),
    "Mentor": (
        "Advisor", "Auditor", "ExternalAdvisor", "ExternalAuditor", "ExternalLearningFacilitator", "ExternalMentor",
        "ExternalReviewer", "ExternalTutor", "LearningFacilitator", "Mentor", "Reviewer", "Tutor",
    ),
}  # fmt: skip
_ASSISTANTS = (
    "TeachingAssistant", "TeachingAssistantGroup", "TeachingAssistantOffering", "TeachingAssistantSection",
    "TeachingAssistantSectionAssociation", "TeachingAssistantTemplate",
)  # fmt: skip
_PRINCIPALS = {
    "Administrator": ContextRole.ADMINISTRATOR,
    "ContentDeveloper": ContextRole.CONTENT_DEVELOPER,
    "Instructor": ContextRole.INSTRUCTOR,
    "Learner": ContextRole.LEARNER,
    "Mentor": ContextRole.MENTOR,
    "TeachingAssistant": ContextRole.TEACHING_ASSISTANT,  # no principal in LIS v2, but sent as one
}


def _table() -> dict[str, ContextRole]:
    table: dict[str, ContextRole] = {}
    for word, role in _PRINCIPALS.items():
        table |= {word: role, f"{_MEMBERSHIP}#{word}": role, _OLD + word: role}
    for principal, subs in _SUB_ROLES.items():
        for sub in subs:
            table[f"{_MEMBERSHIP}/{principal}#{sub}"] = _PRINCIPALS[principal]
            table[f"{_OLD}{principal}/{sub}"] = _PRINCIPALS[principal]
    for sub in _ASSISTANTS:
        table[f"{_MEMBERSHIP}/Instructor#{sub}"] = ContextRole.TEACHING_ASSISTANT
        table[f"{_OLD}TeachingAssistant/{sub}"] = ContextRole.TEACHING_ASSISTANT
    table[f"{_OLD}TeachingAssistant/Grader"] = ContextRole.TEACHING_ASSISTANT  # under Instructor since LIS v2
    return table


CONTEXT_ROLES = _table()

# The first that is there counts. A Canvas assistant is sent as Instructor too, so the narrower word goes first.
_PRECEDENCE = (
    ContextRole.ADMINISTRATOR,
    ContextRole.TEACHING_ASSISTANT,
    ContextRole.INSTRUCTOR,
    ContextRole.LEARNER,
    ContextRole.CONTENT_DEVELOPER,
    ContextRole.MENTOR,
)


def standing_of(roles: Iterable[str]) -> Standing:
    """What the launch's roles make somebody here. Institution and system roles say who they are elsewhere."""
    said = set(roles)
    found = {CONTEXT_ROLES[role] for role in said if role in CONTEXT_ROLES}
    role = next((role for role in _PRECEDENCE if role in found), ContextRole.NONE)
    return Standing(role, is_test=TEST_USER in said)
