"""AGS 2.0, 3.4.7 and 3.4.8, activityProgress and gradingProgress: the words, by how much is done."""

import pytest

from tests.lti.scoring import body


@pytest.mark.parametrize(
    ("given", "progress"),
    [(0, "Initialized"), (1, "InProgress"), (99, "InProgress"), (100, "Completed"), (101, "Completed")],
)
@pytest.mark.parametrize("family", [None, "canvas", "moodle"])
def test_progress_follows_the_share_and_the_grade_always_counts(given, progress, family):
    said = body(family, given)

    assert said["activityProgress"] == progress
    # Any other word takes the grade off the gradebook (Moodle, Canvas).
    assert said["gradingProgress"] == "FullyGraded"


def test_the_words_of_progress_are_the_specifications():
    assert [body(None, given)["activityProgress"] for given in (0, 40, 100)] == [
        "Initialized", "InProgress", "Completed",
    ]  # fmt: skip
