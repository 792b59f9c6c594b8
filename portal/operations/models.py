"""Signs of life."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from portal.core.base import Base


class Heartbeat(Base):
    """When a worker was last seen alive; one row, real time."""

    __tablename__ = "heartbeat"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
