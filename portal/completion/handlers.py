"""What completion does when told of a change."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.completion.services import recompute
from portal.courses.messages import ProgressChanged


def on_progress_changed(session: Session, message: ProgressChanged, *, at: datetime) -> None:
    """A fact changed: work the standing out anew. Delivered at least once, harmless twice."""
    recompute(session, message.enrollment_ids, at=at)
