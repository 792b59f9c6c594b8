"""Files handed in: looked at by content, kept whole or not at all, had by their owner and staff alone."""

import gc
import io
import zipfile
from datetime import UTC, datetime

import pytest
from werkzeug.test import EnvironBuilder

from portal.assignments.models import Upload
from portal.core.db import reading
from tests.web.filling import PDF, PNG, as_drawn, page_of

URL = "/c/fall/work/leadership-structure"


@pytest.fixture
def fall(world):
    world.at(datetime(2026, 12, 26, 15, 0, tzinfo=UTC))
    return world.cohort("fall")


@pytest.fixture
def browser(world, fall):
    return world.browser(world.learner(fall, name="Nadia Rahman"))


def text(answer):
    return " ".join(page_of(answer).text_content().split())


def send(browser, content, name, *, to="today", action="save", **more):
    data = as_drawn(browser.get(URL)).post(action=action, **more)
    data.add(to, (io.BytesIO(content), name))
    return browser.post(URL, data)


def kept(world):
    """Uploads in the database, and files in the store."""
    with world.app.app_context(), reading() as session:
        rows = session.query(Upload).all()
        assert all(world.store().exists(row.storage_key) for row in rows)
        return rows


def stored_files(world):
    fs, root = world.store()._fs, f"{world.store()._root}/uploads"
    return fs.find(root) if fs.exists(root) else []


def office(*names, mimetype=None):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as container:
        if mimetype:
            container.writestr("mimetype", mimetype)
        for name in names:
            container.writestr(name, "<x/>")
    return made.getvalue()


def test_a_picture_is_kept_with_the_draft_and_shown_inline_in_a_sandbox(world, browser):
    answer = send(browser, PNG, "ward map.png", **{"today-alternative": "A star with one centre"})
    page = browser.get(URL)
    (link,) = page_of(page).xpath("//div[@id='f-today-all']//a")
    file = browser.get(link.get("href"))

    assert answer.status_code == 303
    assert link.text_content() == "ward map.png"
    assert file.data == PNG
    assert file.mimetype == "image/png"
    assert file.headers["Content-Disposition"].startswith("inline")
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_a_pdf_is_always_saved_and_never_opened_in_place(browser):
    send(browser, PDF, "Struktur „heute“.pdf")
    file = browser.get(page_of(browser.get(URL)).xpath("//div[@id='f-today-all']//a/@href")[0])

    assert file.headers["Content-Disposition"].startswith("attachment")
    assert "filename*=UTF-8''Struktur%20%E2%80%9Eheute%E2%80%9C.pdf" in file.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("content", "name", "status", "said"),
    [
        (
            b"MZ\x90\x00" + bytes(200),
            "map.png",
            415,
            "“map.png” is not of a kind taken here: PNG, JPG or PDF",
        ),
        (b"<html><script>alert(1)</script>", "map.pdf", 415, "plain text (txt) by its content"),
        (b"GIF89a" + bytes(50), "map.jpg", 415, "is not of a kind taken here"),
        (office("word/document.xml", "[Content_Types].xml"), "map.pdf", 415, "Word (docx) by its content"),
        (b"", "empty.png", 415, "“empty.png” is empty"),
        (PNG + bytes(25 * 1024 * 1024), "large.png", 413, "“large.png” is 25 MB; files may be up to 25 MB"),
    ],
    ids=["a program", "a web page", "a gif", "another document", "empty", "too big"],
)
def test_a_file_that_is_not_taken_is_named_and_nothing_of_it_is_kept(
    world, browser, content, name, status, said
):
    answer = send(browser, content, name, action="submit", reflection="Typed beside it")

    assert answer.status_code == status
    assert said in text(answer)
    assert kept(world) == []
    assert stored_files(world) == []
    assert as_drawn(browser.get(URL)).data["reflection"] == "Typed beside it"
    answer.request.environ["wsgi.input"].close()  # the test client leaves it to the next test's warnings


def test_five_files_are_taken_with_one_submission_and_the_sixth_is_not(world, browser):
    data = as_drawn(browser.get(URL)).post(action="save")
    for number in range(6):
        data.add("today" if number < 3 else "snowflake", (io.BytesIO(PNG + bytes([number])), f"{number}.png"))

    answer = browser.post(URL, data)

    assert answer.status_code == 422
    assert "“5.png” was not kept: at most 5 files" in text(answer)
    assert len(kept(world)) == len(stored_files(world)) == 5


def test_the_same_file_sent_twice_is_kept_once(world, browser):
    send(browser, PNG, "map.png")
    send(browser, PNG, "map.png")
    assert len(kept(world)) == len(stored_files(world)) == 1


def test_a_file_is_taken_off_the_draft_and_can_be_given_again(world, browser):
    send(browser, PNG, "map.png")
    (button,) = page_of(browser.get(URL)).xpath("//button[starts-with(@value, 'remove-file')]/@value")

    browser.post(URL, as_drawn(browser.get(URL)).post(action=button))
    assert page_of(browser.get(URL)).xpath("//div[@id='f-today-all']//a") == []

    send(browser, PNG, "map.png")
    assert len(page_of(browser.get(URL)).xpath("//div[@id='f-today-all']//a")) == 1


def test_a_picture_without_its_words_is_asked_for_them(browser):
    send(browser, PNG, "map.png", to="today")
    answer = send(browser, PDF, "flake.pdf", to="snowflake", action="submit", reflection="Time")

    assert answer.status_code == 422
    assert "Say in words what “A diagram of your leadership structure as it is” shows" in text(answer)
    assert len(page_of(answer).xpath("//div[@class='drop']//a")) == 2  # the files stay


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the parser's half a file
def test_a_form_whose_token_was_cut_off_with_it_is_told_so_too(world, browser):
    answer = browser.client.post(
        URL, data=b"--x\r\nContent-Disposition: form-da", content_type="multipart/form-data; boundary=x"
    )

    assert answer.status_code == 400
    assert "cut off on its way" in text(answer)


# Werkzeug leaves the temporary file of a part that was cut off to the garbage collector.
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning", "ignore:Unclosed file:ResourceWarning"
)
@pytest.mark.parametrize("cut", ["body", "length"])
def test_an_upload_that_is_cut_off_leaves_nothing(world, browser, cut):
    data = as_drawn(browser.get(URL)).post(action="submit", csrf_token=browser.token)
    data.add("today", (io.BytesIO(PNG * 3000), "map.png"))
    builder = EnvironBuilder(method="POST", path=URL, data=data)
    environ = builder.get_environ()
    with environ["wsgi.input"] as source:
        whole = source.read()
    environ["wsgi.input"] = io.BytesIO(whole[: len(whole) // 2])
    if cut == "body":
        environ["CONTENT_LENGTH"] = str(len(whole) // 2)

    environ["HTTP_X_CSRFTOKEN"] = browser.token

    answer = browser.client.open(environ)

    assert answer.status_code == 400
    assert "cut off" in text(answer)
    assert kept(world) == []
    assert stored_files(world) == []
    gc.collect()  # here, where its warning is expected, and not in a later test


def test_after_closing_no_file_is_kept(world, browser):
    data = as_drawn(browser.get(URL)).post(action="submit", reflection="mine")
    data.add("today", (io.BytesIO(PNG), "map.png"))
    world.at(datetime(2027, 1, 20, 15, 0, tzinfo=UTC))

    answer = browser.post(URL, data)

    assert answer.status_code == 409
    assert "mine" in text(answer)
    assert stored_files(world) == []


def test_a_stranger_cannot_leave_a_file(world, fall):
    stranger = world.browser(world.learner(world.cohort("spring")))
    answer = stranger.post(URL, {"action": "save", "today": (io.BytesIO(PNG), "map.png")})

    assert answer.status_code == 404
    assert stored_files(world) == []


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999999"])
def test_a_file_that_never_was_is_not_there(browser, number):
    assert browser.get(f"{URL}/files/{number}").status_code == 404
    assert browser.get(f"{URL}/versions/{number}").status_code == 404
    assert browser.get(f"{URL}/copies/{number}").status_code == 404
