"""The pages of work: a worksheet filled in and handed in, its versions, files and blank."""

from portal.assignments.views import papers, work
from portal.assignments.views.blueprint import bp

__all__ = ["bp", "papers", "work"]
