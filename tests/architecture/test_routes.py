"""Every address × who asks: one table. An address that is not in it fails, as does a line without an address.

Learner, coach and course team are of the cohort; "other cohort" is a learner of another one, signed in there.
What they send is an empty form: 303, 400, 409 and 422 all say "you may, but not so"; 401, 403 and 404 guard
the door.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.builders.world import World, make_app

pytestmark = pytest.mark.xdist_group("routes")

WHO = ("signed out", "learner", "other cohort", "coach", "course team")

#  method, address, then what each of WHO gets
OPEN = """
GET   /healthz                                               200  200  200  200  200
GET   /readyz                                                503  503  503  503  503
GET   /                                                      401  200  200  200  200
GET   /certificates                                          401  200  200  200  200
GET   /verify/<code>                                         404  404  404  404  404
GET   /verify/<code>.json                                    404  404  404  404  404
GET   /certificates/<code>.pdf                               401  404  404  404  404
"""
LTI = """
GET   /lti/login                                             400  400  400  400  400
POST  /lti/login                                             400  400  400  400  400
POST  /lti/launch                                            400  400  400  400  400
GET   /lti/jwks.json                                         200  200  200  200  200
"""
LEARNERS = """
GET   /c/<cohort>/                                           401  200  404  200  200
GET   /c/<cohort>/lessons/<int:number>                       401  200  404  200  200
POST  /c/<cohort>/lessons/<int:number>/items/<item>          401  422  404  403  403
GET   /c/<cohort>/work/<assignment>                          401  200  404  403  403
POST  /c/<cohort>/work/<assignment>                          401  422  404  403  403
POST  /c/<cohort>/videos/<video>/progress                    401  422  404  403  403
GET   /c/<cohort>/calls/<int:number>                         401  200  404  200  200
GET   /c/<cohort>/record                                     401  200  404  403  403
GET   /c/<cohort>/record.json                                401  200  404  403  403
GET   /c/<cohort>/evaluation                                 401  200  404  403  403
POST  /c/<cohort>/evaluation                                 401  422  404  403  403
GET   /c/<cohort>/ce                                         401  200  404  403  403
POST  /c/<cohort>/certificates/<kind>                        401  409  404  403  403
"""
FACULTY = """
GET   /c/<cohort>/attendance                                 401  403  404  200  200
GET   /c/<cohort>/calls/<int:number>/attendance              401  403  404  200  200
POST  /c/<cohort>/calls/<int:number>/attendance              401  403  404  422  422
GET   /c/<cohort>/calls/<int:number>/attendance.csv          401  403  404  200  200
POST  /c/<cohort>/calls/<int:number>/attendance/undo         401  403  404  422  422
GET   /c/<cohort>/calls/<int:number>/edit                    401  403  404  200  200
POST  /c/<cohort>/calls/<int:number>/edit                    401  403  404  303  303
GET   /c/<cohort>/participants                               401  403  404  200  200
"""
# What stands in an address's holes; all of it exists in the learner's cohort.
VALUES = {
    "number": 1,
    "assignment": "asset-map",
    "video": "l1-welcome",
    "item": "watch-1",
    "kind": "completion",
    "code": "7Q2MK4WD9XTE",
}
NOT_PAGES = {"static"}


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    method: str
    rule: str
    answers: tuple[int, ...]


def lines() -> list[Line]:
    words = [line.split() for line in (OPEN + LTI + LEARNERS + FACULTY).splitlines() if line]
    return [Line(method, rule, tuple(map(int, answers))) for method, rule, *answers in words]


@pytest.fixture(scope="module")
def house(sqlite_template, tmp_path_factory) -> Iterator[dict[str, object]]:
    """A cohort in mid-course with a person of each kind, another with a learner, and their browsers."""
    folder = tmp_path_factory.mktemp("routes")
    database = folder / "portal.db"
    database.write_bytes(sqlite_template.read_bytes())
    world = World(make_app(f"sqlite:///{database}", folder))
    cohort, other = world.cohort("routes"), world.cohort("elsewhere")
    people = [None, world.learner(cohort), world.learner(other), world.coach(cohort), world.team(cohort)]
    yield {"app": world.app} | dict(zip(WHO, map(world.browser, people), strict=True))
    world.app.extensions["stop_waking"]()


def test_every_address_is_in_the_table_and_every_line_has_its_address(house):
    there = {
        (method, rule.rule)
        for rule in house["app"].url_map.iter_rules()
        if rule.endpoint not in NOT_PAGES
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    listed = {(line.method, line.rule) for line in lines()}
    assert {"missing in the table": there - listed, "no such address": listed - there} == {
        "missing in the table": set(),
        "no such address": set(),
    }


@pytest.mark.parametrize("line", lines(), ids=lambda line: f"{line.method} {line.rule}")
def test_each_gets_what_the_table_says(house, line):
    routes = house["app"].url_map.bind("localhost")
    rule = next(
        r for r in house["app"].url_map.iter_rules() if r.rule == line.rule and line.method in r.methods
    )
    url = routes.build(rule.endpoint, {"cohort": "routes"} | VALUES, method=line.method)
    for who, expected in zip(WHO, line.answers, strict=True):
        browser = house[who]
        answer = browser.get(url) if line.method == "GET" else browser.post(url, data={})
        assert (who, answer.status_code) == (who, expected), answer.get_data(as_text=True)[:2000]
