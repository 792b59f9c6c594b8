from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from portal.attendance.policy import Mark, Source, Status
from portal.courses.package.parts import Credit, Offering
from portal.courses.package.parts.credit import Detail
from portal.credit.policy import (
    DETAILS,
    PARTICIPATION,
    Claim,
    ClaimState,
    amount_words,
    attended_of,
    offering_of,
    read_claim,
    reportable,
    shown_detail,
    state_of,
    step_words,
)

DEADLINE = datetime(2021, 2, 7, 4, 59, tzinfo=UTC)
OPENS = datetime(2020, 12, 30, 5, 0, tzinfo=UTC)
BEFORE, WITHIN, PAST = OPENS - timedelta(days=1), OPENS + timedelta(days=1), DEADLINE + timedelta(minutes=1)
ENDS = datetime(2021, 1, 8, 4, 59, tzinfo=UTC)

PHYSICIAN = Offering(
    key="physician",
    title="Physicians",
    type="AMA PRA Category 1 Credit",
    maximum=Decimal(9),
    details=(Detail.LICENCE_STATE, Detail.BIRTH_MONTH_DAY),
    report_permission=True,
)
PHARMACIST = Offering(
    key="pharmacist",
    title="Pharmacists",
    type="ACPE contact hours",
    maximum=Decimal(8),
    step=Decimal("0.5"),
    details=(Detail.NABP_EPROFILE_ID,),
    report_permission=True,
    report_within_days=60,
)
EXECUTIVE = Offering(
    key="executive", title="Executives", type="ACHE hours", maximum=Decimal(9), self_reported=True
)
CREDIT = Credit(maximum=Decimal(9), offerings=(PHYSICIAN, PHARMACIST, EXECUTIVE))
SOUND = {
    "offering": "physician",
    "licence_state": "Ohio",
    "birth_month_day": "12-01",
    "credits": "7.25",
    "attest": "1",
}


@pytest.mark.parametrize(
    ("claimed", "missing", "at", "state"),
    [
        pytest.param(False, True, BEFORE, ClaimState.CLOSED, id="before the evaluation opens"),
        pytest.param(False, True, WITHIN, ClaimState.NEEDS_EVALUATION, id="evaluation not sent"),
        pytest.param(False, False, WITHIN, ClaimState.OPEN, id="evaluation sent"),
        pytest.param(False, False, DEADLINE, ClaimState.OPEN, id="in the deadline's minute"),
        pytest.param(
            False, False, DEADLINE + timedelta(seconds=59), ClaimState.OPEN, id="in its last second"
        ),
        pytest.param(False, False, PAST, ClaimState.EXPIRED, id="a minute later"),
        pytest.param(False, True, PAST, ClaimState.EXPIRED, id="nothing sent and too late"),
        pytest.param(True, False, PAST + timedelta(days=900), ClaimState.CLAIMED, id="claimed in time"),
    ],
)
def test_where_a_claim_stands(claimed, missing, at, state):
    assert (
        state_of(
            claimed=claimed,
            deadline=DEADLINE,
            evaluation_opens_at=OPENS,
            evaluation_missing=missing,
            at=at,
        )
        is state
    )


def test_a_package_may_ask_for_completion_too():
    found = state_of(
        claimed=False,
        deadline=DEADLINE,
        evaluation_opens_at=OPENS,
        evaluation_missing=False,
        completion_missing=True,
        at=WITHIN,
    )

    assert found is ClaimState.CLOSED


def test_a_sound_claim_is_read():
    read = read_claim(SOUND | {"may_report": "1", "csrf_token": "x", "unknown": "y"}, CREDIT)

    assert read.claim == Claim("physician", 725, {"licence_state": "Ohio", "birth_month_day": "12-01"}, True)
    assert "csrf_token" not in read.typed


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"offering": "nobody"}, "offering"),
        ({"licence_state": "ohio"}, "licence_state"),
        ({"birth_month_day": "13-01"}, "birth_month_day"),
        ({"birth_month_day": "02-30"}, "birth_month_day"),
        ({"birth_month_day": "2-3"}, "birth_month_day"),
        ({"credits": "7.3"}, "credits"),
        ({"credits": "9.01"}, "credits"),
        ({"credits": "7.255"}, "credits"),
        ({"credits": "inf"}, "credits"),
        ({"credits": "٧٫٢٥"}, "credits"),
        ({"attest": ""}, "attest"),
    ],
)
def test_each_mistake_is_named_by_its_field(change, field):
    read = read_claim(SOUND | change, CREDIT)

    assert list(read.mistakes) == [field]
    assert read.claim is None


def test_a_comma_is_taken_for_a_point():
    read = read_claim(SOUND | {"credits": "7,25"}, CREDIT)

    assert read.claim is not None
    assert read.claim.credit_hundredths == 725


def test_permission_is_kept_only_where_it_is_asked():
    read = read_claim({"offering": "executive", "credits": "9", "attest": "1", "may_report": "1"}, CREDIT)

    assert read.claim is not None
    assert read.claim.may_report is False


def test_an_offerings_own_step_and_maximum_hold():
    pharmacist = {"offering": "pharmacist", "nabp_eprofile_id": "123456", "attest": "1"}

    assert read_claim(pharmacist | {"credits": "7.25"}, CREDIT).mistakes["credits"] == (
        "Claim in half hours, from 0.50 to 8.00"
    )
    assert read_claim(pharmacist | {"credits": "8.5"}, CREDIT).mistakes["credits"] == (
        "At most 8.00 can be claimed"
    )


def test_participation_is_offered_unless_the_package_says_no():
    assert offering_of(CREDIT, PARTICIPATION) is not None
    assert offering_of(CREDIT.model_copy(update={"otherwise": None}), PARTICIPATION) is None


def test_each_detail_takes_its_own_example():
    for detail, asked in DETAILS.items():
        assert asked.mistake(asked.options[0] if asked.options else asked.example) is None, detail
        assert asked.mistake(""), detail


@pytest.mark.parametrize(
    ("detail", "value", "words"),
    [
        ("licence_state", "New York", "License state: New York"),
        ("licence_state", "Other country", "Licensed outside the US"),
        ("nabp_eprofile_id", "1234567", "NABP e-Profile ending in 67"),
        ("licence_number", "MD123", ""),
        ("birth_month_day", "03-14", ""),
    ],
)
def test_a_certificate_shows_no_more_of_a_detail_than_it_may(detail, value, words):
    assert shown_detail(detail, value) == words


def test_how_each_call_was_taken_part_in():
    def mark(status):
        return Mark(1, status, Source.FACULTY)

    marks = {1: mark(Status.LATE), 2: mark(Status.ABSENT), 3: mark(Status.EXCUSED)}

    assert attended_of((1, 2, 3, 4), marks, {"call-1": ENDS, "call-2": ENDS}) == {
        "1": "live",
        "2": "recording",
    }


@pytest.mark.parametrize(
    ("offering", "may_report", "days", "now", "says"),
    [
        pytest.param(EXECUTIVE, False, 1, False, "report these hours yourself", id="self-reported"),
        pytest.param(PHYSICIAN, False, 1, False, "not given your permission", id="no permission"),
        pytest.param(PHYSICIAN, True, 400, True, "It can be reported.", id="no limit"),
        pytest.param(PHARMACIST, True, 60, True, "until 60 days", id="on the last day"),
        pytest.param(PHARMACIST, True, 61, False, "the provider had 60 days", id="a day too late"),
        pytest.param(PHARMACIST, False, 61, False, "the provider had 60 days", id="too late, whatever else"),
    ],
)
def test_whether_a_claim_could_be_reported(offering, may_report, days, now, says):
    said = reportable(offering, may_report=may_report, activity_ends_at=ENDS, at=ENDS + timedelta(days=days))

    assert said.now is now
    assert says in said.words


def test_a_sample_statement_cannot_be_reported():
    sample = PHYSICIAN.model_copy(update={"sample": True})

    said = reportable(sample, may_report=True, activity_ends_at=ENDS, at=ENDS)

    assert said.now is False
    assert "has not confirmed" in said.words


def test_amounts_and_steps_in_words():
    assert [amount_words(hundredths) for hundredths in (25, 750, 1000)] == ["0.25", "7.50", "10.00"]
    assert step_words(Decimal("0.25")) == "quarter hours"
    assert step_words(Decimal("0.1")) == "steps of 0.1"
