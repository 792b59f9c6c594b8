"""Changes of calls and marks."""

from portal.attendance.services.calls import CallChange, edit_call
from portal.attendance.services.files import keep_captions, keep_recording
from portal.attendance.services.marks import mark_attendance, mark_remaining, take_back

__all__ = [
    "CallChange",
    "edit_call",
    "keep_captions",
    "keep_recording",
    "mark_attendance",
    "mark_remaining",
    "take_back",
]
