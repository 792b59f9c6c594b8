"""`portal lti move`: people of a platform that was registered anew keep their records."""

import click

from lti.cli.numbers import REGISTRATION
from lti.services.carry import carry
from lti.services.moving import Plan, plan_move
from portal.core.clock import course_now, real_now
from portal.core.commands import answer, json_option
from portal.core.db import reading, transaction

_MOST_LINES = 50


@click.command("move")
@click.option(
    "--from", "from_id", required=True, type=REGISTRATION, metavar="R1", help="The registration they came by."
)
@click.option(
    "--to", "to_id", required=True, type=REGISTRATION, metavar="R2", help="The one they come by from now on."
)
@click.option("--dry-run", is_flag=True, help="Say what would happen; change nothing.")
@json_option
def move(from_id: int, to_id: int, dry_run: bool, as_json: bool) -> None:
    """Carry people of one registration over to another of the same LMS, by the same `sub`.

    Who came by both becomes one person with the records of both. E-mail decides nothing: who has the same e-mail
    but another `sub` is listed and left where they are, as are two of one `sub` whose names and e-mails both
    differ. Where the issuer is the same, the LMS courses are carried too and open what they opened.
    """
    if dry_run:
        with reading() as session:
            plan = plan_move(session, from_id, to_id)
            document, words = plan.document(), _words(plan, "would be")
    else:
        with transaction() as session:
            plan = plan_move(session, from_id, to_id)
            document, words = plan.document(), _words(plan, "were")
            carry(session, plan, at=real_now(), course_time=course_now())
    answer(document | {"dry_run": dry_run}, words, as_json=as_json)


def _words(plan: Plan, were: str) -> str:
    people, courses = len(plan.carried) + len(plan.joined), len(plan.contexts)
    said = (
        f"{people} people {were} carried from registration {plan.from_id} to {plan.to_id}; {len(plan.joined)} of "
        f"them had come by both. {courses} LMS courses {were} carried."
    )
    lines = [said]
    if not plan.same_issuer:
        lines.append(
            "The two have different issuers: be sure that both are one LMS, or its copy, with the same people. Its "
            "courses stay; connect the new ones with: portal lti connect"
        )
    if plan.left:
        lines.append(f"{len(plan.left)} {were} left:")
        lines += [f"  person {one.person.id}: {one.why}" for one in plan.left[:_MOST_LINES]]
        if len(plan.left) > _MOST_LINES:
            lines.append("  … all of them with --json")
    return "\n".join(lines)
