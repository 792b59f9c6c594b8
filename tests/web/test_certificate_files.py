"""A certificate's PDF that is lost, or that could not be drawn: what its owner and the course team are told."""

import json
from hashlib import sha256

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from portal.audit.models import AuditEntry
from portal.certificates.cli import certificates as command
from portal.certificates.models import Certificate
from portal.core.db import reading, transaction
from tests.reading import main_words
from tests.web.test_certificates import AFTER, ASK, TEAM, certificates, complete, issued

NAME = "Zoë O’Brien-Núñez, DNP"


@pytest.fixture
def cohort(world):
    made = world.cohort("fall-2026")
    world.at(AFTER)
    return made


@pytest.fixture
def learner(world, cohort):
    who = world.learner(cohort, name=NAME)
    complete(world, who)
    return who


def address_of(certificate):
    return f"/certificates/{certificate.code}.pdf"


def change(world, certificate, **values):
    with world.app.app_context(), transaction() as session:
        session.execute(update(Certificate).where(Certificate.id == certificate.id).values(**values))


def restorings(world):
    with world.app.app_context(), reading() as session:
        found = select(AuditEntry).where(AuditEntry.action == "certificate_file_restored")
        return list(session.scalars(found))


@pytest.mark.parametrize("damage", ["gone", "other bytes"])
def test_a_lost_file_comes_back_byte_for_byte(world, learner, damage):
    certificate = issued(world, learner)
    browser, address = world.browser(learner), address_of(certificate)
    first = browser.get(address).data
    if damage == "gone":
        world.store().delete(certificate.pdf_key)
    else:
        world.store().save(certificate.pdf_key, first[:-1000])

    waiting = browser.get(address)
    world.drain()

    assert (waiting.status_code, waiting.headers["Retry-After"]) == (202, "3")
    assert "drawn anew" in waiting.get_data(as_text=True)
    again = browser.get(address)
    assert again.status_code == 200
    assert again.data == first
    (entry,) = restorings(world)
    assert entry.about_id == learner.id
    assert entry.after == {"code": certificate.code, "sha256": sha256(first).hexdigest()}


def test_a_file_that_does_not_come_out_as_issued_is_not_handed_out(world, cohort, learner):
    certificate = issued(world, learner)
    browser, team, address = (
        world.browser(learner),
        world.browser(world.team(cohort)),
        address_of(certificate),
    )
    world.store().delete(certificate.pdf_key)
    change(world, certificate, pdf_sha256="0" * 64)  # as if fonts had changed since

    assert browser.get(address).status_code == 202
    world.drain()

    refused = browser.get(address)
    assert refused.status_code == 503
    page = main_words(refused)
    assert "did not come out exactly as it was issued" in page
    assert "Write to them in your LMS" in page
    assert f"/verify/{certificate.code}" in refused.get_data(as_text=True)
    assert "its PDF is missing" in main_words(browser.get("/certificates"))
    assert "its PDF is missing" in main_words(browser.get("/c/fall-2026/record"))
    shown = main_words(team.get(TEAM))
    assert "The PDF of one certificate cannot be had." in shown
    assert "drawn anew it has other bytes than were issued" in shown
    assert "File missing" in shown
    assert restorings(world) == []


def test_what_the_operator_puts_back_from_a_backup_is_handed_out_at_once(world, learner):
    certificate = issued(world, learner)
    browser, address = world.browser(learner), address_of(certificate)
    first = browser.get(address).data
    world.store().delete(certificate.pdf_key)
    browser.get(address)

    world.store().save(certificate.pdf_key, first)
    world.drain()

    assert browser.get(address).data == first
    assert restorings(world) == []


def unprintable(world, who):
    """A certificate that no font here can draw, as of an installation that lost its fonts."""
    certificate = issued_but_not_drawn(world, who)
    change(world, certificate, printed=dict(certificate.printed) | {"name": "Zoë \U000f0000"})
    world.drain()
    return certificate


def issued_but_not_drawn(world, who):
    assert world.browser(who).post(ASK, {"name": NAME}).status_code == 303
    return certificates(world)[-1]


def test_a_drawing_that_was_given_up_says_so_and_the_course_team_sees_why(world, cohort, learner):
    certificate = unprintable(world, learner)
    browser, team = world.browser(learner), world.browser(world.team(cohort))

    refused = browser.get(address_of(certificate))

    assert refused.status_code == 503
    assert "Retry-After" not in refused.headers
    assert "It could not be drawn" in main_words(refused)
    for address in ("/certificates", "/c/fall-2026/record"):
        assert "its PDF could not be drawn" in main_words(browser.get(address))
    fragment = browser.get(f"/certificates/{certificate.code}", headers={"HX-Request": "true"})
    assert "hx-trigger" not in fragment.get_data(as_text=True)  # nothing to wait for
    shown = main_words(team.get(TEAM))
    assert "The PDF of one certificate cannot be had." in shown
    assert "no font here can draw" in shown
    assert "Not drawn" in shown


def test_a_drawing_that_was_given_up_and_replaced_troubles_nobody(world, cohort, learner):
    certificate = unprintable(world, learner)
    team = world.browser(world.team(cohort))
    data = {"action": "replace", "code": certificate.code, "name": "Zoë", "reason": "No font has it"}

    # What it says is taken from the old one, and the name is the new.
    assert team.post(TEAM, data).status_code == 303
    world.drain()

    newer = certificates(world)[-1]
    assert world.browser(learner).get(address_of(newer)).status_code == 200
    assert "cannot be had" not in main_words(team.get(TEAM))


def test_the_commands_name_the_trouble_and_put_a_lost_file_back(world, learner, tmp_path):
    certificate = issued(world, learner)
    first = world.store().read(certificate.pdf_key)
    world.store().delete(certificate.pdf_key)
    output = tmp_path / "certificate.pdf"

    def run(*words):
        with world.app.app_context():
            return CliRunner().invoke(command, [*words, "--cohort", "fall-2026"])

    render = ("render", "--code", certificate.code, "--output", str(output))
    done = run(*render)
    assert done.exit_code == 0, done.output
    assert output.read_bytes() == world.store().read(certificate.pdf_key) == first

    change(world, certificate, pdf_sha256="0" * 64)
    refused = run(*render)
    assert refused.exit_code == 1
    assert "other bytes than were issued" in refused.stderr
    world.browser(learner).get(address_of(certificate))
    world.drain()
    (row,) = json.loads(run("list", "--json").stdout)
    assert "other bytes than were issued" in row["trouble"]
