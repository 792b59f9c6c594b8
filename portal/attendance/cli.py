"""`portal call`: where and when calls take place, as their edit page."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from portal.attendance.queries import call_of
from portal.attendance.services import CallChange, edit_call, keep_captions, keep_recording
from portal.core.clock import course_now
from portal.core.commands import PortalGroup, answer, json_option
from portal.core.db import reading, transaction
from portal.core.errors import Invalid, NotFound
from portal.core.files import store
from portal.core.when import local_and_utc
from portal.courses.models import CallSession
from portal.courses.package.parts import is_web_address
from portal.courses.queries import cohort_of


@click.group(cls=PortalGroup)
def call() -> None:
    """Live calls: link to join, recording."""


@call.command("set")
@click.option("--cohort", "slug", required=True, metavar="COHORT")
@click.option("--call", "number", required=True, type=int, metavar="N")
@click.option("--join-url", metavar="U", help="The link to join; empty takes it away.")
@click.option(
    "--recording",
    metavar="U|FILE",
    help="Address of the recording, or an MP4 file; empty: the package's own.",
)
@click.option("--captions", metavar="FILE", type=click.Path(path_type=Path), help="WebVTT of that file.")
@json_option
def set_(
    slug: str, number: int, join_url: str | None, recording: str | None, captions: Path | None, as_json: bool
) -> None:
    """Set a call's link to join, its recording and captions. What is not named stays as it is."""
    changes: dict[str, Any] = {}
    if join_url is not None:
        changes["join_url"] = _address(join_url, "--join-url")
    with reading() as session:
        as_it_is = call_of(session, cohort_of(session, slug).id, number)
    # Before the transaction: a film is large, and on SQLite everybody who writes would wait for it.
    if recording is not None:
        changes |= _recording(as_it_is, recording)
    if captions is not None:
        changes["captions_file"] = keep_captions(store(), as_it_is, _read(captions))
    with transaction() as session:
        cohort = cohort_of(session, slug)
        found = call_of(session, cohort.id, number)
        change = replace(CallChange.as_it_is(found), **changes)
        changed = edit_call(session, found, change, by=None, at=course_now())
        document = _as_json(slug, found, cohort.time_zone, changed=changed)
    answer(document, f"Call {number} is {'set' if changed else 'as it was'}.", as_json=as_json)


def _recording(call: CallSession, recording: str) -> dict[str, Any]:
    """What changes by an address or a file, which is stored; captions stay with the file they are of."""
    nothing = dict.fromkeys(("recording_url", "recording_file", "recording_seconds", "captions_file"))
    if not recording or "://" in recording:
        return nothing | {"recording_url": _address(recording, "--recording")}
    path = Path(recording)
    if not path.is_file():
        raise NotFound(f"There is no file {recording}, and it is no web address.")
    with path.open("rb") as file:
        key, seconds = keep_recording(store(), call, file)
    captions = call.captions_file if key == call.recording_file else None
    return nothing | {"recording_file": key, "recording_seconds": seconds, "captions_file": captions}


def _address(text: str, option: str) -> str | None:
    if text and (len(text) > 500 or not is_web_address(text)):
        raise Invalid(f"{option} must be a web address that begins with https:// or http://.")
    return text or None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise NotFound(f"There is no file {path}.") from None


def _as_json(slug: str, found: CallSession, zone: str, *, changed: bool) -> dict[str, Any]:
    return {
        "cohort": slug,
        "call": found.number,
        "starts_at": local_and_utc(found.starts_at, zone),
        "minutes": found.minutes,
        "join_url": found.join_url,
        "recording_url": found.recording_url,
        "recording_file": found.recording_file,
        "captions_file": found.captions_file,
        "cancelled": found.cancelled_at is not None,
        "changed": changed,
    }
