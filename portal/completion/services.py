"""Keeping completion up to date when a fact changes."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.completion.models import CompletionRecord
from portal.completion.policy import RULES_VERSION, Facts
from portal.completion.queries import (
    Standing,
    calls_of_cohort,
    completed_at_of,
    facts_of,
    latest_records,
    standing,
)
from portal.courses.messages import ScoreChanged
from portal.courses.models import Cohort, Enrollment, Role
from portal.courses.queries import content_of
from portal.outbox.services import post


def recompute(session: Session, enrollment_ids: Sequence[int], *, at: datetime) -> None:
    """Work the standing of these learners out anew; keep a record where it changed; promise their scores.

    Harmless twice: nothing changed, nothing is written.
    """
    learners = session.scalars(
        select(Enrollment).where(
            Enrollment.id.in_(enrollment_ids), Enrollment.role == Role.LEARNER, Enrollment.is_test.is_(False)
        )
    ).all()
    by_cohort: dict[int, list[Enrollment]] = defaultdict(list)
    for learner in learners:
        by_cohort[learner.cohort_id].append(learner)
    for cohort_id, members in by_cohort.items():
        cohort = session.get_one(Cohort, cohort_id)
        content = content_of(session, cohort.course_version_id)
        calls = calls_of_cohort(session, cohort_id, content)
        ids = [member.id for member in members]
        facts = facts_of(session, enrollment_ids=ids)
        records = latest_records(session, ids)
        for id_ in ids:
            _keep(session, id_, standing(content, calls, facts.get(id_, Facts())), records.get(id_), at)
    if learners:
        post(session, ScoreChanged(sorted(learner.id for learner in learners)))
    session.flush()


def _keep(
    session: Session, enrollment_id: int, now: Standing, last: CompletionRecord | None, at: datetime
) -> None:
    facts = _as_json(now)
    kept = last.completed_at if last is not None else None
    completed_at = kept or (completed_at_of(now) or at if now.met else None)
    if (
        last is not None
        and last.facts == facts
        and last.rules_version == RULES_VERSION
        and kept == completed_at
    ):
        return
    session.add(
        CompletionRecord(
            enrollment_id=enrollment_id,
            rules_version=RULES_VERSION,
            done=now.done,
            needed=now.needed,
            facts=facts,
            completed_at=completed_at,
            computed_at=at,
        )
    )


def _as_json(now: Standing) -> dict[str, Any]:
    return {
        line.kind.value: {
            "needed": line.needed,
            "done": {item.id: item.done_at.isoformat() for item in line.items if item.done_at is not None},
            "missing": [item.id for item in line.missing],
        }
        for line in now.requirements
    }
