"""Reading the form that edits a call: what was typed, what it means, what is wrong with it."""

import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self
from zoneinfo import ZoneInfo

from portal.attendance.forms.marks import Fields
from portal.attendance.services.calls import CallChange, needs_reason
from portal.core.when import clock_words, day_words
from portal.courses.package.parts import is_web_address

LONGEST_ADDRESS = 500
LONGEST_REASON = 200
WALL = "%Y-%m-%dT%H:%M"


_YES_OR_NO = {
    "1": True,
    "true": True,
    "on": True,
    "yes": True,
    "": False,
    "0": False,
    "false": False,
    "off": False,
}


@dataclass(frozen=True)
class CallForm:
    """The form as typed, the change it asks for, and its mistakes as (field id, sentence)."""

    starts_at: str
    join_url: str
    recording_url: str
    cancelled: bool
    reason: str
    change: CallChange
    mistakes: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, now: CallChange, zone: str) -> Self:
        """The form as it opens: the call as it is."""
        wall = now.starts_at.astimezone(ZoneInfo(zone)).strftime(WALL)
        return cls(wall, now.join_url or "", now.recording_url or "", now.cancelled, "", now)

    @classmethod
    def parse(cls, fields: Fields, now: CallChange, zone: str) -> Self:
        """What was sent over the call as it is; a field that was not sent stays as it was."""
        opened = cls.of(now, zone)
        mistakes: list[tuple[str, str]] = []
        starts_at = _typed(fields, "starts_at", opened.starts_at)
        instant: datetime | str = (
            now.starts_at if starts_at == opened.starts_at else _instant(starts_at, zone)
        )
        if isinstance(instant, str):
            mistakes.append(("starts_at", instant))
            instant = now.starts_at
        join_url = _typed(fields, "join_url", opened.join_url)
        recording_url = _typed(fields, "recording_url", opened.recording_url)
        addresses = {"join_url": now.join_url, "recording_url": now.recording_url}
        for field, address in (("join_url", join_url), ("recording_url", recording_url)):
            if sentence := _address_mistake(address):
                mistakes.append((field, sentence))
            else:
                addresses[field] = address or None
        # A hidden 0 stands before the tick box: so a box left empty differs from a form without one.
        boxes = fields.getlist("cancelled")
        said = _YES_OR_NO.get(boxes[-1].strip().lower()) if boxes else now.cancelled
        if said is None:
            mistakes.append(("cancelled", "Say 1 when the call does not take place, else 0."))
        cancelled = now.cancelled if said is None else said
        reason = _typed(fields, "reason", "")
        change = replace(
            now,
            starts_at=instant,
            join_url=addresses["join_url"],
            recording_url=addresses["recording_url"],
            cancelled=cancelled,
        )
        if len(reason) > LONGEST_REASON:
            mistakes.append(("reason", f"Say it in at most {LONGEST_REASON} characters."))
        elif not reason and needs_reason(now, change):
            doing = "cancel" if change.cancelled and not now.cancelled else "move"
            mistakes.append(("reason", f"Give a reason when you {doing} a call: learners read it."))
        return cls(starts_at, join_url, recording_url, cancelled, reason, change, tuple(mistakes))


def _typed(fields: Fields, name: str, otherwise: str) -> str:
    typed = fields.get(name)
    if typed is None:
        return otherwise
    return unicodedata.normalize("NFC", " ".join(typed.replace("\x00", "").split()))


def _instant(text: str, zone: str) -> datetime | str:
    """The instant of a wall-clock time in the zone, or the sentence that says what is wrong with it."""
    if not text:
        return "Say when the call starts."
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        return "Write day and time as in 2026-11-19T12:00."
    if wall.tzinfo is not None:
        return "Write the time on the clock of the course, without a zone."
    if not 2000 <= wall.year <= 2200:
        return "That year cannot be right. Check the date."
    local = wall.replace(tzinfo=ZoneInfo(zone))
    at = local.astimezone(UTC)
    # A time that the change of clocks skips does not come back as it went in.
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) != wall:
        return f"On {day_words(wall.date())} the clocks go forward, and {clock_words(wall)} does not exist."
    return at


def _address_mistake(address: str) -> str | None:
    if not address:
        return None
    if len(address) > LONGEST_ADDRESS:
        return f"That address is longer than {LONGEST_ADDRESS} characters. Use the meeting’s short link."
    if not is_web_address(address):
        return "Begin the address with https:// (or http://), as in https://meet.example.org/j/93817264."
    return None
