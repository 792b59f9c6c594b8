"""Answers that hold for every address (CONTRACT, Answers)."""

import lxml.html
import pytest

from tests.reading import main_words, page_of

POSTS = [
    ("/c/{}/lessons/1/items/profile", {"done": "1"}),
    ("/c/{}/work/project-design", {"action": "submit", "problem": "Falls on our ward"}),
    ("/c/{}/videos/l1-welcome/progress", {"read": "1"}),
    ("/c/{}/calls/1/attendance", {"enrollment": "1", "status": "present"}),
    ("/c/{}/calls/1/edit", {"join_url": "https://example.org/"}),
    ("/c/{}/evaluation", {"action": "send"}),
    ("/c/{}/ce", {"action": "claim"}),
    ("/c/{}/certificates/completion", {"name": "Ada"}),
]


@pytest.mark.parametrize(("address", "form"), POSTS)
@pytest.mark.parametrize("htmx", [False, True])
def test_who_is_signed_out_is_told_so_whatever_they_send(world, address, form, htmx):
    out = world.app.test_client()
    headers = {"HX-Request": "true"} if htmx else {}
    answer = out.post(address.format(world.cohort().slug), data=form, headers=headers)
    assert answer.status_code == 401
    assert "You are signed out" in main_words(answer)
    assert answer.headers.get("HX-Retarget") == ("body" if htmx else None)


def test_signed_out_json_is_answered_as_a_problem(world):
    slug = world.cohort().slug
    answer = world.app.test_client().post(f"/c/{slug}/videos/l1-welcome/progress", json={"intervals": []})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_what_was_typed_is_shown_to_who_was_signed_out_meanwhile(world):
    slug = world.cohort().slug
    typed = "Falls on our ward <b>"
    answer = world.app.test_client().post(f"/c/{slug}/work/project-design", data={"problem": typed})
    (field,) = page_of(answer).xpath("//*[@name='problem']")
    assert field.get("value") == typed
    assert not page_of(answer).xpath("//main//form")


def test_an_expired_form_is_shown_again_with_what_was_typed_and_can_be_sent(world):
    cohort = world.cohort()
    browser = world.browser(world.learner(cohort))
    url = f"/c/{cohort.slug}/work/project-design"
    answer = browser.client.post(
        url, data={"action": "save", "problem": "Falls\non our ward", "csrf_token": "old"}
    )
    assert answer.status_code == 400
    (form,) = page_of(answer).xpath("//main//form")
    again = browser.client.post(
        form.get("action"), data=dict(lxml.html.fromstring(lxml.html.tostring(form)).form_values())
    )
    assert again.status_code == 303
    assert "Falls\non our ward" in browser.get(url).get_data(as_text=True).replace("\r\n", "\n")


def test_a_form_that_another_site_sent_is_not_offered_to_be_sent_again(world):
    cohort = world.cohort()
    answer = world.browser(world.learner(cohort)).client.post(
        f"/c/{cohort.slug}/work/project-design",
        data={"action": "submit", "problem": "made up"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )
    assert answer.status_code == 400
    assert "another site" in answer.get_data(as_text=True)
    assert "made up" not in answer.get_data(as_text=True)


def test_a_form_without_files_that_is_too_big_is_refused(world):
    cohort = world.cohort()
    browser = world.browser(world.learner(cohort))
    answer = browser.post(
        f"/c/{cohort.slug}/work/project-design", {"action": "save", "problem": "x" * 5_000_000}
    )
    assert answer.status_code == 413
