"""My record: the four requirements with what is missing in each, attendance, work, certificates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portal.assignments.policy import HANDED_IN
from portal.assignments.queries import HandedIn
from portal.attendance.policy import Phase, Status, phase_of, why_it_counts
from portal.attendance.words import SOURCE_WORDS, STATUS_SHAPES, STATUS_WORDS
from portal.completion.policy import RULES_VERSION, Item, Requirement, RequirementKind
from portal.core.when import When, plural
from portal.core.words import listed, number_words, upper_first
from portal.courses.package.schema import RECORDING
from portal.courses.policy import is_before_opening, is_closed
from portal.learning.pages.parts import Shown, day_of, saved_words
from portal.learning.queries import Seen

Versions = Mapping[str, Sequence[HandedIn]]  # by assignment, oldest first

_COUNTED = {
    RequirementKind.VIDEOS: "watched",
    RequirementKind.ASSIGNMENTS: "submitted",
    RequirementKind.CALLS: "attended or viewed",
    RequirementKind.EVALUATION: "sent",
}
_ONE = {
    RequirementKind.VIDEOS: "video",
    RequirementKind.ASSIGNMENTS: "assignment",
    RequirementKind.CALLS: "call",
}


@dataclass(frozen=True)
class Missing:
    """One thing that stands out: where it is done, and what is said before and behind its linked title."""

    title: str
    url: str
    before: str = ""
    tail: str = ""


@dataclass(frozen=True)
class Line:
    """One requirement as it is drawn."""

    name: str
    words: str
    done: int
    needed: int
    met: bool
    missing: tuple[Missing, ...]
    note: str = ""


@dataclass(frozen=True)
class CallRow:
    """One call in the table of attendance."""

    title: str
    url: str
    when: When
    state: Shown
    source: str
    counts: str
    recording_url: str = ""


@dataclass(frozen=True)
class WorkRow:
    """One worksheet or upload in the table of work."""

    title: str
    url: str
    lesson: str
    state: Shown
    submitted: str


@dataclass(frozen=True)
class RecordPage:
    """The page. `deadline`: until when what is missing can be done; None when nothing is."""

    is_learner: bool
    lede: str
    deadline: When | None
    lines: tuple[Line, ...]
    met: bool
    calls: tuple[CallRow, ...]
    work: tuple[WorkRow, ...]
    computed: str
    rules_version: int
    base: str


def record_page(seen: Seen, versions: Versions) -> RecordPage:
    """Built from facts that are already read."""
    lines = seen.standing.requirements
    ends_at = seen.schedule.access_ends_at()
    closing = seen.when(ends_at, deadline=True)
    return RecordPage(
        is_learner=seen.is_learner,
        lede=_lede(seen, lines),
        deadline=None if seen.standing.met or closing.past else closing,
        lines=tuple(_line(seen, line) for line in lines if line.needed),
        met=seen.standing.met,
        calls=tuple(_call_row(seen, number) for number in sorted(seen.schedule.calls)),
        work=_work_rows(seen, versions),
        computed=saved_words(seen, seen.now),
        rules_version=RULES_VERSION,
        base=seen.base,
    )


def _lede(seen: Seen, lines: Sequence[Requirement]) -> str:
    if not seen.is_learner:
        return "A learner sees here what still stands between them and the certificate of completion."
    if seen.standing.met:
        return "Nothing stands between you and the certificate of completion."
    missing = {line.kind: len(line.missing) for line in lines if line.missing}
    parts = [plural(count, _ONE[kind]) for kind, count in missing.items() if kind in _ONE]
    if RequirementKind.EVALUATION in missing:
        parts.append("the evaluation")
    total = sum(missing.values())
    stand = "thing stands" if total == 1 else "things stand"
    things = f"{upper_first(number_words(total))} {stand}"
    return f"{things} between you and the certificate of completion: {listed(parts)}."


def _line(seen: Seen, line: Requirement) -> Line:
    note = ""
    words = f"{line.done} of {line.needed} {_COUNTED[line.kind]}"
    if line.kind is RequirementKind.EVALUATION:
        words = _evaluation_words(seen)
    if line.kind is RequirementKind.ASSIGNMENTS:
        late = [item for item in line.items if item.id in seen.facts.late]
        if late:
            note = f"{'One was' if len(late) == 1 else f'{len(late)} were'} late, for full credit."
    return Line(
        name=line.kind.value.capitalize(),
        words=words,
        done=line.done,
        needed=line.needed,
        met=line.met,
        missing=tuple(_missing(seen, line.kind, item) for item in line.missing),
        note=note,
    )


def _evaluation_words(seen: Seen) -> str:
    sent_at = seen.facts.evaluation_sent_at
    if sent_at is not None:
        return f"Sent {day_of(seen, sent_at)}"
    dates = seen.schedule.evaluation()
    if is_before_opening(dates, seen.now) and dates.opens_at is not None:
        return f"Opens {day_of(seen, dates.opens_at)}"
    if dates.closes_at is None:
        return "Not sent yet"
    return f"{'Closed' if is_closed(dates, seen.now) else 'Open until'} {day_of(seen, dates.closes_at)}"


def _missing(seen: Seen, kind: RequirementKind, item: Item) -> Missing:
    url = seen.base + item.path
    if kind is RequirementKind.VIDEOS:
        under = seen.under_way.videos.get(item.id)
        percent = f", {int(under.share * 100)} % so far" if under and under.share >= 0.01 else ""
        return Missing(
            f"“{item.title}”", url, "", f", {_lesson_name(seen, item)}{percent}{_gone(seen, item)}"
        )
    if kind is RequirementKind.ASSIGNMENTS:
        return Missing(item.title, url, "", f", {_lesson_name(seen, item)}{_work_tail(seen, item)}")
    if kind is RequirementKind.CALLS:
        return _missing_call(seen, item)
    return Missing(item.title, url)


def _lesson_name(seen: Seen, item: Item) -> str:
    return seen.content.lesson(item.lesson).name if item.lesson is not None else ""


def _gone(seen: Seen, item: Item) -> str:
    if item.lesson is None:
        return ""
    dates = seen.schedule.lesson(item.lesson)
    if is_closed(dates, seen.now):
        return ". It can no longer be done: access has ended"
    if is_before_opening(dates, seen.now) and dates.opens_at is not None:
        return f", opens {day_of(seen, dates.opens_at)}"
    return ""


def _work_tail(seen: Seen, item: Item) -> str:
    gone = _gone(seen, item)
    dates = seen.schedule.assignment(item.id)
    if gone or dates.due_at is None:
        return gone
    due = seen.when(dates.due_at, deadline=True)
    if not due.past:
        return f", by {due.short}"
    until = f" until {day_of(seen, dates.closes_at)}" if dates.closes_at else ""
    return f", late. Full credit{until}"


def _missing_call(seen: Seen, item: Item) -> Missing:
    number = int(item.id.removeprefix(RECORDING))
    dates = seen.schedule.call(number)
    url = seen.base + item.path
    if phase_of(dates.starts_at, dates.ends_at, seen.now) is not Phase.OVER:
        return Missing(item.title, url, "", f", {seen.when(dates.starts_at).course_words}")
    mark = seen.facts.marks.get(number)
    said = {Status.ABSENT: "you were absent. ", Status.EXCUSED: "you were excused. "}
    words = said.get(mark.status, "") if mark and mark.status else ""
    if not seen.schedule.has_recording(number):
        return Missing(item.title, url, "", f": {words}It is over and has no recording yet")
    if is_closed(seen.schedule.video(f"{RECORDING}{number}"), seen.now):
        return Missing(item.title, url, "", f": {words}It can no longer be met: access has ended")
    return Missing("Watch the recording", url, f"{item.title}: {words}")


def _call_row(seen: Seen, number: int) -> CallRow:
    dates, plan = seen.schedule.call(number), seen.content.call(number)
    mark, watched_at = seen.facts.marks.get(number), seen.facts.watched.get(f"{RECORDING}{number}")
    rule = seen.content.rule_for_calls()
    why = why_it_counts(
        mark.status if mark else None,
        recording_watched=watched_at is not None,
        cancelled=dates.cancelled,
        counts=rule.counts if rule else (),
    )
    over = phase_of(dates.starts_at, dates.ends_at, seen.now) is Phase.OVER
    state, source = Shown("No mark yet" if over else "To come", "none"), ""
    if dates.cancelled:
        state = Shown("Cancelled", "callfull")
    elif mark is not None and mark.status is not None:
        state = Shown(STATUS_WORDS[mark.status], *STATUS_SHAPES[mark.status])
        source = SOURCE_WORDS[mark.source]
    elif watched_at is not None:
        state = Shown("Recording watched", "recording", "done")
        source = f"Recording, {day_of(seen, watched_at)}"
    url = f"{seen.base}calls/{number}"
    counts = "Counts" if why else "Not yet"
    offer = why is None and over and seen.schedule.has_recording(number)
    return CallRow(
        title=f"{number}. {plan.title}",
        url=url,
        when=seen.when(dates.starts_at),
        state=state,
        source=source,
        counts="" if offer else counts,
        recording_url=url if offer else "",
    )


def _work_rows(seen: Seen, versions: Versions) -> tuple[WorkRow, ...]:
    rows = []
    for lesson in seen.content.lessons:
        for item in lesson.assignments:
            if item.kind not in HANDED_IN:
                continue
            handed_in = versions.get(item.id, [])
            rows.append(
                WorkRow(
                    title=seen.content.worksheet(item.form).title if item.form else item.title,
                    url=f"{seen.base}work/{item.id}",
                    lesson=lesson.name,
                    state=_work_state(seen, item.id, handed_in),
                    submitted=_submitted(seen, handed_in),
                )
            )
    return tuple(rows)


def _work_state(seen: Seen, item: str, versions: Sequence[HandedIn]) -> Shown:
    if versions:
        return Shown("Late, full credit", "late") if versions[-1].late else Shown("On time", "done", "done")
    dates = seen.schedule.assignment(item)
    if is_closed(dates, seen.now):
        return Shown("Closed, not submitted", "absent", "late")
    if is_before_opening(dates, seen.now) and dates.opens_at is not None:
        return Shown(f"Opens {day_of(seen, dates.opens_at)}", "shut")
    return Shown("Draft saved", "part") if item in seen.under_way.drafts else Shown("Not started", "open")


def _submitted(seen: Seen, versions: Sequence[HandedIn]) -> str:
    if not versions:
        return ""
    last = versions[-1]
    return day_of(seen, last.submitted_at) + (f", version {last.version}" if last.version > 1 else "")
