"""Carrying people over to another registration of their platform: their records stay theirs. In one transaction."""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lti.models import Context, ContextMember, Roster, ScoreSent
from lti.services.moving import Pair, Plan, has_facts, references
from portal.audit.models import AuditEntry
from portal.audit.services import record
from portal.completion.models import CompletionRecord
from portal.courses.models import Enrollment, EnrollmentState, TeamMember
from portal.identity.models import Person

_AT_ONCE = 500
_SAID = ("name", "given_name", "family_name", "email", "locale", "time_zone")


def carry(session: Session, plan: Plan, *, at: datetime, course_time: datetime) -> None:
    """Do what the plan says. `at`: real time."""
    people = [one.id for one in plan.carried] + [pair.old.id for pair in plan.joined]
    for pair in plan.joined:
        _join(session, pair, plan.to_id)
    for start in range(0, len(plan.carried), _AT_ONCE):
        session.execute(
            update(Person)
            .where(Person.id.in_([one.id for one in plan.carried[start : start + _AT_ONCE]]))
            .values(platform_id=plan.to_id)
            .execution_options(synchronize_session=False)
        )
    for old, new in plan.contexts:
        _carry_course(session, old, new, plan.to_id, at)
    _leave(session, plan, people, at)
    _note(session, plan, people, course_time)
    session.flush()


def _join(session: Session, pair: Pair, to_id: int) -> None:
    """Two rows of one person become the older one, with what the newer one's platform said last."""
    for old, new in pair.shared:
        _join_enrollments(session, old, new)
    taken = set(session.scalars(select(TeamMember.cohort_id).where(TeamMember.person_id == pair.old.id)))
    for member in session.scalars(select(TeamMember).where(TeamMember.person_id == pair.new.id)).all():
        if member.cohort_id not in taken:
            continue
        if member.removed_at is None:
            session.execute(
                update(TeamMember)
                .where(TeamMember.person_id == pair.old.id, TeamMember.cohort_id == member.cohort_id)
                .values(removed_at=None)
            )
        session.delete(member)
    session.flush()
    for model, key in ((ContextMember, ContextMember.context_id), (ScoreSent, ScoreSent.line_item_id)):
        # Both are there already: what was known last stays.
        twice = select(key).where(model.person_id == pair.new.id)
        session.execute(
            delete(model)
            .where(model.person_id == pair.old.id, key.in_(twice))
            .execution_options(synchronize_session=False)
        )
    for table, column in references(Person.__tablename__):
        session.execute(update(table).where(table.c[column] == pair.new.id).values({column: pair.old.id}))
    said = {name: getattr(pair.new, name) for name in _SAID if getattr(pair.new, name)}
    certificate_name = pair.old.certificate_name or pair.new.certificate_name
    session.execute(
        delete(Person).where(Person.id == pair.new.id).execution_options(synchronize_session=False)
    )
    session.expunge(pair.new)
    session.execute(
        update(Person)
        .where(Person.id == pair.old.id)
        .values(platform_id=to_id, certificate_name=certificate_name, **said)
        .execution_options(synchronize_session=False)
    )


def _join_enrollments(session: Session, old: Enrollment, new: Enrollment) -> None:
    """One of the two has no facts and goes; the other has the standing of the latest launch."""
    keep, drop = (old, new) if has_facts(session, old.id) or not has_facts(session, new.id) else (new, old)
    latest = max(
        (old, new), key=lambda one: (one.launched_at is not None, one.launched_at or one.enrolled_at)
    )
    standing = {
        "role": latest.role,
        "is_test": latest.is_test,
        "state": EnrollmentState.ACTIVE
        if EnrollmentState.ACTIVE in (old.state, new.state)
        else EnrollmentState.WITHDRAWN,
        "launched_at": latest.launched_at,
        "faculty_launched_at": latest.faculty_launched_at,
        "enrolled_at": min(old.enrolled_at, new.enrolled_at),
    }
    kept, dropped, owner = keep.id, drop.id, old.person_id
    session.execute(update(AuditEntry).where(AuditEntry.about_id == dropped).values(about_id=kept))
    session.execute(delete(CompletionRecord).where(CompletionRecord.enrollment_id == dropped))
    session.expunge(old)
    session.expunge(new)
    session.execute(delete(Enrollment).where(Enrollment.id == dropped))
    values = standing | {"person_id": owner}
    if standing["state"] is EnrollmentState.ACTIVE:
        values["withdrawn_at"] = None
    session.execute(update(Enrollment).where(Enrollment.id == kept).values(**values))


def _carry_course(session: Session, old: Context, new: Context | None, to_id: int, at: datetime) -> None:
    """The LMS course is the same one: it opens what it opened."""
    if new is None:
        old.registration_id = to_id
        session.flush()
        return
    if new.cohort_id is None and old.cohort_id is not None:
        new.cohort_id, new.connected_at, new.connected_by_id = old.cohort_id, at, old.connected_by_id
    known = select(ContextMember.person_id).where(ContextMember.context_id == new.id)
    session.execute(
        update(ContextMember)
        .where(ContextMember.context_id == old.id, ContextMember.person_id.not_in(known))
        .values(context_id=new.id)
        .execution_options(synchronize_session=False)
    )
    old.cohort_id = None
    session.flush()


def _leave(session: Session, plan: Plan, people: list[int], at: datetime) -> None:
    """What stays with the old registration no longer speaks of them: no scores by it, no list of people."""
    stay = list(session.scalars(select(Context.id).where(Context.registration_id == plan.from_id)))
    if not stay:
        return
    for start in range(0, len(people), _AT_ONCE):
        session.execute(
            update(ContextMember)
            .where(
                ContextMember.context_id.in_(stay),
                ContextMember.person_id.in_(people[start : start + _AT_ONCE]),
                ContextMember.left_at.is_(None),
            )
            .values(left_at=at)
            .execution_options(synchronize_session=False)
        )
    session.execute(update(Context).where(Context.id.in_(stay)).values(memberships_url=None))
    session.execute(delete(Roster).where(Roster.context_id.in_(stay)))


def _note(session: Session, plan: Plan, people: list[int], course_time: datetime) -> None:
    for start in range(0, len(people), _AT_ONCE):
        rows = session.execute(
            select(Enrollment.id, Enrollment.cohort_id).where(
                Enrollment.person_id.in_(people[start : start + _AT_ONCE])
            )
        )
        for enrollment_id, cohort_id in rows:
            record(
                session, action="registration_moved", cohort_id=cohort_id, about=enrollment_id, at=course_time,
                before={"registration": plan.from_id}, after={"registration": plan.to_id},
            )  # fmt: skip
