"""What a checked launch comes to."""

from dataclasses import dataclass
from enum import StrEnum


class Standstill(StrEnum):
    """Why nobody enters, as the page says it."""

    NOT_CONNECTED = "not_connected"
    NO_COURSE = "no_course"
    OBSERVER = "observer"
    DESIGNER = "designer"
    NO_ROLE = "no_role"
    ONLY_STAFF = "only_staff"
    NOT_A_LEARNER_HERE = "not_a_learner_here"


@dataclass(frozen=True)
class Entered:
    """Somebody is in: sign them in and open the page."""

    person_id: int
    path: str


@dataclass(frozen=True)
class MayConnect:
    """The first instructor from an LMS course that opens nothing yet."""

    person_id: int
    context_id: int  # of our own row
    code: str | None = None  # of a Deep Linking request that goes on after it


@dataclass(frozen=True)
class Chooses:
    """Somebody places links: open the page to choose them."""

    person_id: int
    code: str


@dataclass(frozen=True)
class Stays:
    """Nobody is signed in; a plain page says why."""

    because: Standstill
    course_title: str | None
    status: int = 200


Outcome = Entered | MayConnect | Chooses | Stays
