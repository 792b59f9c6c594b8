"""AGS 2.0, 3.4.1, the score service's address: the line item's path and `/scores`, its query left as it is."""

from tests.lti.scoring import endpoint, tick


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
