"""Videos on a page: the reel to choose from, the player, the transcript beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from markupsafe import Markup

from portal.core.kept import Same
from portal.core.markdown import to_html
from portal.core.when import plural
from portal.courses.package.parts import Video
from portal.learning.pages.parts import Shown
from portal.learning.queries import Seen
from portal.videos.policy import resume_at
from portal.videos.queries import NOTHING_YET, Progress
from portal.videos.transcript import clock, lines_of
from portal.videos.words import progress_shape, progress_words


@dataclass(frozen=True)
class Reel:
    """One video to choose. `id` is its own, and the anchor of its entry."""

    id: str
    title: str
    url: str
    length: str
    state: Shown
    is_on: bool
    is_required: bool


@dataclass(frozen=True)
class Line:
    """A line of the transcript with the address that plays from there."""

    start: float
    clock: str
    text: str
    url: str


@dataclass(frozen=True)
class Transcript:
    """What is said in a video: lines with their times, or `text` where it was written."""

    lines: tuple[Line, ...]
    text: Markup | None

    @cached_property
    def _hash(self) -> int:
        return hash((self.lines, self.text))

    def __hash__(self) -> int:
        return self._hash  # worked out once: an hour of lines is a key of `drawn`

    def line_at(self, seconds: float) -> int:
        """Which line is said then, from 0; -1 at the beginning and before the first."""
        said = (i for i, line in enumerate(self.lines) if line.start <= seconds)
        return max(said, default=-1) if seconds > 0 else -1


@dataclass(frozen=True)
class Player:
    """The chosen video. Empty `progress_url`: nothing is measured (staff read along)."""

    id: str
    title: str
    length: str
    length_seconds: float
    source: str
    captions: str
    progress_url: str
    start_seconds: float
    resume: str
    resume_url: str
    share_needed: str
    state: Shown
    is_watched: bool
    transcript: Transcript | None
    line_at: int
    can_confirm: bool


def video_state(progress: Progress) -> Shown:
    """How far one is in a video, in words and a shape."""
    return Shown(progress_words(progress), *progress_shape(progress))


def progress_in(seen: Seen, video_id: str) -> Progress:
    """The member's progress in a video."""
    return seen.under_way.videos.get(video_id, NOTHING_YET)


def reel(seen: Seen, videos: Sequence[Video], page_url: str, chosen: Video) -> tuple[Reel, ...]:
    """The page's videos in order."""
    return tuple(
        Reel(
            id=video.id,
            title=video.title,
            url=f"{page_url}?video={video.id}#videos",
            length=short_length(video.length_seconds),
            state=video_state(progress_in(seen, video.id)),
            is_on=video is chosen,
            is_required=video.required,
        )
        for video in videos
    )


def choose(seen: Seen, videos: Sequence[Video], wanted: str) -> Video:
    """The video asked for, else the first that is still to watch, else the first."""
    for video in videos:
        if video.id == wanted:
            return video
    return next((v for v in videos if v.required and v.id not in seen.facts.watched), videos[0])


def transcript_of(video: Video, page_url: str) -> Transcript | None:
    """What is said in the video, where it is known."""
    if video.transcript_text is not None:
        return Transcript((), to_html(video.transcript_text)) if video.transcript_text else None
    here = f"{page_url}?video={video.id}"
    lines = tuple(
        Line(line.start, clock(line.start), line.text, f"{here}&t={line.start:.0f}#videos")
        for line in lines_of(video.cues)
    )
    return Transcript(lines, None) if lines else None


@lru_cache(maxsize=512)
def kept_transcript(video: Same[Video], page_url: str) -> Transcript | None:
    """The same for a video of the course's package, which never changes."""
    return transcript_of(video.it, page_url)


def player(
    seen: Seen, video: Video, page_url: str, asked_seconds: float | None, transcript: Transcript | None
) -> Player:
    """The player of one video. `asked_seconds`: from where, when the address says so."""
    progress = progress_in(seen, video.id)
    left_at = resume_at(progress.position_seconds, video.length_seconds)
    start = left_at if asked_seconds is None else min(max(asked_seconds, 0.0), video.length_seconds)
    here = f"{page_url}?video={video.id}"
    return Player(
        id=video.id,
        title=video.title,
        length=plural(max(1, round(video.length_seconds / 60)), "minute"),
        length_seconds=video.length_seconds,
        source=seen.file_url(video.file),
        captions=seen.file_url(video.captions) if video.captions else "",
        progress_url=f"{seen.base}videos/{video.id}/progress" if seen.is_learner else "",
        start_seconds=start,
        resume=clock(left_at) if left_at >= 5 else "",
        resume_url=f"{here}&t={left_at:.0f}#videos",
        share_needed=f"{seen.content.watched_share:.0%}".replace("%", " %"),
        state=video_state(progress),
        is_watched=progress.is_watched,
        transcript=transcript,
        line_at=transcript.line_at(start) if transcript else -1,
        can_confirm=video.has_transcript and seen.is_learner and not progress.is_watched,
    )


def short_length(seconds: float) -> str:
    """ "14 min"; of what is shorter than a minute and a half "45 s"."""
    return f"{round(seconds)} s" if seconds < 90 else f"{round(seconds / 60)} min"
