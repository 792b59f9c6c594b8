"""Reading the forms of calls and marks."""

from portal.attendance.forms.calls import CallForm
from portal.attendance.forms.marks import MarkForm, instant_of, shown_of

__all__ = ["CallForm", "MarkForm", "instant_of", "shown_of"]
