"""Changes to courses, cohorts and who is in them."""

from portal.courses.services.cohorts import YEARS, move_date, open_cohort
from portal.courses.services.loading import Loaded, file_key, keep_files, load_course
from portal.courses.services.people import add_team_member, enroll, remove_team_member, withdraw
from portal.courses.services.rolls import bring_back, enroll_many, give_role, withdraw_many
from portal.courses.services.turns import take_turn

__all__ = [
    "YEARS",
    "Loaded",
    "add_team_member",
    "bring_back",
    "enroll",
    "enroll_many",
    "file_key",
    "give_role",
    "keep_files",
    "load_course",
    "move_date",
    "open_cohort",
    "remove_team_member",
    "take_turn",
    "withdraw",
    "withdraw_many",
]
