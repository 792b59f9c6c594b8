"""The evaluation as its page shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.core.errors import NotFound
from portal.core.form_engine.checks import Mistake
from portal.core.form_engine.definition import Form
from portal.core.form_engine.drawing import draw
from portal.core.form_engine.drawn import Drawing
from portal.core.form_engine.values import Answers
from portal.core.when import Reader, When
from portal.courses.access import Member
from portal.courses.dates import Schedule
from portal.courses.queries import schedule_of
from portal.evaluation.policy import EvaluationState, given_and_needed, minutes_for, state_of
from portal.evaluation.queries import answered_count, draft_of, sent_at_of


@dataclass(frozen=True)
class EvaluationPage:
    """`drawing` None: there is nothing to fill in now."""

    title: str
    intro: str
    url: str
    record_url: str
    ce_url: str
    state: EvaluationState
    opens: When | None
    due: When | None
    closes: When | None
    sent: When | None
    saved: When | None
    drawing: Drawing | None
    questions: int
    minutes: int
    given: int
    needed: int


@dataclass(frozen=True)
class EvaluationCountPage:
    """What staff see while the form is open: how many have answered, and nothing else."""

    title: str
    answered: int
    learners: int
    opens: When | None
    closes: When | None
    is_over: bool


def form_of(me: Member) -> tuple[str, Form]:
    """The path and the form of the cohort's evaluation."""
    form = me.content.evaluation_form
    if form is None or me.content.evaluation is None:
        raise NotFound("This course has no evaluation.")
    return me.content.evaluation.form, form


def evaluation_page(
    session: Session,
    me: Member,
    *,
    at: datetime,
    typed: Answers | None = None,
    mistakes: Sequence[Mistake] = (),
) -> EvaluationPage:
    """The page of one learner. `typed`: what was just posted, shown again in place of the draft."""
    _, form = form_of(me)
    schedule = schedule_of(session, me)
    dates = schedule.evaluation()
    sent_at = sent_at_of(session, me.id)
    state = state_of(dates, sent_at, at)
    draft = None if sent_at else draft_of(session, me.id)
    answers = typed if typed is not None else (draft.answers if draft else {})
    given, needed = given_and_needed(form, answers)
    # What was typed too late is still there to be copied.
    is_drawn = state is EvaluationState.OPEN or (state is EvaluationState.CLOSED and answers)
    words = _Words(schedule, at, me.reader)
    home = f"/c/{me.cohort.slug}"
    return EvaluationPage(
        title=form.title,
        intro=form.intro or "",
        url=f"{home}/evaluation",
        record_url=f"{home}/record",
        ce_url=f"{home}/ce" if me.content.credit else "",
        state=state,
        opens=words.of(dates.opens_at),
        due=words.of(dates.due_at, deadline=True),
        closes=words.of(dates.closes_at, deadline=True),
        sent=words.of(sent_at),
        saved=words.of(draft.saved_at if draft else None),
        drawing=draw(form, answers, mistakes) if is_drawn else None,
        questions=sum(1 for _ in form.all_fields()),
        minutes=minutes_for(form),
        given=given,
        needed=needed,
    )


def count_page(session: Session, me: Member, *, at: datetime) -> EvaluationCountPage:
    """How many have answered. The report itself comes when the form has closed."""
    _, form = form_of(me)
    schedule = schedule_of(session, me)
    dates = schedule.evaluation()
    answered, learners = answered_count(session, me.cohort_id)
    words = _Words(schedule, at, me.reader)
    return EvaluationCountPage(
        title=form.title,
        answered=answered,
        learners=learners,
        opens=words.of(dates.opens_at),
        closes=words.of(dates.closes_at, deadline=True),
        is_over=state_of(dates, None, at) is EvaluationState.CLOSED,
    )


@dataclass(frozen=True)
class _Words:
    schedule: Schedule
    now: datetime
    reader: Reader

    def of(self, instant: datetime | None, *, deadline: bool = False) -> When | None:
        return self.schedule.when(instant, self.now, self.reader, deadline=deadline) if instant else None
