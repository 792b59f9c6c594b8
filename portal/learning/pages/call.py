"""A call as a learner sees it: when and how to join, what to bring, the recording after it, how it counts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portal.assignments.policy import HANDED_IN
from portal.attendance.policy import ATTENDED, Phase, Source, Status, join_opens_at, phase_of, why_it_counts
from portal.attendance.words import STATUS_SHAPES, hours_words
from portal.audit.models import AuditEntry
from portal.completion.policy import RequirementKind
from portal.core.kept import Same
from portal.core.when import When
from portal.courses.models import CallSession
from portal.courses.package.parts import AssignmentKind, Cue, Video
from portal.courses.package.schema import RECORDING
from portal.courses.policy import is_before_opening, is_closed
from portal.learning.pages.parts import Neighbour, Shown, day_of
from portal.learning.pages.player import (
    Player,
    kept_transcript,
    player,
    progress_in,
    transcript_of,
    video_state,
)
from portal.learning.policy import Task, tasks_of
from portal.learning.queries import Seen

PHASE_WORDS = {Phase.OPEN: Shown("Now", "call", "now"), Phase.CANCELLED: Shown("Cancelled", "excused")}


@dataclass(frozen=True)
class Bring:
    """Something of the call's lesson to have done before it."""

    title: str
    url: str
    words: str
    shape: str
    done: bool


@dataclass(frozen=True)
class OwnMark:
    """What the learner was marked, by whom, and whether that counts."""

    said: str
    shape: str
    hue: str
    source: str


@dataclass(frozen=True)
class Watching:
    """The recording: a player of our own, or an address elsewhere, until when, how far."""

    player: Player | None
    elsewhere_url: str
    confirm_url: str
    state: Shown
    share: int
    until: When | None
    closed: bool


@dataclass(frozen=True)
class CallPage:
    """One call for one member. `join_url` is there only while the link may be shown."""

    number: int
    title: str
    url: str
    base: str
    phase: str
    state: Shown | None
    minutes: int
    hours: str
    starts: When
    lesson_name: str
    lesson_title: str
    lesson_url: str
    join_url: str
    join_from: str
    note: str
    moved_from: str
    bring: Sequence[Bring]
    mark: OwnMark | None
    counts: str
    counts_why: str
    recording_counts: bool
    attended_counts: bool
    share_needed: str
    watch_by: When | None
    watching: Watching | None
    has_credit: bool
    done: int
    needed: int
    before: Neighbour | None
    after: Neighbour | None
    as_learner: bool
    attendance_url: str


def call_page(
    seen: Seen,
    call: CallSession,
    history: Sequence[AuditEntry],
    *,
    seconds: float | None,
    is_staff: bool,
    cues: tuple[Cue, ...] = (),
) -> CallPage:
    """Built from what was read.

    `history`: what was changed of the call, newest first. `cues`: captions of the cohort's own recording.
    """
    number, plan = call.number, seen.content.call(call.number)
    dates = seen.schedule.call(number)
    phase = phase_of(dates.starts_at, dates.ends_at, seen.now, cancelled=dates.cancelled)
    url = f"{seen.base}calls/{number}"
    rule = seen.content.rule_for_calls()
    counts = rule.counts if rule else ()
    lesson = seen.content.lesson(plan.lesson) if plan.lesson else None
    line = next(r for r in seen.standing.requirements if r.kind is RequirementKind.CALLS)
    closes_at = seen.schedule.video(f"{RECORDING}{number}").closes_at
    note, moved_from = _told(seen, history, cancelled=dates.cancelled)
    why, because = _why(seen, number, counts, phase)
    starts = seen.when(dates.starts_at)
    return CallPage(
        number=number,
        title=plan.title,
        url=url,
        base=seen.base,
        phase=phase,
        state=_state(phase, starts),
        minutes=call.minutes,
        hours=hours_words(dates.starts_at, call.minutes, seen.schedule.zone),
        starts=starts,
        lesson_name=lesson.name if lesson else "",
        lesson_title=lesson.title if lesson else "",
        lesson_url=f"{seen.base}lessons/{lesson.number}" if lesson else "",
        join_url=(call.join_url or "") if phase is Phase.OPEN else "",
        join_from=seen.when(join_opens_at(dates.starts_at)).time,
        note=note,
        moved_from=moved_from,
        bring=_bring(seen, number) if phase in (Phase.BEFORE, Phase.OPEN) else (),
        mark=_mark(seen, number) if seen.is_learner else None,
        counts=why,
        counts_why=because,
        recording_counts="recording" in counts,
        attended_counts="attended" in counts,
        share_needed=f"{seen.content.watched_share:.0%}".replace("%", " %"),
        watch_by=seen.when(closes_at, deadline=True) if closes_at else None,
        watching=_watching(seen, call, url, seconds, cues) if phase is Phase.OVER else None,
        has_credit=seen.content.credit is not None,
        done=line.done,
        needed=line.needed,
        before=_neighbour(seen, number, -1),
        after=_neighbour(seen, number, +1),
        as_learner=seen.is_learner,
        attendance_url=f"{url}/attendance" if is_staff else "",
    )


def _state(phase: Phase, starts: When) -> Shown | None:
    if phase is Phase.BEFORE:
        return Shown("Today", "call", "now") if starts.distance.startswith("today") else None
    return PHASE_WORDS.get(phase)


def _told(seen: Seen, history: Sequence[AuditEntry], *, cancelled: bool) -> tuple[str, str]:
    """The reason that was given for cancelling or moving, and when the call was before."""
    for entry in history:
        after, before = entry.after or {}, entry.before or {}
        if cancelled and after.get("cancelled"):
            return entry.reason or "", ""
        if not cancelled and after.get("starts_at"):
            was = seen.when(datetime.fromisoformat(before["starts_at"]))
            return entry.reason or "", f"{was.day} at {was.time}"
    return "", ""


def _bring(seen: Seen, number: int) -> tuple[Bring, ...]:
    lesson_number = seen.content.call(number).lesson
    if lesson_number is None or is_before_opening(seen.schedule.lesson(lesson_number), seen.now):
        return ()
    lesson = seen.content.lesson(lesson_number)
    tasks = tasks_of(lesson, seen.schedule, seen.facts, seen.now)
    return tuple(
        _thing(seen, task)
        for task in tasks
        if task.item.required and task.item.kind is not AssignmentKind.EVALUATION
    )


def _thing(seen: Seen, task: Task) -> Bring:
    item, lesson_url = task.item, f"{seen.base}lessons/{task.lesson.number}"
    handed_in = item.kind in HANDED_IN
    url = f"{seen.base}work/{item.id}" if handed_in else f"{lesson_url}#item-{item.id}"
    if item.kind is AssignmentKind.WATCH:
        shape = "done" if task.done else "part" if task.watched else "open"
        return Bring(
            item.title, f"{lesson_url}#videos", f"{task.watched} of {task.to_watch} watched", shape, task.done
        )
    if task.done_at is not None:
        word = "Submitted" if handed_in else "Done"
        return Bring(item.title, url, f"{word} {day_of(seen, task.done_at)}", "done", True)
    parts = []
    begun = item.id in seen.under_way.drafts or seen.under_way.counts.get(item.id, 0) > 0
    if item.id in seen.under_way.drafts:
        parts.append(f"Draft saved {day_of(seen, seen.under_way.drafts[item.id])}.")
    if task.overdue and task.dates.closes_at is not None:
        parts.append(f"Late. Full credit until {day_of(seen, task.dates.closes_at)}.")
    elif task.dates.due_at is not None and not task.closed:
        parts.append(f"Due {day_of(seen, task.dates.due_at)}.")
    return Bring(item.title, url, " ".join(parts), "part" if begun else "open", False)


def _mark(seen: Seen, number: int) -> OwnMark | None:
    mark = seen.facts.marks.get(number)
    if mark is None or mark.status is None:
        return None
    shape, hue = STATUS_SHAPES[mark.status]
    said = {
        Status.PRESENT: "You were present",
        Status.LATE: "You came late",
        Status.LEFT_EARLY: "You left early",
        Status.ABSENT: "You were absent",
        Status.EXCUSED: "You were excused",
    }[mark.status]
    day = f", {day_of(seen, mark.at)}" if mark.at else ""
    source = {
        Source.FACULTY: f"Marked by the faculty{day}.",
        Source.CHECK_IN: f"You checked in{day}.",
        Source.IMPORT: f"From the meeting’s own report{day}.",
    }[mark.source]
    return OwnMark(
        said, "done" if mark.status in ATTENDED else shape, "done" if mark.status in ATTENDED else hue, source
    )


def _why(seen: Seen, number: int, counts: Sequence[str], phase: Phase) -> tuple[str, str]:
    """Whether the call counts for this learner already: "yes", "no" or "" while it is too early to say."""
    mark = seen.facts.marks.get(number)
    why = why_it_counts(
        mark.status if mark else None,
        recording_watched=f"{RECORDING}{number}" in seen.facts.watched,
        cancelled=phase is Phase.CANCELLED,
        counts=counts,
    )
    words = {
        "cancelled": "It was cancelled, and counts for everyone.",
        "attended": "You took part, and it counts.",
        "recording": "You watched the recording, and it counts.",
        "excused": "You were excused, and in this course that counts.",
    }
    if why is not None:
        return "yes", words[why]
    return ("no", "It does not count yet.") if phase is Phase.OVER and seen.is_learner else ("", "")


def _watching(
    seen: Seen, call: CallSession, url: str, seconds: float | None, cues: tuple[Cue, ...]
) -> Watching | None:
    video_id = f"{RECORDING}{call.number}"
    dates = seen.schedule.video(video_id)
    progress = progress_in(seen, video_id)
    closed = is_closed(dates, seen.now)
    if not seen.schedule.has_recording(call.number):
        return None
    may_say = call.recording_url and seen.is_learner and not progress.is_watched and not closed
    return Watching(
        player=None if closed or call.recording_url else _player(seen, call, url, seconds, cues),
        elsewhere_url=(call.recording_url or "") if not closed else "",
        confirm_url=f"{seen.base}videos/{video_id}/progress" if may_say else "",
        state=video_state(progress),
        share=100 if progress.is_watched else int(progress.share * 100),
        until=seen.when(dates.closes_at, deadline=True) if dates.closes_at else None,
        closed=closed,
    )


def _player(
    seen: Seen, call: CallSession, url: str, seconds: float | None, cues: tuple[Cue, ...]
) -> Player | None:
    """The cohort's own recording, else the package's."""
    film = seen.content.recording(call.number)
    if not call.recording_file:
        return player(seen, film, url, seconds, kept_transcript(Same(film), url)) if film else None
    own = Video(
        id=f"{RECORDING}{call.number}",
        title=f"Recording of call {call.number}: {seen.content.call(call.number).title}",
        file="recording.mp4",
        length_seconds=call.recording_seconds or 0.0,
        cues=cues,
    )
    captions = f"{url}/captions.vtt" if call.captions_file else ""
    shown = player(seen, own, url, seconds, transcript_of(own, url))
    return replace(shown, source=f"{url}/recording.mp4", captions=captions)


def _neighbour(seen: Seen, number: int, step: int) -> Neighbour | None:
    numbers = [plan.number for plan in seen.content.calls]
    place = numbers.index(number) + step
    if not 0 <= place < len(numbers):
        return None
    other = numbers[place]
    starts = seen.schedule.call(other).starts_at
    return Neighbour(
        f"Call {other}, {day_of(seen, starts)}", seen.content.call(other).title, f"{seen.base}calls/{other}"
    )
