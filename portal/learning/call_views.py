"""A learner's page of a call, and its recording where the cohort has one of its own."""

from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from portal.attendance.queries import call_of, changes_of
from portal.core.clock import course_now
from portal.core.db import reading
from portal.core.errors import Closed, NotFound
from portal.core.files import store
from portal.core.sending import send_stored
from portal.core.webvtt import BadCaptions, read_captions
from portal.courses.access import member_of
from portal.courses.models import CallSession
from portal.courses.package.parts import Cue
from portal.courses.package.schema import RECORDING
from portal.courses.policy import is_before_opening, is_closed
from portal.courses.queries import schedule_of
from portal.learning.forms import seconds_of
from portal.learning.pages.call import call_page
from portal.learning.queries import seen_by

bp = Blueprint("calls", __name__)


@bp.get("/c/<cohort>/calls/<int:number>")
def show(cohort: str, number: int) -> str:
    """When it is and how to join; its recording once it is over; how it counts for the reader."""
    with reading() as session:
        me = member_of(session, cohort)
        call = call_of(session, me.cohort_id, number)
        seen = seen_by(session, me, me.reader, at=course_now())
        history = changes_of(session, me.cohort_id, number)
        page = call_page(
            seen,
            call,
            history,
            seconds=seconds_of(request.args.get("t", "")),
            is_staff=me.is_staff,
            cues=_cues(call, seen.now),
        )
    return render_template("learning/call.html", page=page)


@bp.get("/c/<cohort>/calls/<int:number>/recording.mp4")
def recording(cohort: str, number: int) -> ResponseReturnValue:
    """The cohort's own recording, to members, from the call's end until the lessons close."""
    key = _open_file(cohort, number, "recording_file")
    return send_stored(key, "video/mp4")


@bp.get("/c/<cohort>/calls/<int:number>/captions.vtt")
def captions(cohort: str, number: int) -> ResponseReturnValue:
    """Its captions."""
    key = _open_file(cohort, number, "captions_file")
    return send_stored(key, "text/vtt; charset=utf-8")


def _open_file(cohort: str, number: int, which: str) -> str:
    with reading() as session:
        me = member_of(session, cohort)
        call = call_of(session, me.cohort_id, number)
        key: str | None = getattr(call, which)
        dates = schedule_of(session, me).video(f"{RECORDING}{number}")
    if key is None:
        raise NotFound("This call has no such file.")
    now = course_now()
    if not me.is_staff and is_before_opening(dates, now):
        raise Closed("The recording is shown once the call has ended.")
    if not me.is_staff and is_closed(dates, now):
        raise Closed("Lessons and recordings have closed.")
    return key


def _cues(call: CallSession, now: datetime) -> tuple[Cue, ...]:
    """The captions of the cohort's own recording as a transcript, once it can be shown."""
    if not call.captions_file or not call.recording_file or now < call.starts_at:
        return ()
    try:
        found = read_captions(store().read(call.captions_file).decode("utf-8-sig"))
    except (FileNotFoundError, BadCaptions):
        return ()
    return tuple(Cue(start=cue.start, end=cue.end, text=cue.text) for cue in found)
