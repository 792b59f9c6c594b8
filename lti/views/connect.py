"""/lti/connect: the first instructor from an LMS course says which cohort it opens."""

from flask import redirect, render_template, request, url_for
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lti.models import Context
from lti.pages.connect import NEW, AskedPage, ConnectForm, ConnectPage, connect_page, mistake_of
from lti.services.connect import Choices, choices_of, choose_cohort, open_new
from lti.views.blueprint import bp
from lti.views.launch import CHOOSE_KEY, CONNECT_KEY
from portal.core.clock import course_now, real_now
from portal.core.db import reading, transaction
from portal.core.errors import Invalid, NotFound
from portal.courses.access import person_id
from portal.courses.models import Cohort
from portal.identity.models import Platform


@bp.get("/lti/connect")
def show_choices() -> ResponseReturnValue:
    """What is offered. With `course` and `starts`: the dates that follow, before anything is chosen."""
    with reading() as session:
        choices = choices_of(session, _context_row(), person_id())
        page = _page(session, choices, ConnectForm.parse(request.args))
    return render_template("lti/connect.html", page=page)


@bp.post("/lti/connect")
def connect_course() -> ResponseReturnValue:
    """Connect to what was chosen."""
    form, who, row = ConnectForm.parse(request.form), person_id(), _context_row()
    mistakes = form.mistakes()
    if not mistakes:
        try:
            with transaction() as session:
                opened = _chosen(session, form, row, who)
                title = session.get_one(Context, row).title or "your LMS course"
        except Invalid as refused:
            mistakes = mistake_of(refused)
        else:
            return _answer(opened, title)
    with reading() as session:
        page = _page(session, choices_of(session, row, who), form, mistakes)
    return render_template("lti/connect.html", page=page), 422


def _chosen(session: Session, form: ConnectForm, row: int, who: int) -> tuple[Cohort, bool]:
    """The cohort, and whether it is connected now (else its course team was asked)."""
    if form.cohort != NEW:
        return choose_cohort(session, row, who, form.cohort, at=real_now(), course_time=course_now())
    starts = form.starts_on()
    assert starts is not None  # the form's own check
    cohort = open_new(
        session,
        row,
        who,
        course=form.course,
        name=form.name,
        starts=starts,
        at=real_now(),
        course_time=course_now(),
    )
    return cohort, True


def _answer(opened: tuple[Cohort, bool], title: str) -> ResponseReturnValue:
    cohort, connected = opened
    if connected:
        browser_session.pop(CONNECT_KEY, None)
        code = browser_session.pop(CHOOSE_KEY, None)
        return redirect(url_for("lti.choose", request=code) if code else f"/c/{cohort.slug}/", 303)
    code = browser_session.get(CHOOSE_KEY)
    goes_on = url_for("lti.choose", request=code) if code else None
    return render_template("lti/asked.html", page=AskedPage(title, cohort.name, goes_on))


def _page(
    session: Session, choices: Choices, form: ConnectForm, mistakes: tuple[tuple[str, str], ...] = ()
) -> ConnectPage:
    platform = session.get_one(Platform, choices.context.registration_id)
    return connect_page(session, choices, platform.name, form, course_now(), mistakes)


def _context_row() -> int:
    person_id()  # signed out is said first
    row = browser_session.get(CONNECT_KEY)
    if not isinstance(row, int):
        raise NotFound("Open this page from your LMS course.")
    return row
