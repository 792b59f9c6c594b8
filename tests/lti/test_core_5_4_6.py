"""LTI Core 1.3, 5.4.6, custom properties: they choose a page, never a right."""

import pytest


@pytest.mark.parametrize(
    ("destination", "path"),
    [
        ("home", ""),
        ("lesson:3", "lessons/3"),
        ("work:asset-map", "work/asset-map"),
        ("call:2", "calls/2"),
        ("attendance:2", "calls/2"),  # a learner sees the call itself
        ("record", "record"),
        ("evaluation", "evaluation"),
        ("ce", "ce"),
        ("Lesson:3", "lessons/3"),
        ("lesson:99", ""),
        ("work:no-such", ""),
        ("lesson:../../admin", ""),
        ("https://evil.example/", ""),
        ("nonsense", ""),
        ("", ""),
    ],
)
def test_the_destination_opens_its_page(sqlite_school, destination, path):
    answer = sqlite_school.launch("sam", "home", claims={"lti:custom": {"destination": destination}})

    assert answer.location == f"/c/{sqlite_school.cohort.slug}/{path}"


def test_faculty_land_on_the_attendance_of_a_call(sqlite_school):
    answer = sqlite_school.launch("tina", "home", claims={"lti:custom": {"Destination": "attendance:2"}})

    assert answer.location == f"/c/{sqlite_school.cohort.slug}/calls/2/attendance"


def test_a_custom_claim_never_opens_a_cohort(strangers):
    cohort = strangers.world.cohort("fall-2026")
    answer = strangers.launch(
        "sam", "home", claims={"lti:custom": {"cohort": cohort.slug, "destination": "home"}}
    )

    assert "not open here yet" in answer.get_data(as_text=True)
