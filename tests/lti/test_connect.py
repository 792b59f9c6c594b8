"""Which cohort an LMS course opens: by command, or by its first instructor from what was offered."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from lti.cli import lti as commands
from lti.models import Context, Offer
from lti.services import register, wishes
from lti.services.connect import connect
from portal.audit.models import AuditEntry
from portal.core.clock import real_now
from portal.core.db import reading, transaction
from portal.courses.models import Cohort, Role, TeamMember
from tests.builders.world import Browser
from tests.lti.processes import AT_ONCE, at_once


def offered(school, **what) -> None:
    with school.world.app.app_context(), transaction() as session:
        register.offer(session, school.registration_id, at=real_now(), **what)


def opens(school) -> str | None:
    """What the LMS course "2" opens."""
    with school.world.app.app_context(), reading() as session:
        return session.scalar(
            select(Cohort.slug).join(Context, Context.cohort_id == Cohort.id).where(Context.context_id == "2")
        )


def instructor(school, who: str = "tina") -> Browser:
    client = school.browser()
    answer = school.launch(who, "home", browser=client)
    assert answer.location == "/lti/connect"
    return Browser(client)


def test_the_first_instructor_chooses_an_offered_cohort(strangers):
    cohort = strangers.world.cohort("fall-2026", name="Fall 2026")
    offered(strangers, cohort="fall-2026")
    browser = instructor(strangers)
    page = browser.get("/lti/connect").get_data(as_text=True)
    assert "Fall 2026" in page
    assert "Connects at once" in page

    answer = browser.post("/lti/connect", {"cohort": "fall-2026"})

    assert (answer.status_code, answer.location) == (303, f"/c/{cohort.slug}/")
    assert opens(strangers) == "fall-2026"
    assert strangers.enrollment(strangers.lms.person("tina")["sub"]).role is Role.FACULTY
    assert strangers.launch("sam", "home").location == "/c/fall-2026/"


def test_or_opens_a_new_one_and_is_its_course_team(strangers):
    strangers.world.cohort("fall-2026")
    offered(strangers, course="leadership-and-organizing")
    browser = instructor(strangers)

    answer = browser.post(
        "/lti/connect",
        {
            "cohort": "new",
            "course": "leadership-and-organizing",
            "name": "Spring 2027",
            "starts": "2027-01-21",
        },
    )

    assert answer.location == "/c/spring-2027/"
    with strangers.world.app.app_context(), reading() as session:
        assert session.scalar(
            select(TeamMember.id)
            .join(Cohort, Cohort.id == TeamMember.cohort_id)
            .where(Cohort.slug == "spring-2027")
        )
    assert opens(strangers) == "spring-2027"


def test_the_dates_are_shown_before_anything_is_chosen(strangers):
    strangers.world.cohort("fall-2026")
    offered(strangers, course="leadership-and-organizing")
    page = (
        instructor(strangers)
        .get("/lti/connect?cohort=new&course=leadership-and-organizing&starts=2027-01-21")
        .get_data(as_text=True)
    )

    assert "Thursday, January 21" in page
    assert "Access ends" in page


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Choose what the links of your course open."),
        ({"cohort": "no-such"}, "not offered to your LMS"),
        (
            {"cohort": "new", "course": "leadership-and-organizing", "name": "", "starts": "2027-01-21"},
            "Give the cohort a name",
        ),
        (
            {"cohort": "new", "course": "leadership-and-organizing", "name": "X", "starts": "soon"},
            "Give the first day",
        ),
        (
            {"cohort": "new", "course": "leadership-and-organizing", "name": "X", "starts": "0001-01-01"},
            "Give the first day",
        ),
        (
            {"cohort": "new", "course": "another", "name": "X", "starts": "2027-01-21"},
            "not offered to your LMS",
        ),
    ],
)
def test_mistakes_are_said_and_nothing_is_connected(strangers, form, sentence):
    strangers.world.cohort("fall-2026")
    offered(strangers, course="leadership-and-organizing")
    offered(strangers, cohort="fall-2026")

    answer = instructor(strangers).post("/lti/connect", form)

    assert answer.status_code == 422
    assert sentence in answer.get_data(as_text=True)
    assert opens(strangers) is None


def test_one_offer_one_connection(strangers):
    strangers.world.cohort("fall-2026")
    offered(strangers, course="leadership-and-organizing")
    new = {"cohort": "new", "course": "leadership-and-organizing", "name": "One", "starts": "2027-01-21"}
    instructor(strangers).post("/lti/connect", new)
    elsewhere = strangers.browser()
    answer = strangers.launch("tina", "home", browser=elsewhere, claims={"lti:context": {"id": "copied"}})

    assert answer.location == "/lti/connect"
    assert "Nothing is offered" in Browser(elsewhere).get("/lti/connect").get_data(as_text=True)
    assert Browser(elsewhere).post("/lti/connect", new | {"name": "Two"}).status_code == 422


def test_a_cohort_with_people_asks_its_course_team(strangers):
    cohort = strangers.world.cohort("fall-2026")
    strangers.world.learner(cohort)
    team = strangers.world.team(cohort)
    offered(strangers, cohort="fall-2026")

    browser = instructor(strangers)

    answer = browser.post("/lti/connect", {"cohort": "fall-2026"})

    assert answer.status_code == 303  # so that a reload asks nobody again
    assert "The course team has been asked" in browser.get(answer.location).get_data(as_text=True)
    assert "has been asked whether your course may open it" in browser.get("/lti/connect").get_data(
        as_text=True
    )
    assert opens(strangers) is None
    with strangers.world.app.app_context(), transaction() as session:
        wish = wishes.wishes_of(session, cohort.id)[0]
        wishes.answer_wish(
            session, session.get_one(Cohort, cohort.id), wish.id, yes=True, by=team.person_id,
            at=real_now(), course_time=strangers.world.now,
        )  # fmt: skip
    assert opens(strangers) == "fall-2026"
    with strangers.world.app.app_context(), reading() as session:
        assert session.scalar(select(Offer.used_at)) is not None


NEW = {"cohort": "new", "course": "leadership-and-organizing", "name": "Spring 2027", "starts": "2027-01-21"}
CHOSEN = {"cohort": "fall-2026"}


@pytest.mark.parametrize(("form", "where"), [(NEW, "/c/spring-2027/"), (CHOSEN, "/c/fall-2026/")])
def test_many_clicks_at_once_connect_once_and_all_lead_there(strangers, both, form, where):
    strangers.world.cohort("fall-2026")
    offered(strangers, **({"course": form["course"]} if "course" in form else {"cohort": form["cohort"]}))
    offered(strangers, course="leadership-and-organizing")  # what a second connection would take
    first = instructor(strangers)
    first.get("/lti/connect")
    kept, sent = first.client.get_cookie("lectern_session"), form | {"csrf_token": first.token}
    assert kept is not None
    cookie = kept.value

    def click(number: int) -> tuple[int, str | None]:
        client = both[number % 2].test_client()
        client.set_cookie("lectern_session", cookie)
        answer = client.post("/lti/connect", data=sent)
        return answer.status_code, answer.location

    assert at_once(click) == [(303, where)] * AT_ONCE
    assert opens(strangers) == where.split("/")[2]
    with strangers.world.app.app_context(), reading() as session:
        assert session.scalar(select(func.count(Offer.id)).where(Offer.used_at.is_not(None))) == 1
        made = session.scalars(select(Cohort.slug).where(Cohort.slug.startswith("spring"))).all()
    assert made == (["spring-2027"] if form is NEW else [])


def test_who_goes_back_to_the_form_is_led_to_what_they_connected(strangers):
    strangers.world.cohort("fall-2026")
    offered(strangers, cohort="fall-2026")
    browser = instructor(strangers)
    browser.post("/lti/connect", CHOSEN)

    for answer in (
        browser.post("/lti/connect", CHOSEN),
        browser.post("/lti/connect", NEW),
        browser.get("/lti/connect"),
    ):
        assert (answer.status_code, answer.location) == (303, "/c/fall-2026/")


def test_who_asked_twice_asked_once(strangers):
    cohort = strangers.world.cohort("fall-2026")
    strangers.world.learner(cohort)
    offered(strangers, cohort="fall-2026")
    browser = instructor(strangers)

    for _ in range(2):
        told = browser.get(browser.post("/lti/connect", CHOSEN).location)
        assert "The course team has been asked" in told.get_data(as_text=True)
    with strangers.world.app.app_context(), reading() as session:
        asked = select(func.count(AuditEntry.id)).where(AuditEntry.action == "lms_course_asks")
        assert session.scalar(asked) == 1


def test_a_colleague_who_comes_second_is_told_that_it_is_done(strangers):
    strangers.world.cohort("fall-2026")
    strangers.lms.set_role("sam", "teacher")
    offered(strangers, cohort="fall-2026")
    first, second = instructor(strangers), instructor(strangers, "sam")
    first.post("/lti/connect", CHOSEN)

    answer = second.post("/lti/connect", CHOSEN)
    assert answer.status_code == 409
    assert "This LMS course is connected already. Open it again from your LMS." in answer.get_data(
        as_text=True
    )
    assert strangers.launch("sam", "home", browser=second.client).location == "/c/fall-2026/"


def test_a_dialogs_second_click_goes_on_choosing(strangers):
    strangers.world.cohort("fall-2026")
    offered(strangers, cohort="fall-2026")
    client = strangers.browser()
    assert strangers.choose("tina", browser=client).location == "/lti/connect"
    browser = Browser(client)

    places = [browser.post("/lti/connect", CHOSEN).location for _ in range(2)]
    assert places[0].startswith("/lti/deep-linking?request=")
    assert places[1] == places[0]


@pytest.mark.parametrize("who", ["nora", "sam", "olga"])
def test_only_instructors_and_administrators_choose(strangers, who):
    strangers.world.cohort("fall-2026")
    offered(strangers, cohort="fall-2026")
    client = strangers.browser()
    answer = strangers.launch(
        who, "home", browser=client,
        **({"claims": {"lti:roles": [
            "http://purl.imsglobal.org/vocab/lis/v2/membership#Instructor",
            "http://purl.imsglobal.org/vocab/lis/v2/membership/Instructor#TeachingAssistant",
        ]}} if who == "nora" else {}),
    )  # fmt: skip

    assert answer.status_code == 200
    assert client.get("/lti/connect").status_code == 401


def test_the_choice_belongs_to_who_launched(strangers):
    cohort = strangers.world.cohort("fall-2026")
    offered(strangers, cohort="fall-2026")
    instructor(strangers)

    stranger = strangers.world.browser(strangers.world.coach(cohort))
    assert stranger.get("/lti/connect").status_code == 404


def test_an_instructor_who_became_a_learner_meanwhile_may_not_choose(strangers):
    strangers.world.cohort("fall-2026")
    offered(strangers, cohort="fall-2026")
    browser = instructor(strangers)
    with strangers.world.app.app_context(), transaction() as session:
        from lti.models import ContextMember

        session.scalars(select(ContextMember)).one().role = "learner"

    assert browser.post("/lti/connect", {"cohort": "fall-2026"}).status_code == 403


def test_without_the_token_of_the_form_nothing_is_connected(strangers):
    strangers.world.cohort("fall-2026")
    offered(strangers, cohort="fall-2026")
    browser = instructor(strangers)

    assert browser.client.post("/lti/connect", data={"cohort": "fall-2026"}).status_code == 400
    assert opens(strangers) is None


def run(world, *arguments: str):
    with world.app.app_context():
        return CliRunner().invoke(commands, list(arguments))


REGISTER = (
    "register", "--issuer", "https://canvas.instructure.com", "--client-id", "104870000000000213",
    "--auth-login-url", "https://sso.canvaslms.com/api/lti/authorize_redirect",
    "--auth-token-url", "https://sso.canvaslms.com/login/oauth2/token",
    "--jwks-url", "https://sso.canvaslms.com/api/lti/security/jwks",
)  # fmt: skip


def test_the_commands_register_offer_connect_and_list(sqlite_world):
    sqlite_world.cohort("fall-2026")
    sqlite_world.cohort("spring-2027")
    first = run(sqlite_world, *REGISTER, "--deployment-id", "1:a", "--name", "North Valley", "--json")
    again = run(sqlite_world, *REGISTER, "--deployment-id", "2:b", "--json")
    id_ = json.loads(first.stdout)["registration_id"]
    assert json.loads(again.stdout)["registration_id"] == id_

    offer = run(sqlite_world, "offer", "--registration", str(id_), "--cohort", "spring-2027")
    connected = run(
        sqlite_world,
        "connect",
        "--registration",
        str(id_),
        "--context-id",
        "c-1",
        "--cohort",
        "fall-2026",
        "--json",
    )
    listed = json.loads(run(sqlite_world, "list", "--json").stdout)

    assert (offer.exit_code, connected.exit_code) == (0, 0)
    [one] = [found for found in listed if found["registration_id"] == id_]
    assert one["deployments"] == ["1:a", "2:b"]
    assert one["contexts"] == [{"context_id": "c-1", "title": None, "cohort": "fall-2026"}]
    assert one["offers"][0]["cohort"] == "spring-2027"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((*REGISTER, "--deployment-id", "1", "--jwks-url", "https://evil.example/keys"), 1),
        ((*REGISTER, "--deployment-id", ""), 1),
        ((*REGISTER,), 2),
        (("offer", "--registration", "1", "--cohort", "a", "--course", "b"), 2),
        (("offer", "--registration", "1"), 2),
        (("offer", "--registration", "99", "--cohort", "fall-2026"), 1),
        (("connect", "--registration", "1", "--context-id", "x", "--cohort", "no-such"), 1),
        (("connect", "--registration", "99", "--context-id", "x", "--cohort", "fall-2026"), 1),
    ],
)
def test_commands_that_are_refused_say_why_and_leave_nothing(sqlite_world, arguments, code):
    sqlite_world.cohort("fall-2026")
    run(sqlite_world, *REGISTER, "--deployment-id", "1")
    before = run(sqlite_world, "list", "--json").stdout

    answer = run(sqlite_world, *arguments)

    assert answer.exit_code == code
    assert len(answer.stderr.strip().splitlines()) == 1 or code == 2
    assert answer.stdout == "" or code == 2
    assert run(sqlite_world, "list", "--json").stdout == before


@pytest.mark.parametrize(
    "url", ["http://lms.example/keys", "https://127.0.0.1/keys", "https://localhost/keys", "x"]
)
def test_private_platforms_are_refused_unless_the_operator_says_otherwise(sqlite_url, tmp_path, url):
    from tests.builders.world import make_app

    app = make_app(sqlite_url, tmp_path, allow_loopback_platforms=False)
    with app.app_context():
        answer = CliRunner().invoke(commands, [*REGISTER, "--deployment-id", "1", "--jwks-url", url])
    app.extensions["stop_waking"]()

    assert answer.exit_code == 1


def test_a_connection_stays_once_learners_have_come(school):
    other = school.world.cohort("other")
    school.launch("sam", "home")

    answer = run(
        school.world,
        "connect",
        "--registration",
        str(school.registration_id),
        "--context-id",
        "2",
        "--cohort",
        other.slug,
    )

    assert answer.exit_code == 1
    assert "learners have come" in answer.stderr
    assert opens(school) == school.cohort.slug


def test_of_another_lms_nothing_is_told_but_that_it_is_there(strangers):
    """Neither what its course is called nor how many are in it (issue of whose people a registration speaks)."""
    cohort = strangers.world.cohort("fall-2026")
    for _ in range(3):
        strangers.world.learner(cohort)
    offered(strangers, cohort="fall-2026")
    with strangers.world.app.app_context(), transaction() as session:
        theirs = register.PlatformForm(
            "https://lms.other.example", "9", *(f"https://lms.other.example/{part}" for part in "abc")
        )
        other = register.register(session, theirs, "1", allow_private=False, at=real_now())
        connect(session, other.platform_id, "theirs", "fall-2026", at=real_now())
        session.scalars(select(Context).where(Context.context_id == "theirs")).one().title = "Secret course"

    page = instructor(strangers).get("/lti/connect").get_data(as_text=True)

    assert "open to another LMS already. Its course team is asked first." in page
    assert "Secret course" not in page
    assert "3 people" not in page


def test_a_name_that_is_too_long_is_said_and_not_cut(strangers):
    offered(strangers, course="leadership-and-organizing")
    strangers.world.cohort("fall-2026")
    browser = instructor(strangers)

    answer = browser.post("/lti/connect", NEW | {"name": "n" * 61})

    assert answer.status_code == 422
    assert "at most 60 characters" in answer.get_data(as_text=True)
    assert "n" * 61 in answer.get_data(as_text=True)
