"""Deep Linking requests while they are answered: kept when they come, looked up by their code, answered."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from lti.adapter.login import digest
from lti.adapter.signing import Signer
from lti.models import ContentRequest, Context, ContextMember, Registration, ResourceLink
from lti.protocol.deep_linking import Answer, Settings, settings_kept
from lti.protocol.platform import RegisteredPlatform
from lti.protocol.roles import ContextRole
from lti.services.logins import as_platform
from portal.core.errors import NotFound, Refused
from portal.core.languages import N_
from portal.courses.models import Cohort
from portal.identity.models import Platform

LIVES = timedelta(hours=8)  # a working day: the page may stand open over lunch
OVER = N_("This choice is over. Open it again from your LMS course.")


@dataclass(frozen=True)
class Choosing:
    """A request being answered. `cohort`: None while its LMS course opens nothing yet."""

    request: ContentRequest
    settings: Settings
    context: Context
    cohort: Cohort | None
    platform: RegisteredPlatform
    platform_name: str


def begin_choosing(
    session: Session,
    context: Context,
    settings: Settings,
    *,
    deployment_id: str,
    person_id: int,
    at: datetime,
) -> str:
    """Keep what the platform asked. Returns the code under which it is answered."""
    session.execute(delete(ContentRequest).where(ContentRequest.expires_at < at, ContentRequest.chosen == ""))
    code = secrets.token_urlsafe(24)
    session.add(
        ContentRequest(
            code_hash=digest(code),
            context_id=context.id,
            person_id=person_id,
            deployment_id=deployment_id,
            settings=settings.kept(),
            chosen="",
            expires_at=at + LIVES,
        )
    )
    session.flush()
    return code


def choosing_of(session: Session, code: str, person_id: int, *, at: datetime) -> Choosing:
    """This person's request of this code. Raises NotFound, or Refused for who may place nothing any more."""
    row = session.execute(
        select(ContentRequest, Context, Cohort, Registration, Platform, ContextMember.role)
        .join(Context, Context.id == ContentRequest.context_id)
        .join(Registration, Registration.platform_id == Context.registration_id)
        .join(Platform, Platform.id == Registration.platform_id)
        .outerjoin(Cohort, Cohort.id == Context.cohort_id)
        .outerjoin(
            ContextMember,
            (ContextMember.context_id == Context.id) & (ContextMember.person_id == ContentRequest.person_id),
        )
        .where(
            ContentRequest.code_hash == digest(code),
            ContentRequest.person_id == person_id,
            ContentRequest.expires_at > at,
        )
    ).one_or_none()
    if row is None:
        raise NotFound(OVER)
    request, context, cohort, registration, platform, role = row
    if not ContextRole(role or ContextRole.NONE).may_place:
        raise Refused(N_("Your LMS says that you neither teach nor design this course any more."))
    return Choosing(
        request,
        settings_kept(request.settings),
        context,
        cohort,
        as_platform(registration, platform),
        platform.name,
    )


def placed_in(session: Session, context_id: int) -> set[str]:
    """Destinations that the LMS course has links to, as far as we know: opened once, or chosen here."""
    opened = session.scalars(select(ResourceLink.destination).where(ResourceLink.context_id == context_id))
    chosen = session.scalars(select(ContentRequest.chosen).where(ContentRequest.context_id == context_id))
    return {*opened, *(word for words in chosen for word in words.split())}


def answer_platform(
    session: Session, choosing: Choosing, answer: Answer, signer: Signer, *, at: datetime
) -> str:
    """The signed answer, to be posted by the person's browser at once. `at`: real time."""
    sent = [item["custom"]["destination"] for item in answer.items]
    if sent:
        known = choosing.request.chosen.split()
        choosing.request.chosen = " ".join(dict.fromkeys([*known, *sent]))
        session.flush()
    return signed(answer, choosing.platform, choosing.request.deployment_id, choosing.settings, signer, at=at)


def signed(
    answer: Answer,
    platform: RegisteredPlatform,
    deployment_id: str,
    settings: Settings,
    signer: Signer,
    *,
    at: datetime,
) -> str:
    """The answer as a JWT."""
    return signer.sign(answer.claims(platform, deployment_id, settings, at=at))
