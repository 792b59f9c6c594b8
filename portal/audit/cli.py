"""`portal audit`: who did what, when, newest first."""

import click
from sqlalchemy import column, select, table

from portal.audit.queries import entries
from portal.core.commands import PortalGroup, answer, json_option
from portal.core.db import reading
from portal.core.errors import NotFound

# By name: courses lie above this room.
_COHORT = table("cohort", column("id"), column("slug"))


@click.group(cls=PortalGroup)
def audit() -> None:
    """The audit trail."""


@audit.command("list")
@click.option("--cohort", metavar="COHORT")
@click.option("--person", "person_id", metavar="ID", type=int)
@json_option
def list_(cohort: str | None, person_id: int | None, as_json: bool) -> None:
    """Who did what when, newest first."""
    with reading() as session:
        cohort_id = None
        if cohort is not None:
            cohort_id = session.scalar(select(_COHORT.c.id).where(_COHORT.c.slug == cohort))
            if cohort_id is None:
                raise NotFound(f"There is no cohort {cohort}.")
        rows = [
            {
                "at": entry.at.isoformat(),
                "by": entry.by_id,
                "action": entry.action,
                "about": entry.about_id,
                "before": entry.before,
                "after": entry.after,
                "reason": entry.reason,
            }
            for entry in entries(session, cohort_id=cohort_id, person_id=person_id)
        ]
    words = "\n".join(
        f"{row['at']}  {'person ' + str(row['by']) if row['by'] else 'operator'}  {row['action']}"
        f"  {row['before'] or ''} → {row['after'] or ''}  {row['reason'] or ''}".rstrip()
        for row in rows
    )
    answer(rows, words or "Nothing yet.", as_json=as_json)
