"""My record, as a page and as a document."""

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from portal.assignments.queries import versions_of
from portal.certificates.queries import certificates_of
from portal.completion.queries import verdict_of
from portal.core.clock import course_now
from portal.core.db import reading
from portal.courses.access import learner_of, member_of
from portal.credit.queries import ce_state_of
from portal.learning.pages.record import record_page
from portal.learning.pages.record_side import certificate_side
from portal.learning.queries import seen_by
from portal.learning.record_json import record_document

bp = Blueprint("record", __name__)


@bp.get("/c/<cohort>/record")
def show(cohort: str) -> ResponseReturnValue:
    """The four requirements with what is missing in each, and the form that asks for the certificate."""
    with reading() as session:
        member = member_of(session, cohort)
        now = course_now()
        seen = seen_by(session, member, member.reader, at=now)
        page = record_page(seen, versions_of(session, member.id))
        side = certificate_side(session, member, seen, at=now)
    return render_template("learning/record.html", page=page, side=side)


@bp.get("/c/<cohort>/record.json")
def document(cohort: str) -> ResponseReturnValue:
    """One's own record, complete."""
    with reading() as session:
        member = learner_of(session, cohort)
        now = course_now()
        seen = seen_by(session, member, member.reader, at=now)
        said = record_document(
            seen,
            member,
            versions_of(session, member.id),
            completed_at=verdict_of(session, member.enrollment, member.content).completed_at,
            ce=ce_state_of(session, member.enrollment, seen.schedule, now),
            certificates=certificates_of(session, member.id),
        )
    return jsonify(said)
