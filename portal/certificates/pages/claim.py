"""Claiming CE credit: one form from the choice of profession to the certificate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.certificates.pages.items import CertificateItem, item_with_trouble
from portal.certificates.policy import CREDIT_KINDS
from portal.certificates.queries import standing_certificate
from portal.certificates.wording import calls_words, profession_of
from portal.completion.policy import Facts
from portal.completion.queries import standing_of
from portal.core.errors import NotFound
from portal.core.when import Reader, When
from portal.core.words import lower_first
from portal.courses.access import Member
from portal.courses.dates import Schedule
from portal.courses.package.parts import Credit, Offering
from portal.courses.queries import schedule_of
from portal.credit.models import CreditClaim
from portal.credit.policy import (
    DETAILS,
    PARTICIPATION,
    ClaimState,
    ReadClaim,
    amount_words,
    attended_of,
    hundredths_of,
    offering_of,
    reportable,
    step_words,
)
from portal.credit.queries import standing_of_ce

FIELD_ORDER = ("offering", *(str(one) for one in DETAILS), "name", "credits", "attest")


@dataclass(frozen=True)
class Choice:
    """A profession to choose. `number` ties it to the fields it needs (class `for-<number>`)."""

    number: int
    key: str
    label: str
    type: str
    is_designated: bool
    chosen: bool


@dataclass(frozen=True)
class DetailControl:
    """One thing an accreditor asks. `numbers`: of the choices that need it; `who`: them in words."""

    name: str
    label: str
    hint: str
    who: str
    numbers: tuple[int, ...]
    options: tuple[str, ...]
    pattern: str
    example: str
    value: str
    mistake: str


@dataclass(frozen=True)
class TimeLine:
    """A line of what the record shows: "Videos, 20 of 21", "4 h 35 min"."""

    label: str
    amount: str


@dataclass(frozen=True)
class Form:
    """The claim's form as it is filled now. `report_numbers`: the choices whose claims may be reported."""

    choices: list[Choice]
    details: list[DetailControl]
    credits: str
    step: str
    step_words: str
    minimum: str
    maximum: str
    name: str
    report_numbers: tuple[int, ...]
    may_report: bool
    attest: bool
    mistakes: dict[str, str]
    summary: list[tuple[str, str]]


@dataclass(frozen=True)
class Claimed:
    """The claim that holds, in words."""

    profession: str
    amount: str
    type: str
    at: When
    report: str
    calls: str


@dataclass(frozen=True)
class CePage:
    """`form` None: nothing can be claimed now. `certificate`: of the claim that holds, if it was issued."""

    state: ClaimState
    is_learner: bool
    url: str
    claim_url: str
    certificate_url: str
    evaluation_url: str
    record_url: str
    maximum: str
    needs_completion: bool
    deadline: When
    evaluation_sent: When | None
    evaluation_opens: When | None
    time: list[TimeLine]
    form: Form | None
    claimed: Claimed | None
    certificate: CertificateItem | None
    certificate_is_older: bool
    name: str
    name_mistake: str
    refused: str


def credit_of(me: Member) -> Credit:
    """What the course offers. NotFound when it offers no credit."""
    if me.content.credit is None:
        raise NotFound("This course offers no CE credit.")
    return me.content.credit


def ce_page(
    session: Session,
    me: Member,
    *,
    at: datetime,
    read: ReadClaim | None = None,
    typed_name: str | None = None,
    name_mistake: str = "",
    refused: str = "",
) -> CePage:
    """The page of one learner. `read`: what was just posted, shown again with its mistakes.

    `refused`: why what was asked cannot be done at all.
    """
    credit = credit_of(me)
    schedule = schedule_of(session, me)
    standing = standing_of_ce(session, me.enrollment, schedule, at)
    facts = standing_of(session, me.enrollment, me.content).facts
    reader = me.reader
    issued = standing_certificate(session, me.id, CREDIT_KINDS)
    claim = standing.claim
    name = typed_name if typed_name is not None else (me.person.certificate_name or me.person.name or "")
    evaluation = schedule.evaluation() if me.content.evaluation else None
    home = f"/c/{me.cohort.slug}"

    def words(instant: datetime | None, *, deadline: bool = False) -> When | None:
        return schedule.when(instant, at, reader, deadline=deadline) if instant else None

    is_open = me.is_learner and standing.state in (ClaimState.OPEN, ClaimState.CLAIMED)
    return CePage(
        state=standing.state,
        is_learner=me.is_learner,
        url=f"{home}/ce",
        claim_url=f"{home}/certificates/ce",
        certificate_url=f"{home}/certificates/ce",
        evaluation_url=f"{home}/evaluation",
        record_url=f"{home}/record",
        maximum=_short_amount(credit.maximum),
        needs_completion="completion" in credit.requires,
        deadline=schedule.when(schedule.claim_deadline(), at, reader, deadline=True),
        evaluation_sent=words(standing.evaluation_sent_at),
        evaluation_opens=words(evaluation.opens_at if evaluation else None),
        time=_time_lines(schedule, facts),
        form=_form(credit, claim, read, name, name_mistake) if is_open else None,
        claimed=_claimed(credit, claim, schedule, at, reader) if claim else None,
        certificate=item_with_trouble(session, issued, schedule.zone) if issued else None,
        certificate_is_older=bool(issued and claim and issued.facts.get("claim_id") != claim.id),
        name=name,
        name_mistake=name_mistake,
        refused=refused,
    )


def _form(
    credit: Credit, claim: CreditClaim | None, read: ReadClaim | None, name: str, name_mistake: str
) -> Form:
    offerings = list(credit.offerings)
    none = offering_of(credit, PARTICIPATION)
    if none is not None:
        offerings.append(none)
    typed = read.typed if read else (_typed_of(claim) if claim else {})
    mistakes = dict(read.mistakes) if read else {}
    if name_mistake:
        mistakes["name"] = name_mistake
    steps = [offering.step for offering in offerings] or [credit.maximum]
    return Form(
        choices=[
            Choice(
                number,
                offering.key,
                "None of these" if offering.key == PARTICIPATION else profession_of(offering),
                "Certificate of participation" if offering.key == PARTICIPATION else offering.type,
                offering.type.startswith("AMA PRA"),
                offering.key == typed.get("offering"),
            )
            for number, offering in enumerate(offerings, start=1)
        ],
        details=_details(offerings, typed, mistakes),
        credits=typed.get("credits", ""),
        step=str(min(steps)),
        step_words=step_words(min(steps)),
        minimum=amount_words(hundredths_of(min(steps))),
        maximum=amount_words(hundredths_of(credit.maximum)),
        name=name,
        report_numbers=tuple(
            number for number, offering in enumerate(offerings, start=1) if offering.report_permission
        ),
        may_report=bool(typed.get("may_report")),
        attest=bool(typed.get("attest")),
        mistakes=mistakes,
        summary=[(f"ce-{field}", mistakes[field]) for field in FIELD_ORDER if field in mistakes],
    )


def _details(
    offerings: list[Offering], typed: Mapping[str, str], mistakes: Mapping[str, str]
) -> list[DetailControl]:
    controls = []
    for detail, asked in DETAILS.items():
        who = [(number, one) for number, one in enumerate(offerings, start=1) if detail in one.details]
        if not who:
            continue
        controls.append(
            DetailControl(
                name=str(detail),
                label=asked.label,
                hint=asked.hint,
                who=" and ".join(lower_first(one.title) for _, one in who),
                numbers=tuple(number for number, _ in who),
                options=asked.options,
                pattern=asked.pattern,
                example=asked.example,
                value=typed.get(detail, ""),
                mistake=mistakes.get(detail, ""),
            )
        )
    return controls


def _typed_of(claim: CreditClaim) -> dict[str, str]:
    said = {str(name): str(value) for name, value in claim.details.items()}
    said |= {"offering": claim.offering, "credits": amount_words(claim.credit_hundredths)}
    return said | ({"may_report": "1"} if claim.may_report else {})


def _claimed(credit: Credit, claim: CreditClaim, schedule: Schedule, at: datetime, reader: Reader) -> Claimed:
    offering = offering_of(credit, claim.offering)
    said = (
        reportable(offering, may_report=claim.may_report, activity_ends_at=schedule.activity_ends_at(), at=at)
        if offering and claim.offering != PARTICIPATION
        else None
    )
    return Claimed(
        profession=profession_of(offering) if offering else claim.offering,
        amount=amount_words(claim.credit_hundredths),
        type=offering.type if offering else "",
        at=schedule.when(claim.claimed_at, at, reader),
        report=said.words if said else "",
        calls=calls_words(claim.attended, len(schedule.content.calls)),
    )


def _time_lines(schedule: Schedule, facts: Facts) -> list[TimeLine]:
    """What the record shows, as a help to claim no more than one took part in."""
    content = schedule.content
    watched = [video for video in content.videos if video.id in facts.watched]
    seconds = sum(video.length_seconds for video in watched)
    calls = attended_of(tuple(call.number for call in content.calls), facts.marks, facts.watched)
    minutes = sum(call.minutes for call in content.calls if str(call.number) in calls)
    total = round(seconds / 60) + minutes
    return [
        TimeLine(f"Videos, {len(watched)} of {len(content.videos)}", _span(round(seconds / 60))),
        TimeLine(f"Calls, {len(calls)} of {len(content.calls)}", _span(minutes)),
        TimeLine("Together", _span(total)),
    ]


def _span(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02} min" if hours else f"{rest} min"


def _short_amount(amount: object) -> str:
    """9.00 as "9", 7.5 as "7.5"."""
    return f"{amount:f}".rstrip("0").rstrip(".") if "." in f"{amount:f}" else f"{amount:f}"
