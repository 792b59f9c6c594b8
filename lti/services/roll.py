"""The people of an LMS course: taking in whom its list names, withdrawing whom it does not."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session, aliased

from lti.models import Context, ContextMember
from lti.protocol.roles import ContextRole
from lti.protocol.roster import Listed
from lti.services.scores import post_due
from portal.core.upsert import insert_or_leave
from portal.courses.models import Enrollment, EnrollmentState, Role, TeamMember
from portal.courses.services import bring_back, enroll_many, give_role, withdraw_many
from portal.identity.models import Person
from portal.identity.services import Said, people_for, shown_name

_AT_ONCE = 500  # people for whose taking in the number of statements is constant
GONE = "Not in the LMS course's list of people any more"


@dataclass(frozen=True)
class OnRoll:
    """Somebody of an LMS course who takes part in its cohort. `elsewhere`: another course of it has them too."""

    person_id: int
    enrollment_id: int
    sub: str
    name: str
    role: Role
    launched_at: datetime | None
    listed_at: datetime | None
    elsewhere: bool


@dataclass(frozen=True)
class Roll:
    """Everyone of one LMS course who takes part in its cohort, but test students and the course team."""

    members: tuple[OnRoll, ...]

    @property
    def size(self) -> int:
        """How many learners they are."""
        return sum(one.role is Role.LEARNER for one in self.members)

    def gone(self, listed: Mapping[str, Listed], *, whole: bool, begun_at: datetime) -> list[OnRoll]:
        """Whom a list no longer has. `whole`: who is not named in it is gone, else only who is said to be."""
        return [one for one in self.members if _is_gone(one, listed.get(one.sub), begun_at, whole=whole)]

    def too_many(self, gone: Sequence[OnRoll]) -> bool:
        """Whether they are more than a third: of the learners, or of everyone."""
        leaving = [one for one in gone if not one.elsewhere]
        learners = sum(one.role is Role.LEARNER for one in leaving)
        return 3 * learners > self.size or 3 * len(leaving) > len(self.members)


def _is_gone(one: OnRoll, said: Listed | None, begun_at: datetime, *, whole: bool) -> bool:
    if one.launched_at is not None and one.launched_at >= begun_at:
        return False
    if said is not None:
        # A roster's word on the role of who has launched is not taken (Moodle calls some teachers Learner).
        return not said.is_there or (one.launched_at is None and not _is_let_in(said))
    # Staff whom no list has ever named (a site administrator) are not gone from it; their right lapses by itself.
    return whole and (one.role is Role.LEARNER or one.listed_at is not None)


def _is_let_in(said: Listed) -> bool:
    role = said.standing.role
    return said.is_there and not said.standing.is_test and (role.is_staff or role is ContextRole.LEARNER)


def read_roll(session: Session, context: Context) -> Roll:
    """The people of this LMS course who are in its cohort now. One statement."""
    other, other_course = aliased(ContextMember), aliased(Context)
    elsewhere = exists().where(
        other.person_id == ContextMember.person_id,
        other.left_at.is_(None),
        other_course.id == other.context_id,
        other_course.id != context.id,
        other_course.cohort_id == context.cohort_id,
    )
    rows = session.execute(
        select(ContextMember, Enrollment.id, Enrollment.role, Enrollment.launched_at, Person, elsewhere)
        .join(Person, Person.id == ContextMember.person_id)
        .join(
            Enrollment,
            and_(
                Enrollment.person_id == ContextMember.person_id,
                Enrollment.cohort_id == context.cohort_id,
                Enrollment.state == EnrollmentState.ACTIVE,
                Enrollment.is_test.is_(False),
            ),
        )
        .outerjoin(
            TeamMember,
            and_(
                TeamMember.person_id == ContextMember.person_id,
                TeamMember.cohort_id == context.cohort_id,
                TeamMember.removed_at.is_(None),
            ),
        )
        .where(
            ContextMember.context_id == context.id, ContextMember.left_at.is_(None), TeamMember.id.is_(None)
        )
        .order_by(Enrollment.id)
        .execution_options(populate_existing=True)
    )
    return Roll(
        tuple(
            OnRoll(
                person.id, enrollment_id, person.sub, shown_name(person), role,
                max(filter(None, (member.launched_at, launched_at)), default=None), member.listed_at, bool(twice),
            )
            for member, enrollment_id, role, launched_at, person, twice in rows
        )
    )  # fmt: skip


def take_in(
    session: Session, context: Context, listed: Mapping[str, Listed], *, at: datetime, course_time: datetime
) -> int:
    """Everyone the list names as learner or staff is in the cohort. Returns how many came new or back."""
    wanted = [one for one in listed.values() if _is_let_in(one)]
    others = [one for one in listed.values() if one.is_there and not _is_let_in(one)]
    came = 0
    for start in range(0, len(wanted), _AT_ONCE):
        came += _take_in(session, context, wanted[start : start + _AT_ONCE], at, course_time)
    for start in range(0, len(others), _AT_ONCE):
        _note_names(session, context, others[start : start + _AT_ONCE], at)
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
    left = _note_listed(session, context, roles, at)
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
) -> set[int]:
    """Keep that the list names them. Returns whom a list of the cohort had missed before: they come back."""
    rows = session.execute(
        select(ContextMember.context_id, ContextMember.person_id, ContextMember.left_at)
        .join(Context, Context.id == ContextMember.context_id)
        .where(Context.cohort_id == context.cohort_id, ContextMember.person_id.in_(list(roles)))
    ).all()
    known = {person_id for context_id, person_id, _ in rows if context_id == context.id}
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
        _update(
            session, context, [id_ for id_ in known if roles[id_] is role], {"role": role.value}, never_launched=True
        )  # fmt: skip
    _update(session, context, known, {"listed_at": at, "left_at": None})
    return {person_id for _, person_id, left_at in rows if left_at is not None}


def _update(
    session: Session,
    context: Context,
    person_ids: Collection[int],
    values: Mapping[str, object],
    *,
    never_launched: bool = False,
) -> None:
    if not person_ids:
        return
    which = update(ContextMember).where(
        ContextMember.context_id == context.id, ContextMember.person_id.in_(list(person_ids))
    )
    if never_launched:
        which = which.where(ContextMember.launched_at.is_(None))
    session.execute(which.values(**values).execution_options(synchronize_session=False))


def withdraw_gone(
    session: Session,
    context: Context,
    gone: Sequence[OnRoll],
    *,
    at: datetime,
    course_time: datetime,
    by: int | None,
) -> int:
    """They have left this LMS course; who has no other way into the cohort is withdrawn. Returns how many."""
    assert context.cohort_id is not None
    leaving = [one for one in gone if not one.elsewhere]
    for start in range(0, len(gone), _AT_ONCE):
        _update(session, context, [one.person_id for one in gone[start : start + _AT_ONCE]], {"left_at": at})
    for start in range(0, len(leaving), _AT_ONCE):
        withdraw_many(
            session,
            context.cohort_id,
            [one.enrollment_id for one in leaving[start : start + _AT_ONCE]],
            at=course_time,
            reason=GONE,
            by=by,
        )
    return len(leaving)
