"""Taking in whom an LMS course's list of people names. A constant number of statements for some hundred people."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from lti.models import Context, ContextMember
from lti.protocol.roles import ContextRole
from lti.protocol.roster import Listed
from lti.services.roll import AT_ONCE, is_let_in, mark
from lti.services.scores import post_due
from portal.core.upsert import insert_or_leave
from portal.courses.models import Enrollment, EnrollmentState, Role, TeamMember
from portal.courses.services import bring_back, enroll_many, give_role
from portal.identity.models import Person
from portal.identity.services import Said, people_for


def take_in(
    session: Session, context: Context, listed: Mapping[str, Listed], *, at: datetime, course_time: datetime
) -> int:
    """Everyone the list names as learner or staff is in the cohort. Returns how many came new or back."""
    wanted = [one for one in listed.values() if is_let_in(one)]
    others = [one for one in listed.values() if one.is_there and not is_let_in(one)]
    came = 0
    for start in range(0, len(wanted), AT_ONCE):
        came += _take_in(session, context, wanted[start : start + AT_ONCE], at, course_time)
    for start in range(0, len(others), AT_ONCE):
        _note_names(session, context, others[start : start + AT_ONCE], at)
    return came


def _note_names(session: Session, context: Context, people: Sequence[Listed], at: datetime) -> None:
    """Names of those who are known though the list gives them no role here; nobody is made."""
    known = set(
        session.scalars(
            select(Person.sub).where(
                Person.platform_id == context.registration_id, Person.sub.in_([one.sub for one in people])
            )
        )
    )
    people_for(
        session, context.registration_id, {one.sub: _said(one) for one in people if one.sub in known}, at=at
    )


def _said(one: Listed) -> Said:
    return Said(one.names.name, one.names.given_name, one.names.family_name, one.names.email)


def _take_in(
    session: Session, context: Context, people: Sequence[Listed], at: datetime, course_time: datetime
) -> int:
    assert context.cohort_id is not None
    ids = people_for(
        session, context.registration_id, {one.sub: _said(one) for one in people}, at=course_time
    )
    roles = {ids[one.sub]: one.standing.role for one in people}
    left, roles_before = _note_listed(session, context, roles, at)
    rows = session.execute(
        select(
            Enrollment.person_id, Enrollment.id, Enrollment.role, Enrollment.state, Enrollment.launched_at,
            TeamMember.id.label("team_id"),
        )
        .outerjoin(
            TeamMember,
            and_(
                TeamMember.person_id == Enrollment.person_id,
                TeamMember.cohort_id == Enrollment.cohort_id,
                TeamMember.removed_at.is_(None),
            ),
        )
        .where(Enrollment.cohort_id == context.cohort_id, Enrollment.person_id.in_(list(roles)))
    ).all()  # fmt: skip
    known = {row.person_id for row in rows}
    new = {person_id: _role(said) for person_id, said in roles.items() if person_id not in known}
    enroll_many(session, context.cohort_id, new, at=course_time)
    back = [row.id for row in rows if row.state is EnrollmentState.WITHDRAWN and row.person_id in left]
    bring_back(session, back)
    for role in Role:
        give_role(
            session,
            [
                row.id
                for row in rows
                if row.launched_at is None
                and roles_before.get(row.person_id) is row.role  # else the portal gave it, not a list
                and row.team_id is None
                and row.role is not role
                and _role(roles[row.person_id]) is role
            ],
            role,
        )
    if back:
        post_due(session, back)  # what they had done may be missing in their columns
    return len(new) + len(back)


def _role(said: ContextRole) -> Role:
    return Role.FACULTY if said.is_staff else Role.LEARNER


def _note_listed(
    session: Session, context: Context, roles: Mapping[int, ContextRole], at: datetime
) -> tuple[set[int], dict[int, Role]]:
    """Keep that the list names them.

    Returns whom a list of the cohort had missed before, so that they come back; and what this one's gave before.
    """
    rows = session.execute(
        select(
            ContextMember.context_id,
            ContextMember.person_id,
            ContextMember.left_at,
            ContextMember.role,
            ContextMember.listed_at,
        )
        .join(Context, Context.id == ContextMember.context_id)
        .where(Context.cohort_id == context.cohort_id, ContextMember.person_id.in_(list(roles)))
    ).all()
    known = {person_id for context_id, person_id, *_ in rows if context_id == context.id}
    new = [person_id for person_id in roles if person_id not in known]
    if new:
        insert_or_leave(
            session,
            ContextMember,
            [
                {
                    "context_id": context.id, "person_id": id_, "role": roles[id_].value,
                    "launched_at": None, "listed_at": at, "left_at": None,
                }
                for id_ in new
            ],
        )  # fmt: skip
    for role in set(roles.values()):
        # Who has launched keeps the role of the launch.
        mark(
            session, context, [id_ for id_ in known if roles[id_] is role], {"role": role.value}, never_launched=True
        )  # fmt: skip
    mark(session, context, known, {"listed_at": at, "left_at": None})
    before = {
        row.person_id: _role(ContextRole(row.role))
        for row in rows
        if row.context_id == context.id and row.listed_at is not None
    }
    return {row.person_id for row in rows if row.left_at is not None}, before
