"""What players report, and transcripts that were read."""

from datetime import datetime

from flask import Blueprint, jsonify, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.core.clock import course_now
from portal.core.db import transaction
from portal.core.errors import Closed, Conflict, Invalid
from portal.core.htmx import wants_fragment
from portal.courses.access import learner_of
from portal.courses.dates import Schedule
from portal.courses.policy import is_before_opening, is_closed
from portal.courses.queries import schedule_of
from portal.videos.forms import Played
from portal.videos.queries import Film, Progress, film_of
from portal.videos.services import keep_playing, keep_reading
from portal.videos.words import progress_words

bp = Blueprint("videos", __name__)


@bp.post("/c/<cohort>/videos/<video>/progress")
def progress(cohort: str, video: str) -> ResponseReturnValue:
    """A player's report (JSON), or the word that the transcript was read (`read=1`)."""
    now = course_now()
    with transaction() as session:
        me = learner_of(session, cohort)
        film = film_of(session, me.cohort_id, me.content, video)
        _require_open(schedule_of(session, me), film, now)
        if request.form.get("read") == "1":
            if not film.can_be_confirmed:
                raise Conflict("This video has no transcript yet. It counts when you have watched it.")
            kept, became = keep_reading(session, me.id, video, at=now)
        elif request.form:
            raise Invalid("Say read=1 when you have read the transcript to its end.")
        else:
            played = Played.parse(request.get_data(), film.length_seconds)
            kept, became = keep_playing(
                session,
                me.id,
                video,
                played.intervals,
                position_seconds=played.position_seconds,
                length_seconds=film.length_seconds,
                needed_share=me.content.watched_share,
                at=now,
            )
        standing = Progress(kept.share, kept.position_seconds, kept.watched_at, kept.watched_how)
    if wants_fragment():
        answer = make_response(render_template("videos/_confirmed.html", words=progress_words(standing)))
        if became:
            answer.headers["HX-Trigger"] = "watched"  # the pieces that count videos draw themselves anew
        return answer
    if request.form:
        return redirect(_page_of(film, cohort), 303)
    return jsonify(
        share=round(standing.share, 4),
        watched=standing.is_watched,
        position=standing.position_seconds,
        words=progress_words(standing),
    )


def _page_of(film: Film, cohort: str) -> str:
    if film.call is not None:
        return f"/c/{cohort}/calls/{film.call}"
    return f"/c/{cohort}/lessons/{film.lesson}?video={film.video_id}#videos"


def _require_open(schedule: Schedule, film: Film, now: datetime) -> None:
    dates = schedule.video(film.video_id)
    if is_before_opening(dates, now):
        what = (
            "The recording is shown once the call has ended" if film.call else "This lesson is not open yet"
        )
        raise Closed(f"{what}. Nothing was kept.")
    if is_closed(dates, now):
        raise Closed("Lessons and videos have closed. What you watched until then is kept.")
