"""AGS 2.0, 3.4.1, the score service's address: the line item's path and `/scores`, its query left as it is."""

import pytest

from lti.protocol.score import scores_url
from tests.lti.scoring import endpoint, tick


@pytest.mark.parametrize(
    ("line_item", "scores"),
    [
        ("https://x.example/li/1", "https://x.example/li/1/scores"),
        ("https://x.example/li/1/", "https://x.example/li/1/scores"),
        ("https://x.example/li/1/lineitem?type_id=3", "https://x.example/li/1/lineitem/scores?type_id=3"),
        ("https://x.example/li?a=1&b=%2F&a=2", "https://x.example/li/scores?a=1&b=%2F&a=2"),
        (
            "https://x.example/li?next=https://y.example/?x",
            "https://x.example/li/scores?next=https://y.example/?x",
        ),
        ("https://x.example/li%2F1?a=%7E", "https://x.example/li%2F1/scores?a=%7E"),
        ("https://x.example/li/1#part", "https://x.example/li/1/scores"),
        ("https://x.example:8443/", "https://x.example:8443/scores"),
        ("https://x.example?only=query", "https://x.example/scores?only=query"),
    ],
)
def test_it_is_added_to_the_path_and_the_query_stays_as_it_is(line_item, scores):
    assert scores_url(line_item) == scores


def test_a_column_that_moved_gets_the_state_at_its_new_address(graded):
    tick(graded)
    graded.world.drain()
    claim = endpoint(graded)
    moved = claim | {"lineitem": claim["lineitem"] + "&moved=yes"}
    graded.launch("sam", "lesson:1", claims={"ags:endpoint": moved})
    tick(graded, done=False)
    graded.world.drain()

    posted = [call.url for call in graded.lms.requests if "moved" in call.url]
    path, _, query = claim["lineitem"].partition("?")
    assert set(posted) == {f"{path}/scores?{query}&moved=yes"}
