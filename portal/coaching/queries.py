"""Everyone of a cohort with what they have done, in a constant number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from portal.attendance.queries import learners_of_cohort
from portal.certificates.models import Certificate
from portal.certificates.policy import CertificateKind
from portal.coaching.policy import Deadlines
from portal.completion.queries import Standing, progress_of_cohort
from portal.core.errors import NotFound
from portal.courses.access import Member
from portal.courses.dates import Schedule
from portal.courses.models import Enrollment, Role
from portal.courses.queries import schedules_of
from portal.credit.queries import claims_of
from portal.identity.services import shown_name


@dataclass(frozen=True)
class Roll:
    """Everyone on the roll, by family name, with their standing. `credits_of`: hundredths claimed."""

    learners: Sequence[Enrollment]
    standings: Mapping[int, Standing]
    schedules: Mapping[int | None, Schedule]
    deadlines: Mapping[int, Deadlines]  # by enrollment
    issued: frozenset[int]
    credits_of: Mapping[int, int]

    def name(self, learner: Enrollment) -> str:
        """What to call them."""
        return shown_name(learner.person)


def roll_of(session: Session, member: Member) -> Roll:
    """Nine statements for five learners or five hundred."""
    learners = learners_of_cohort(session, member.cohort_id)
    ids = [learner.id for learner in learners]
    schedules = schedules_of(session, member.cohort, ids)
    shared: dict[int, Deadlines] = {}  # most learners share one schedule: worked out once
    for schedule in schedules.values():
        if id(schedule) not in shared:
            shared[id(schedule)] = Deadlines.of(schedule)
    return Roll(
        learners=learners,
        standings=progress_of_cohort(session, member.cohort),
        schedules=schedules,
        deadlines={id_: shared[id(schedules[id_])] for id_ in ids},
        issued=_with_certificate(session, member.cohort_id),
        credits_of={id_: claim.credit_hundredths for id_, claim in claims_of(session, ids).items()},
    )


def _with_certificate(session: Session, cohort_id: int) -> frozenset[int]:
    """Who has a certificate of completion that stands."""
    return frozenset(
        session.scalars(
            select(Certificate.enrollment_id)
            .join(Enrollment, Enrollment.id == Certificate.enrollment_id)
            .where(
                Enrollment.cohort_id == cohort_id,
                Certificate.kind == CertificateKind.COMPLETION,
                Certificate.replaced_at.is_(None),
                Certificate.revoked_at.is_(None),
            )
        )
    )


def learner_of(session: Session, cohort_id: int, enrollment_id: int) -> Enrollment:
    """A learner of the cohort, also one who left. Another cohort's is not there."""
    found = None
    if 0 < enrollment_id < 2**31:
        found = session.scalar(
            select(Enrollment)
            .where(
                Enrollment.id == enrollment_id,
                Enrollment.cohort_id == cohort_id,
                Enrollment.role == Role.LEARNER,
            )
            .options(joinedload(Enrollment.person), joinedload(Enrollment.cohort))
        )
    if found is None:
        raise NotFound("There is no such participant in this course.")
    return found
