"""AGS 2.0, 3.2.5, creating a line item: the column of a link whose launch names none is made, once."""

import json
from datetime import timedelta

from sqlalchemy import select

from lti.adapter.columns import find_or_make
from lti.models import ContentRequest, Context
from portal.core.clock import real_now
from portal.core.db import transaction
from portal.identity.models import Person
from tests.lti.columns import CANVAS, CANVAS_URL, Platform, wanted
from tests.lti.scoring import kept, navigation, tick, waiting


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


def test_a_refusal_is_no_trouble_and_is_not_asked_at_each_launch(sqlite_school):
    sqlite_school.lms.fail("lineitems", 403, times=None)
    for _ in range(2):
        sqlite_school.launch("sam", "home", claims=navigation(sqlite_school))
        sqlite_school.world.drain()

    assert waiting(sqlite_school) == []
    assert sum(call.service == "lineitems" for call in sqlite_school.lms.requests) == 1


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
