"""A cohort and a person as plain values: what every page reads first, without the weight of entities."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PlainCohort:
    """What pages ask of a cohort; the columns are `models.Cohort`'s."""

    id: int
    slug: str
    name: str
    starts_on: date
    time_zone: str
    course_version_id: int


@dataclass(frozen=True)
class PlainPerson:
    """What pages ask of the signed-in person; the columns are `identity.models.Person`'s."""

    id: int
    name: str | None
    time_zone: str | None
    locale: str | None
    certificate_name: str | None
