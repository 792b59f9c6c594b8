"""From "nothing is missing" to a PDF in the hand that anybody can check."""

import io
import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import page as validation
import pikepdf
import pytest
from sqlalchemy import select

from portal.audit.models import AuditEntry
from portal.certificates.models import Certificate
from portal.core.db import reading, transaction
from portal.courses.models import Cohort, Enrollment, EnrollmentState
from portal.courses.queries import content_of
from tests.web.test_completion import do_everything

AFTER = datetime(2027, 1, 12, 17, 0, tzinfo=UTC)  # day 110: access has ended, CE is open
ASK = "/c/fall-2026/certificates/completion"
TEAM = "/c/fall-2026/certificates"


@pytest.fixture
def cohort(world):
    made = world.cohort("fall-2026")
    world.at(AFTER)
    return made


def complete(world, who, *, but=()):
    with world.app.app_context(), transaction() as session:
        content = content_of(session, session.get_one(Cohort, who.cohort_id).course_version_id)
        do_everything(session, who, content, AFTER - timedelta(days=6), but=but)


@pytest.fixture
def learner(world, cohort):
    who = world.learner(cohort, name="Zoë O’Brien-Núñez, DNP")
    complete(world, who)
    return who


def certificates(world):
    with world.app.app_context(), reading() as session:
        return list(session.scalars(select(Certificate).order_by(Certificate.id)))


def issued(world, who, name="Zoë O’Brien-Núñez, DNP"):
    answer = world.browser(who).post(ASK, {"name": name})
    assert answer.status_code == 303, answer.get_data(as_text=True)
    world.drain()
    return certificates(world)[-1]


def text_of(pdf):
    return " ".join(
        subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True)
        .stdout.decode()
        .split()
    )


def test_a_learner_who_has_done_everything_gets_the_certificate_in_one_click(world, learner):
    browser = world.browser(learner)

    answer = browser.post(ASK, {"name": "Zoë O’Brien-Núñez, DNP, RN"})

    assert (answer.status_code, answer.location) == (303, "/c/fall-2026/record")
    (certificate,) = certificates(world)
    waiting = browser.get(f"/certificates/{certificate.code}.pdf")
    assert (waiting.status_code, waiting.headers["Retry-After"]) == (202, "3")
    world.drain()
    got = browser.get(f"/certificates/{certificate.code}.pdf")
    assert got.status_code == 200
    assert got.mimetype == "application/pdf"
    words = text_of(got.data)
    for part in (
        "Certificate of Completion",
        "Zoë O’Brien-Núñez, DNP, RN",
        "has completed the online course with coaching",
        "Leadership and Organizing for Change",
        "September 24, 2026",
        "to January 7, 2027",
        "9.00",
        "January 12, 2027",
        "Kate Hilton, JD, MTS",
        "localhost/verify",
    ):
        assert part in words
    assert "SAMPLE" not in words


def test_the_pdf_is_accessible_and_stored_with_its_hash(world, learner):
    certificate = issued(world, learner)
    browser = world.browser(learner)

    first, second = (browser.get(f"/certificates/{certificate.code}.pdf").data for _ in range(2))

    (kept,) = certificates(world)
    assert first == second
    assert sha256(first).hexdigest() == kept.pdf_sha256
    assert len(first) == kept.pdf_bytes
    assert "0 failed" in str(validation.validate_pdf_bytes(first, profile="ua1"))
    with pikepdf.open(io.BytesIO(first)) as document:
        assert document.Root.Lang == "en"
        assert "/StructTreeRoot" in document.Root


def test_its_qr_code_opens_its_public_page(world, learner, tmp_path):
    certificate = issued(world, learner)
    pdf = world.browser(learner).get(f"/certificates/{certificate.code}.pdf").data
    picture = tmp_path / "page.pgm"
    made = subprocess.run(["pdftoppm", "-r", "110", "-gray", "-"], input=pdf, capture_output=True, check=True)
    picture.write_bytes(made.stdout)

    found = subprocess.run(["zbarimg", "--raw", "-q", str(picture)], capture_output=True, check=True)

    address = found.stdout.decode().strip()
    assert address == f"http://localhost/verify/{certificate.code}"
    assert world.browser().get(address.removeprefix("http://localhost")).status_code == 200


def test_a_double_click_issues_one(world, learner):
    browser = world.browser(learner)

    assert [browser.post(ASK, {"name": "Zoë"}).status_code for _ in range(2)] == [303, 303]

    assert len(certificates(world)) == 1


def test_what_is_missing_is_named_and_nothing_is_issued(world, cohort):
    who = world.learner(cohort)
    complete(world, who, but=("asset-map", "call-4"))

    answer = world.browser(who).post(ASK, {"name": "Learner"})

    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert "still waits for" in page
    assert "Call 4: Collective action" in page
    assert certificates(world) == []


def confirmed_name(world, who):
    with world.app.app_context(), reading() as session:
        return session.get_one(Enrollment, who.id).person.certificate_name


def test_the_name_of_who_asks_too_early_is_kept_for_the_day(world, cohort):
    who = world.learner(cohort, name="Zoe OBrien")
    complete(world, who, but=("asset-map",))

    answer = world.browser(who).post(ASK, {"name": "Zoë  O’Brien"})

    assert answer.status_code == 409
    page = answer.get_data(as_text=True)
    assert 'value="Zoë  O’Brien"' in page
    assert "Your name is kept as you wrote it." in page
    assert confirmed_name(world, who) == "Zoë O’Brien"


def test_a_name_that_nothing_can_print_is_shown_again_but_not_kept_when_asked_too_early(world, cohort):
    who = world.learner(cohort, name="Zoe OBrien")
    complete(world, who, but=("asset-map",))

    answer = world.browser(who).post(ASK, {"name": "Zoë 🎉"})

    assert answer.status_code == 409
    assert 'value="Zoë 🎉"' in answer.get_data(as_text=True)
    assert "is kept" not in answer.get_data(as_text=True)
    assert confirmed_name(world, who) is None


def test_asked_again_with_another_name_it_is_the_one_there_is_and_the_other_name_is_for_none(world, learner):
    issued(world, learner, name="Zoë O’Brien")
    browser = world.browser(learner)

    again = browser.post(ASK, {"name": "Somebody Else"}, htmx=True)

    assert again.status_code == 200
    assert "to “<bdi>Zoë O’Brien</bdi>”" in again.get_data(as_text=True)
    assert [one.name for one in certificates(world)] == ["Zoë O’Brien"]
    assert confirmed_name(world, learner) == "Zoë O’Brien"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("", "Write your name"),
        ("Þórdís 🎉", "cannot show 🎉"),
        ("W" * 119, "too wide"),
        ("Ana " * 40, "holds 120 characters"),
    ],
)
def test_a_name_that_cannot_be_printed_is_asked_for_again(world, learner, name, says):
    answer = world.browser(learner).post(ASK, {"name": name})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in page
    assert certificates(world) == []


def test_a_certificate_is_frozen_with_what_it_rests_on(world, learner):
    certificate = issued(world, learner)

    assert certificate.facts["rules_version"] == 1
    assert {kind: len(done) for kind, done in certificate.facts["requirements"].items()} == {
        "videos": 21,
        "assignments": 10,
        "calls": 4,
        "evaluation": 1,
    }
    assert certificate.printed["name"] == "Zoë O’Brien-Núñez, DNP"
    assert certificate.printed["facts"][1] == {
        "label": "Hours of instruction",
        "value": "9.00",
        "figure": True,
    }


def test_the_name_confirmed_once_is_kept_for_the_next_time(world, learner):
    issued(world, learner, name="  Zoe\u0308   O’Brien ")

    with world.app.app_context(), reading() as session:
        assert session.get_one(Enrollment, learner.id).person.certificate_name == "Zoë O’Brien"


def test_a_download_carries_plain_letters_and_the_full_name(world, cohort):
    who = world.learner(cohort, name="Łucja Świętosława")
    complete(world, who)
    certificate = issued(world, who, name="Łucja Świętosława")

    said = world.browser(who).get(f"/certificates/{certificate.code}.pdf").headers["Content-Disposition"]

    assert 'filename="Leadership-and-Organizing-for-Change-Lucja-Swietoslawa-completion.pdf"' in said
    assert "filename*=UTF-8''Leadership%20and%20Organizing%20for%20Change%20-%20%C5%81ucja" in said


def test_only_the_owner_and_the_course_team_get_the_file(world, cohort, learner):
    address = f"/certificates/{issued(world, learner).code}.pdf"
    other_cohort = world.cohort("spring-2027")

    assert world.browser(learner).get(address).status_code == 200
    assert world.browser(world.team(cohort)).get(address).status_code == 200
    for who in (world.learner(cohort), world.coach(cohort), world.team(other_cohort)):
        assert world.browser(who).get(address).status_code == 404
    assert world.browser().get(address).status_code == 401


def test_a_learner_keeps_certificates_after_leaving(world, learner):
    certificate = issued(world, learner)
    with world.app.app_context(), transaction() as session:
        session.get_one(Enrollment, learner.id).state = EnrollmentState.WITHDRAWN
    browser = world.browser(learner)

    page = browser.get("/certificates").get_data(as_text=True)

    assert "which you have left" in page
    assert f"/certificates/{certificate.code}.pdf" in page
    assert browser.get(f"/certificates/{certificate.code}.pdf").status_code == 200
    assert browser.post(ASK, {"name": "Zoë"}).status_code == 404


def test_my_certificates_lists_every_cohort_in_few_statements(world, cohort, learner, queries):
    issued(world, learner)
    others = [world.cohort(f"more-{number}") for number in range(6)]
    with world.app.app_context(), transaction() as session:
        session.add_all(
            Enrollment(cohort_id=one.id, person_id=learner.person_id, role="learner", enrolled_at=AFTER)
            for one in others
        )
    browser = world.browser(learner)

    with queries(at_most=4):
        page = browser.get("/certificates").get_data(as_text=True)

    assert page.count("more-") >= 6
    assert "Certificate of completion" in page


def test_nobody_signed_in_has_no_list(world, cohort):
    assert world.browser().get("/certificates").status_code == 401


def test_the_public_page_says_what_it_stands_for_and_nothing_else(world, learner):
    certificate = issued(world, learner)

    answer = world.browser().get(f"/verify/{certificate.code}")

    page = answer.get_data(as_text=True)
    assert "Genuine and current" in page
    for part in (
        "Zoë O’Brien-Núñez, DNP",
        "September 24, 2026 to January 7, 2027",
        "the Institute for Healthcare",
    ):
        assert part in page
    assert "example.org" not in page  # no e-mail
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"


def test_the_public_page_is_found_however_the_code_is_typed(world, learner):
    code = issued(world, learner).code
    typed = "-".join(re.findall(".{5}", code.lower()))

    assert world.browser().get(f"/verify/{typed}").status_code == 200
    assert world.browser().get("/verify", query_string={"code": typed}).location == f"/verify/{code}"


def test_the_public_document_says_the_same(world, learner):
    certificate = issued(world, learner)

    said = world.browser().get(f"/verify/{certificate.code}.json")

    assert said.status_code == 200
    assert said.json == {
        "code": certificate.code,
        "state": "current",
        "name": "Zoë O’Brien-Núñez, DNP",
        "course": "Leadership and Organizing for Change",
        "provider": "Institute for Healthcare Improvement",
        "kind": "completion",
        "dates": {"starts": "2026-09-24", "ends": "2027-01-07"},
        "credits": None,
        "sample": False,
        "issued_at": said.json["issued_at"],
        "replaced_at": None,
        "replaced_by": None,
        "revoked_at": None,
    }
    assert said.json["issued_at"].startswith("2027-01-12T12:00:")
    assert said.json["issued_at"].endswith("-05:00")


@pytest.mark.parametrize("code", ["7Q4MK2XD9RFT3HWB8N2C", "short", "7q4mk-2xd9r", "a" * 300, "%01"])
def test_an_unknown_code_is_not_found(world, cohort, code):
    answer = world.browser().get(f"/verify/{code}")
    document = world.browser().get(f"/verify/{code}.json")

    assert answer.status_code == 404
    assert "No certificate with this code" in answer.get_data(as_text=True)
    assert document.status_code == 404
    assert document.mimetype == "application/problem+json"


def test_the_course_team_replaces_a_misspelt_name(world, cohort, learner):
    old = issued(world, learner, name="Zoe OBrien")
    team = world.team(cohort)
    browser = world.browser(team)
    assert 'name="reason"' in browser.get(f"{TEAM}?replace={old.code}").get_data(as_text=True)
    data = {"action": "replace", "code": old.code, "name": "Zoë O’Brien", "reason": "Accents were lost"}

    assert [browser.post(TEAM, data).status_code for _ in range(2)] == [303, 303]

    world.drain()
    old, new = certificates(world)
    public = world.browser().get(f"/verify/{old.code}").get_data(as_text=True)
    assert "Genuine, but replaced" in public
    assert "Accents were lost" not in public
    assert f"/verify/{new.code}" in public
    assert world.browser().get(f"/verify/{old.code}.json").json["replaced_by"] == new.code
    words = text_of(world.browser(learner).get(f"/certificates/{new.code}.pdf").data)
    assert "Zoë O’Brien" in words
    assert new.replaces_id == old.id
    assert old.printed["name"] == "Zoe OBrien"
    with world.app.app_context(), reading() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.action == "certificate_replaced"))
    assert (entry.reason, entry.by_id, entry.about_id) == ("Accents were lost", team.person_id, learner.id)
    assert entry.after == {"code": new.code, "name": "Zoë O’Brien"}


def test_a_revoked_certificate_says_so_and_does_not_come_back_by_asking(world, cohort, learner):
    certificate = issued(world, learner)
    data = {"action": "revoke", "code": certificate.code, "reason": "Issued to the wrong person"}

    assert world.browser(world.team(cohort)).post(TEAM, data).status_code == 303

    public = world.browser().get(f"/verify/{certificate.code}").get_data(as_text=True)
    assert "Revoked" in public
    assert "wrong person" not in public
    assert world.browser().get(f"/verify/{certificate.code}.json").json["state"] == "revoked"
    assert world.browser(learner).post(ASK, {"name": "Zoë"}).status_code == 409
    assert len(certificates(world)) == 1


def test_revoking_needs_a_reason_and_the_course_team(world, cohort, learner):
    certificate = issued(world, learner)
    data = {"action": "revoke", "code": certificate.code, "reason": "  "}

    answer = world.browser(world.team(cohort)).post(TEAM, data)

    assert answer.status_code == 422
    assert "Give a reason" in answer.get_data(as_text=True)
    elsewhere = world.team(world.cohort("spring-2027"))
    assert world.browser(world.coach(cohort)).post(TEAM, data).status_code == 403
    assert world.browser(learner).post(TEAM, data).status_code == 403
    assert world.browser(elsewhere).post(TEAM, data).status_code == 404
    assert world.browser(elsewhere).post("/c/spring-2027/certificates", data).status_code == 404
    assert certificates(world)[0].revoked_at is None


def test_the_course_team_finds_a_certificate_by_name_and_by_code(world, cohort, learner):
    certificate = issued(world, learner)
    browser = world.browser(world.team(cohort))

    for query in ("o’brien", certificate.code[:8].lower()):
        assert certificate.code[:5] in browser.get(TEAM, query_string={"q": query}).get_data(as_text=True)
    assert "No name and no code" in browser.get(TEAM, query_string={"q": "nobody"}).get_data(as_text=True)
    assert world.browser(world.coach(cohort)).get(TEAM).status_code == 403


def test_htmx_gets_the_certificate_alone(world, learner):
    answer = world.browser(learner).post(ASK, {"name": "Zoë"}, htmx=True)

    page = answer.get_data(as_text=True)
    assert "Being drawn since" in page
    assert "<html" not in page


def test_a_drawing_that_is_delivered_twice_changes_nothing(world, learner):
    certificate = issued(world, learner)
    from portal.certificates.handlers import on_certificate_issued

    with world.app.app_context():
        on_certificate_issued(transaction, {"certificate_id": certificate.id})

    assert certificates(world)[0].pdf_sha256 == certificate.pdf_sha256


def test_two_clicks_at_once_issue_one(world, learner):
    browsers = [world.browser(learner) for _ in range(4)]
    for browser in browsers:
        assert browser.token

    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(lambda browser: browser.post(ASK, {"name": "Zoë"}).status_code, browsers))

    assert answers == [303] * 4
    assert len(certificates(world)) == 1
