"""`portal outbox`: what is waiting, and trying it again."""

import click
from sqlalchemy import select

from portal.core.clock import real_now
from portal.core.commands import PortalGroup, answer, json_option
from portal.core.db import reading, transaction
from portal.core.errors import NotFound
from portal.outbox.models import MessageState, OutboxMessage
from portal.outbox.services import retry as make_due


@click.group(cls=PortalGroup)
def outbox() -> None:
    """Promised effects: scores, completion, PDFs."""


@outbox.command("list")
@json_option
def list_(as_json: bool) -> None:
    """What waits or is parked, with attempts and last error."""
    with reading() as session:
        waiting = session.scalars(
            select(OutboxMessage).where(OutboxMessage.state != MessageState.DONE).order_by(OutboxMessage.id)
        ).all()
        rows = [
            {
                "id": one.id,
                "topic": one.topic,
                "about": one.body,  # ids alone
                "state": one.state.value,
                "attempts": one.attempts,
                "due_at": one.due_at.isoformat(),
                "last_error": one.last_error,
            }
            for one in waiting
        ]
    words = "\n".join(
        f"{row['id']}  {row['topic']}  {row['state']}  tried {row['attempts']} times"
        f"  {row['last_error'] or ''}".rstrip()
        for row in rows
    )
    answer(rows, words or "Nothing waits.", as_json=as_json)


@outbox.command()
@click.argument("message_id", metavar="[ID]", required=False, type=int)
def retry(message_id: int | None) -> None:
    """Try one again now, or all that wait or are parked."""
    with transaction() as session:
        found = make_due(session, message_id, at=real_now())
        if message_id is not None and not found:
            raise NotFound(f"No message {message_id} is waiting or parked.")
    click.echo(f"{found} to be tried again.")
