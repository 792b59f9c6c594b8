"""Row 12: how many statements a page sends, with few learners and with many."""

from collections.abc import Iterator

from bench.measure import Row
from bench.place import cohort_of, counted, sqlite_world
from tests.builders.world import Browser, World

FEW, MANY = 5, 500
LEARNERS = {
    "home": "/",
    "lesson": "/lessons/1",
    "worksheet": "/work/asset-map",
    "call": "/calls/1",
    "my record": "/record",
    "evaluation": "/evaluation",
    "CE": "/ce",
}
FACULTY = {
    "all calls": "/attendance",
    "register of a call": "/calls/1/attendance",
    "participants": "/participants",
}


def rows() -> Iterator[Row]:
    with sqlite_world() as world:
        few, many = (sent_by_page(world, count) for count in (FEW, MANY))
    for page, statements in few.items():
        yield Row(
            number="12",
            what=f"statements of {page}, {MANY} learners",
            floor=f"the same with {FEW} learners",
            ratio=many[page] / statements,
            bound="<= 1",
            met=many[page] == statements,
            others={"statements": many[page]},
        )


def sent_by_page(world: World, learners: int) -> dict[str, int]:
    """Statements of each page, of a learner and of faculty, once all that is kept in memory is there."""
    cohort = cohort_of(world, learners - 1)
    learner, coach = world.browser(world.learner(cohort)), world.browser(world.coach(cohort))
    coach.post(f"/c/{cohort.slug}/calls/1/attendance", data={"rest": "present"})
    world.drain()
    return {
        page: statements(world, browser, f"/c/{cohort.slug}{path}")
        for browser, pages in ((learner, LEARNERS), (coach, FACULTY))
        for page, path in pages.items()
    }


def statements(world: World, browser: Browser, url: str) -> int:
    browser.get(url)
    with counted(world) as sent:
        answer = browser.get(url)
    assert answer.status_code == 200, f"{url}: {answer.status_code}"
    return len(sent)
