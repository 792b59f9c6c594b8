"""One running product and one browser for all journeys."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

from lti.demo_platform import DemoPlatform
from lti.demo_platform.serving import serve_in_thread
from tests.builders.world import World, make_app
from tests.journeys.browsing import FLAGS, Visitor
from tests.journeys.serving import Site, demo, free_ports
from tests.journeys.two_sites import LMS_HOSTS, PORTAL, Browse, Chromiums, Serve, Sites
from tests.lti.conftest import make_school

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """`portal demo`, running."""
    with demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


@pytest.fixture(scope="session")
def chromium_type() -> Iterator[BrowserType]:
    """What begins a Chromium: Debian's, at `CHROMIUM`."""
    if not CHROMIUM.exists():
        pytest.fail("Chromium is not installed; `make setup-tests` installs it.", pytrace=False)
    with sync_playwright() as playwright:
        yield playwright.chromium


@pytest.fixture(scope="session")
def chromium(chromium_type: BrowserType) -> Iterator[Browser]:
    """Debian's Chromium."""
    browser = chromium_type.launch(executable_path=str(CHROMIUM), args=FLAGS)
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


@pytest.fixture(scope="session")
def chromiums(chromium_type: BrowserType, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromiums]:
    """Browsers whose frames keep little, begun when one is first asked for."""
    running = Chromiums(chromium_type, CHROMIUM, tmp_path_factory.mktemp("chromiums"))
    yield running
    running.close()


@pytest.fixture
def serve(sqlite_url: str, tmp_path: Path) -> Iterator[Serve]:
    """`serve(storage_target)`: the two sites, the LMS keeping data for tools there ("": nowhere)."""
    with contextlib.ExitStack() as running:

        def start(storage_target: str = "") -> Sites:
            port, lms_port = free_ports(2)
            portal, lms_url = f"http://{PORTAL}:{port}", f"http://{LMS_HOSTS[0]}:{lms_port}"
            app = make_app(sqlite_url, tmp_path, base_url=portal)
            running.callback(app.extensions["stop_waking"])
            lms = DemoPlatform(portal, base_url=lms_url, storage_target=storage_target)
            school = make_school(World(app), lms)
            school.connected()
            running.enter_context(serve_in_thread(app, "127.0.0.1", port))
            running.enter_context(serve_in_thread(lms.app, "127.0.0.1", lms_port))
            return Sites(school, portal, lms_url)

        yield start


@pytest.fixture
def browse(chromiums: Chromiums) -> Iterator[Browse]:
    """`browse(cookies)`: a browser whose frames keep `partitioned` cookies alone, or `none` of the portal."""

    def start(cookies: str, *, script: bool = True, language: str = "en-US") -> Page:
        return chromiums.page(cookies, script=script, language=language)

    yield start
    chromiums.tidy()
