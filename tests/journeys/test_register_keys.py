"""The register in a real browser: one key a learner, finding as one types, undo; and without scripts."""

import threading
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys"),
    pytest.mark.allow_hosts(["127.0.0.1"]),
]

URL = "/c/fall/calls/1/attendance"
NAMES = ("Ana Abel", "Ben Baker", "Cem Çelik", "Dee Diaz")


@pytest.fixture
def open_register(sqlite_world, chromium):
    """`open_register(scripts=…)`: the register of four learners before a coach, in Chromium."""
    world = sqlite_world
    world.at(datetime(2026, 10, 8, 17, 30, tzinfo=UTC))
    fall = world.cohort("fall")
    for name in NAMES:
        world.learner(fall, name=name)
    coach = world.browser(world.coach(fall))
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    cookie = coach.client.get_cookie(world.app.config["SESSION_COOKIE_NAME"])
    base = f"http://127.0.0.1:{server.port}"
    contexts = []

    def open_page(*, scripts=True):
        context = chromium.new_context(java_script_enabled=scripts)
        contexts.append(context)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": base}])
        page = context.new_page()
        page.goto(base + URL)
        return page

    yield open_page
    for context in contexts:
        context.close()
    server.shutdown()
    thread.join()
    server.server_close()


def states(page):
    return [row.locator("td").nth(1).inner_text() for row in page.locator("#rows tr").all()]


def test_one_key_a_learner_then_undo_and_finding_by_name(open_register):
    page = open_register()
    page.locator("#rows tr").first.get_by_role("checkbox").focus()

    for key in ("p", "l", "a", "x"):
        page.keyboard.press(key)
    expect(page.locator("#rest")).to_have_text("Everyone has a mark")
    assert states(page) == ["Present", "Late", "Absent", "Excused"]

    page.keyboard.press("z")
    expect(page.locator("#rest")).to_contain_text("Mark the remaining 1 present")
    assert states(page) == ["Present", "Late", "Absent", "No mark"]

    page.keyboard.press("/")
    page.keyboard.type("celik")
    expect(page.locator("#rows tr:visible")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("e")
    expect(page.locator("#strip")).to_contain_text("Left early 1")


def test_a_click_marks_keeps_the_focus_and_is_named_by_learner_and_mark(open_register):
    page = open_register()
    button = page.get_by_role("button", name="Ben Baker Late", exact=True)

    button.click()

    expect(page.locator("#strip")).to_contain_text("Late 1")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()


def test_several_at_once_and_enter_on_a_tick_box_marks_nobody(open_register):
    page = open_register()
    page.get_by_role("checkbox", name="Ana Abel").check()
    page.get_by_role("checkbox", name="Dee Diaz").check()
    expect(page.locator("#ticked")).to_have_text("2 ticked:")
    page.keyboard.press("Enter")
    expect(page.locator("#ticked")).to_have_text("1 ticked:")
    page.keyboard.press("Enter")

    page.locator("#s-excused").click()

    expect(page.locator("#strip")).to_contain_text("Excused 2")
    assert states(page) == ["Excused", "No mark", "No mark", "Excused"]
    expect(page.locator("#ticked")).to_have_text("Ticked learners:")


def test_it_works_without_scripts(open_register):
    page = open_register(scripts=False)

    page.locator("#rows tr").nth(1).get_by_role("button", name="Left early").click()
    assert states(page) == ["No mark", "Left early", "No mark", "No mark"]
    page.get_by_role("button", name="Undo").click()
    assert states(page) == ["No mark"] * 4
    page.get_by_role("checkbox", name="Ana Abel").check()
    page.get_by_role("checkbox", name="Cem Çelik").check()
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Say which mark to give")
    assert states(page) == ["No mark"] * 4
    page.get_by_role("checkbox", name="Ana Abel").check()
    page.get_by_role("checkbox", name="Cem Çelik").check()
    page.locator("#s-absent").click()
    assert states(page) == ["Absent", "No mark", "Absent", "No mark"]
    page.get_by_role("button", name="Mark the remaining 2 present").click()
    assert states(page) == ["Absent", "Present", "Absent", "Present"]
