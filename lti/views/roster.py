"""/c/<cohort>/participants/sync: the LMS's list of people, fetched now."""

from datetime import timedelta

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti.messages import RosterDue
from lti.pages.roster import roster_page
from lti.runtime import runtime
from lti.services.rosters import accept_held, rosters_of
from lti.syncing import NotFetched, sync
from lti.views.blueprint import bp
from portal.core.clock import course_now, real_now
from portal.core.db import reading, transaction
from portal.core.errors import Conflict, Invalid
from portal.core.htmx import wants_fragment
from portal.courses.access import staff_of, team_of
from portal.outbox.services import post

_PATIENCE = timedelta(seconds=40)  # a person waits for the page, and a thread of ours with them


@bp.get("/c/<cohort>/participants/sync")
def show_roster(cohort: str) -> ResponseReturnValue:
    """When the list was fetched, what came of it, and what waits for a yes."""
    with reading() as session:
        page = roster_page(session, staff_of(session, cohort), real_now())
    return render_template("lti/roster.html", page=page)


@bp.post("/c/<cohort>/participants/sync")
def fetch_roster(cohort: str) -> ResponseReturnValue:
    """Fetch the lists now. `withdraw`, with our row of an LMS course: the course team's yes to one that waits."""
    if "withdraw" in request.form:
        _withdraw(cohort, request.form["withdraw"])
    else:
        _fetch(cohort)
    with reading() as session:
        page = roster_page(session, staff_of(session, cohort), real_now())
    if wants_fragment():
        return render_template("lti/_roster.html", page=page)
    return redirect(page.post_url, 303)


def _fetch(cohort: str) -> None:
    with reading() as session:
        member = staff_of(session, cohort)
        rows = [context.id for context, _ in rosters_of(session, member.cohort_id)]
        by = member.person.id
    if not rows:
        raise Conflict(
            "No LMS course of this cohort has said where its list of people is. It does when somebody opens one of "
            "its links, if its administrator allows Names and Role Provisioning for this tool."
        )
    for row in rows:
        try:
            sync(transaction, runtime(), row, whole=True, by=by, patience=_PATIENCE)
        except NotFetched as problem:  # why stands on the page
            if problem.is_slow:
                with transaction() as session:
                    post(session, RosterDue(row))


def _withdraw(cohort: str, said: str) -> None:
    with transaction() as session:
        member = team_of(session, cohort)
        if not said.isdecimal() or len(said) > 9:
            raise Invalid("Say which list you mean.")
        accept_held(
            session,
            member.enrollment.cohort,
            int(said),
            by=member.person.id,
            at=real_now(),
            course_time=course_now(),
        )
