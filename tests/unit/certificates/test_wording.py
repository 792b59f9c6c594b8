"""What stands on each kind of certificate, and that it always fits."""

from datetime import date
from decimal import Decimal

import pytest
import segno

from portal.certificates.pdf.drawing import draw
from portal.certificates.pdf.fit import text_width
from portal.certificates.services.drawing import with_pictures
from portal.certificates.wording import (
    FACT_EM,
    Claimed,
    Issue,
    ce_certificate,
    completion_certificate,
    kind_words,
    profession_of,
    the_provider,
)
from portal.core.files import FsspecStore
from portal.courses.package.parts import Certificates, Offering, Signature, StoredFile
from portal.courses.services import file_key
from portal.credit.policy.details import STATES
from tests.builders.courses import first_content
from tests.unit.certificates.samples import LONGEST
from tests.unit.certificates.test_drawing import _alternatives

WEEKS = (
    "fifteen weeks of project-based learning: every required lesson and assignment, four live calls, "
    "and the evaluation"
)
ISSUE = Issue(
    name="Amara Okafor-Lindqvist, MD",
    starts_on=date(2020, 9, 24),
    ends_on=date(2021, 1, 7),
    issued_on=date(2021, 1, 12),
    number="LOC-2020-CE-0031",
    code="7Q4MK-2XD9R-FT3HW-B8N2C",
)


@pytest.fixture(scope="module")
def content():
    return first_content()


def claimed(offering, *, hundredths=750, attended=None, **details):
    return Claimed(offering, hundredths, details, attended or {}, date(2021, 1, 12))


def confirmed(content, key, **changes):
    """The course with one offering's wording confirmed."""
    offerings = tuple(
        one.model_copy(update={"sample": False, **changes}) if one.key == key else one
        for one in content.credit.offerings
    )
    return content.model_copy(update={"credit": content.credit.model_copy(update={"offerings": offerings})})


def test_completion_says_what_was_done(content):
    printed = completion_certificate(content, ISSUE)

    assert printed.has_done == "has completed the online course with coaching"
    assert printed.statement == (WEEKS,)
    assert [(fact.label, fact.value) for fact in printed.facts] == [
        ("Course dates", "September 24, 2020\nto January 7, 2021"),
        ("Hours of instruction", "9.00"),
        ("Issued", "January 12, 2021\nNo. LOC-2020-CE-0031"),
    ]
    assert [(one.name, one.role) for one in printed.signatures] == [("Kate Hilton, JD, MTS", "Lead faculty")]
    assert printed.sample == ""


def test_only_a_physician_is_designated_category_1_credit(content):
    physician = ce_certificate(content, ISSUE, claimed("physician", licence_state="New York"))
    others = [ce_certificate(content, ISSUE, claimed(key)) for key in ("pharmacist", "cpps", "executive")]

    assert "designates this activity" in " ".join(physician.statement)
    assert physician.award_unit == "AMA PRA Category 1 Credits™"
    for printed in others:
        assert "AMA PRA" not in " ".join((*printed.statement, printed.award_unit))
        assert "designat" not in " ".join(printed.statement)


def test_one_credit_is_one(content):
    printed = ce_certificate(content, ISSUE, claimed("physician", hundredths=100))

    assert (printed.award_value, printed.award_unit) == ("1.00", "AMA PRA Category 1 Credit™")


@pytest.mark.parametrize(
    ("hundredths", "unit"),
    [(750, "contact hours (0.75 CEU)"), (725, "contact hours (0.725 CEU)"), (100, "contact hour (0.10 CEU)")],
)
def test_contact_hours_are_tenths_of_a_ceu(content, hundredths, unit):
    assert ce_certificate(content, ISSUE, claimed("pharmacist", hundredths=hundredths)).award_unit == unit


def test_every_sample_offering_says_sample_and_a_confirmed_one_does_not(content):
    for offering in content.credit.offerings:
        assert ce_certificate(content, ISSUE, claimed(offering.key)).sample.startswith("SAMPLE")
    assert ce_certificate(confirmed(content, "physician"), ISSUE, claimed("physician")).sample == ""


def test_participation_names_a_designation_only_once_it_is_confirmed(content):
    plain = ce_certificate(content, ISSUE, claimed("participation"))
    told = ce_certificate(confirmed(content, "physician"), ISSUE, claimed("participation"))

    assert plain.statement == ("This certificate records participation; it awards no credit.",)
    assert told.statement[0] == (
        "This activity was designated for a maximum of 9.00 *AMA PRA Category 1 Credits*™."
    )
    assert plain.sample == told.sample == ""


def test_an_offerings_own_statement_stands_in_place_of_the_usual_one(content):
    own = confirmed(content, "cpps", statement="Approved for recertification.\n\nProvider  1234.")

    assert ce_certificate(own, ISSUE, claimed("cpps")).statement == (
        "Approved for recertification.",
        "Provider 1234.",
    )


def test_a_confirmed_activity_number_is_printed(content):
    numbered = confirmed(content, "pharmacist", activity_number="0000-0000-20-001-L04-P")

    assert ce_certificate(numbered, ISSUE, claimed("pharmacist")).statement[0] == (
        "ACPE Universal Activity Number 0000-0000-20-001-L04-P"
    )


def test_how_calls_were_attended_stands_where_no_detail_may(content):
    printed = ce_certificate(
        content, ISSUE, claimed("executive", attended={"1": "live", "2": "recording", "4": "live"})
    )

    assert printed.facts[0].label == "Healthcare executive"
    assert printed.facts[0].value == "Claimed January 12, 2021\nCalls: 2 of 4 live, 1 by recording"


@pytest.mark.parametrize("state", STATES)
def test_every_states_name_fits_its_line(content, state):
    printed = ce_certificate(content, ISSUE, claimed("physician", licence_state=state))

    for line in printed.facts[0].value.splitlines():
        assert text_width(line) <= FACT_EM, line


@pytest.mark.parametrize("key", ["physician", "pharmacist", "cpps", "executive", "participation"])
def test_every_kind_is_drawn_with_the_longest_name(content, key):
    issue = Issue(**{**vars(ISSUE), "name": LONGEST})
    printed = ce_certificate(
        content, issue, claimed(key, attended={str(n): "recording" for n in range(1, 5)})
    )

    assert draw(printed).startswith(b"%PDF-1.7")


@pytest.mark.parametrize(
    ("title", "one"),
    [("Physicians", "Physician"), ("CPPS recertification", "CPPS recertification"), ("Boss", "Boss")],
)
def test_a_profession_is_named_for_one(title, one):
    assert profession_of(Offering(key="x", title=title, type="Hours", maximum=Decimal(1))) == one


def test_a_provider_in_a_sentence():
    assert the_provider("Institute for Healthcare Improvement") == "the Institute for Healthcare Improvement"
    assert the_provider("Acme Health") == "Acme Health"
    assert the_provider("The College of Nursing") == "The College of Nursing"


def test_the_packages_logo_and_signature_are_drawn(content, tmp_path):
    picture = tmp_path / "mark.png"
    segno.make("Lectern").save(str(picture), scale=4)
    store = FsspecStore(f"file://{tmp_path / 'files'}")
    stored = StoredFile(media_type="image/png", size=1, sha256="ab" * 32)
    own = Certificates(
        logo="media/mark.png",
        signatures=(Signature(faculty="hilton", role="Lead faculty", image="media/mark.png"),),
    )
    course = content.model_copy(
        update={"certificates": own, "files": content.files | {"media/mark.png": stored}}
    )
    printed = completion_certificate(course, ISSUE)
    with pytest.raises(FileNotFoundError):
        with_pictures(printed, store)

    store.save(file_key(course, "media/mark.png"), picture.read_bytes())

    pdf = draw(with_pictures(printed, store))
    assert b"Signature of Kate Hilton" in _alternatives(pdf)
    assert pdf != draw(completion_certificate(content, ISSUE))


def test_kinds_in_words():
    assert kind_words("completion", "") == "Certificate of completion"
    assert kind_words("ce", "Physician") == "CE certificate, physician"
    assert kind_words("ce", "CPPS recertification") == "CE certificate, CPPS recertification"
    assert kind_words("participation", "Participant") == "Certificate of participation"
