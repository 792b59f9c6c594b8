"""/lti/connect: the first instructor from an LMS course says which cohort it opens."""

from contextlib import suppress

from flask import redirect, render_template, request, url_for
from flask import session as browser_session
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from lti.pages.connect import NEW, AskedPage, ConnectForm, ConnectPage, connect_page, mistake_of
from lti.services.choices import Choices, asked_of, choices_of, opened_for
from lti.services.connect import choose_cohort, open_new
from lti.services.deep_linking import choosing_of
from lti.views.blueprint import bp
from lti.views.launch import CHOOSE_KEY, CONNECT_KEY
from portal.core.clock import course_now, real_now
from portal.core.db import reading, transaction
from portal.core.errors import Invalid, NotFound, Refused
from portal.core.languages import N_, _
from portal.courses.access import person_id
from portal.courses.models import Cohort
from portal.identity.models import Platform


@bp.get("/lti/connect")
def show_choices() -> ResponseReturnValue:
    """What is offered. With `course` and `starts`: the dates that follow, before anything is chosen.

    Once it is done, this leads to what was connected, as a second click does.
    """
    row, who = _context_row(), person_id()
    with reading() as session:
        if (opened := opened_for(session, row, who)) is not None:
            return _goes_on(session, opened, who)
        if "asked" in request.args and (asked := asked_of(session, row)) is not None:
            return _asked(*asked)
        page = _page(session, choices_of(session, row, who), ConnectForm.parse(request.args))
    return render_template("lti/connect.html", page=page)


@bp.post("/lti/connect")
def connect_course() -> ResponseReturnValue:
    """Connect to what was chosen."""
    form, who, row = ConnectForm.parse(request.form), person_id(), _context_row()
    mistakes = form.mistakes()
    if not mistakes:
        try:
            with transaction() as session:
                cohort, connected = _chosen(session, form, row, who)
                if connected:
                    return _goes_on(session, cohort, who)
        except Invalid as refused:
            mistakes = mistake_of(refused)
        else:
            return redirect(url_for(".show_choices", asked=1), 303)
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


def _goes_on(session: Session, cohort: Cohort, who: int) -> ResponseReturnValue:
    """To the pages to place, where a dialog of the LMS waits for them; else to the cohort."""
    code = browser_session.get(CHOOSE_KEY)
    if code is not None:
        with suppress(NotFound, Refused):  # over since, or no longer theirs
            choosing_of(session, code, who, at=real_now())
            return redirect(url_for("lti.choose", request=code), 303)
    return redirect(f"/c/{cohort.slug}/", 303)


def _asked(title: str | None, cohort_name: str) -> ResponseReturnValue:
    code = browser_session.get(CHOOSE_KEY)
    goes_on = url_for("lti.choose", request=code) if code else None
    page = AskedPage(title or _("Your LMS course"), cohort_name, goes_on)
    return render_template("lti/asked.html", page=page)


def _page(
    session: Session, choices: Choices, form: ConnectForm, mistakes: tuple[tuple[str, str], ...] = ()
) -> ConnectPage:
    platform = session.get_one(Platform, choices.context.registration_id)
    return connect_page(session, choices, platform.name, form, course_now(), mistakes)


def _context_row() -> int:
    person_id()  # signed out is said first
    row = browser_session.get(CONNECT_KEY)
    if not isinstance(row, int):
        raise NotFound(N_("Open this page from your LMS course."))
    return row
