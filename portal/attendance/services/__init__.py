"""Changes of calls and marks."""

from portal.attendance.services.calls import CallChange, edit_call
from portal.attendance.services.marks import mark_attendance, mark_remaining, take_back

__all__ = ["CallChange", "edit_call", "mark_attendance", "mark_remaining", "take_back"]
