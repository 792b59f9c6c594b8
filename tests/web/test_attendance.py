"""Marking a call: one learner, several, the rest; nobody of another cohort; for five as for five hundred."""

import csv
import io
from datetime import UTC, datetime

import lxml.html
import pytest

URL = "/c/fall/calls/1/attendance"
AFTER_CALL_1 = datetime(2026, 10, 8, 17, 30, tzinfo=UTC)


@pytest.fixture
def fall(world):
    world.at(AFTER_CALL_1)
    return world.cohort("fall")


def rows_of(answer):
    """The register's rows by learner's name: (enrollment field, pressed words, state, source)."""
    page = lxml.html.fromstring(answer.get_data(as_text=True))
    found = {}
    for row in page.xpath("//tr"):
        field = row.xpath(".//input[@name='enrollment']")
        if field:
            pressed = [button.text for button in row.xpath(".//button[@aria-pressed='true']")]
            state, source = (cell.text_content() for cell in row.xpath("td")[1:])
            found[row.xpath("th")[0].text_content().strip()] = (field[0].get("value"), pressed, state, source)
    return found


def states(answer):
    return {name: state for name, (_, _, state, _) in rows_of(answer).items()}


def counts_of(answer):
    page = lxml.html.fromstring(answer.get_data(as_text=True))
    return {
        " ".join(link.text_content().split()[:-1]): int(link.xpath("span")[0].text)
        for link in page.xpath("//*[@id='strip']//a")
    }


def test_one_press_marks_one_learner_and_the_register_says_by_whom(world, fall):
    ana, ben = world.learner(fall, name="Ana Beatriz dos Santos"), world.learner(fall, name="Ben Okri")
    browser = world.browser(world.coach(fall))

    answer = browser.post(URL, {"mark": f"{ana.id}-late"})
    page = browser.get(URL)

    assert answer.status_code == 303
    assert rows_of(page)["Ana Beatriz dos Santos"] == (str(ana.id), ["Late"], "Late", "You, 1:30 PM")
    assert rows_of(page)["Ben Okri"] == (str(ben.id), [], "No mark", "")
    assert counts_of(page) == {
        "All": 2, "Present": 0, "Late": 1, "Left early": 0, "Absent": 0, "Excused": 0, "No mark": 1,
    }  # fmt: skip


@pytest.mark.parametrize("status", ["present", "late", "left_early", "absent", "excused"])
def test_each_mark_can_be_given_by_the_fields_of_the_contract(sqlite_world, status):
    sqlite_world.at(AFTER_CALL_1)
    fall = sqlite_world.cohort("fall")
    learner = sqlite_world.learner(fall)
    browser = sqlite_world.browser(sqlite_world.coach(fall))

    browser.post(URL, {"enrollment": learner.id, "status": status})

    assert [pressed for _, pressed, _, _ in rows_of(browser.get(URL)).values()] == [
        [status.replace("_", " ").capitalize()]
    ]


def test_several_at_once_and_the_rest_in_one_more_press(world, fall):
    learners = world.learners(fall, 5)
    browser = world.browser(world.coach(fall))

    browser.post(URL, {"enrollment": [learners[0].id, learners[1].id], "status": "absent"})
    page = browser.get(URL)
    assert "Mark the remaining 3 present" in page.get_data(as_text=True)
    browser.post(URL, {"rest": "present"})
    page = browser.get(URL)

    assert counts_of(page)["Absent"] == 2
    assert counts_of(page)["Present"] == 3
    assert "Everyone has a mark" in page.get_data(as_text=True)


def test_an_empty_status_takes_the_mark_back_and_history_stays(world, fall):
    learner = world.learner(fall, name="Ana")
    browser = world.browser(world.coach(fall))
    browser.post(URL, {"enrollment": learner.id, "status": "late"})

    browser.post(URL, {"enrollment": learner.id, "status": ""})

    assert states(browser.get(URL)) == {"Ana": "No mark"}
    assert history(world) == ["late", None]


def history(world):
    from sqlalchemy import select

    from portal.attendance.models import AttendanceRecord
    from portal.core.db import reading

    with world.app.app_context(), reading() as session:
        return list(session.scalars(select(AttendanceRecord.status).order_by(AttendanceRecord.id)))


def test_a_double_click_has_one_effect(world, fall):
    learner = world.learner(fall)
    browser = world.browser(world.coach(fall))

    for _ in range(2):
        browser.post(URL, {"mark": f"{learner.id}-present"})

    assert history(world) == ["present"]


def test_another_cohorts_learner_is_not_found_and_nothing_is_marked(world, fall):
    spring = world.cohort("spring")
    ours, theirs = world.learner(fall, name="Ours"), world.learner(spring)
    browser = world.browser(world.coach(fall))

    answer = browser.post(URL, {"enrollment": [ours.id, theirs.id], "status": "late"})

    assert answer.status_code == 404
    assert states(browser.get(URL)) == {"Ours": "No mark"}


def test_who_left_test_students_and_staff_are_not_on_the_register(world, fall):
    world.learner(fall, name="Here")
    gone = world.learner(fall, name="Gone", withdrawn=True)
    tester = world.learner(fall, name="Test Student", is_test=True)
    coach = world.coach(fall)
    browser = world.browser(coach)

    assert set(states(browser.get(URL))) == {"Here"}
    for absent in (gone, tester, coach):
        assert browser.post(URL, {"enrollment": absent.id, "status": "present"}).status_code == 404
    browser.post(URL, {"rest": "present"})
    assert history(world) == ["present"]


@pytest.mark.parametrize("path", ["/c/fall/attendance", URL, f"{URL}.csv", "/c/fall/calls/1/edit"])
def test_a_learner_may_not_see_it_and_another_cohorts_staff_do_not_find_it(world, fall, path):
    learner, stranger = world.learner(fall), world.coach(world.cohort("spring"))

    assert world.browser(learner).get(path).status_code == 403
    assert world.browser(stranger).get(path).status_code == 404
    assert world.browser().get(path).status_code == 401


def test_a_learner_cannot_mark_anybody(world, fall):
    learner = world.learner(fall)

    assert world.browser(learner).post(URL, {"mark": f"{learner.id}-present"}).status_code == 403
    assert history(world) == []


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        pytest.param({"status": "present"}, "Nobody was chosen", id="nobody ticked"),
        pytest.param({"enrollment": "1", "status": "asleep"}, "There is no such mark", id="unknown mark"),
        pytest.param({"enrollment": "1"}, "Say which mark", id="no mark"),
        pytest.param({"enrollment": "one", "status": "late"}, "not known here", id="not a number"),
        pytest.param({"mark": "-late"}, "not known here", id="half a button"),
        pytest.param({"enrollment": "9" * 40, "status": "late"}, "not known here", id="too long a number"),
    ],
)
def test_a_form_that_makes_no_sense_is_answered_with_a_sentence(world, fall, sent, sentence):
    world.learner(fall, name="Ana")
    browser = world.browser(world.coach(fall))

    plain, quick = browser.post(URL, sent), browser.post(URL, sent, htmx=True)

    assert (plain.status_code, quick.status_code) == (422, 422)
    assert sentence in plain.get_data(as_text=True)
    assert "Ana" in plain.get_data(as_text=True), "the register is shown again"
    assert sentence in quick.get_data(as_text=True)


def test_a_learner_far_beyond_any_is_not_found(world, fall):
    browser = world.browser(world.coach(fall))

    assert browser.post(URL, {"enrollment": 10**17, "status": "late"}).status_code == 404


def test_htmx_gets_the_changed_row_and_out_of_band_the_counts_and_the_way_back(world, fall):
    ana = world.learner(fall, name="Ana")
    world.learner(fall, name="Ben")
    browser = world.browser(world.coach(fall))

    answer = browser.post(URL, {"mark": f"{ana.id}-absent"}, htmx=True)
    text = answer.get_data(as_text=True)

    assert answer.status_code == 200
    assert states(answer) == {"Ana": "Absent"}
    assert counts_of(answer)["Absent"] == 1
    assert f"<tr id=r{ana.id} hx-swap-oob=true>" in text
    assert "Mark the remaining 1 present" in text
    assert "Ana: absent." in text
    assert "Undo" in text
    assert "<html" not in text


def test_the_row_sent_alone_is_the_same_markup_as_in_the_page(world, fall):
    ana = world.learner(fall, name="Ana")
    browser = world.browser(world.coach(fall))

    answer = browser.post(URL, {"mark": f"{ana.id}-absent"}, htmx=True).get_data(as_text=True)
    page = browser.get(URL).get_data(as_text=True)

    row = next(line for line in answer.splitlines() if f"id=r{ana.id}" in line).replace(
        " hx-swap-oob=true", ""
    )
    assert row.removeprefix("<template>") in page.splitlines()


def test_undo_gives_each_learner_back_what_they_had(world, fall):
    ana, ben = world.learner(fall, name="Ana"), world.learner(fall, name="Ben")
    browser = world.browser(world.coach(fall))
    browser.post(URL, {"mark": f"{ana.id}-excused"})
    done = browser.post(URL, {"enrollment": [ana.id, ben.id], "status": "present"})
    page = lxml.html.fromstring(browser.get(done.headers["Location"]).get_data(as_text=True))
    form = page.xpath("//*[@id='done']//form")[0]

    answer = browser.post(form.get("action"), dict(form.form_values()))

    assert answer.status_code == 303
    assert states(browser.get(URL)) == {"Ana": "Excused", "Ben": "No mark"}
    assert browser.post(form.get("action"), dict(form.form_values())).status_code == 409, "only once"


def test_undo_leaves_alone_what_was_marked_again_since(world, fall):
    ana = world.learner(fall, name="Ana")
    browser = world.browser(world.coach(fall))
    done = browser.post(URL, {"mark": f"{ana.id}-absent"})
    page = lxml.html.fromstring(browser.get(done.headers["Location"]).get_data(as_text=True))
    form = page.xpath("//*[@id='done']//form")[0]
    browser.post(URL, {"mark": f"{ana.id}-late"})

    assert browser.post(form.get("action"), dict(form.form_values())).status_code == 409
    assert states(browser.get(URL)) == {"Ana": "Late"}


def test_finding_by_name_forgives_case_and_accents_and_counts_stay_those_of_everyone(world, fall):
    world.learner(fall, name="Þórdís Björnsdóttir")
    world.learner(fall, name="Kwame Boateng")
    browser = world.browser(world.coach(fall))

    page = browser.get(f"{URL}?q=bjornsd")

    assert set(states(page)) == {"Þórdís Björnsdóttir"}
    assert counts_of(page)["All"] == 2
    assert "Nobody like that" in browser.get(f"{URL}?q=xyz").get_data(as_text=True)


def test_only_those_with_one_mark_can_be_shown(world, fall):
    ana, _ = world.learner(fall, name="Ana"), world.learner(fall, name="Ben")
    browser = world.browser(world.coach(fall))
    browser.post(URL, {"mark": f"{ana.id}-absent"})

    assert set(states(browser.get(f"{URL}?show=absent"))) == {"Ana"}
    assert set(states(browser.get(f"{URL}?show=none"))) == {"Ben"}
    assert set(states(browser.get(f"{URL}?show=nonsense"))) == {"Ana", "Ben"}


def test_the_register_is_by_family_name_and_shows_names_in_one_piece(world, fall):
    for name in ("Zoe Abel", "Ana Çelik", "Bo Chan"):
        world.learner(fall, name=name)
    browser = world.browser(world.coach(fall))

    assert list(states(browser.get(URL))) == ["Zoe Abel", "Ana Çelik", "Bo Chan"]


def test_a_name_with_markup_is_only_a_name(world, fall):
    world.learner(fall, name="<b>Bobby</b> & Co")
    page = world.browser(world.coach(fall)).get(URL)

    assert set(states(page)) == {"<b>Bobby</b> & Co"}


def test_500_learners_take_the_statements_of_5_and_less_than_250_kb(world, fall, queries):
    world.learners(fall, 5)
    browser = world.browser(world.coach(fall))
    browser.post(URL, {"rest": "present"})
    browser.get(URL)
    with queries() as of_few:
        browser.get(URL)
    world.learners(fall, 495)
    browser.post(URL, {"rest": "late"})

    with queries(at_most=8) as of_many:
        page = browser.get(URL)

    assert len(of_many.statements) == len(of_few.statements)
    assert page.data.count(b"name=enrollment") == 500
    assert len(page.data) < 250_000, f"{len(page.data)} bytes"
    assert page.get_data(as_text=True).count("csrf_token") == 1


def test_marking_500_takes_the_statements_of_marking_5(world, fall, queries):
    learners = world.learners(fall, 500)
    browser = world.browser(world.coach(fall))
    browser.get(URL)
    with queries() as of_few:
        browser.post(URL, {"enrollment": [one.id for one in learners[:5]], "status": "absent"}, htmx=True)
    with queries() as of_many:
        answer = browser.post(
            URL, {"enrollment": [one.id for one in learners], "status": "present"}, htmx=True
        )

    assert answer.status_code == 200
    assert len(of_many.statements) == len(of_few.statements)
    assert counts_of(answer)["Present"] == 500
    assert len(rows_of(answer)) == 500


def test_the_overview_takes_the_same_statements_for_many(world, fall, queries):
    world.learners(fall, 5)
    browser = world.browser(world.coach(fall))
    browser.post(URL, {"rest": "present"})
    with queries() as of_few:
        assert "5 of 5" in browser.get("/c/fall/attendance").get_data(as_text=True)
    world.learners(fall, 95)
    browser.post(URL, {"rest": "present"})
    with queries() as of_many:
        assert "100 of 100" in browser.get("/c/fall/attendance").get_data(as_text=True)

    assert len(of_many.statements) == len(of_few.statements)


def test_the_table_opens_cleanly_in_a_spreadsheet(world, fall):
    ana = world.learner(fall, name="=HYPERLINK(1) Álvarez", email="ana@example.org")
    browser = world.browser(world.coach(fall, name="Marisol Vega"))
    browser.post(URL, {"mark": f"{ana.id}-late"})

    answer = browser.get(f"{URL}.csv")
    head, row = csv.reader(io.StringIO(answer.data.decode("utf-8-sig")))

    assert answer.data.startswith("\ufeff".encode())
    assert answer.mimetype == "text/csv"
    assert dict(zip(head, row, strict=True)) == {
        "enrollment": str(ana.id), "name": "'=HYPERLINK(1) Álvarez", "email": "ana@example.org", "call": "1",
        "status": "late", "source": "faculty", "marked_at": row[6], "marked_by": "Marisol Vega",
    }  # fmt: skip
    assert row[6].startswith("2026-10-08T13:30:")
    assert row[6].endswith("-04:00")


def test_a_call_that_is_not_there_is_not_found(world, fall):
    browser = world.browser(world.coach(fall))

    assert browser.get("/c/fall/calls/9/attendance").status_code == 404


def test_a_mark_counts_for_completion_once_the_outbox_has_run(world, fall):
    from portal.completion.policy import RequirementKind
    from portal.completion.queries import progress_of_cohort
    from portal.core.db import reading

    learner = world.learner(fall)
    browser = world.browser(world.coach(fall))
    browser.post(URL, {"mark": f"{learner.id}-left_early"})

    assert world.drain() >= 1
    with world.app.app_context(), reading() as session:
        lines = {line.kind: line.done for line in progress_of_cohort(session, fall)[learner.id].requirements}
    assert lines[RequirementKind.CALLS] == 1


def test_who_marked_what_stands_in_the_audit_trail(world, fall):
    from sqlalchemy import select

    from portal.audit.models import AuditEntry
    from portal.core.db import reading

    learner, coach = world.learner(fall), world.coach(fall)
    world.browser(coach).post(URL, {"mark": f"{learner.id}-late"})

    with world.app.app_context(), reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action.like("attendance%"))).one()
    assert (entry.action, entry.by_id, entry.about_id) == ("attendance_marked", coach.person_id, learner.id)
    assert entry.after == {"call": 1, "status": "late", "enrollments": [learner.id]}
