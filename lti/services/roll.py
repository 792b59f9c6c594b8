"""The people of an LMS course who take part in its cohort; who is gone is withdrawn."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, select, update
from sqlalchemy.orm import Session, aliased

from lti.models import Context, ContextMember
from lti.protocol.roles import ContextRole
from lti.protocol.roster import Listed
from portal.courses.models import Enrollment, EnrollmentState, Role, TeamMember
from portal.courses.services import withdraw_many
from portal.identity.models import Person
from portal.identity.services import shown_name

AT_ONCE = 500  # people for whose taking in the number of statements is constant
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
        return not said.is_there or (one.launched_at is None and not is_let_in(said))
    # Staff whom no list has ever named (a site administrator) are not gone from it; their right lapses by itself.
    return whole and (one.role is Role.LEARNER or one.listed_at is not None)


def is_let_in(said: Listed) -> bool:
    """Whether who is listed so takes part: as learner or staff, and no test student."""
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


def mark(
    session: Session,
    context: Context,
    person_ids: Collection[int],
    values: Mapping[str, object],
    *,
    never_launched: bool = False,
) -> None:
    """Keep something of several people of one LMS course; `never_launched`: only of those. One statement."""
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
    for start in range(0, len(gone), AT_ONCE):
        mark(session, context, [one.person_id for one in gone[start : start + AT_ONCE]], {"left_at": at})
    for start in range(0, len(leaving), AT_ONCE):
        withdraw_many(
            session,
            context.cohort_id,
            [one.enrollment_id for one in leaving[start : start + AT_ONCE]],
            at=course_time,
            reason=GONE,
            by=by,
        )
    return len(leaving)
