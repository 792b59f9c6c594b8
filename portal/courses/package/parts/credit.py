"""Credit, certificates, fees, and the facts of the first run."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from portal.courses.package.parts.base import Credits, Line, Moment, PackagePath, Part, Slug, Text, Yes


class Detail(StrEnum):
    """What an accreditor needs to know of a person."""

    LICENCE_STATE = "licence_state"
    LICENCE_NUMBER = "licence_number"
    BIRTH_MONTH_DAY = "birth_month_day"
    NABP_EPROFILE_ID = "nabp_eprofile_id"
    CPPS_CERTIFICATE_NUMBER = "cpps_certificate_number"


class Offering(Part):
    """Credit for one profession. `sample`: the wording is not the accreditor's; certificates say SAMPLE."""

    key: Slug
    title: Line
    type: Line
    maximum: Credits
    step: Credits = Decimal("0.25")
    details: tuple[Detail, ...] = ()
    statement: Text | None = None
    provider_number: Line | None = None
    activity_number: Line | None = None
    report_permission: Yes = False
    report_within_days: Annotated[int, Field(strict=True, ge=1, le=3650)] | None = None
    self_reported: Yes = False
    sample: Yes = False


class Credit(Part):
    """Continuing education. `otherwise` None: who has no offering gets no certificate."""

    activity_ends: Moment | Literal["access_ends"] = "access_ends"
    maximum: Credits
    requires: tuple[Literal["evaluation", "completion"], ...] = ("evaluation",)
    claim_until_days_after_activity: Annotated[int, Field(strict=True, ge=0, le=3650)] = 30
    accreditor: Line | None = None
    otherwise: Literal["participation"] | None = "participation"
    offerings: tuple[Offering, ...] = ()


class Signature(Part):
    """Who signs the certificates: one of the faculty, with a role and perhaps a picture of the signature."""

    faculty: Slug
    role: Line | None = None
    image: PackagePath | None = None


class Certificates(Part):
    """What certificates say beyond names and dates. `hours` of instruction."""

    hours: Credits | None = None
    statement: Text | None = None
    logo: PackagePath | None = None
    signatures: tuple[Signature, ...] = Field(default=(), max_length=2)


class Money(Part):
    """An amount in cents, with its currency."""

    cents: Annotated[int, Field(strict=True, ge=0, le=100_000_000)]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Scholarships(Part):
    """Who may ask for one and what it covers: all of the fee, or a share in percent."""

    for_: tuple[Line, ...] = Field(alias="for")
    covers: Literal["full"] | Annotated[int, Field(strict=True, ge=1, le=100)]
    limited: Yes = False


class Discounts(Part):
    """Whether one may apply for a discount."""

    available: Yes = False


class Fees(Part):
    """The price. `applications_due`: a day; None: each cohort's own."""

    regular: Money
    scholarships: Scholarships | None = None
    discounts: Discounts | None = None
    applications_due: date | None = None


class FirstCohort(Part):
    """Facts of the run the package was made for. Its start's weekday is what the windows were laid for."""

    slug: Slug
    starts: date
    applications_due: date | None = None
