"""Reading what was watched: one statement, for one learner or a whole cohort."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from portal.core.errors import NotFound
from portal.courses.models import CallSession, Enrollment
from portal.courses.package.schema import RECORDING, CourseContent
from portal.videos.models import VideoProgress
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


def progress_of(session: Session, enrollment_id: int) -> Mapping[str, Progress]:
    """One learner's progress by video id (`call-2` is a recording); what was never played is missing."""
    return _by_enrollment(session, VideoProgress.enrollment_id == enrollment_id).get(enrollment_id, {})


def progress_of_many(session: Session, enrollment_ids: Iterable[int]) -> Mapping[int, Mapping[str, Progress]]:
    """The same for several learners, by enrollment id."""
    return _by_enrollment(session, VideoProgress.enrollment_id.in_(sorted(set(enrollment_ids))))


def progress_of_cohort(session: Session, cohort_id: int) -> Mapping[int, Mapping[str, Progress]]:
    """The same for everyone of a cohort, by enrollment id."""
    members = select(Enrollment.id).where(Enrollment.cohort_id == cohort_id)
    return _by_enrollment(session, VideoProgress.enrollment_id.in_(members))


def _rows(*where: Any) -> Select[int, str, float, float, datetime | None, WatchedHow | None]:
    return select(
        VideoProgress.enrollment_id,
        VideoProgress.video_id,
        VideoProgress.share,
        VideoProgress.position_seconds,
        VideoProgress.watched_at,
        VideoProgress.watched_how,
    ).where(*where)


def _by_enrollment(session: Session, *where: Any) -> dict[int, dict[str, Progress]]:
    found: dict[int, dict[str, Progress]] = defaultdict(dict)
    for enrollment_id, video_id, played, position, watched_at, how in session.execute(_rows(*where)):
        found[enrollment_id][video_id] = Progress(played, position, watched_at, how)
    return found


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
