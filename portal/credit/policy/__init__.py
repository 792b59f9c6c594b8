"""The rules of CE credit: what is asked, what a claim may be, when it is taken, whether it is reported."""

from portal.credit.policy.claim import (
    PARTICIPATION,
    Claim,
    ReadClaim,
    amount_words,
    hundredths_of,
    offering_of,
    read_claim,
    step_words,
)
from portal.credit.policy.details import DETAILS, DetailField, shown_detail
from portal.credit.policy.states import ClaimState, Reportable, attended_of, reportable, state_of

__all__ = [
    "DETAILS",
    "PARTICIPATION",
    "Claim",
    "ClaimState",
    "DetailField",
    "ReadClaim",
    "Reportable",
    "amount_words",
    "attended_of",
    "hundredths_of",
    "offering_of",
    "read_claim",
    "reportable",
    "shown_detail",
    "state_of",
    "step_words",
]
