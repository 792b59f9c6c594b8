"""record.json: one's own record, complete (CONTRACT.md, Answers). Instants are ISO 8601 with the course's offset."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from portal.assignments.queries import HandedIn
from portal.attendance.policy import why_it_counts
from portal.completion.policy import RULES_VERSION, Requirement
from portal.courses.access import Member
from portal.courses.package.schema import RECORDING
from portal.courses.policy import access_state
from portal.identity.services import shown_name
from portal.learning.queries import Seen

Iso = Callable[[datetime | None], str | None]


def record_document(
    seen: Seen,
    member: Member,
    versions: Mapping[str, Sequence[HandedIn]],
    *,
    completed_at: datetime | None,
    ce: dict[str, Any],
    certificates: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """The document. `ce` and `certificates` come from their own rooms in the contract's shape."""
    iso = _in_zone(seen.schedule.zone)
    return {
        "cohort": seen.cohort,
        "person": {"name": shown_name(member.enrollment.person)},
        "access": {
            "state": access_state(seen.schedule, seen.now).value,
            "ends": iso(seen.schedule.access_ends_at()),
        },
        "requirements": [_requirement(seen, line) for line in seen.standing.requirements],
        "completed_at": iso(completed_at),
        "certificates": list(certificates),
        "ce": ce,
        "attendance": _attendance(seen, iso),
        "submissions": _submissions(seen, versions, iso),
        "videos": _videos(seen),
        "computed_at": iso(seen.now),
        "rules_version": RULES_VERSION,
    }


def _in_zone(zone: str) -> Iso:
    place = ZoneInfo(zone)
    return lambda at: at.astimezone(place).isoformat(timespec="seconds") if at is not None else None


def _requirement(seen: Seen, line: Requirement) -> dict[str, Any]:
    return {
        "kind": line.kind.value,
        "needed": line.needed,
        "done": line.done,
        "met": line.met,
        "missing": [
            {"id": item.id, "title": item.title, "url": seen.base + item.path} for item in line.missing
        ],
    }


def _attendance(seen: Seen, iso: Iso) -> list[dict[str, Any]]:
    rule = seen.content.rule_for_calls()
    rows = []
    for number in sorted(seen.schedule.calls):
        mark = seen.facts.marks.get(number)
        watched = f"{RECORDING}{number}" in seen.facts.watched
        why = why_it_counts(
            mark.status if mark else None,
            recording_watched=watched,
            cancelled=seen.schedule.calls[number].cancelled,
            counts=rule.counts if rule else (),
        )
        rows.append(
            {
                "call": number,
                "status": mark.status.value if mark and mark.status else None,
                "source": mark.source.value if mark else None,
                "at": iso(mark.at) if mark else None,
                "recording_watched": watched,
                "counts": why is not None,
            }
        )
    return rows


def _submissions(
    seen: Seen, by_assignment: Mapping[str, Sequence[HandedIn]], iso: Iso
) -> list[dict[str, Any]]:
    """Every version, and the draft that is newer than the last of them."""
    rows: list[dict[str, Any]] = []
    for item in seen.content.assignments:
        versions = by_assignment.get(item.id, [])
        rows += [
            {
                "assignment": item.id,
                "version": one.version,
                "state": "submitted",
                "late": one.late,
                "submitted_at": iso(one.submitted_at),
            }
            for one in versions
        ]
        saved_at = seen.under_way.drafts.get(item.id)
        if saved_at is not None and (not versions or saved_at > versions[-1].submitted_at):
            draft = {"version": len(versions) + 1, "state": "draft", "late": False, "submitted_at": None}
            rows.append({"assignment": item.id} | draft)
    return rows


def _videos(seen: Seen) -> list[dict[str, Any]]:
    recorded = [number for number in sorted(seen.schedule.calls) if seen.schedule.has_recording(number)]
    rows = []
    for id_ in (*(video.id for video in seen.content.videos), *(f"{RECORDING}{n}" for n in recorded)):
        under = seen.under_way.videos.get(id_)
        watched = id_ in seen.facts.watched
        rows.append({"id": id_, "watched": watched, "share": round(under.share, 4) if under else 0.0})
    return rows
