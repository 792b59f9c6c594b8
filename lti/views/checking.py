"""POST /c/<cohort>/platform/check: the course team tries their LMS's services."""

from flask import redirect, render_template, request
from flask.typing import ResponseReturnValue

from lti.checking import check
from lti.pages.platform import platform_page
from lti.runtime import runtime
from lti.services import health, keys
from lti.services.wishes import courses_of
from lti.views.blueprint import bp
from portal.core.clock import course_now, real_now
from portal.core.db import transaction
from portal.core.errors import Invalid
from portal.core.htmx import wants_fragment
from portal.courses.access import team_of


@bp.post("/c/<cohort>/platform/check")
def check_platform(cohort: str) -> ResponseReturnValue:
    """Try the services of one platform that opens this cohort; the page says what was found."""
    doors = runtime()
    with transaction() as session:
        member = team_of(session, cohort)
        said = request.form.get("registration", "")
        ours = {str(context.registration_id) for context in courses_of(session, member.cohort_id)}
        if said not in ours:
            raise Invalid("Say which LMS of this cohort you mean.")
        subject = health.subject_of(session, int(said), member.cohort_id)
        signer = keys.signer(session, doors.seal, at=real_now(), may_write=True)
    found = check(doors, subject, signer)  # no transaction is open while the LMS is asked
    with transaction() as session:
        for one in found:
            health.keep(session, int(said), one.service, one.works, one.words, at=real_now())
        page = platform_page(session, team_of(session, cohort), course_now(), real_now())
    if wants_fragment():
        return render_template("lti/_platform.html", page=page)
    return redirect(page.post_url, 303)
