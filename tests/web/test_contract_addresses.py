"""Addresses as scripts and LMSs type them: what is not there is 404, whatever stands in its place; never a 500."""

import pytest

NUMBERS = ["0", "2147483648", "9223372036854775808", "9" * 40, "-1", "١", "1.0", "x", "%00", "%FF", "1%0A"]
NUMBERED = [
    "lessons/{}",
    "calls/{}",
    "calls/{}/attendance",
    "calls/{}/attendance.csv",
    "calls/{}/edit",
    "calls/{}/recording.mp4",
    "calls/{}/captions.vtt",
    "participants/{}",
    "work/project-design/versions/{}",
    "work/project-design/versions/{}.pdf",
    "work/project-design/files/{}",
    "work/project-design/copies/{}",
]


@pytest.mark.parametrize("place", NUMBERED)
def test_a_number_that_nothing_has_is_not_there(world, place):
    cohort = world.cohort()
    coach = world.browser(world.coach(cohort))
    for number in NUMBERS:
        answer = coach.get(f"/c/{cohort.slug}/{place.format(number)}")
        assert answer.status_code == 404, number


@pytest.mark.parametrize(
    ("item", "page"),
    [
        ("profile", "lessons/1#item-profile"),
        ("watch-1", "lessons/1#item-watch-1"),
        ("share-sentence", "lessons/2#item-share-sentence"),
        ("evaluation", "evaluation"),
    ],
)
def test_a_link_to_any_item_leads_to_where_it_is_done(world, item, page):
    cohort = world.cohort()
    answer = world.browser(world.learner(cohort)).get(f"/c/{cohort.slug}/work/{item}")
    assert (answer.status_code, answer.location) == (302, f"/c/{cohort.slug}/{page}")
