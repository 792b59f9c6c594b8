"""/c/<cohort>/platform: the course team's page about their LMS."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti.pages.platform import platform_page
from lti.services.stuck import try_again
from lti.services.wishes import answer_wish
from lti.views.blueprint import bp
from portal.core.clock import course_now, real_now
from portal.core.db import reading, transaction
from portal.core.errors import Invalid
from portal.core.htmx import wants_fragment
from portal.courses.access import team_of


@bp.get("/c/<cohort>/platform")
def show_platform(cohort: str) -> ResponseReturnValue:
    """Courses that ask, scores that are stuck, the connection."""
    with reading() as session:
        page = platform_page(session, team_of(session, cohort), course_now(), real_now())
    return render_template("lti/platform.html", page=page)


@bp.post("/c/<cohort>/platform")
def change_platform(cohort: str) -> ResponseReturnValue:
    """`connect` or `decline`: an LMS course that asks. `retry`: a stuck score, or `all`."""
    with transaction() as session:
        member = team_of(session, cohort)
        if chosen := request.form.get("retry", ""):
            try_again(session, member.cohort_id, chosen, at=real_now())
        else:
            yes = "connect" in request.form
            row = request.form.get("connect" if yes else "decline", "")
            if not row.isdecimal() or len(row) > 9:
                raise Invalid("Say which LMS course you mean.")
            answer_wish(
                session,
                member.enrollment.cohort,
                int(row),
                yes=yes,
                by=member.person.id,
                at=real_now(),
                course_time=course_now(),
            )
        page = platform_page(session, member, course_now(), real_now())
    if wants_fragment():
        return render_template("lti/_platform.html", page=page)
    return redirect(page.post_url, 303)
