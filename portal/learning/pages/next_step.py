"""The one next step: what the plate on home says."""

from dataclasses import dataclass

from portal.assignments.policy import HANDED_IN
from portal.attendance.policy import Phase, phase_of
from portal.core.when import When, day_words
from portal.core.words import lower_first, number_words
from portal.courses.package.parts import AssignmentKind, Video
from portal.courses.policy import AccessState, access_state, is_closed, is_open
from portal.evaluation.policy import minutes_for
from portal.learning.pages.parts import Shown, day_of, minutes_words, saved_words
from portal.learning.policy import Task, in_order_of_need, missing_videos, tasks_of
from portal.learning.queries import Seen


@dataclass(frozen=True)
class After:
    """What comes after the next step: a linked phrase, and what is said behind it."""

    words: str
    url: str
    tail: str = ""


@dataclass(frozen=True)
class NextStep:
    """The plate. Without `action` there is nothing to do now."""

    kicker: str
    title: str
    lead: str = ""
    when: When | None = None
    state: Shown | None = None
    action: str = ""
    url: str = ""
    note: str = ""
    after: After | None = None


_ACTIONS = {
    AssignmentKind.WORKSHEET: "Open the worksheet",
    AssignmentKind.UPLOAD: "Hand in your file",
    AssignmentKind.WATCH: "Watch",
    AssignmentKind.TASK: "Go to the checklist",
    AssignmentKind.POST: "Go to the checklist",
    AssignmentKind.EVALUATION: "Go to the evaluation",
}


def next_step(seen: Seen) -> NextStep:
    """What to do next and by when: a call that is on, then work by its due time, then what is owed later."""
    return _call_now(seen) or _work(seen) or _owed(seen) or _waiting(seen) or _nothing_left(seen)


def open_tasks(seen: Seen) -> list[Task]:
    """All that is required and can be done now, the next first."""
    tasks = [
        task
        for lesson in seen.content.lessons
        for task in tasks_of(lesson, seen.schedule, seen.facts, seen.now)
    ]
    return in_order_of_need(tasks, seen.under_way.drafts, seen.now)


def _call_now(seen: Seen) -> NextStep | None:
    for number, call in seen.schedule.calls.items():
        if phase_of(call.starts_at, call.ends_at, seen.now, cancelled=call.cancelled) is Phase.OPEN:
            begun = seen.now >= call.starts_at
            return NextStep(
                kicker="Live call",
                title=f"Call {number}: {seen.content.call(number).title}",
                lead="Began" if begun else "Begins",
                when=seen.when(call.starts_at),
                state=Shown("on now" if begun else seen.when(call.starts_at).distance, "call"),
                action="Go to the call",
                url=f"{seen.base}calls/{number}",
            )
    return None


def _work(seen: Seen) -> NextStep | None:
    tasks = open_tasks(seen)
    if not tasks:
        return None
    first, rest = tasks[0], tasks[1:]
    if first.item.kind is AssignmentKind.EVALUATION:
        return None  # said by _owed, together with the claim
    title, url, action, note = _doing(seen, first)
    when_due = _due(seen, first)
    return NextStep(
        kicker=f"{'Late, for full credit' if first.overdue else 'Next step'}, {first.lesson.name}",
        title=title,
        lead=_lead(first),
        when=when_due,
        state=None if when_due is None else _left(when_due),
        action=action,
        url=url,
        note=note,
        after=_after(seen, first, rest),
    )


def _doing(seen: Seen, task: Task) -> tuple[str, str, str, str]:
    """Title, address, button and note of a task."""
    item = task.item
    lesson_url = f"{seen.base}lessons/{task.lesson.number}"
    if item.kind is AssignmentKind.WATCH and (video := _next_video(seen, task)):
        note = f"{minutes_words(video.length_seconds)}. {task.watched} of {task.to_watch} watched."
        part = seen.under_way.videos.get(video.id)
        action = "Go on watching" if part and part.share > 0 else "Watch"
        return f"Watch “{video.title}”", f"{lesson_url}?video={video.id}#videos", action, note
    if item.kind in HANDED_IN:
        saved_at = seen.under_way.drafts.get(item.id)
        url = f"{seen.base}work/{item.id}"
        if saved_at is None:
            return item.title, url, _ACTIONS[item.kind], ""
        return item.title, url, "Continue your draft", f"Saved {saved_words(seen, saved_at)}."
    if item.kind is AssignmentKind.EVALUATION:
        return item.title, f"{seen.base}evaluation", _ACTIONS[item.kind], _length_of_evaluation(seen)
    note = f"{seen.under_way.counts.get(item.id, 0)} of {item.count} so far." if item.count else ""
    return item.title, f"{lesson_url}#item-{item.id}", _ACTIONS[item.kind], note


def _next_video(seen: Seen, task: Task) -> Video | None:
    missing = missing_videos(task.lesson, seen.facts)
    return seen.content.video(missing[0]).video if missing else None


def _lead(task: Task) -> str:
    if task.overdue:
        return "Accepted until"
    return "Submit by" if task.item.kind in HANDED_IN else "Due"


def _due(seen: Seen, task: Task) -> When | None:
    at = task.dates.closes_at if task.overdue else task.dates.due_at
    return None if at is None else seen.when(at, deadline=True)


def _left(at: When) -> Shown:
    return Shown(at.left or at.late, "due", "soon" if at.soon else "")


def _after(seen: Seen, first: Task, rest: list[Task]) -> After | None:
    """The second step, when it belongs to the same lesson."""
    same = [task for task in rest if task.lesson.number == first.lesson.number]
    if not same:
        return None
    title, url, _, _ = _doing(seen, same[0])
    length = ""
    if same[0].item.kind is AssignmentKind.WATCH and (video := _next_video(seen, same[0])):
        length = f", {minutes_words(video.length_seconds)}"
    last = len(same) == 1 and same[0].to_watch - same[0].watched <= 1
    return After(
        lower_first(title), url, f"{length}. Then {first.lesson.name} is done." if last else f"{length}."
    )


def _owed(seen: Seen) -> NextStep | None:
    """The evaluation, and with it the claim: what stays open after the lessons have closed."""
    if seen.content.evaluation is None or seen.facts.evaluation_sent_at is not None:
        return None
    dates = seen.schedule.evaluation()
    if not is_open(dates, seen.now) or dates.closes_at is None:
        return None
    ended = access_state(seen.schedule, seen.now) is AccessState.ENDED
    credit = seen.content.credit is not None and not is_closed(seen.schedule.claim(), seen.now)
    closing = seen.when(dates.closes_at, deadline=True)
    return NextStep(
        kicker="Still open for you" if ended else "Next step",
        title="Send the evaluation and claim your CE credit" if credit else "Send the evaluation",
        lead="By",
        when=closing,
        state=_left(closing),
        action="Go to the evaluation",
        url=f"{seen.base}evaluation",
        note=_length_of_evaluation(seen),
    )


def _length_of_evaluation(seen: Seen) -> str:
    """ "About ten minutes."."""
    form = seen.content.evaluation_form
    return f"About {number_words(minutes_for(form))} minutes." if form else ""


def _waiting(seen: Seen) -> NextStep | None:
    """Nothing to do before the next lesson opens."""
    for lesson in seen.content.lessons:
        opens_at = seen.schedule.lesson(lesson.number).opens_at
        if opens_at is None or opens_at <= seen.now:
            continue
        begins = lesson is seen.content.lessons[0]
        return NextStep(
            kicker="The course begins" if begins else "Nothing to do until then",
            title=f"{lesson.name} opens {day_words(seen.schedule.day(opens_at), seen.schedule.years)}",
            lead="Opens",
            when=seen.when(opens_at),
            state=Shown(seen.when(opens_at).distance, "shut"),
            action="" if begins else "See what it will hold",
            url=f"{seen.base}lessons/{lesson.number}",
            note="" if begins else "You have done all that was asked so far.",
        )
    return None


def _nothing_left(seen: Seen) -> NextStep:
    if seen.standing.met:
        return NextStep(
            kicker="All done",
            title="You have met all requirements of the certificate of completion",
            action="Get your certificate",
            url=f"{seen.base}record",
        )
    return NextStep(
        kicker="The course has ended",
        title="Your record and your certificates stay here for you",
        action="See my record",
        url=f"{seen.base}record",
        note=f"Lessons closed {day_of(seen, seen.schedule.access_ends_at())}.",
    )
