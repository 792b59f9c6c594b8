"""OIDC Login with Client Side postMessages 0.1, postMessage Storage 0.1: a frame whose cookies do not live.

What the scripts do in a browser is in tests/journeys/test_frames.py; here is what the server makes of it.
"""

import pytest
from lxml import html

from tests.lti.framed import FRAMED, OWN_PAGE, TAB, began, fields_of, later, launched, let_in


def test_the_login_page_gives_the_platform_a_secret_to_keep(sqlite_school):
    page = began(sqlite_school, sqlite_school.browser())
    said = html.fromstring(page.get_data(as_text=True)).xpath("//*[@data-storage='keep']")[0].attrib

    assert (said["data-target"], said["data-origin"]) == ("_parent", "https://lms.example")
    assert len(said["data-value"]) >= 43  # 256 bits, base64url
    assert said["data-key"].startswith("lectern-")
    # It is not what travels in the form, nor what lies in the cookie.
    location = page_link(page)
    assert location.startswith("https://lms.example/lti/auth?")
    assert said["data-value"] not in location
    assert said["data-value"] not in page.headers["Set-Cookie"]


def test_it_goes_on_by_itself_without_script(sqlite_school):
    page = began(sqlite_school, sqlite_school.browser())

    refresh = html.fromstring(page.get_data(as_text=True)).xpath(
        "//noscript/meta[@http-equiv='refresh']/@content"
    )
    assert refresh == [f"0; url={page_link(page)}"]


def test_only_the_registered_address_is_asked_whatever_the_login_says(sqlite_school):
    target = 'https://evil.example"><script>'
    page = began(sqlite_school, sqlite_school.browser(), lti_storage_target=target)
    text = page.get_data(as_text=True)

    assert '"><script>' not in text
    assert html.fromstring(text).xpath("//@data-origin") == ["https://lms.example"]


@pytest.mark.parametrize(
    "target", ["x" * 256, "a\x00b", ["_parent", "_parent"]], ids=["long", "NUL", "twice"]
)
def test_a_storage_target_that_is_none(sqlite_school, target):
    assert began(sqlite_school, sqlite_school.browser(), lti_storage_target=target).status_code == 400


def test_where_a_cookie_of_ours_came_along_none_is_asked(sqlite_school):
    browser = sqlite_school.browser()
    began(sqlite_school, browser)

    assert began(sqlite_school, browser).status_code == 303


def test_programs_have_no_page_to_ask(sqlite_school):
    asked = sqlite_school.lms.initiation("sam", "home") | {"lti_storage_target": "_parent"}

    assert sqlite_school.browser().post("/lti/login", data=asked).status_code == 303


def test_silence_at_login_begins_again_without_storage(sqlite_school):
    browser = sqlite_school.browser()
    again = fields_of(began(sqlite_school, browser), "otherwise")

    assert "lti_storage_target" not in again.data
    # The cookie of the first try came back: it goes on by cookie.
    assert browser.post(again.url, data=again.data, headers=FRAMED).status_code == 303


def test_what_the_platform_kept_lets_in(school):
    launch = launched(school, storage=True)
    asked = launch.post()
    assert asked.status_code == 200
    assert school.kept()["person"] == 0

    answer = launch.post(lti_storage_value=launch.value, headers=OWN_PAGE)

    assert answer.status_code == 200
    assert launch.browser.get_cookie("lectern_session") is not None
    assert html.fromstring(answer.get_data(as_text=True)).xpath("//@data-next") == [
        f"/c/{school.cohort.slug}/"
    ]
    assert launch.browser.get(f"/c/{school.cohort.slug}/record").status_code == 200


def test_it_lets_in_once(school):
    launch = launched(school, storage=True)
    launch.post(lti_storage_value=launch.value, headers=OWN_PAGE)
    launch.browser.delete_cookie("lectern_session")

    again = launch.post(lti_storage_value=launch.value, headers=OWN_PAGE)

    assert again.status_code == 403
    assert launch.browser.get_cookie("lectern_session") is None
    assert school.refused() == {"state": 1}


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(lambda launch: "", id="silence"),
        pytest.param(lambda launch: "invented", id="an invented one"),
        pytest.param(lambda launch: launch.fields["state"], id="the state itself"),
        pytest.param(lambda launch: launched(launch.school, storage=True).value, id="of another login"),
        pytest.param(lambda launch: launch.value.upper(), id="in capitals"),
    ],
)
def test_any_other_value_lets_nobody_in(sqlite_school, value):
    launch = launched(sqlite_school, storage=True)

    answer = launch.post(lti_storage_value=value(launch), headers=OWN_PAGE | FRAMED)

    assert answer.status_code == 403
    assert launch.browser.get_cookie("lectern_session") is None
    assert sqlite_school.kept()["person"] == 0
    assert sqlite_school.refused() == {"browser": 1}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Origin": "https://evil.example"}, id="another site"),
        pytest.param({"Origin": "null"}, id="a page that hides itself"),
        pytest.param({}, id="no page at all"),
        pytest.param({"Origin": "https://lms.example"}, id="the platform"),
        pytest.param(OWN_PAGE | {"Sec-Fetch-Site": "cross-site"}, id="a doubtful one"),
    ],
)
def test_the_value_counts_from_our_own_page_alone(sqlite_school, headers):
    # Whoever began the login knows it, and could make another browser post it.
    launch = launched(sqlite_school, storage=True)

    answer = launch.post(lti_storage_value=launch.value, headers=headers)

    assert answer.status_code == 403
    assert launch.browser.get_cookie("lectern_session") is None
    assert sqlite_school.kept()["person"] == 0


def test_a_token_that_does_not_hold_is_refused_before_anything_is_asked(sqlite_school):
    launch = launched(sqlite_school, storage=True, claims={"aud": "somebody-else"})

    assert launch.post().status_code == 403
    assert sqlite_school.refused() == {"audience": 1}


def test_where_the_cookie_came_nothing_is_asked(sqlite_school):
    launch = launched(sqlite_school, storage=True, keep_cookies=True)

    assert launch.post().status_code == 303


# No cookie and no storage: a tab of its own


def test_a_frame_without_cookies_is_found_out_by_trying(sqlite_school):
    asked = sqlite_school.lms.initiation("sam", "home")
    asked.pop("lti_deployment_id")  # nothing reads it
    browser = sqlite_school.browser()

    tried = browser.post("/lti/login", data=asked, headers=FRAMED)
    assert (tried.status_code, tried.location) == (307, "/lti/login?tried=1")
    assert browser.post(tried.location, data=asked, headers=FRAMED).status_code == 303  # it came back

    page = sqlite_school.browser().post(tried.location, data=asked, headers=FRAMED)
    form = fields_of(page)
    assert (page.status_code, form.target, form.data) == (200, "_blank", asked)
    # Nothing was begun, and nothing of the platform's used up: the same works in the tab.
    assert sqlite_school.kept()["lti_login_state"] == 1
    location = sqlite_school.browser().post(form.url, data=form.data).location
    assert location.startswith("https://lms.example/lti/auth?")


def test_a_login_by_link_is_tried_too(sqlite_school):
    asked = sqlite_school.lms.initiation("sam", "home")
    asked.pop("lti_deployment_id")  # nothing reads it
    browser = sqlite_school.browser()

    tried = browser.get("/lti/login", query_string=asked, headers=FRAMED)
    assert tried.status_code == 302
    assert browser.get(tried.location, headers=FRAMED).location.startswith("https://lms.example/lti/auth?")
    page = sqlite_school.browser().get(tried.location, headers=FRAMED)
    assert fields_of(page).data == asked


def test_the_page_that_began_may_frame_what_follows(sqlite_school):
    # A Canvas school's own host is in no registration.
    asked = sqlite_school.lms.initiation("sam", "home")
    sent = FRAMED | {"Origin": "https://school.example"}
    page = sqlite_school.browser().post("/lti/login?tried=1", data=asked, headers=sent)

    policy = page.headers["Content-Security-Policy"]
    assert "https://school.example" in policy
    assert "https://lms.example" in policy


def test_a_launch_nothing_vouches_for_lets_nobody_in(school):
    launch = launched(school)
    answer = launch.post(headers=FRAMED)

    assert answer.status_code == 403
    assert answer.headers["Cache-Control"] == "no-store"
    assert launch.browser.get_cookie("lectern_session") is None
    assert school.kept()["person"] == 0
    assert school.refused() == {"browser": 1}
    assert "You go on as" in answer.get_data(as_text=True)


def test_a_click_on_its_page_goes_on_in_a_tab_once(school):
    launch = launched(school)
    form = fields_of(launch.post(headers=FRAMED))
    assert form.target == "_blank"

    tab = school.browser()
    answer = tab.post(form.url, data=form.data, headers=OWN_PAGE)
    assert answer.location == f"/c/{school.cohort.slug}/"
    assert tab.get(f"/c/{school.cohort.slug}/record").status_code == 200

    let_in(school.browser().post(form.url, data=form.data, headers=OWN_PAGE), False)


def test_the_state_is_spent_in_the_frame(school):
    launch = launched(school, keep_cookies=True)
    cookies, launch.browser = launch.browser, school.browser()
    launch.post(headers=FRAMED)

    launch.browser = cookies
    assert launch.post().status_code == 403


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://lms.example", None])
def test_no_other_page_may_click(sqlite_school, origin):
    form = fields_of(launched(sqlite_school).post(headers=FRAMED))

    sent = {"Origin": origin} if origin else {}
    let_in(sqlite_school.browser().post(form.url, data=form.data, headers=sent), False)
    assert sqlite_school.kept()["person"] == 0


def test_a_click_waits_five_minutes_whatever_the_token_does(sqlite_school):
    # Moodle's tokens live a minute.
    import time

    form = fields_of(launched(sqlite_school, claims={"exp": time.time() + 60}).post(headers=FRAMED))
    late = fields_of(launched(sqlite_school).post(headers=FRAMED))

    later(sqlite_school, minutes=4)
    let_in(sqlite_school.browser().post(form.url, data=form.data, headers=OWN_PAGE), True)
    later(sqlite_school, minutes=6)
    let_in(sqlite_school.browser().post(late.url, data=late.data, headers=OWN_PAGE), False)


def test_the_token_of_another_login_does_not_fit_the_click(sqlite_school):
    form = fields_of(launched(sqlite_school).post(headers=FRAMED))
    other = launched(sqlite_school).fields["id_token"]

    let_in(
        sqlite_school.browser().post(form.url, data=form.data | {"id_token": other}, headers=OWN_PAGE), False
    )


def test_in_a_tab_a_missing_cookie_is_another_browser(sqlite_school):
    answer = launched(sqlite_school).post(headers=TAB)

    assert answer.status_code == 403
    assert "id_token" not in answer.get_data(as_text=True)
    assert sqlite_school.refused() == {"browser": 1}


def test_names_are_escaped_on_its_page(sqlite_school):
    answer = launched(sqlite_school, claims={"name": "<script>x</script>"}).post(headers=FRAMED)

    assert "<script>x" not in answer.get_data(as_text=True)


# The session of a frame goes on in a tab


def test_a_session_is_handed_over_once(school):
    frame, tab = signed_in(school), school.browser()
    token = frame.post("/lti/hand-over", {"path": "/c/x/record?a=1"}, headers=JSON).json["token"]

    answer = tab.post("/lti/hand-over/take", data={"token": token}, headers=OWN_PAGE)
    assert (answer.status_code, answer.location) == (303, "/c/x/record?a=1")
    record = tab.get(f"/c/{school.cohort.slug}/record")
    assert record.status_code == 200
    assert "https://lms.example" in record.headers["Content-Security-Policy"]

    again = school.browser()
    assert again.post("/lti/hand-over/take", data={"token": token}, headers=OWN_PAGE).status_code == 403
    assert again.get("/certificates").status_code == 401


def test_without_script_a_page_has_the_button(sqlite_school):
    form = fields_of(signed_in(sqlite_school).post("/lti/hand-over", {"path": "/certificates"}))

    assert form.target == "_blank"
    answer = sqlite_school.browser().post(form.url, data=form.data, headers=OWN_PAGE)
    assert answer.location == "/certificates"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "https://lms.example", None])
def test_no_other_page_may_take_a_session_over(sqlite_school, origin):
    # Signing somebody else's browser in as oneself is what an attacker wants.
    token = signed_in(sqlite_school).post("/lti/hand-over", {"path": "/"}, headers=JSON).json["token"]
    browser = sqlite_school.browser()

    answer = browser.post(
        "/lti/hand-over/take", data={"token": token}, headers={"Origin": origin} if origin else {}
    )

    assert answer.status_code == 403
    assert browser.get("/certificates").status_code == 401


def test_a_token_lives_for_seconds(sqlite_school):
    token = signed_in(sqlite_school).post("/lti/hand-over", {"path": "/"}, headers=JSON).json["token"]
    later(sqlite_school, minutes=1)

    answer = sqlite_school.browser().post("/lti/hand-over/take", data={"token": token}, headers=OWN_PAGE)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "javascript:x",
        "/a\r\nb",
        "",
        "x" * 3000,
    ],
)
def test_it_never_leads_elsewhere(sqlite_school, path):
    token = signed_in(sqlite_school).post("/lti/hand-over", {"path": path}, headers=JSON).json["token"]

    answer = sqlite_school.browser().post("/lti/hand-over/take", data={"token": token}, headers=OWN_PAGE)
    assert answer.location == "/"


def test_nobody_hands_over_what_is_not_theirs(sqlite_school):
    assert sqlite_school.browser().post("/lti/hand-over", data={"path": "/"}).status_code == 401


def test_a_framed_page_offers_its_own_tab_and_another_does_not(sqlite_school):
    browser = signed_in(sqlite_school)
    page = f"/c/{sqlite_school.cohort.slug}/record"

    assert "Open in its own tab" in browser.get(page, headers=FRAMED).get_data(as_text=True)
    assert "Open in its own tab" not in browser.get(page, headers=TAB).get_data(as_text=True)


JSON = {"Accept": "application/json"}


def signed_in(school):
    """Sam's browser, who came by a launch."""
    from tests.builders.world import Browser

    client = school.browser()
    school.launch("sam", "home", browser=client)
    return Browser(client)


def page_link(page) -> str:
    return str(html.fromstring(page.get_data(as_text=True)).xpath("//a[@id='go-on']/@href")[0])
