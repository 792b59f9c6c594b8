"""Where a launch comes from: its LMS course, its link and its column, as the latest launch said."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from lti.messages import ColumnLearned, ColumnWanted
from lti.models import Context, ContextMember, LineItem, Registration, ResourceLink, ScoreSent
from lti.protocol.messages import Columns, Launch, Place
from portal.courses.models import Cohort
from portal.identity.models import Person
from portal.identity.services import clean_text
from portal.outbox.services import post

_LONGEST_TITLE = 300
_LOOK_AGAIN = timedelta(days=1)  # for a column that could neither be found nor made


@dataclass
class KnownPlace:
    """What one statement finds of the place a launch comes from."""

    context: Context | None
    cohort: Cohort | None
    link: ResourceLink | None
    line_item: LineItem | None
    member: ContextMember | None


# Built once: building a statement of six tables costs more than running it.
_WHO = (
    select(Person.id)
    .where(Person.platform_id == bindparam("registration_id"), Person.sub == bindparam("sub"))
    .scalar_subquery()
)
_KNOWN = (
    select(Context, Cohort, ResourceLink, LineItem, ContextMember)
    .select_from(Registration)
    .outerjoin(
        Context,
        and_(
            Context.registration_id == Registration.platform_id, Context.context_id == bindparam("context_id")
        ),
    )
    .outerjoin(Cohort, Cohort.id == Context.cohort_id)
    .outerjoin(
        ResourceLink,
        and_(ResourceLink.context_id == Context.id, ResourceLink.link_id == bindparam("link_id")),
    )
    .outerjoin(LineItem, LineItem.resource_link_id == ResourceLink.id)
    .outerjoin(ContextMember, and_(ContextMember.context_id == Context.id, ContextMember.person_id == _WHO))
    .where(Registration.platform_id == bindparam("registration_id"))
)


def known_place(session: Session, said: Launch, place: Place, registration_id: int) -> KnownPlace:
    """What is known of where a launch comes from, and of who came from there. One statement."""
    asked = {
        "registration_id": registration_id,
        "context_id": place.context_id,
        "link_id": place.link_id,
        "sub": said.sub,
    }
    return KnownPlace(*session.execute(_KNOWN, asked).one())


def learn_place(
    session: Session, known: KnownPlace, said: Launch, place: Place, registration_id: int, *, at: datetime
) -> Context:
    """Keep what this launch says of its LMS course, its link and its column. The course is new, or as it was."""
    context = known.context
    if context is None:
        context = Context(
            registration_id=registration_id,
            context_id=place.context_id,
            first_seen_at=at,
            copied_from_id=_ancestor(session, place, registration_id),
        )
        session.add(context)
    _learn_context(context, place, said)
    session.flush()
    if place.link_id is not None:
        _learn_link(session, context, known, said, place, place.link_id, at)
    return context


def _ancestor(session: Session, place: Place, registration_id: int) -> int | None:
    """The nearest course known here that this one was copied from. Shown to who connects it, and no more."""
    if not place.copied_from:
        return None
    rows = session.execute(
        select(Context.context_id, Context.id).where(
            Context.registration_id == registration_id,
            Context.context_id.in_(place.copied_from),
            Context.context_id != place.context_id,
        )
    )
    known = {row.context_id: row.id for row in rows}
    return next((known[id_] for id_ in place.copied_from if id_ in known), None)


def _learn_context(context: Context, place: Place, said: Launch) -> None:
    """What this launch says of its LMS course; what it leaves out stays as it was."""
    title = clean_text(place.context_title or "", _LONGEST_TITLE)
    for name, value in (("title", title), ("memberships_url", said.memberships_url), ("family", said.family)):
        if value and value != getattr(context, name):
            setattr(context, name, value)


def _learn_link(
    session: Session,
    context: Context,
    known: KnownPlace,
    said: Launch,
    place: Place,
    link_id: str,
    at: datetime,
) -> None:
    """Keep what the latest verified launch says of the link: its page, and its column's address."""
    title, destination = (
        clean_text(place.link_title or "", _LONGEST_TITLE) or None,
        str(said.destination),
    )
    link = known.link
    if link is None:
        link = ResourceLink(
            context_id=context.id,
            link_id=link_id,
            title=title,
            destination=destination,
            first_seen_at=at,
        )
        session.add(link)
        session.flush()
    elif (link.title, link.destination) != (title, destination):
        link.title, link.destination = title, destination
    _learn_column(session, context, link, known.line_item, said, at)


def _learn_column(
    session: Session, context: Context, link: ResourceLink, item: LineItem | None, said: Launch, at: datetime
) -> None:
    if said.column is None and said.columns is not None and said.destination.has_score:
        _want_column(session, context, link, item, said, said.columns, at)
        return
    if said.column is None or not said.destination.has_score:
        if item is not None and item.gone_at is None:
            item.gone_at = at
        return
    url, destination = said.column.line_item_url, str(said.destination)
    if item is None:
        item = LineItem(
            context_id=context.id, resource_link_id=link.id, learned_at=at, url="", destination=""
        )
        session.add(item)
    elif (item.url, item.destination, item.gone_at) == (url, destination, None):
        item.is_own = False
        return
    item.destination, item.is_own, item.gone_at = destination, False, None
    has_address(session, item, url)


def _want_column(
    session: Session,
    context: Context,
    link: ResourceLink,
    item: LineItem | None,
    said: Launch,
    columns: Columns,
    at: datetime,
) -> None:
    """The launch names no column, but where they are listed: have it looked for, once for each destination."""
    if context.cohort_id is None:  # nobody has anything to show yet
        return
    destination = str(said.destination)
    if context.line_items_url != columns.url:
        context.line_items_url = columns.url
    if item is None:
        item = LineItem(
            context_id=context.id, resource_link_id=link.id, learned_at=at, url="", destination=destination,
            is_own=True,
        )  # fmt: skip
        session.add(item)
    elif not item.is_own:
        if (
            item.gone_at is None
        ):  # launches named it, and no longer do: it was deleted in the LMS, and stays so
            item.gone_at = at
        return
    elif item.destination != destination or (item.gone_at is not None and at - item.gone_at > _LOOK_AGAIN):
        item.destination, item.url, item.gone_at = destination, "", None
    else:
        return
    session.flush()
    post(session, ColumnWanted(item.id, columns.may_make))


def has_address(session: Session, item: LineItem, url: str) -> None:
    """The column is at this address from now on. What was done before it was there belongs in it too."""
    moved = bool(item.url) and item.url != url
    item.url = url
    session.flush()
    if moved:  # nobody knows what the new one has
        session.execute(
            update(ScoreSent)
            .where(ScoreSent.line_item_id == item.id)
            .values(arrived=None)
            .execution_options(synchronize_session=False)
        )
    post(session, ColumnLearned(item.id))
