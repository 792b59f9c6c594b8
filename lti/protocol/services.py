"""What an LMS lets Lectern do, and what goes without it, in words for its administrator."""

from collections.abc import Collection

from lti.protocol.claims import LINE_ITEM_SCOPE, SCORE_SCOPE
from lti.protocol.tool import MEMBERSHIP_SCOPE

# By scope: what it lets us do; what happens without it.
_WORDS = {
    SCORE_SCOPE: (
        "send scores to the gradebook",
        "send scores, so nothing of the course appears in the gradebook",
    ),
    LINE_ITEM_SCOPE: (
        "add gradebook columns",
        "add gradebook columns, so links have one only where the LMS makes it",
    ),
    MEMBERSHIP_SCOPE: (
        "read the list of people of courses that it is in",
        "read its list of people, so they are known here once they come, and not before",
    ),
}


def in_words(scopes: Collection[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What these scopes let us do, and what the missing ones do not."""
    may = tuple(can for scope, (can, _) in _WORDS.items() if scope in scopes)
    return may, tuple(cannot for scope, (_, cannot) in _WORDS.items() if scope not in scopes)
