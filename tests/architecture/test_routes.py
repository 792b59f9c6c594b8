"""Every address × who asks: one table. An address that is not in it fails, as does a line without an address.

Learner, coach and course team are of the cohort; "other cohort" is a learner of another one, signed in there.
What they send is an empty form: 303, 400, 409 and 422 all say "you may, but not so"; 401, 403 and 404 guard
the door.
"""

import io
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from tests.builders.world import Browser, World, make_app
from tests.web.filling import PDF, PNG, as_drawn, filled_in, page_of

pytestmark = pytest.mark.xdist_group("routes")

WHO = ("signed out", "learner", "other cohort", "coach", "course team")

#  method, address, then what each of WHO gets
OPEN = """
GET   /healthz                                                   200  200  200  200  200
GET   /readyz                                                    503  503  503  503  503
GET   /                                                          401  200  200  200  200
GET   /certificates                                              401  200  200  200  200
GET   /certificates/<code>                                       401  404  404  404  404
GET   /certificates/<code>.pdf                                   401  404  404  404  404
GET   /verify                                                    200  200  200  200  200
GET   /verify/<code>                                             404  404  404  404  404
GET   /verify/<code>.json                                        404  404  404  404  404
"""
LTI = """
GET   /lti/login                                                 400  400  400  400  400
POST  /lti/login                                                 400  400  400  400  400
GET   /lti/launch                                                405  405  405  405  405
POST  /lti/launch                                                400  400  400  400  400
GET   /lti/here                                                  200  200  200  200  200
POST  /lti/hand-over                                             401  200  200  200  200
POST  /lti/hand-over/take                                        403  403  403  403  403
GET   /lti/jwks.json                                             200  200  200  200  200
GET   /lti/config/canvas.json                                    200  200  200  200  200
GET   /lti/register/<invite>                                     404  404  404  404  404
GET   /lti/connect                                               401  404  404  404  404
POST  /lti/connect                                               401  404  404  404  404
GET   /lti/deep-linking                                          401  404  404  404  404
POST  /lti/deep-linking                                          401  404  404  404  404
"""
LEARNERS = """
GET   /c/<cohort>/                                               401  200  404  200  200
GET   /c/<cohort>/course                                         401  200  404  200  200
GET   /c/<cohort>/calendar.ics                                   401  200  404  200  200
GET   /c/<cohort>/files/<path:path>                              401  200  404  200  200
GET   /c/<cohort>/lessons/<int:number>                           401  200  404  200  200
POST  /c/<cohort>/lessons/<int:number>/items/<item>              401  422  404  403  403
POST  /c/<cohort>/videos/<video>/progress                        401  422  404  403  403
GET   /c/<cohort>/calls/<int:number>                             401  200  404  200  200
GET   /c/<cohort>/calls/<int:number>/recording.mp4               401  404  404  404  404
GET   /c/<cohort>/calls/<int:number>/captions.vtt                401  404  404  404  404
GET   /c/<cohort>/work/<assignment>                              401  200  404  200  200
POST  /c/<cohort>/work/<assignment>                              401  303  404  403  403
GET   /c/<cohort>/work/<assignment>/blank.pdf                    401  200  404  200  200
GET   /c/<cohort>/work/<assignment>/draft.pdf                    401  200  404  404  404
GET   /c/<cohort>/work/<assignment>/copies/<int:copy_id>         401  200  404  404  404
GET   /c/<cohort>/work/<assignment>/files/<int:upload_id>        401  200  404  200  200
GET   /c/<cohort>/work/<assignment>/versions/<int:version>       401  200  404  404  404
GET   /c/<cohort>/work/<assignment>/versions/<int:version>.pdf   401  200  404  404  404
GET   /c/<cohort>/record                                         401  200  404  200  200
GET   /c/<cohort>/record.json                                    401  200  404  403  403
GET   /c/<cohort>/evaluation                                     401  200  404  200  200
POST  /c/<cohort>/evaluation                                     401  409  404  403  403
GET   /c/<cohort>/ce                                             401  200  404  200  200
POST  /c/<cohort>/ce                                             401  422  404  403  403
POST  /c/<cohort>/certificates/completion                        401  409  404  403  403
POST  /c/<cohort>/certificates/ce                                401  409  404  403  403
"""
FACULTY = """
GET   /c/<cohort>/attendance                                     401  403  404  200  200
GET   /c/<cohort>/calls/<int:number>/attendance                  401  403  404  200  200
POST  /c/<cohort>/calls/<int:number>/attendance                  401  403  404  422  422
GET   /c/<cohort>/calls/<int:number>/attendance.csv              401  403  404  200  200
POST  /c/<cohort>/calls/<int:number>/attendance/undo             401  403  404  422  422
GET   /c/<cohort>/calls/<int:number>/edit                        401  403  404  200  200
POST  /c/<cohort>/calls/<int:number>/edit                        401  403  404  303  303
GET   /c/<cohort>/participants                                   401  403  404  200  200
GET   /c/<cohort>/participants.csv                               401  403  404  200  200
GET   /c/<cohort>/participants/<int:enrollment>                  401  403  404  200  200
GET   /c/<cohort>/participants/sync                              401  403  404  200  200
POST  /c/<cohort>/participants/sync                              401  403  404  409  409
"""
COURSE_TEAM = """
GET   /c/<cohort>/certificates                                   401  403  404  403  200
POST  /c/<cohort>/certificates                                   401  403  404  403  422
GET   /c/<cohort>/platform                                       401  403  404  403  200
POST  /c/<cohort>/platform                                       401  403  404  403  422
POST  /c/<cohort>/platform/check                                 401  403  404  403  422
"""
TABLE = OPEN + LTI + LEARNERS + FACULTY + COURSE_TEAM
# What stands in an address's holes. All of it is there in the learner's cohort, and is the learner's own;
# certificates have tests of their own.
VALUES = {
    "number": 1,
    "assignment": "leadership-structure",
    "version": 1,
    "video": "l1-welcome",
    "item": "profile",
    "path": "media/sample-a.en.vtt",
    "code": "7Q2MK4WD9XTE",
    "invite": "an-invite-nobody-made",
}
NEAR_THE_END = datetime(2026, 12, 26, 15, 0, tzinfo=UTC)  # every lesson is open
NOT_PAGES = {"static"}


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    method: str
    rule: str
    answers: tuple[int, ...]


def lines() -> list[Line]:
    words = [line.split() for line in TABLE.splitlines() if line]
    return [Line(method, rule, tuple(map(int, answers))) for method, rule, *answers in words]


@pytest.fixture(scope="module")
def house(sqlite_template, tmp_path_factory) -> Iterator[SimpleNamespace]:
    """A cohort with a person of each kind, another with a learner, and their browsers."""
    folder = tmp_path_factory.mktemp("routes")
    shutil.copytree(sqlite_template.parent, folder, dirs_exist_ok=True)
    world = World(make_app(f"sqlite:///{folder / sqlite_template.name}", folder), NEAR_THE_END)
    cohort, other = world.cohort("routes"), world.cohort("elsewhere")
    learner = world.learner(cohort)
    people = [None, learner, world.learner(other), world.coach(cohort), world.team(cohort)]
    browsers = dict(zip(WHO, map(world.browser, people), strict=True))
    values = {"cohort": "routes", "enrollment": learner.id} | VALUES | work_of(browsers["learner"])
    yield SimpleNamespace(app=world.app, browsers=browsers, values=values)
    world.app.extensions["stop_waking"]()


def work_of(learner: Browser) -> dict[str, int]:
    """The learner hands in a worksheet with a file, begins again, and types into two windows at once."""
    url = f"/c/routes/work/{VALUES['assignment']}"
    filled = filled_in(learner.get(url))
    data = filled.post(action="submit")
    for name, accept in filled.uploads:
        data.add(name, (io.BytesIO(PNG), "map.png") if ".png" in accept else (io.BytesIO(PDF), "map.pdf"))
    assert learner.post(url, data).status_code == 303
    text = next(name for name, value in as_drawn(learner.get(url)).data.items() if "Wörter" in value)
    here, there = as_drawn(learner.get(url)), as_drawn(learner.get(url))
    learner.post(url, here.post(**{"action": "save", text: "typed here"}))
    assert learner.post(url, there.post(**{"action": "save", text: "typed there"})).status_code == 409
    page = page_of(learner.get(url))
    return {
        "upload_id": last_number(page, "/files/"),
        "copy_id": last_number(page, "/copies/"),
    }


def last_number(page, part: str) -> int:
    return int(page.xpath(f"//a[contains(@href, '{part}')]/@href")[0].rsplit("/", 1)[1])


def test_every_address_is_in_the_table_and_every_line_has_its_address(house):
    there = {
        (method, rule.rule)
        for rule in house.app.url_map.iter_rules()
        if rule.endpoint not in NOT_PAGES
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    listed = {(line.method, line.rule) for line in lines()}
    assert sorted(there - listed) == [], "missing in the table"
    assert sorted(listed - there) == [], "no such address"


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.method} {line.rule}")
def test_each_gets_what_the_table_says(house, line):
    rules = house.app.url_map
    endpoint = next(
        r.endpoint for r in rules.iter_rules() if r.rule == line.rule and line.method in r.methods
    )
    wanted = {name: house.values[name] for name in re.findall(r"<(?:\w+:)?(\w+)>", line.rule)}
    url = rules.bind("localhost").build(endpoint, wanted, method=line.method)
    got = {}
    for who, browser in house.browsers.items():
        answer = browser.get(url) if line.method == "GET" else browser.post(url, data={})
        got[who] = answer.status_code
    assert got == dict(zip(WHO, line.answers, strict=True)), url
