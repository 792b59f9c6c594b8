"""What stands on each kind of certificate: the package's words, the offering's, else the usual ones. Pure.

Only a physician is "designated" AMA PRA Category 1 credit; others get their own accreditor's words
(PRODUCT: CE credit). Where an offering is a sample, the certificate says so across the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from portal.certificates.pdf.fit import POINTS_PER_MM, text_width
from portal.certificates.pdf.printed import COURSE_FILE, Fact, PrintedCertificate, Signature
from portal.core.when import month_day
from portal.core.words import lower_first, number_words, upper_first
from portal.courses.package.parts import Offering
from portal.courses.package.schema import CourseContent
from portal.courses.services import file_key
from portal.credit.policy import PARTICIPATION, amount_words, hundredths_of, offering_of, shown_detail

SAMPLE_CREDIT = "SAMPLE · wording not confirmed by the provider · not valid for credit"
FACT_EM = 60 * POINTS_PER_MM / 11  # what a line of a fact holds on the tall paper


@dataclass(frozen=True)
class Issue:
    """Who gets it for which run, and when. Days are in the course's zone."""

    name: str
    starts_on: date
    ends_on: date
    issued_on: date
    number: str
    code: str


@dataclass(frozen=True)
class Claimed:
    """The claim a CE certificate states."""

    offering: str
    credit_hundredths: int
    details: Mapping[str, str]
    attended: Mapping[str, str]
    claimed_on: date


def completion_certificate(content: CourseContent, issue: Issue) -> PrintedCertificate:
    """For the wall: that the course was completed."""
    own = content.certificates
    hours = own.hours or (content.credit.maximum if content.credit else None)
    facts = [
        Fact("Course dates", f"{_day(issue.starts_on)}\nto {_day(issue.ends_on)}"),
        issued_fact(issue),
    ]
    if hours is not None:
        facts.insert(1, Fact("Hours of instruction", amount_words(hundredths_of(hours)), figure=True))
    else:
        facts.insert(1, Fact("Course", content.code))
    return PrintedCertificate(
        shape="wide",
        title="Certificate of Completion",
        provider=content.provider,
        name=issue.name,
        course=content.title,
        certifies="This certifies that",
        has_done=f"has completed the {lower_first(content.subtitle or 'course')}",
        statement=(own.statement or _usual_statement(content, issue),),
        facts=tuple(facts),
        signatures=signatures_of(content),
        logo=_picture(content, own.logo),
        verify_url="",
        code=issue.code,
        issued_on=issue.issued_on,
    )


def ce_certificate(content: CourseContent, issue: Issue, claimed: Claimed) -> PrintedCertificate:
    """For the file: the credit that was claimed, in its accreditor's words; or participation."""
    assert content.credit is not None
    offering = offering_of(content.credit, claimed.offering)
    assert offering is not None
    words = _Wording.of(content, offering, claimed.credit_hundredths)
    dates = f"{_day(issue.starts_on)}, to {_day(issue.ends_on)}"
    return PrintedCertificate(
        shape="tall",
        title=words.title,
        provider=content.provider,
        name=issue.name,
        course=content.title,
        certifies=f"{upper_first(the_provider(content.provider))} certifies that",
        has_done="has participated in the live and enduring activity titled",
        awarded=f"{dates}, {words.earned}",
        award_value=amount_words(claimed.credit_hundredths),
        award_unit=words.unit,
        statement=words.statement,
        facts=(
            Fact(profession_of(offering), "\n".join(_claim_lines(claimed, len(content.calls)))),
            issued_fact(issue),
        ),
        signatures=signatures_of(content),
        logo=_picture(content, content.certificates.logo),
        verify_url="",
        code=issue.code,
        issued_on=issue.issued_on,
        sample=SAMPLE_CREDIT if offering.sample else "",
    )


def issued_fact(issue: Issue) -> Fact:
    """When it was issued, and under which number: what a correction changes."""
    return Fact("Issued", f"{_day(issue.issued_on)}\nNo. {issue.number}")


def signatures_of(content: CourseContent) -> tuple[Signature, ...]:
    """Who signs: as the package says, else the lead faculty, else the first of the faculty."""
    if content.certificates.signatures:
        return tuple(
            Signature(
                content.faculty_member(one.faculty).full_name,
                one.role or "Faculty",
                _picture(content, one.image),
            )
            for one in content.certificates.signatures
        )
    lead = next((one for one in content.faculty if "lead faculty" in (one.role or "").lower()), None)
    if lead is not None:
        return (Signature(lead.full_name, "Lead faculty"),)
    return tuple(Signature(one.full_name, "Faculty") for one in content.faculty[:1])


def profession_of(offering: Offering) -> str:
    """ "Physicians" as one of them: "Physician"."""
    title = offering.title
    return title[:-1] if title.endswith("s") and not title.endswith("ss") else title


def the_provider(provider: str) -> str:
    """ "the Institute for Healthcare Improvement", but "Acme Health"."""
    takes_article = any(f" {word} " in provider for word in ("of", "for"))
    return f"the {provider}" if takes_article and not provider.lower().startswith("the ") else provider


def calls_words(attended: Mapping[str, str], calls: int) -> str:
    """How the calls were taken part in: "3 of 4 live, 1 by recording"."""
    live = sum(how == "live" for how in attended.values())
    recorded = len(attended) - live
    return f"{live} of {calls} live" + (f", {recorded} by recording" if recorded else "")


def kind_words(kind: str, profession: str) -> str:
    """A certificate's kind for lists and the public page: "CE certificate, physician"."""
    if kind == "completion":
        return "Certificate of completion"
    return (
        "Certificate of participation"
        if kind == PARTICIPATION
        else f"CE certificate, {lower_first(profession)}"
    )


@dataclass(frozen=True)
class _Wording:
    title: str
    earned: str
    unit: str
    statement: tuple[str, ...]

    @classmethod
    def of(cls, content: CourseContent, offering: Offering, hundredths: int) -> "_Wording":
        if offering.type.startswith("AMA PRA"):
            made = _physician(content, offering, hundredths)
        elif offering.type.startswith("ACPE"):
            made = _pharmacist(content, offering, hundredths)
        else:
            made = _others(content, offering)
        if offering.statement:
            lines = tuple(" ".join(part.split()) for part in offering.statement.split("\n\n"))
            made = cls(made.title, made.earned, made.unit, lines)
        return made


def _physician(content: CourseContent, offering: Offering, hundredths: int) -> _Wording:
    assert content.credit is not None
    provider = upper_first(the_provider(content.provider))
    many = f"{offering.type.removesuffix('s')}s"
    accredited = (
        f"{provider} is accredited by the {content.credit.accreditor} to provide "
        "continuing medical education for physicians."
    )
    designated = (
        f"{provider} designates this activity for a maximum of "
        f"{amount_words(hundredths_of(offering.maximum))} *{many}*™. Physicians should claim only the credit "
        "commensurate with the extent of their participation in the activity."
    )
    unit = f"{many if hundredths != 100 else offering.type.removesuffix('s')}™"
    statement = (accredited, designated) if content.credit.accreditor else (designated,)
    return _Wording("Certificate of Credit", "and is awarded", unit, statement)


def _pharmacist(content: CourseContent, offering: Offering, hundredths: int) -> _Wording:
    ceu = f"{hundredths / 1000:.3f}"
    ceu = ceu[:-1] if ceu.endswith("0") else ceu  # contact hours are tenths of a CEU
    accredited = (
        f"{upper_first(the_provider(content.provider))} is accredited by the Accreditation Council for "
        "Pharmacy Education (ACPE) as a provider of continuing pharmacy education. The official record "
        "of this credit is the one in CPE Monitor."
    )
    statement = (
        f"ACPE Universal Activity Number {offering.activity_number or 'to be given by the provider'}",
        accredited,
    )
    unit = f"contact hour{'' if hundredths == 100 else 's'} ({ceu} CEU)"
    return _Wording("Record of Contact Hours", "and has earned", unit, statement)


def _others(content: CourseContent, offering: Offering) -> _Wording:
    assert content.credit is not None
    most = amount_words(hundredths_of(offering.maximum))
    if offering.key == PARTICIPATION:
        physicians = [
            one for one in content.credit.offerings if one.type.startswith("AMA PRA") and not one.sample
        ]
        designated = [
            f"This activity was designated for a maximum of {amount_words(hundredths_of(one.maximum))} "
            f"*{one.type.removesuffix('s')}s*™."
            for one in physicians
        ]
        return _Wording(
            "Certificate of Participation",
            "for",
            offering.type,
            (*designated, "This certificate records participation; it awards no credit."),
        )
    statement = [f"This activity was offered for a maximum of {most} {offering.type}."]
    if offering.self_reported:
        statement.append("The participant reports the hours; this certificate is the record of them.")
    return _Wording("Certificate of Participation", "for", offering.type, tuple(statement))


def _claim_lines(claimed: Claimed, calls: int) -> list[str]:
    """Two lines: what may be shown of the details, or how calls were attended; and when it was claimed."""
    on = f"{'Confirmed' if claimed.offering == PARTICIPATION else 'Claimed'} {_day(claimed.claimed_on)}"
    shown = [words for name, value in claimed.details.items() if (words := shown_detail(name, value))]
    if shown:
        return [_within(shown[0]), on]
    return [on, f"Calls: {calls_words(claimed.attended, calls)}"] if calls else [on]


def _within(line: str) -> str:
    """A fact's line, shortened to what the paper holds."""
    ways = (line.replace("License state: ", lead) for lead in ("License state: ", "License: ", ""))
    return next((way for way in ways if text_width(way) <= FACT_EM), line)


def _usual_statement(content: CourseContent, issue: Issue) -> str:
    weeks = round((issue.ends_on - issue.starts_on).days / 7)
    way = f" of {lower_first(content.pedagogy[0].title)}" if content.pedagogy else ""
    asked = []
    if content.rule_for_videos():
        asked.append("every required lesson")
    if content.rule_for_assignments():
        asked.append("every required assignment")
    if content.rule_for_calls():
        asked.append(f"{_number(len(content.calls))} live call{'' if len(content.calls) == 1 else 's'}")
    if content.rule_for_evaluation():
        asked.append("the evaluation")
    listed = " and ".join(asked) if len(asked) < 3 else f"{', '.join(asked[:-1])}, and {asked[-1]}"
    listed = listed.replace("lesson, every required assignment", "lesson and assignment")
    return f"{_number(weeks)} week{'' if weeks == 1 else 's'}{way}: {listed}"


def _number(count: int) -> str:
    return number_words(count, most=20)


def _picture(content: CourseContent, path: str | None) -> str:
    """A picture of the package, by where it is kept: the drawing reads it from there."""
    return f"{COURSE_FILE}{content.files[path].media_type}:{file_key(content, path)}" if path else ""


def _day(day: date) -> str:
    return month_day(day, ())
