"""The matrix of participants as a table to take away."""

from datetime import datetime

from portal.coaching.pages.participants import participant_rows
from portal.coaching.queries import Roll
from portal.core.tables import csv_table
from portal.courses.access import Member


def participants_csv(member: Member, roll: Roll, *, at: datetime) -> bytes:
    """One line a learner, a column for each lesson and call."""
    lessons, calls = member.content.counted_lessons, member.content.calls
    head = ["enrollment", "name", "email", "completion", "done", "needed", "late"]
    head += [f"lesson {lesson.number}" for lesson in lessons]
    head += [f"call {call.number}" for call in calls]
    head += ["evaluation", "ce credits"]
    rows = (
        [row.id, row.name, row.email, row.words, row.done, row.needed, row.overdue]
        + [cell.words for cell in row.lessons]
        + [cell.words for cell in row.calls]
        + [row.evaluation.words, row.credits]
        for row in participant_rows(member, roll, at)
    )
    return csv_table(head, rows)
