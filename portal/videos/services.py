"""Keeping what was watched."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from portal.core.errors import Invalid
from portal.courses.messages import ProgressChanged
from portal.outbox.services import post
from portal.videos.models import VideoProgress
from portal.videos.policy import MAX_PIECES, Interval, WatchedHow, is_watched, share, union


def keep_playing(
    session: Session,
    enrollment_id: int,
    video_id: str,
    played: Sequence[Interval],
    *,
    position_seconds: float,
    length_seconds: float,
    needed_share: float,
    at: datetime,
) -> tuple[VideoProgress, bool]:
    """Unite what was played with what was kept. Returns the progress, and whether it became watched now.

    `played`: sound intervals (policy.is_sound). Reports may come twice, late or in any order.
    Raises Invalid when the whole would lie in more pieces than anyone plays.
    """

    progress = _row_of(session, enrollment_id, video_id, at)
    pieces = union(progress.intervals, played)
    if len(pieces) > MAX_PIECES:
        raise Invalid("This report is in too many pieces. Nothing of it was kept.")
    progress.intervals = [list(piece) for piece in pieces]
    progress.share = share(pieces, length_seconds)
    progress.position_seconds = min(position_seconds, length_seconds)
    progress.updated_at = at
    if is_watched(progress.share, needed_share):
        return progress, _note_watched(session, progress, WatchedHow.PLAYED, at)
    session.flush()
    return progress, False


def keep_reading(
    session: Session, enrollment_id: int, video_id: str, *, at: datetime
) -> tuple[VideoProgress, bool]:
    """The learner has read the transcript to its end: equal to watching. A second time changes nothing."""
    progress = _row_of(session, enrollment_id, video_id, at)
    return progress, _note_watched(session, progress, WatchedHow.TRANSCRIPT, at)


def _note_watched(session: Session, progress: VideoProgress, how: WatchedHow, at: datetime) -> bool:
    became = progress.watched_at is None
    if became:
        progress.watched_at, progress.watched_how, progress.updated_at = at, how, at
        post(session, ProgressChanged([progress.enrollment_id]))
    session.flush()
    return became


def _row_of(session: Session, enrollment_id: int, video_id: str, at: datetime) -> VideoProgress:
    """The row, locked: two windows that report at once must not lose each other's minutes."""
    locked = (
        select(VideoProgress)
        .where(VideoProgress.enrollment_id == enrollment_id, VideoProgress.video_id == video_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = session.scalar(locked)
    if found is not None:
        return found
    fresh = VideoProgress(
        enrollment_id=enrollment_id,
        video_id=video_id,
        intervals=[],
        position_seconds=0.0,
        share=0.0,
        updated_at=at,
    )
    try:
        with session.begin_nested():
            session.add(fresh)
            session.flush()
    except IntegrityError:  # the other window was first
        return session.scalars(locked).one()
    return fresh
