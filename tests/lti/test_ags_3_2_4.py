"""AGS 2.0, 3.2.4, container request filters: finding the column of a link whose launch names none."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from lti.adapter.columns import ColumnsRefused, find_or_make
from lti.protocol.score import filtered, scores_url
from tests.lti.columns import CANVAS, CANVAS_URL, MOODLE, MOODLE_URL, Platform, wanted


def test_found_by_its_link_on_moodle_and_the_address_keeps_its_query():
    moodle = Platform(MOODLE["list by resource_link_id"])
    found = find_or_make(moodle, wanted(MOODLE_URL, "3"))

    assert found == "https://moodle.example/mod/lti/services.php/2/lineitems/10/lineitem?type_id=1"
    method, url, headers, _ = moodle.asked[0]
    assert (method, url) == ("GET", MOODLE["list by resource_link_id"]["request"]["url"])
    assert headers["Accept"] == MOODLE["list by resource_link_id"]["request"]["headers"]["Accept"]
    assert scores_url(found).endswith("/lineitems/10/lineitem/scores?type_id=1")


def test_found_by_what_it_stands_for_on_canvas():
    canvas = Platform(CANVAS["find, nothing there"], CANVAS["find"])
    found = find_or_make(canvas, wanted(CANVAS_URL))

    assert found == CANVAS_URL + "/551"
    assert dict(parse_qsl(urlsplit(canvas.asked[1][1]).query)) == {
        "resource_id": "work:network-map", "tag": "share",
    }  # fmt: skip


def test_a_platform_that_ignores_filters_is_not_misread():
    everything = MOODLE["list"]
    found = find_or_make(
        Platform(everything, everything), wanted(MOODLE_URL, "99", "l9", "lesson", make=False)
    )

    assert found is None


def test_of_several_columns_of_a_link_the_one_that_names_the_page():
    answer = {
        "response": {
            "status": 200,
            "headers": {},
            "body": [
                {"id": CANVAS_URL + "/1", "resourceLinkId": "x", "resourceId": "other"},
                {"id": CANVAS_URL + "/2", "resourceLinkId": "x", "resourceId": "work:network-map"},
            ],
        }
    }
    assert find_or_make(Platform(answer), wanted(CANVAS_URL)) == CANVAS_URL + "/2"


@pytest.mark.parametrize(
    ("url", "filters", "made"),
    [
        ("https://x.example/li", {"tag": "a b"}, "https://x.example/li?tag=a%20b"),
        ("https://x.example/li?type_id=1", {"tag": "t"}, "https://x.example/li?type_id=1&tag=t"),
        ("https://x.example/li?a=%2F", {"q": "work:x&y"}, "https://x.example/li?a=%2F&q=work%3Ax%26y"),
    ],
)
def test_filters_are_joined_to_the_query_that_is_there(url, filters, made):
    assert filtered(url, filters) == made


@pytest.mark.parametrize(
    "id_",
    [None, 5, "", "/relative", "https://evil.example/9", "javascript:alert(1)", "https://a@moodle.example/"],
)
def test_an_address_elsewhere_is_none(id_):
    answer = {"response": {"status": 200, "headers": {}, "body": [{"id": id_, "resourceLinkId": "3"}]}}
    nothing = {"response": {"status": 200, "headers": {}, "body": []}}
    assert find_or_make(Platform(answer, nothing), wanted(MOODLE_URL, "3", make=False)) is None


@pytest.mark.parametrize(
    "case",
    [name for name, case in (CANVAS | MOODLE).items() if case.get("response", {}).get("status", 200) >= 400],
)
def test_refusals_in_all_their_shapes_go_by_status(case):
    with pytest.raises(ColumnsRefused):
        find_or_make(Platform((CANVAS | MOODLE)[case]), wanted(CANVAS_URL))


def page(number: int, following: str | None, *items: dict[str, str]) -> dict[str, Any]:
    """One page of a list that is asked for with or without filters."""
    links = {"Link": f'<{following}>; rel="next", <{CANVAS_URL}?page=1>; rel="first"'} if following else {}
    others = [{"id": f"{CANVAS_URL}/{number}{n}", "resourceLinkId": "y", "resourceId": "z"} for n in range(3)]
    return {"response": {"status": 200, "headers": links, "body": [*others, *items]}}


def test_a_column_on_a_later_page_is_found_and_not_made_twice():
    ours = {"id": CANVAS_URL + "/999", "resourceLinkId": "x"}
    canvas = Platform(
        page(1, CANVAS_URL + "?page=2"),
        page(2, "/api/lti/courses/1207/line_items?page=3"),
        page(3, None, ours),
    )

    assert find_or_make(canvas, wanted(CANVAS_URL)) == CANVAS_URL + "/999"
    assert [url for _, url, _, _ in canvas.asked][1:] == [CANVAS_URL + "?page=2", CANVAS_URL + "?page=3"]


@pytest.mark.parametrize(
    ("following", "asked"),
    [
        pytest.param("https://evil.example/line_items?page=2", 2, id="elsewhere"),
        pytest.param("http:///", 2, id="nowhere"),
        pytest.param(CANVAS_URL + "?page=1", 4, id="in a circle"),
    ],
)
def test_pages_that_lead_astray_end_the_walk(following, asked):
    canvas = Platform(*[page(1, following)] * 10)

    assert find_or_make(canvas, wanted(CANVAS_URL, make=False)) is None
    assert len(canvas.asked) == asked  # by its link, and by what it stands for


def test_pages_without_end_end_the_walk():
    canvas = Platform(*[page(n, f"{CANVAS_URL}?page={n}") for n in range(1, 100)])

    assert find_or_make(canvas, wanted(CANVAS_URL, make=False)) is None
    assert len(canvas.asked) <= 40
