"""Changes to courses, cohorts and who is in them."""

from portal.courses.services.cohorts import YEARS, move_date, open_cohort
from portal.courses.services.loading import Loaded, file_key, keep_files, load_course
from portal.courses.services.people import add_team_member, enroll, remove_team_member, withdraw

__all__ = [
    "YEARS",
    "Loaded",
    "add_team_member",
    "enroll",
    "file_key",
    "keep_files",
    "load_course",
    "move_date",
    "open_cohort",
    "remove_team_member",
    "withdraw",
]
