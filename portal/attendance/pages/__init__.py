"""What the pages of calls show: one frozen, typed object each."""

from portal.attendance.pages.edit import EditCallPage, edit_call_page
from portal.attendance.pages.overview import OverviewPage, overview_page
from portal.attendance.pages.register import CallAttendancePage, call_attendance_page

__all__ = [
    "CallAttendancePage",
    "EditCallPage",
    "OverviewPage",
    "call_attendance_page",
    "edit_call_page",
    "overview_page",
]
