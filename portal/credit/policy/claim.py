"""A claim as it was posted, read against what the course offers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from portal.core.form_engine.values import clean_text
from portal.courses.package.parts import Credit, Offering
from portal.credit.policy.details import DETAILS

PARTICIPATION = "participation"  # the choice of who has no offering
PARTICIPATION_STEP = Decimal("0.25")


@dataclass(frozen=True)
class Claim:
    """A sound claim. 7.50 credits are 750 hundredths."""

    offering: str
    credit_hundredths: int
    details: dict[str, str]
    may_report: bool


@dataclass(frozen=True)
class ReadClaim:
    """What was posted: as typed, what is wrong by field, and the claim when nothing is."""

    typed: dict[str, str]
    mistakes: dict[str, str] = field(default_factory=dict)
    claim: Claim | None = None


def offering_of(credit: Credit, key: str) -> Offering | None:
    """The offering of that key; of `participation` one without credit; None: not offered."""
    if key == PARTICIPATION and credit.otherwise:
        return Offering(
            key=PARTICIPATION,
            title="Participants",
            type="hours of participation",
            maximum=credit.maximum,
            step=PARTICIPATION_STEP,
        )
    return next((offering for offering in credit.offerings if offering.key == key), None)


def read_claim(posted: Mapping[str, str], credit: Credit) -> ReadClaim:
    """The posted claim. Fields of a choice not taken are ignored."""
    typed = {name: clean_text(str(value)).strip() for name, value in posted.items() if name in _NAMES}
    offering = offering_of(credit, typed.get("offering", ""))
    if offering is None:
        return ReadClaim(typed, {"offering": "Choose your profession"})
    mistakes: dict[str, str] = {}
    details = {str(detail): typed.get(detail, "") for detail in offering.details}
    for detail in offering.details:
        if said := DETAILS[detail].mistake(details[detail]):
            mistakes[detail] = said
    hundredths = _hundredths(typed.get("credits", ""))
    if said := _amount_mistake(hundredths, offering):
        mistakes["credits"] = said
    if not typed.get("attest"):
        mistakes["attest"] = "Confirm that you took part for the time you claim"
    if mistakes or hundredths is None:
        return ReadClaim(typed, mistakes)
    may_report = offering.report_permission and bool(typed.get("may_report"))
    return ReadClaim(typed, {}, Claim(offering.key, hundredths, details, may_report))


def hundredths_of(amount: Decimal) -> int:
    """7.50 as 750."""
    return int(amount * 100)


def amount_words(hundredths: int) -> str:
    """750 as "7.50"."""
    return f"{hundredths // 100}.{hundredths % 100:02}"


def step_words(step: Decimal) -> str:
    """ "quarter hours" of a step of 0.25; else "steps of 0.5"."""
    known = {Decimal("0.25"): "quarter hours", Decimal("0.5"): "half hours", Decimal(1): "whole hours"}
    return known.get(step, f"steps of {step}")


_NAMES = frozenset({"offering", "credits", "may_report", "attest", "name", *(str(one) for one in DETAILS)})


def _hundredths(text: str) -> int | None:
    """The amount typed, in hundredths; None when it is no number of at most two places."""
    try:
        amount = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    if not amount.is_finite() or abs(amount) > 10_000 or (amount * 100) % 1:
        return None
    return int(amount * 100)


def _amount_mistake(hundredths: int | None, offering: Offering) -> str | None:
    step, most = hundredths_of(offering.step), hundredths_of(offering.maximum)
    if hundredths is None:
        return f"Write how much you claim as a number such as {amount_words(min(most, step * 3))}"
    if hundredths > most:
        return f"At most {amount_words(most)} can be claimed"
    if hundredths < step or hundredths % step:
        return f"Claim in {step_words(offering.step)}, from {amount_words(step)} to {amount_words(most)}"
    return None
