"""The page of a launch that was in order and lets nobody in, and the way back into the LMS."""

from dataclasses import dataclass
from typing import Any

from flask import session as browser_session

from lti import frames
from lti.protocol.deep_linking import Answer
from lti.protocol.messages import Launch
from lti.protocol.origins import origin_of
from lti.protocol.platform import RegisteredPlatform
from lti.protocol.return_url import back_with
from lti.runtime import runtime
from lti.services.deep_linking import signed
from lti.services.keys import signer
from lti.services.launch import Standstill, Stays
from lti.views.blueprint import bp
from lti.views.cookies import way_back
from portal.core.clock import real_now
from portal.core.db import reading
from portal.core.languages import N_, _

RETURN_KEY = "lms_return_url"  # of the session's verified launch

TITLES = {
    Standstill.NOT_CONNECTED: N_("This course is not open here yet"),
    Standstill.NO_COURSE: N_("Open this link from a course"),
    Standstill.OBSERVER: N_("Observers have no page here"),
    Standstill.DESIGNER: N_("This link works for those who teach or take the course"),
    Standstill.NO_ROLE: N_("You are not in this course"),
    Standstill.ONLY_STAFF: N_("This is for those who teach the course"),
    Standstill.NOT_A_LEARNER_HERE: N_("This person takes no part in this cohort"),
}


@dataclass(frozen=True)
class StaysPage:
    """Why nobody entered, for the person, and their way back. `jwt` goes by post to `url`: a dialog's answer."""

    because: Standstill
    title: str
    course_title: str | None
    back_url: str | None = None
    url: str | None = None
    jwt: str | None = None
    at_once: bool = False  # the page is read first


def stays_page(outcome: Stays, said: Launch, platform: RegisteredPlatform) -> StaysPage:
    """The page, in the reader's language; the LMS is told the same in words."""
    title = _(TITLES[outcome.because])
    if said.settings is not None:
        answer, at = Answer(errormsg=f"{title}."), real_now()
        with reading() as session:
            key = signer(session, runtime().seal, at=at)
        jwt = signed(answer, platform, said.deployment_id, said.settings, key, at=at)
        url = said.settings.return_url
        return StaysPage(outcome.because, title, outcome.course_title, url=url, jwt=jwt)
    back_url = back_with(said.return_url, errormsg=f"{title}.") if said.return_url else None
    return StaysPage(outcome.because, title, outcome.course_title, back_url)


@bp.app_context_processor
def _around_us() -> dict[str, Any]:
    """For the bar and the pages of who is signed out, the return address of the reader's launch, or of their last.

    `lms_origins()`: of the pages that may lie around ours, by blanks.
    """
    url = str((browser_session.get(RETURN_KEY) if "_user_id" in browser_session else way_back()) or "")
    return {"lms_return_url": url, "lms_origins": lambda: " ".join(frames.parents()) or origin_of(url) or ""}
