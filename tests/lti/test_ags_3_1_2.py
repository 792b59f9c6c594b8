"""AGS 2.0, 3.1.2, extensions: what scores to Canvas carry beside the standard, and others' do not."""

from tests.lti.scoring import body

SUBMISSION = "https://canvas.instructure.com/lti/submission"


def test_what_canvas_counts_and_no_new_attempt():
    said = body("canvas")

    assert said[SUBMISSION] == {"new_submission": False, "submitted_at": "2027-01-20T09:00:00.000Z"}
    assert said["gradingProgress"] == "FullyGraded"
    assert said["scoreMaximum"] > 0
    assert "comment" not in said  # each one would be added again


def test_other_platforms_get_the_standard_alone():
    for family in (None, "moodle", "desire2learn"):
        assert set(body(family)) == {
            "userId", "scoreGiven", "scoreMaximum", "timestamp", "activityProgress", "gradingProgress", "submission",
        }  # fmt: skip
