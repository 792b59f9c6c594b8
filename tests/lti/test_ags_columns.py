"""AGS 2.0, line items: the column of a link whose launch names none is found, or made; as platforms answer."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from sqlalchemy import select

from lti.adapter.columns import ColumnsRefused, WantedColumn, find_or_make
from lti.adapter.http import Answer
from lti.models import ContentRequest, Context, LineItem
from lti.protocol.score import filtered, scores_url
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.identity.models import Person
from tests.lti.test_scores import tick, waiting

CAPTURES = Path(__file__).parent / "captures"
AGS = "https://purl.imsglobal.org/spec/lti-ags/"
SCOPES = [AGS + "scope/lineitem", AGS + "scope/lineitem.readonly", AGS + "scope/score"]


def cases(platform: str, name: str) -> dict[str, dict]:
    """The captured calls, by their name."""
    found = json.loads((CAPTURES / platform / f"{name}.json").read_text())["cases"]
    return {case["case"]: case for case in found}


CANVAS, MOODLE = cases("canvas", "ags-lineitems"), cases("moodle", "ags-lineitems")


class Platform:
    """Answers calls with captured answers, in turn; keeps what was asked."""

    def __init__(self, *answers: dict) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, str, dict, bytes | None]] = []

    def __call__(self, method: str, url: str, *, headers: dict, body: bytes | None = None) -> Answer:
        self.asked.append((method, url, headers, body))
        said = self.answers.pop(0)["response"]
        text = said.get("text", json.dumps(said.get("body")))
        return Answer(said["status"], said["headers"], text.encode())


def wanted(url: str, link: str = "x", resource: str = "work:network-map", tag: str = "share", *, make=True):
    return WantedColumn(url, link, resource, tag, "Label", make)


CANVAS_URL = "https://northvalley.example.edu/api/lti/courses/1207/line_items"
MOODLE_URL = "https://moodle.example/mod/lti/services.php/2/lineitems?type_id=1"


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


def test_made_where_there_is_none_without_a_resource_link():
    nothing = CANVAS["find, nothing there"]
    canvas = Platform(nothing, nothing, CANVAS["create without resource link"])
    found = find_or_make(canvas, wanted(CANVAS_URL, "x", "cohort:lfw"))

    assert found == CANVAS_URL + "/562"
    method, url, headers, body = canvas.asked[2]
    assert (method, url, headers["Content-Type"]) == (
        "POST", CANVAS_URL, "application/vnd.ims.lis.v2.lineitem+json",
    )  # fmt: skip
    assert json.loads(body or b"") == {
        "scoreMaximum": 100, "label": "Label", "resourceId": "cohort:lfw", "tag": "share",
    }  # fmt: skip


def test_not_made_where_we_may_only_read():
    nothing = CANVAS["find, nothing there"]
    assert find_or_make(Platform(nothing, nothing), wanted(CANVAS_URL, make=False)) is None


@pytest.mark.parametrize(
    "case",
    [name for name, case in (CANVAS | MOODLE).items() if case.get("response", {}).get("status", 200) >= 400],
)
def test_refusals_in_all_their_shapes_go_by_status(case):
    with pytest.raises(ColumnsRefused):
        find_or_make(Platform((CANVAS | MOODLE)[case]), wanted(CANVAS_URL))


@pytest.mark.parametrize(
    "id_",
    [None, 5, "", "/relative", "https://evil.example/9", "javascript:alert(1)", "https://a@moodle.example/"],
)
def test_an_address_elsewhere_is_none(id_):
    answer = {"response": {"status": 200, "headers": {}, "body": [{"id": id_, "resourceLinkId": "3"}]}}
    nothing = {"response": {"status": 200, "headers": {}, "body": []}}
    assert find_or_make(Platform(answer, nothing), wanted(MOODLE_URL, "3", make=False)) is None


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


# With the portal


def navigation(school, link: str = "nav", destination: str = "lesson:1", scopes=SCOPES, **more) -> dict:
    """Claims of a launch that names where columns are, and none of its own."""
    lineitems = school.lms.launch_claims("sam", "home", nonce="n")[AGS + "claim/endpoint"]["lineitems"]
    return {
        "lti:resource_link": {"id": link, "title": "Lectern"},
        "lti:custom": {"destination": destination},
        "ags:endpoint": {"lineitems": lineitems, "scope": scopes},
    } | more


def kept(school) -> list[LineItem]:
    with school.world.app.app_context(), reading() as session:
        return list(session.scalars(select(LineItem).order_by(LineItem.id)))


def test_a_link_without_a_column_gets_its_own_and_its_scores(school):
    school.launch("sam", "home", claims=navigation(school))
    tick(school)
    school.world.drain()

    assert [(item.is_own, item.destination) for item in kept(school)] == [(True, "lesson:1")]
    assert [score.body["scoreGiven"] for score in school.lms.scores] == [1]
    made = [call for call in school.lms.requests if call.service == "lineitems" and call.method == "POST"]
    assert len(made) == 1
    assert waiting(school) == []


def test_it_is_made_once_for_a_destination(school):
    for link, who in (("nav", "sam"), ("other", "zoe"), ("nav", "zoe")):
        school.launch(who, "home", claims=navigation(school, link))
        school.world.drain()

    made = [call for call in school.lms.requests if call.service == "lineitems" and call.method == "POST"]
    assert len(made) == 1


def test_it_is_found_again_after_a_crash_between_making_and_keeping(school):
    school.launch("sam", "home", claims=navigation(school))
    school.lms.fail("lineitems", "lost", skip=2)  # made there; the answer never came
    school.world.drain()
    school.world.drain(later=timedelta(minutes=1))

    made = [call for call in school.lms.requests if call.service == "lineitems" and call.method == "POST"]
    assert len(made) == 1
    assert kept(school)[0].url


def test_home_and_record_need_but_one(school):
    school.launch("sam", "home")
    school.launch("sam", "record")
    school.world.drain()

    assert not [call for call in school.lms.requests if call.service == "lineitems" and call.method == "POST"]


@pytest.mark.parametrize(
    "scopes",
    [[], [AGS + "scope/lineitem"], [AGS + "scope/score"]],
    ids=["no scope", "columns alone", "scores alone"],
)
def test_without_the_scopes_there_are_no_scores_and_no_error(sqlite_school, scopes):
    answer = sqlite_school.launch("sam", "home", claims=navigation(sqlite_school, scopes=scopes))
    tick(sqlite_school)
    sqlite_school.world.drain()

    assert answer.status_code == 303
    assert kept(sqlite_school) == []
    assert waiting(sqlite_school) == []


def test_a_column_that_launches_named_and_no_longer_do_is_not_made_again(sqlite_school):
    sqlite_school.launch("sam", "lesson:1")
    link = {"id": sqlite_school.lms.link("lesson:1")["id"], "title": "Lesson 1"}
    sqlite_school.launch("sam", "lesson:1", claims=navigation(sqlite_school) | {"lti:resource_link": link})
    tick(sqlite_school)
    sqlite_school.world.drain()

    assert sqlite_school.lms.scores == []
    assert [call for call in sqlite_school.lms.requests if call.service == "lineitems"] == []


def test_a_refusal_is_no_trouble_and_is_not_asked_at_each_launch(sqlite_school):
    sqlite_school.lms.fail("lineitems", 403, times=None)
    for _ in range(2):
        sqlite_school.launch("sam", "home", claims=navigation(sqlite_school))
        sqlite_school.world.drain()

    assert waiting(sqlite_school) == []
    assert sum(call.service == "lineitems" for call in sqlite_school.lms.requests) == 1


def test_a_column_at_a_new_address_gets_what_was_done_before(sqlite_school):
    sqlite_school.launch("sam", "lesson:1")
    tick(sqlite_school)
    sqlite_school.world.drain()
    endpoint = sqlite_school.lms.launch_claims("sam", "lesson:1", nonce="n")[AGS + "claim/endpoint"]
    moved = endpoint | {"lineitem": endpoint["lineitem"] + "&moved=yes"}
    sqlite_school.launch("sam", "lesson:1", claims={"ags:endpoint": moved})
    sqlite_school.world.drain(later=timedelta(seconds=5))

    assert any("moved" in call.url for call in sqlite_school.lms.requests if call.service == "scores")


def test_people_of_the_roster_who_did_nothing_get_no_statement(sqlite_school):
    from tests.builders.world import Browser

    client = sqlite_school.browser()
    sqlite_school.launch("tina", "home", browser=client)
    Browser(client).post(f"/c/{sqlite_school.cohort.slug}/participants/sync")
    sqlite_school.launch("sam", "lesson:1")
    tick(sqlite_school)
    sqlite_school.world.drain()

    assert {score.sub for score in sqlite_school.lms.scores} == {sqlite_school.lms.person("sam")["sub"]}


def test_a_page_placed_by_deep_linking_without_a_column_gets_none(sqlite_school):
    sqlite_school.launch("tina", "home")
    with sqlite_school.world.app.app_context(), transaction() as session:
        context = session.scalars(select(Context).where(Context.context_id == "2")).one()
        session.add(
            ContentRequest(
                code_hash="x", context_id=context.id, person_id=session.scalars(select(Person.id)).first(),
                deployment_id="1", settings="{}", chosen="lesson:1 record", expires_at=real_now(),
            )
        )  # fmt: skip
    sqlite_school.launch("sam", "home", claims=navigation(sqlite_school))
    tick(sqlite_school)
    sqlite_school.world.drain()

    assert not [
        call for call in sqlite_school.lms.requests if (call.service, call.method) == ("lineitems", "POST")
    ]
    assert waiting(sqlite_school) == []
