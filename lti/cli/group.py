"""`portal lti`: platforms, what they are offered, what their courses open, our keys."""

import click

from lti.cli.move import move
from lti.cli.numbers import REGISTRATION
from lti.cli.registration import COMMANDS
from lti.runtime import runtime
from lti.services import connect as connecting
from lti.services import framing, keys, register
from portal.core.clock import real_now
from portal.core.commands import PortalGroup, answer, json_option
from portal.core.db import reading, transaction


@click.group(cls=PortalGroup)
def lti() -> None:
    """Platforms (LMSs) and their courses."""


for _command in (*COMMANDS, move):
    lti.add_command(_command)


@lti.command("register")
@click.option("--issuer", required=True, metavar="I", help="The platform's issuer, to the letter.")
@click.option("--client-id", required=True, metavar="C")
@click.option(
    "--auth-login-url", required=True, metavar="U", help="Its OpenID Connect authorization address."
)
@click.option("--auth-token-url", required=True, metavar="U", help="Its access token address.")
@click.option("--jwks-url", required=True, metavar="J", help="Where its public keys are.")
@click.option("--deployment-id", required=True, metavar="D")
@click.option(
    "--auth-audience", metavar="A", help="The audience of our assertions, where it is not the token address."
)
@click.option("--name", metavar="N", help="What to call it on pages; its host by default.")
@json_option
def register_platform(
    issuer: str,
    client_id: str,
    auth_login_url: str,
    auth_token_url: str,
    jwks_url: str,
    deployment_id: str,
    auth_audience: str | None,
    name: str | None,
    as_json: bool,
) -> None:
    """Let a platform in; again with the same issuer and client: add a deployment."""
    doors = runtime()
    form = register.PlatformForm(
        issuer, client_id, auth_login_url, auth_token_url, jwks_url, auth_audience, name
    )
    with transaction() as session:
        made = register.register(
            session,
            form,
            deployment_id,
            allow_private=doors.settings.allow_loopback_platforms,
            at=real_now(),
        )
        keys.ensure_key(session, doors.seal, at=real_now())
        id_ = made.platform_id
    base = doors.settings.base_url
    document = {
        "registration_id": id_,
        "deployment_id": deployment_id,
        "login_url": f"{base}/lti/login",
        "launch_url": doors.launch_url,
        "jwks_url": f"{base}/lti/jwks.json",
    }
    answer(document, f"Registration {id_}: deployment {deployment_id} may launch.", as_json=as_json)


@lti.command("offer")
@click.option("--registration", required=True, type=REGISTRATION, metavar="R")
@click.option("--cohort", metavar="C", help="An open cohort.")
@click.option("--course", metavar="SLUG", help="A course, of which the instructor may open a new cohort.")
@json_option
def offer(registration: int, cohort: str | None, course: str | None, as_json: bool) -> None:
    """Offer a cohort or a course to the instructors of a platform: one offer, one connection."""
    if (cohort is None) == (course is None):
        raise click.UsageError("Give either --cohort or --course.")
    with transaction() as session:
        id_ = register.offer(session, registration, cohort=cohort, course=course, at=real_now()).id
    answer(
        {"offer_id": id_, "registration_id": registration, "cohort": cohort, "course": course},
        f"Offered {cohort or course} to registration {registration}, for one connection.",
        as_json=as_json,
    )


@lti.command("connect")
@click.option("--registration", required=True, type=REGISTRATION, metavar="ID")
@click.option("--context-id", required=True, metavar="X", help="The LMS course, as the LMS sends it.")
@click.option("--cohort", required=True, metavar="COHORT")
@json_option
def connect(registration: int, context_id: str, cohort: str, as_json: bool) -> None:
    """The LMS course X opens this cohort."""
    with transaction() as session:
        connecting.connect(session, registration, context_id, cohort, at=real_now())
    answer(
        {"registration_id": registration, "context_id": context_id, "cohort": cohort},
        f"The LMS course {context_id} opens {cohort}.",
        as_json=as_json,
    )


@lti.command("frame")
@click.option("--registration", required=True, type=REGISTRATION, metavar="ID")
@click.argument("origin")
@json_option
def frame(registration: int, origin: str, as_json: bool) -> None:
    """Let pages of ORIGIN (https://lms.school.example) show Lectern in a frame, beside those the platform has named.

    Needed on Canvas for a school's own host, until the first launch from it has named it.
    """
    with transaction() as session:
        named = framing.allow_framing(session, registration, origin)
    answer(
        {"registration_id": registration, "frame_origins": list(named)},
        f"Registration {registration} may be framed from {', '.join(named)} too.",
        as_json=as_json,
    )


@lti.command("list")
@json_option
def list_all(as_json: bool) -> None:
    """Registrations, their deployments, LMS courses and offers."""
    with reading() as session:
        found = register.registrations(session)
    words = "\n".join(
        f"{one['registration_id']}  {one['name']}  {one['issuer']}  client {one['client_id']}"
        + ("" if one["active"] else f"  waits for: portal lti activate {one['registration_id']}")
        for one in found
    )
    answer(found, words or "No platform is registered yet.", as_json=as_json)


@lti.group("keys", cls=PortalGroup)
def signing_keys() -> None:
    """Our signing keys."""


@signing_keys.command("rotate")
@click.option("--now", "at_once", is_flag=True, help="Sign with it at once, before platforms have read it.")
@json_option
def rotate(at_once: bool, as_json: bool) -> None:
    """Make a new signing key; the old one stays published until what it signed has expired."""
    with transaction() as session:
        made = keys.rotate_key(session, runtime().seal, at=real_now(), at_once=at_once)
    answer(
        {"kid": made.kid, "signs_from": made.signs_from_at.isoformat()},
        f"Key {made.kid} is published now and signs from {made.signs_from_at:%H:%M} UTC.",
        as_json=as_json,
    )


@signing_keys.command("reseal")
@json_option
def reseal(as_json: bool) -> None:
    """Seal our private keys under the first PORTAL_SECRET_KEY; after it the earlier ones may go."""
    with transaction() as session:
        count = keys.reseal(session, runtime().seal)
    answer({"resealed": count}, f"{count} keys sealed anew.", as_json=as_json)
