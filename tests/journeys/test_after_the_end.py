"""A learner of the ended cohort who lacks the evaluation alone: sends it, claims CE credit, takes both certificates."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import steps

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

DRAWING_MS = 60_000
ENDED = "Leadership and Organizing: ended cohort"


def test_from_the_evaluation_to_both_certificates(visitor):
    bjorn = visitor()
    bjorn.sign_in("Björn Åkesson", ENDED)
    frame = bjorn.open("Course home")
    frame.get_by_role("link", name="Go to the evaluation").click()
    steps.send_the_evaluation(frame)

    frame.get_by_role("link", name="claim CE credit").click()
    frame.get_by_label(re.compile("^Physician")).check()
    frame.get_by_label(re.compile("^Credits")).fill("7.25")
    frame.get_by_label("I took part in the activity").check()
    bjorn.expected = (422,)
    frame.get_by_role("button", name="Claim and get the certificate").click()
    expect(frame.get_by_text(re.compile("needs? your attention"))).to_be_visible()
    expect(frame.get_by_label(re.compile("^Credits"))).to_have_value("7.25")

    frame.get_by_label(re.compile("state", re.IGNORECASE)).first.select_option("Ohio")
    frame.get_by_label(re.compile("licen[cs]e number", re.IGNORECASE)).fill("MD204871")
    frame.get_by_label(re.compile("birth", re.IGNORECASE)).fill("03-14")
    frame.get_by_role("button", name="Claim and get the certificate").click()
    expect(frame.get_by_text("You claimed 7.25 of 9 credits")).to_be_visible()
    # The page looks again by itself while it is drawn.
    expect(frame.get_by_text("Being prepared")).to_be_hidden(timeout=DRAWING_MS)
    assert steps.download(bjorn, frame.get_by_role("link", name="Download PDF")).startswith(b"%PDF-")

    frame.get_by_role("link", name="My record").first.click()
    frame.get_by_role("button", name="Issue my certificate of completion").click()
    expect(frame.get_by_role("heading", name="Certificate of completion")).to_have_count(2)
    frame.get_by_role("link", name="Certificates", exact=True).click()
    both = frame.get_by_role("link", name=re.compile("^Download PDF"))
    expect(both).to_have_count(2, timeout=DRAWING_MS)
    bjorn.is_untroubled()
