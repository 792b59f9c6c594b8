"""`portal lti invite|activate|show|check|remove`: platforms that register themselves, and how each one fares."""

import click

from lti.checking import check
from lti.cli.numbers import REGISTRATION
from lti.runtime import runtime
from lti.services import health, invites, keys, registrations
from portal.core.clock import real_now
from portal.core.commands import answer, json_option
from portal.core.db import reading, transaction

_SIGNS = {True: "works", False: "FAILS", None: "not tried"}


@click.command("invite")
@click.option(
    "--name", metavar="N", help="What to call the platform on pages; what it says itself by default."
)
@click.option("--activate", is_flag=True, help="Let its people in at once, without `portal lti activate`.")
@click.option("--take-back", metavar="ADDRESS", help="Make no new one; that one registers nobody any more.")
@json_option
def invite(name: str | None, activate: bool, take_back: str | None, as_json: bool) -> None:
    """A one-time address for an LMS's administrator to paste; it lives for seven days."""
    doors = runtime()
    if take_back is not None:
        if name is not None or activate:
            raise click.UsageError("Give --take-back alone.")
        with transaction() as session:
            invites.take_back(session, take_back, at=real_now())
        answer({"taken_back": True}, "That address registers nobody any more.", as_json=as_json)
        return
    with transaction() as session:
        secret = invites.make_invite(session, name=name, activates=activate, at=real_now())
        keys.ensure_key(session, doors.seal, at=real_now())
    url = f"{doors.settings.base_url}/lti/register/{secret}"
    after = "It is let in at once." if activate else "Then: portal lti activate ID"
    answer({"url": url}, f"{url}\nGood once, for seven days. {after}", as_json=as_json)


@click.command("activate")
@click.argument("registration", type=REGISTRATION, metavar="ID")
@click.option("--deployment-id", metavar="D", help="The deployment, where the LMS did not name it itself.")
@json_option
def activate(registration: int, deployment_id: str | None, as_json: bool) -> None:
    """Let in the people of a platform that registered itself."""
    with transaction() as session:
        registrations.activate(session, registration, deployment_id=deployment_id, at=real_now())
        document = registrations.shown(session, registration, at=real_now())
    answer(document, f"Registration {registration}, {document['name']}, may launch.", as_json=as_json)


@click.command("show")
@click.argument("registration", type=REGISTRATION, metavar="ID")
@json_option
def show(registration: int, as_json: bool) -> None:
    """One platform: its addresses, deployments, courses, and how its services answered last."""
    with reading() as session:
        document = registrations.shown(session, registration, at=real_now())
    answer(
        document, "\n".join(f"{name}: {_plain(value)}" for name, value in document.items()), as_json=as_json
    )


@click.command("check")
@click.argument("registration", type=REGISTRATION, metavar="ID")
@json_option
def check_platform(registration: int, as_json: bool) -> None:
    """Try a platform's keys, tokens, list of people and columns; say what is wrong and what to change in the LMS.

    Exit 1 where something fails.
    """
    doors = runtime()
    with transaction() as session:
        keys.ensure_key(session, doors.seal, at=real_now())
        subject = health.subject_of(session, registration)
        signer = keys.signer(session, doors.seal, at=real_now(), may_write=True)
    found = check(doors, subject, signer)
    with transaction() as session:
        for one in found:
            health.keep(session, registration, one.service, one.works, one.words, at=real_now())
    document = {"registration_id": registration, "findings": [one.as_json() for one in found]}
    words = "\n".join(f"{one.service.value}: {_SIGNS[one.works]}. {one.words}" for one in found)
    answer(document, words, as_json=as_json)
    if any(one.works is False for one in found):
        raise SystemExit(1)


@click.command("remove")
@click.argument("registration", type=REGISTRATION, metavar="ID")
@json_option
def remove(registration: int, as_json: bool) -> None:
    """Take back a registration that was a mistake; refused once anybody or any LMS course has come from it."""
    with transaction() as session:
        name = registrations.remove(session, registration)
    answer({"registration_id": registration, "removed": True}, f"{name} is gone.", as_json=as_json)


COMMANDS = (invite, activate, show, check_platform, remove)


def _plain(value: object) -> str:
    if isinstance(value, list) and value and all(isinstance(one, dict) for one in value):
        return "".join(f"\n  {_plain(one)}" for one in value)
    if isinstance(value, list):
        return "; ".join(_plain(one) for one in value) or "none"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(inner)}" for name, inner in value.items()) or "none"
    return "–" if value is None else str(value)
