"""One running product and one browser for all journeys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.browsing import FLAGS, Visitor
from tests.journeys.serving import Site, demo

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`portal demo`, running."""
    with demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    if not CHROMIUM.exists():
        pytest.fail("Chromium is not installed; `make setup-tests` installs it.", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item):
    report = yield
    if report.when == "call":
        item.stash[FAILED] = report.failed
    return report


FAILED = pytest.StashKey[bool]()


@pytest.fixture
def visitor(chromium: Browser, site: Site, request: pytest.FixtureRequest, tmp_path: Path):
    """`visitor()`: somebody at a browser of their own. Of a test that fails, each one's page is kept.

    `at`: another site than the session's; the rest goes to Playwright's new_context.
    """
    here: list[Visitor] = []

    def arrive(at: Site = site, **options: object) -> Visitor:
        here.append(Visitor(chromium, at, **options))
        return here[-1]

    yield arrive
    if request.node.stash.get(FAILED, True):
        for number, one in enumerate(here):
            one.keep(tmp_path / f"visitor-{number}")
    for one in here:
        one.leave()
