"""Columns that launches do not name: which to look for, and what was found."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti.adapter.columns import WantedColumn
from lti.messages import ColumnWanted
from lti.models import ContentRequest, Context, LineItem, Registration, ResourceLink
from lti.protocol.destinations import Kind, destination_of
from lti.protocol.platform import RegisteredPlatform
from lti.services.logins import as_platform
from lti.services.places import has_address
from portal.courses.models import Cohort
from portal.courses.queries import content_of
from portal.identity.models import Platform

_SAME_SHARE = (Kind.HOME.value, Kind.RECORD.value)  # both show all that completion needs
_LONGEST_LABEL = 200


@dataclass(frozen=True)
class ColumnAsk:
    """One column to look for."""

    line_item_id: int
    platform: RegisteredPlatform
    column: WantedColumn

    @property
    def may_make(self) -> bool:
        """Whether it is made where there is none."""
        return self.column.may_make


def begin(session: Session, wanted: ColumnWanted) -> ColumnAsk | None:
    """What to ask; None where nothing is wanted (any more), or another link's column shows the same already."""
    row = session.execute(
        select(LineItem, ResourceLink, Context, Cohort, Registration, Platform)
        .join(ResourceLink, ResourceLink.id == LineItem.resource_link_id)
        .join(Context, Context.id == LineItem.context_id)
        .join(Cohort, Cohort.id == Context.cohort_id)
        .join(Registration, Registration.platform_id == Context.registration_id)
        .join(Platform, Platform.id == Registration.platform_id)
        .where(LineItem.id == wanted.line_item_id)
    ).one_or_none()
    if row is None:
        return None
    item, link, context, cohort, registration, platform = row
    if not item.is_own or item.url or item.gone_at is not None or context.line_items_url is None:
        return None
    if _is_shown(session, item):
        return None
    return ColumnAsk(
        item.id,
        as_platform(registration, platform),
        WantedColumn(
            line_items_url=context.line_items_url,
            link_id=link.link_id,
            resource_id=item.destination,
            tag=destination_of(item.destination).kind.value,
            label=_label(item.destination, content_of(session, cohort.course_version_id).title),
            # Placed by Deep Linking: whether it has a column was decided there.
            may_make=wanted.may_make and item.destination not in _placed(session, context),
        ),
    )


def answered(session: Session, ask: ColumnAsk, url: str | None, *, at: datetime) -> None:
    """Keep where the column is; without one, leave it for a later launch to ask again."""
    item = session.get(LineItem, ask.line_item_id, populate_existing=True, with_for_update=True)
    if item is None or not item.is_own or item.url or item.destination != ask.column.resource_id:
        return
    if url is None or url in _addresses(session, item):
        item.gone_at = at
        return
    has_address(session, item, url)


def _is_shown(session: Session, item: LineItem) -> bool:
    same = _SAME_SHARE if item.destination in _SAME_SHARE else (item.destination,)
    return (
        session.scalar(
            select(LineItem.id)
            .where(
                LineItem.context_id == item.context_id,
                LineItem.id != item.id,
                LineItem.destination.in_(same),
                LineItem.gone_at.is_(None),
                LineItem.url != "",
            )
            .limit(1)
        )
        is not None
    )


def _addresses(session: Session, item: LineItem) -> set[str]:
    return set(
        session.scalars(
            select(LineItem.url).where(LineItem.context_id == item.context_id, LineItem.id != item.id)
        )
    )


def _placed(session: Session, context: Context) -> set[str]:
    """Destinations that were placed by Deep Linking in this LMS course, or in the one it was copied from."""
    courses = [id_ for id_ in (context.id, context.copied_from_id) if id_ is not None]
    chosen = session.scalars(select(ContentRequest.chosen).where(ContentRequest.context_id.in_(courses)))
    return {word for words in chosen for word in words.split()}


_NAMES = {Kind.HOME: "Course progress", Kind.RECORD: "Course progress", Kind.EVALUATION: "Evaluation"}


def _label(destination: str, course: str) -> str:
    page = destination_of(destination)
    name = _NAMES.get(page.kind) or f"{page.kind.value.capitalize()} {page.key}"
    return f"{course}: {name}"[:_LONGEST_LABEL]
