"""How progress in a video is said, and the shape beside the words (static/icons.svg)."""

from portal.videos.policy import WatchedHow
from portal.videos.queries import Progress


def progress_words(progress: Progress) -> str:
    """ "Watched", "Transcript read", "64 % watched", "Not started"."""
    if progress.how is WatchedHow.TRANSCRIPT:
        return "Transcript read"
    if progress.is_watched:
        return "Watched"
    # Rounded down: 90 % would promise what a share of 89.9 % has not reached.
    return f"{max(1, int(progress.share * 100))} % watched" if progress.share > 0 else "Not started"


def progress_shape(progress: Progress) -> tuple[str, str]:
    """The shape, and the hue that agrees."""
    if progress.is_watched:
        return "done", "done"
    return ("part" if progress.share > 0 else "open"), ""
