"""What of a video was watched."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.core.base import Base
from portal.videos.policy import WatchedHow


class VideoProgress(Base):
    """One learner's progress in one video, or in the recording of a call (`call-<n>`).

    `intervals`: the union of what was really played, [[from, to], …] in seconds, sorted, apart.
    """

    __tablename__ = "video_progress"
    __table_args__ = (UniqueConstraint("enrollment_id", "video_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrollment_id: Mapped[int] = mapped_column(ForeignKey("enrollment.id"))
    video_id: Mapped[str] = mapped_column(String(80))
    intervals: Mapped[list[Any]]
    position_seconds: Mapped[float] = mapped_column(Float)
    share: Mapped[float] = mapped_column(Float)  # of the length, 0 to 1
    watched_at: Mapped[datetime | None]
    watched_how: Mapped[WatchedHow | None]
    updated_at: Mapped[datetime]
