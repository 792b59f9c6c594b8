"""Who is carried over when a platform is registered anew: decided by the same `sub`, never by e-mail alone."""

import unicodedata
from dataclasses import dataclass, field

from sqlalchemy import Table, exists, select
from sqlalchemy.orm import Session

from lti.models import Context
from lti.services.register import registration_of
from portal.completion.models import CompletionRecord
from portal.core.base import Base
from portal.core.errors import Invalid
from portal.courses.models import Cohort, Enrollment
from portal.identity.models import Person, Platform
from portal.identity.services import shown_name


@dataclass(frozen=True)
class Pair:
    """Somebody of both registrations, by the same `sub`. `shared`: (old, new) enrollments in one cohort."""

    old: Person
    new: Person
    shared: tuple[tuple[Enrollment, Enrollment], ...]


@dataclass(frozen=True)
class Left:
    """Somebody who is not carried, and why, in words."""

    person: Person
    why: str


@dataclass
class Plan:
    """What a move does."""

    from_id: int
    to_id: int
    same_issuer: bool
    carried: list[Person] = field(default_factory=list)  # have not come by the new registration yet
    joined: list[Pair] = field(default_factory=list)  # have: their two rows become one
    left: list[Left] = field(default_factory=list)
    same_email: list[tuple[Person, Person]] = field(default_factory=list)  # of the two, with another sub
    contexts: list[tuple[Context, Context | None]] = field(default_factory=list)  # old, and the same one anew

    def document(self) -> dict[str, object]:
        """As plain JSON."""
        return {
            "from": self.from_id,
            "to": self.to_id,
            "same_issuer": self.same_issuer,
            "carried": len(self.carried) + len(self.joined),
            "joined": len(self.joined),
            "left": [{"person": one.person.id, "name": shown_name(one.person), "why": one.why} for one in self.left],
            "same_email": [{"person": old.id, "other": new.id} for old, new in self.same_email],
            "courses": [old.context_id for old, _ in self.contexts],
        }  # fmt: skip


def plan_move(session: Session, from_id: int, to_id: int) -> Plan:
    """Who would be carried from one registration to another. Reads only.

    The same `sub` says who is who. Two who have it but agree neither in e-mail nor in name are two people; so are
    those of one e-mail and different `sub`. Where issuers differ and any such pair is found, the numbers of the
    two platforms do not mean the same people, and only those who came by both are carried.
    """
    if from_id == to_id:
        raise Invalid("The two registrations are the same one.")
    registration_of(session, from_id)
    registration_of(session, to_id)
    rows = session.execute(select(Platform.id, Platform.issuer).where(Platform.id.in_((from_id, to_id))))
    issuers = {row.id: row.issuer for row in rows}
    plan = Plan(from_id, to_id, same_issuer=issuers[from_id] == issuers[to_id])
    old, new = _people(session, from_id), {person.sub: person for person in _people(session, to_id)}
    by_email = {_plain(person.email): person for person in new.values() if person.email}
    pairs = [Pair(one, new[one.sub], ()) for one in old if one.sub in new]
    shared = _shared(session, pairs)
    doubt = any(not _agree(pair.old, pair.new, strict=not plan.same_issuer) for pair in pairs)
    for pair in pairs:
        _judge(session, plan, Pair(pair.old, pair.new, shared.get(pair.old.id, ())))
    for one in old:
        if one.sub in new:
            continue
        other = by_email.get(_plain(one.email)) if one.email else None
        if other is not None:
            plan.same_email.append((one, other))
            plan.left.append(
                Left(one, f"person {other.id} of the new registration has the same e-mail but another sub")
            )
        elif doubt and not plan.same_issuer:
            plan.left.append(Left(one, "the two platforms give one sub to different people"))
        else:
            plan.carried.append(one)
    if plan.same_issuer:
        plan.contexts = _contexts(session, from_id, to_id)
    return plan


def _judge(session: Session, plan: Plan, pair: Pair) -> None:
    if not _agree(pair.old, pair.new, strict=not plan.same_issuer):
        plan.left.append(Left(pair.old, "the same sub there has another name and another e-mail"))
        return
    both = [old for old, new in pair.shared if has_facts(session, old.id) and has_facts(session, new.id)]
    if both:
        slug = session.scalar(select(Cohort.slug).where(Cohort.id == both[0].cohort_id))
        plan.left.append(Left(pair.old, f"they have work under both registrations in {slug}"))
        return
    plan.joined.append(pair)


def _people(session: Session, platform_id: int) -> list[Person]:
    return list(session.scalars(select(Person).where(Person.platform_id == platform_id).order_by(Person.id)))


def _agree(old: Person, new: Person, *, strict: bool) -> bool:
    """Whether what is known of the two may be of one person. `strict`: something must speak for it."""
    said = [_plain(a) == _plain(b) for a, b in ((old.email, new.email), (old.name, new.name)) if a and b]
    return any(said) or (not said and not strict) or (len(said) == 1 and not strict)


def _plain(text: str | None) -> str:
    return unicodedata.normalize("NFC", text or "").casefold().strip()


def _shared(session: Session, pairs: list[Pair]) -> dict[int, tuple[tuple[Enrollment, Enrollment], ...]]:
    newer = {pair.new.id: pair.old.id for pair in pairs}
    rows = list(
        session.scalars(
            select(Enrollment)
            .where(Enrollment.person_id.in_([*newer, *newer.values()]))
            .order_by(Enrollment.id)
        )
    )
    old = {(one.person_id, one.cohort_id): one for one in rows if one.person_id not in newer}
    found: dict[int, tuple[tuple[Enrollment, Enrollment], ...]] = {}
    for one in rows:
        owner = newer.get(one.person_id)
        if owner is not None and (mine := old.get((owner, one.cohort_id))) is not None:
            found[owner] = (*found.get(owner, ()), (mine, one))
    return found


def has_facts(session: Session, enrollment_id: int) -> bool:
    """Whether anything but a computed record hangs on an enrollment."""
    found = [
        exists().where(table.c[column] == enrollment_id)
        for table, column in references(Enrollment.__tablename__)
        if table.name != CompletionRecord.__tablename__
    ]
    return any(session.execute(select(*found)).one())


def references(name: str) -> list[tuple[Table, str]]:
    """Every column that points to this table's id."""
    return [
        (table, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        for key in column.foreign_keys
        if key.column.table.name == name
    ]


def _contexts(session: Session, from_id: int, to_id: int) -> list[tuple[Context, Context | None]]:
    new = {
        context.context_id: context
        for context in session.scalars(select(Context).where(Context.registration_id == to_id))
    }
    return [
        (context, new.get(context.context_id))
        for context in session.scalars(
            select(Context).where(Context.registration_id == from_id).order_by(Context.id)
        )
        if (twin := new.get(context.context_id)) is None or twin.cohort_id in (None, context.cohort_id)
    ]
