"""Which further origins of a platform may frame us. On hosted Canvas a school's own host is in no address of it."""

from sqlalchemy.orm import Session

from lti.models import Registration
from lti.protocol.origins import origin_of
from lti.protocol.platform import RegisteredPlatform
from lti.services.register import registration_of
from portal.core.errors import Invalid

_MOST_LEARNED = 20  # hosts of one platform: the header that names them must not grow without end


def allow_framing(session: Session, registration_id: int, url: str) -> tuple[str, ...]:
    """Let pages of this origin frame us; all that may. Raises NotFound, and Invalid for what is no web address."""
    registration = registration_of(session, registration_id)
    origin = origin_of(url)
    if origin is None:
        raise Invalid(f"Not the address of a website: {url[:200]}")
    return _add(registration, origin)


def learn_framer(session: Session, platform: RegisteredPlatform, return_url: str | None) -> None:
    """The origin that a verified launch returns to is where our frame stands."""
    origin = origin_of(return_url) if return_url else None
    known = (*platform.frame_origins.split(), origin_of(platform.issuer), origin_of(platform.auth_login_url))
    if origin is not None and origin not in known and len(known) - 2 < _MOST_LEARNED:
        _add(session.get_one(Registration, platform.id), origin)


def _add(registration: Registration, origin: str) -> tuple[str, ...]:
    named = tuple(dict.fromkeys((*registration.frame_origins.split(), origin)))
    registration.frame_origins = " ".join(named)
    return named
