"""What is known of videos and of how far a learner is in them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from portal.core.errors import NotFound
from portal.courses.models import CallSession
from portal.courses.package.schema import RECORDING, CourseContent
from portal.videos.policy import WatchedHow


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one learner is in one video. `share` 0 to 1; `position_seconds` is where playing stopped."""

    share: float = 0.0
    position_seconds: float = 0.0
    watched_at: datetime | None = None
    how: WatchedHow | None = None

    @property
    def is_watched(self) -> bool:
        """Played enough, or its transcript read. Once watched it stays so."""
        return self.watched_at is not None


NOTHING_YET = Progress()


@dataclass(frozen=True, slots=True)
class Film:
    """What is known of a video before a report is taken. `length_seconds` 0: playing cannot be measured."""

    video_id: str
    lesson: int | None
    call: int | None
    length_seconds: float
    has_transcript: bool

    @property
    def can_be_confirmed(self) -> bool:
        """Whether the learner's word is taken: there is a transcript, or playing cannot be measured."""
        return self.has_transcript or self.length_seconds <= 0


def film_of(session: Session, cohort_id: int, content: CourseContent, video_id: str) -> Film:
    """A lecture, or the recording of a call: the cohort's own, else the package's. Raises NotFound.

    A lecture costs no statement, a recording one.
    """
    number = video_id.removeprefix(RECORDING)
    if not video_id.startswith(RECORDING) or not number.isdecimal():
        lesson, video = content.video(video_id)
        return Film(
            video_id, lesson.number if lesson else None, None, video.length_seconds, video.has_transcript
        )
    call = session.scalar(
        select(CallSession).where(
            CallSession.cohort_id == cohort_id, CallSession.number == min(int(number), 10**6)
        )
    )
    if call is None or f"{RECORDING}{call.number}" != video_id:
        raise NotFound("This course has no such recording.")
    if call.recording_file or call.recording_url:
        # Elsewhere nothing can be measured; of a file of our own the length is known.
        seconds = 0.0 if call.recording_url else call.recording_seconds or 0.0
        return Film(video_id, None, call.number, seconds, has_transcript=call.captions_file is not None)
    video = content.video(video_id).video
    return Film(video_id, None, call.number, video.length_seconds, video.has_transcript)
