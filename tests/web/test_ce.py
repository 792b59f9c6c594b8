"""Claiming CE credit: one form from the choice of profession to the certificate."""

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from sqlalchemy import select

from portal.attendance.models import AttendanceRecord
from portal.attendance.policy import Source, Status
from portal.certificates.models import Certificate
from portal.core.db import reading, transaction
from portal.courses.models import CallSession, DateOverride
from portal.credit.models import CreditClaim
from portal.evaluation.models import EvaluationSent
from tests.web.test_completion import watch

AFTER = datetime(2027, 1, 12, 17, 0, tzinfo=UTC)  # day 110: access has ended, CE is open
DEADLINE_PASSED = datetime(2027, 2, 7, 5, 0, tzinfo=UTC)  # February 7, 0:00 ET
PAGE = "/c/fall-2026/ce"
ASK = "/c/fall-2026/certificates/ce"
PHYSICIAN = {
    "offering": "physician",
    "licence_state": "New York",
    "licence_number": "MD123456",
    "birth_month_day": "03-14",
    "credits": "7.50",
    "may_report": "1",
    "attest": "1",
    "name": "Amara Okafor-Lindqvist, MD",
}
PHARMACIST = {
    "offering": "pharmacist",
    "nabp_eprofile_id": "1234567",
    "birth_month_day": "02-29",
    "credits": "7.5",
    "attest": "1",
    "name": "Nguyễn Thị Ánh Tuyết, PharmD",
}
NURSE = {"offering": "participation", "credits": "8.25", "attest": "1", "name": "Aaliyah Washington, RN"}


@pytest.fixture
def cohort(world):
    made = world.cohort("fall-2026")
    world.at(AFTER)
    return made


def answered(world, who):
    with world.app.app_context(), transaction() as session:
        session.add(EvaluationSent(enrollment_id=who.id, sent_at=AFTER - timedelta(days=4)))


@pytest.fixture
def learner(world, cohort):
    who = world.learner(cohort, name="Amara Okafor")
    answered(world, who)
    return who


def claims(world):
    with world.app.app_context(), reading() as session:
        return list(session.scalars(select(CreditClaim).order_by(CreditClaim.id)))


def certificates(world):
    with world.app.app_context(), reading() as session:
        return list(session.scalars(select(Certificate).order_by(Certificate.id)))


def pdf_of(world, who):
    world.drain()
    code = certificates(world)[-1].code
    answer = world.browser(who).get(f"/certificates/{code}.pdf")
    assert answer.status_code == 200
    made = subprocess.run(["pdftotext", "-", "-"], input=answer.data, capture_output=True, check=True)
    return " ".join(made.stdout.decode().split())


def test_a_physician_claims_and_gets_the_certificate_in_one_post(world, learner):
    answer = world.browser(learner).post(ASK, PHYSICIAN)

    assert (answer.status_code, answer.location) == (303, PAGE)
    words = pdf_of(world, learner)
    for part in (
        "SAMPLE · wording not confirmed by the provider · not valid for credit",
        "Certificate of Credit",
        "The Institute for Healthcare Improvement certifies that",
        "Amara Okafor-Lindqvist, MD",
        "and is awarded 7.50 AMA PRA Category 1 Credits™",
        "accredited by the Accreditation Council for Continuing Medical Education (ACCME)",
        "designates this activity for a maximum of 9.00 AMA PRA Category 1 Credits™",
        "License state: New York",
        "Claimed January 12, 2027",
    ):
        assert part in words, words
    assert "MD123456" not in words
    assert "03-14" not in words


def test_a_pharmacists_record_says_where_the_official_one_is_kept(world, learner):
    world.browser(learner).post(ASK, PHARMACIST)

    words = pdf_of(world, learner)
    assert "Record of Contact Hours" in words
    assert "has earned 7.50 contact hours (0.75 CEU)" in words
    assert "The official record of this credit is the one in CPE Monitor." in words
    assert "NABP e-Profile ending in 67" in words
    assert "1234567" not in words
    assert "AMA PRA" not in words
    assert "designate" not in words


@pytest.mark.parametrize(
    ("offering", "details", "unit"),
    [
        ("cpps", {"cpps_certificate_number": "CPPS-12345"}, "CPPS recertification hours"),
        ("executive", {}, "ACHE Qualifying Education hours"),
    ],
)
def test_others_get_their_own_accreditors_words(world, learner, offering, details, unit):
    data = {"offering": offering, "credits": "9", "attest": "1", "name": "Grace Adebayo", **details}

    assert world.browser(learner).post(ASK, data).status_code == 303

    words = pdf_of(world, learner)
    assert f"for 9.00 {unit}" in words
    assert "AMA PRA" not in words
    assert "awarded" not in words
    assert words.startswith("SAMPLE")


def test_who_has_no_offering_gets_a_certificate_of_participation(world, learner):
    assert world.browser(learner).post(ASK, NURSE).status_code == 303

    words = pdf_of(world, learner)
    assert "Certificate of Participation" in words
    assert "for 8.25 hours of participation" in words
    assert "it awards no credit" in words
    assert "SAMPLE" not in words
    assert certificates(world)[0].kind.value == "participation"


def test_the_form_can_be_filled_from_its_markup_alone(world, learner):
    browser = world.browser(learner)
    html = browser.get(PAGE).get_data(as_text=True)
    (form,) = re.findall(r'<form class="claim.*?</form>', html, re.S)
    (action,) = re.findall(r'action="([^"]+)"', form)
    data: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]+>", form):
        said = {key: unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        name, kind = said["name"], said["type"]
        if kind == "radio":
            data.setdefault(name, said["value"])
        elif kind == "number":
            data[name] = said["max"]
            assert (said["min"], said["max"], said["step"]) == ("0.25", "9.00", "0.25")
        elif kind == "checkbox":
            data[name] = said["value"]
        else:
            data[name] = said.get("value") or said["placeholder"]
            if said.get("pattern"):
                assert re.fullmatch(said["pattern"], said["placeholder"])
    for name, options in re.findall(r'<select[^>]*name="(\w+)".*?>(.*?)</select>', form, re.S):
        data[name] = unescape(re.findall(r'value="([^"]+)"', options)[0])

    assert browser.post(action, data).status_code == 303

    assert data["name"] == "Amara Okafor"
    (claim,) = claims(world)
    assert (claim.offering, claim.credit_hundredths) == ("physician", 900)


def test_fields_of_a_choice_not_taken_are_ignored(world, learner):
    data = PHARMACIST | {"licence_state": "Nowhere", "licence_number": "??", "cpps_certificate_number": ""}

    assert world.browser(learner).post(ASK, data).status_code == 303

    (claim,) = claims(world)
    assert claim.details == {"nabp_eprofile_id": "1234567", "birth_month_day": "02-29"}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"offering": ""}, "Choose your profession"),
        ({"offering": "astrologer"}, "Choose your profession"),
        ({"licence_state": "Atlantis"}, "Choose the state of your license"),
        ({"licence_number": ""}, "Write your license number"),
        ({"birth_month_day": "02-30"}, "There is no February 30"),
        ({"birth_month_day": "March 14"}, "like this: 03-14"),
        ({"credits": ""}, "as a number such as"),
        ({"credits": "many"}, "as a number such as"),
        ({"credits": "NaN"}, "as a number such as"),
        ({"credits": "1e400"}, "as a number such as"),
        ({"credits": "7.6"}, "Claim in quarter hours"),
        ({"credits": "0"}, "Claim in quarter hours"),
        ({"credits": "-1"}, "Claim in quarter hours"),
        ({"credits": "9.25"}, "At most 9.00"),
        ({"attest": ""}, "Confirm that you took part"),
        ({"name": "Þórdís 🎉"}, "cannot show 🎉"),
        ({"name": ""}, "Write your name"),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_is_claimed(world, learner, wrong, says):
    answer = world.browser(learner).post(ASK, PHYSICIAN | wrong)

    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 422
    assert says in page
    assert 'id="mistakes"' in page
    assert 'value="MD123456"' in page or "licence_number" in wrong
    assert claims(world) == []
    assert certificates(world) == []


def test_a_double_click_claims_and_issues_once(world, learner):
    browser = world.browser(learner)

    assert [browser.post(ASK, PHYSICIAN).status_code for _ in range(2)] == [303, 303]

    assert (len(claims(world)), len(certificates(world))) == (1, 1)


def test_a_claim_and_its_certificate_can_be_asked_for_one_after_the_other(world, learner):
    browser = world.browser(learner)

    assert browser.post(PAGE, PHYSICIAN).status_code == 303
    assert (len(claims(world)), len(certificates(world))) == (1, 0)
    assert 'action="/c/fall-2026/certificates/ce"' in browser.get(PAGE).get_data(as_text=True)
    assert browser.post(ASK, {"name": "Amara Okafor, MD"}).status_code == 303

    assert certificates(world)[0].name == "Amara Okafor, MD"


def test_an_amended_claim_makes_a_new_certificate_that_replaces_the_old(world, learner):
    browser = world.browser(learner)
    browser.post(ASK, PHYSICIAN)

    browser.post(ASK, PHYSICIAN | {"credits": "8.25"})

    old, new = certificates(world)
    assert [claim.credit_hundredths for claim in claims(world)] == [750, 825]
    assert new.replaces_id == old.id
    assert world.browser().get(f"/verify/{old.code}.json").json["state"] == "replaced"
    assert world.browser().get(f"/verify/{new.code}.json").json["credits"] == {
        "amount": "8.25",
        "type": "AMA PRA Category 1 Credits™",
    }


def test_a_claim_keeps_how_each_call_was_taken_part_in(world, cohort, learner):
    with world.app.app_context(), transaction() as session:
        for call in session.scalars(select(CallSession).where(CallSession.cohort_id == cohort.id)):
            status = {1: Status.PRESENT, 2: Status.ABSENT, 3: Status.LEFT_EARLY}.get(call.number)
            if status:
                session.add(
                    AttendanceRecord(
                        call_id=call.id,
                        enrollment_id=learner.id,
                        status=status,
                        source=Source.FACULTY,
                        marked_at=AFTER,
                    )
                )
        watch(session, learner, "call-2", AFTER)

    world.browser(learner).post(ASK, PHYSICIAN)

    assert claims(world)[0].attended == {"1": "live", "2": "recording", "3": "live"}


def test_without_the_evaluation_nothing_can_be_claimed(world, cohort):
    who = world.learner(cohort)
    browser = world.browser(who)

    page = browser.get(PAGE).get_data(as_text=True)
    answer = browser.post(ASK, PHYSICIAN)

    assert "First the evaluation" in page
    assert answer.status_code == 409
    assert "Send the evaluation first" in answer.get_data(as_text=True)
    assert claims(world) == []


def test_before_the_evaluation_opens_the_page_says_when(world, cohort):
    who = world.learner(cohort)
    world.at(datetime(2026, 11, 4, 15, 0, tzinfo=UTC))

    page = world.browser(who).get(PAGE).get_data(as_text=True)

    assert "The evaluation opens on" in page
    assert world.browser(who).post(ASK, PHYSICIAN).status_code == 409


def test_the_deadlines_last_minute_still_counts(world, learner):
    world.at(DEADLINE_PASSED - timedelta(seconds=5))

    assert world.browser(learner).post(ASK, PHYSICIAN).status_code == 303


def test_after_the_deadline_the_page_says_so_plainly(world, learner):
    world.at(DEADLINE_PASSED + timedelta(seconds=5))
    browser = world.browser(learner)

    answer = browser.post(ASK, PHYSICIAN)

    assert answer.status_code == 409
    assert f"<dd>{PHYSICIAN['licence_number']}</dd>" in answer.get_data(as_text=True), (
        "what was typed is shown again"
    )
    assert "No CE certificate can be had" in browser.get(PAGE).get_data(as_text=True)
    assert claims(world) == []


def test_the_course_team_may_reopen_it_for_one(world, cohort, learner):
    other = world.learner(cohort)
    answered(world, other)
    with world.app.app_context(), transaction() as session:
        session.add(
            DateOverride(
                cohort_id=cohort.id,
                enrollment_id=learner.id,
                item="ce",
                date_field="closes",
                moved_to_at=DEADLINE_PASSED + timedelta(days=10),
                reason="On leave",
                made_at=AFTER,
            )
        )
    world.at(DEADLINE_PASSED + timedelta(days=3))

    assert world.browser(learner).post(ASK, PHYSICIAN).status_code == 303
    assert world.browser(other).post(ASK, PHYSICIAN).status_code == 409


def test_a_claim_made_in_time_is_issued_later_and_can_be_amended(world, learner):
    browser = world.browser(learner)
    browser.post(PAGE, PHYSICIAN)
    world.at(DEADLINE_PASSED + timedelta(days=300))

    assert browser.post(ASK, {"name": "Amara Okafor, MD"}).status_code == 303
    assert browser.post(ASK, PHYSICIAN | {"credits": "6"}).status_code == 303

    assert [claim.credit_hundredths for claim in claims(world)] == [750, 600]


def test_whether_it_could_be_reported_is_said(world, learner):
    browser = world.browser(learner)
    browser.post(ASK, PHARMACIST)
    assert "you have not given your permission" in browser.get(PAGE).get_data(as_text=True)

    browser.post(ASK, PHARMACIST | {"may_report": "1"})
    assert "has not confirmed the statement" in browser.get(PAGE).get_data(as_text=True)

    world.at(datetime(2027, 3, 9, 5, 0, tzinfo=UTC))  # 60 days after January 7 are over
    assert "the provider had 60 days" in browser.get(PAGE).get_data(as_text=True)


def test_the_record_says_where_credit_stands(world, cohort, learner):
    browser = world.browser(learner)

    def standing():
        return browser.get("/c/fall-2026/record.json").json["ce"]

    before = standing()
    browser.post(ASK, PHYSICIAN)

    assert before == {
        "state": "open",
        "deadline": "2027-02-06T23:59:00-05:00",
        "maximum": 9.0,
        "claimed": None,
    }
    assert standing() == before | {"state": "claimed", "claimed": 7.5}


def test_what_an_accreditor_asks_is_seen_by_nobody_else(world, cohort, learner):
    world.browser(learner).post(ASK, PHYSICIAN)
    code = certificates(world)[0].code

    public = world.browser().get(f"/verify/{code}").get_data(as_text=True)

    assert "CE certificate, physician" in public
    for secret in ("MD123456", "03-14", "New York"):
        assert secret not in public


def test_htmx_gets_the_changed_page_alone(world, learner):
    answer = world.browser(learner).post(ASK, PHYSICIAN, htmx=True)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.lstrip().startswith('<div id="ce-page">')
    assert "Download PDF" in page


def test_another_cohorts_learner_finds_no_claim_here(world, cohort):
    theirs = world.learner(world.cohort("spring-2027"))

    assert world.browser(theirs).get(PAGE).status_code == 404
    assert world.browser(theirs).post(ASK, PHYSICIAN).status_code == 404
    coach = world.browser(world.coach(cohort))
    assert coach.post(ASK, PHYSICIAN).status_code == 403
    assert "without its form" in coach.get(PAGE).get_data(as_text=True)


def test_an_unknown_kind_of_certificate_is_not_there(world, learner):
    assert world.browser(learner).post("/c/fall-2026/certificates/honours", {"name": "A"}).status_code == 404


def test_two_clicks_at_once_claim_and_issue_one(world, learner):
    browsers = [world.browser(learner) for _ in range(4)]
    for browser in browsers:
        assert browser.token

    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(lambda browser: browser.post(ASK, PHYSICIAN).status_code, browsers))

    assert answers == [303] * 4
    assert (len(claims(world)), len(certificates(world))) == (1, 1)
