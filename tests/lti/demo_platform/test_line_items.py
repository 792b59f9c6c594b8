"""Grade columns: found, made, changed and refused as a recorded Moodle does."""

import pytest

from lti.demo_platform.config import SCOPE_LINEITEM_READ, SCOPE_SCORE

ONE = "application/vnd.ims.lis.v2.lineitem+json"
MANY = "application/vnd.ims.lis.v2.lineitemcontainer+json"


@pytest.fixture
def items(lms):
    return lms.config.lineitems_url("2")


def test_the_links_own_columns_are_listed_and_found(tool, items):
    listed = tool.call("GET", items, Accept=MANY).json()

    assert [item["label"] for item in listed] == [
        "Course home",
        'Lesson 1 & "checklist"',
        "Asset map",
        "Call 1",
    ]
    assert listed[0] | {"id": ""} == {
        "id": "",
        "label": "Course home",
        "scoreMaximum": 100,
        "resourceId": "",
        "tag": "",
        "resourceLinkId": "1",
        "ltiLinkId": "1",
    }
    assert tool.call("GET", items + "&resource_link_id=2", Accept=MANY).json() == [listed[1]]
    assert tool.call("GET", listed[0]["id"], Accept=ONE).json() == listed[0]


@pytest.mark.parametrize(
    ("accept", "status"), [(MANY, 200), (None, 200), ("*/*", 400), (ONE, 400), ("application/json", 400)]
)
def test_the_list_wants_its_media_type_or_none(tool, items, accept, status):
    assert tool.call("GET", items, Accept=accept).status_code == status


def test_a_column_is_made_changed_and_taken_away(tool, items):
    said = {
        "label": "Completion – “final”",
        "scoreMaximum": 100,
        "resourceId": "completion",
        "tag": "completion",
    }
    made = tool.call("POST", items, json=said, Content_Type=ONE)
    url = made.json()["id"]

    assert made.status_code == 201
    assert "type_id=1" in url
    again = tool.call("PUT", url, json={"label": "Renamed", "scoreMaximum": 50}, Content_Type=ONE)
    assert again.status_code == 200
    assert tool.call("GET", url).json() == {
        "id": url,
        "label": "Renamed",
        "scoreMaximum": 50,
        "resourceId": "",
        "tag": "",
    }
    assert tool.call("DELETE", url).status_code == 204
    assert tool.call("GET", url).status_code == 404


def test_the_same_column_asked_for_twice_is_two_columns(tool, items):
    said = {"label": "Completion", "scoreMaximum": 100, "resourceId": "completion"}
    for _ in range(2):
        tool.call("POST", items, json=said, Content_Type=ONE)

    assert len(tool.call("GET", items + "&resource_id=completion").json()) == 2


@pytest.mark.parametrize(
    ("said", "status"),
    [
        pytest.param({"scoreMaximum": 1}, 400, id="no label"),
        pytest.param({"label": "x"}, 400, id="no maximum"),
        pytest.param({"label": "x", "scoreMaximum": "ten"}, 400, id="maximum is text"),
        pytest.param({"label": "x", "scoreMaximum": 1, "resourceLinkId": "9999"}, 403, id="unknown link"),
        pytest.param(
            {"label": "x", "scoreMaximum": 1, "resourceLinkId": "21"}, 403, id="another course's link"
        ),
        pytest.param({"label": "x" * 300, "scoreMaximum": 1}, 502, id="label too long"),
        pytest.param("hello", 400, id="no JSON"),
    ],
)
def test_a_column_that_makes_no_sense_is_not_made(tool, items, said, status):
    assert tool.call("POST", items, json=said, Content_Type=ONE).status_code == status
    assert len(tool.call("GET", items).json()) == 4


def test_rights(tool, items):
    reading, scoring = tool.token(SCOPE_LINEITEM_READ), tool.token(SCOPE_SCORE)
    said = {"label": "x", "scoreMaximum": 1}

    assert tool.call("GET", items, token=reading).status_code == 200
    assert tool.call("POST", items, token=reading, json=said, Content_Type=ONE).status_code == 401
    assert tool.call("GET", items, token=scoring).status_code == 401
    assert tool.call("GET", items.replace("type_id=1", "type_id=2")).status_code == 401
    assert tool.call("POST", items, json=said, Content_Type="application/json").status_code == 400


def test_pages_of_the_list_are_announced_as_oddly_as_moodle_does(tool, items):
    answer = tool.call("GET", items + "&limit=2")

    assert len(answer.json()) == 2
    assert (
        answer.headers["Link"].encode("latin-1").decode() == f"<{items}&amp;limit=2&amp;from=2>; rel=“next”"
    )
