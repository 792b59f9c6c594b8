"""What an accreditor needs to know of a person, as a form asks for it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.core.when import MONTHS
from portal.courses.package.parts import Detail

OTHER_COUNTRY = "Other country"
STATES = (
    "Alabama", "Alaska", "American Samoa", "Arizona", "Arkansas", "California", "Colorado", "Connecticut",
    "Delaware", "District of Columbia", "Florida", "Georgia", "Guam", "Hawaii", "Idaho", "Illinois",
    "Indiana", "Iowa", "Kansas", "Kentucky", "Louisiana", "Maine", "Maryland", "Massachusetts", "Michigan",
    "Minnesota", "Mississippi", "Missouri", "Montana", "Nebraska", "Nevada", "New Hampshire", "New Jersey",
    "New Mexico", "New York", "North Carolina", "North Dakota", "Northern Mariana Islands", "Ohio",
    "Oklahoma", "Oregon", "Pennsylvania", "Puerto Rico", "Rhode Island", "South Carolina", "South Dakota",
    "Tennessee", "Texas", "Utah", "Vermont", "Virgin Islands", "Virginia", "Washington", "West Virginia",
    "Wisconsin", "Wyoming", OTHER_COUNTRY,
)  # fmt: skip


@dataclass(frozen=True)
class DetailField:
    """One question: one of `options`, or a line that fits `pattern`, of which `example` is one."""

    label: str
    hint: str
    missing: str
    options: tuple[str, ...] = ()
    pattern: str = ""
    example: str = ""

    def mistake(self, value: str) -> str | None:
        """What is wrong with what was given; None: nothing."""
        if not value:
            return self.missing
        fits = value in self.options if self.options else re.fullmatch(self.pattern, value)
        if not fits:
            return self.missing if self.options else f"Write “{self.label}” like this: {self.example}"
        return None


class _Birthday(DetailField):
    def mistake(self, value: str) -> str | None:
        if said := super().mistake(value):
            return said
        month, day = map(int, value.split("-"))
        try:
            date(2000, month, day)  # a leap year: February 29 is a birthday
        except ValueError:
            return f"There is no {MONTHS[month - 1]} {day}"
        return None


DETAILS: Mapping[Detail, DetailField] = {
    Detail.LICENCE_STATE: DetailField(
        "State of your license",
        f"Licensed outside the United States? Choose “{OTHER_COUNTRY}”.",
        "Choose the state of your license",
        options=STATES,
    ),
    Detail.LICENCE_NUMBER: DetailField(
        "License number",
        "As it stands on your license.",
        "Write your license number",
        pattern=r"[A-Za-z0-9][A-Za-z0-9 .\/\-]{1,28}[A-Za-z0-9]",
        example="MD123456",
    ),
    Detail.BIRTH_MONTH_DAY: _Birthday(
        "Birthday, month and day",
        "Without the year. It lets your board match the credit to you.",
        "Write month and day of your birthday",
        pattern=r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])",
        example="03-14",
    ),
    Detail.NABP_EPROFILE_ID: DetailField(
        "NABP e-Profile ID",
        "Six or seven digits, from your NABP e-Profile.",
        "Write your NABP e-Profile ID",
        pattern=r"[0-9]{6,7}",
        example="1234567",
    ),
    Detail.CPPS_CERTIFICATE_NUMBER: DetailField(
        "CPPS certificate number",
        "As it stands on your CPPS certificate.",
        "Write your CPPS certificate number",
        pattern=r"[A-Za-z0-9][A-Za-z0-9 .\/\-]{1,28}[A-Za-z0-9]",
        example="CPPS-12345",
    ),
}


def shown_detail(detail: str, value: str) -> str:
    """A detail as a certificate may show it: numbers by their last two digits alone."""
    if detail == Detail.LICENCE_STATE:
        return "Licensed outside the US" if value == OTHER_COUNTRY else f"License state: {value}"
    if detail == Detail.NABP_EPROFILE_ID:
        return f"NABP e-Profile ending in {value[-2:]}"
    return ""
