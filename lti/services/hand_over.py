"""A session goes on in a tab of its own. A frame's cookies are kept for the LMS's site alone and do not come along.

The token is made in the frame for who is signed in there, and posted from our own page into the new tab. It is good
once and for a short while; it says nothing by itself, and is kept hashed.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti.adapter.login import digest, secret
from lti.models import HandOver
from portal.core.errors import Refused
from portal.core.languages import N_

AT_ONCE = timedelta(seconds=30)  # by script, or on a page whose one button is this
TO_READ = timedelta(minutes=5)  # on a page that is read first
_LONGEST_PATH = 2000


@dataclass(frozen=True)
class HandedOver:
    """What goes on in the tab."""

    person_id: int
    path: str
    carried: dict[str, Any]


def hand_over(
    session: Session, person_id: int, path: str, carried: Mapping[str, Any], *, at: datetime, lives: timedelta
) -> str:
    """The token by which one tab takes this session over. `carried`: what the session holds, JSON values."""
    token = secret()
    session.execute(delete(HandOver).where(HandOver.expires_at < at))
    session.add(
        HandOver(
            token_hash=digest(token),
            person_id=person_id,
            path=own_path(path),
            carried=json.dumps(dict(carried)),
            expires_at=at + lives,
        )
    )
    session.flush()
    return token


def take_over(session: Session, token: str, *, at: datetime) -> HandedOver:
    """What this token hands over: exactly one caller gets it. Raises Refused."""
    row = session.execute(
        delete(HandOver)
        .where(HandOver.token_hash == digest(token), HandOver.expires_at > at)
        .returning(HandOver.person_id, HandOver.path, HandOver.carried)
    ).one_or_none()
    if row is None:
        raise Refused(
            N_("This was opened already, or waited too long. Go back to the course and open it again.")
        )
    return HandedOver(row.person_id, row.path, json.loads(row.carried))


def own_path(path: str) -> str:
    """A path of our own site with its query; the first page for anything that could lead elsewhere."""
    plain = path.isprintable() and "\\" not in path and len(path) <= _LONGEST_PATH
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"
