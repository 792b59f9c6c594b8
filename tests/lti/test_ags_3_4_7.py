"""AGS 2.0, 3.4.7 and 3.4.8, activityProgress and gradingProgress: the words, by how much is done."""

from tests.lti.scoring import body


def test_the_words_of_progress_are_the_specifications():
    assert [body(None, given)["activityProgress"] for given in (0, 40, 100)] == [
        "Initialized", "InProgress", "Completed",
    ]  # fmt: skip
