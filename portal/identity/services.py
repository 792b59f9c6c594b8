"""People come from launches and rosters."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from portal.core.upsert import insert_or_leave
from portal.identity.models import Person, Platform

LONGEST_NAME = 300  # characters; a longer one is cut, never refused


def platform_for(session: Session, issuer: str, client_id: str, *, name: str, at: datetime) -> Platform:
    """The platform of this issuer and client id, made where it is new."""
    found = session.scalar(select(Platform).where(Platform.issuer == issuer, Platform.client_id == client_id))
    if found is None:
        found = Platform(issuer=issuer, client_id=client_id, name=name, created_at=at)
        session.add(found)
        session.flush()
    return found


def person_for(
    session: Session,
    platform_id: int,
    sub: str,
    *,
    at: datetime,
    name: str | None = None,
    given_name: str | None = None,
    family_name: str | None = None,
    email: str | None = None,
    locale: str | None = None,
    time_zone: str | None = None,
) -> Person:
    """The person (platform, sub), made where they are new; what the LMS said this time is kept.

    A claim that is absent erases nothing (Moodle sends names and e-mail by each link's setting).
    """
    person = session.scalar(select(Person).where(Person.platform_id == platform_id, Person.sub == sub))
    if person is None:
        person = Person(platform_id=platform_id, sub=sub, created_at=at)
        session.add(person)
    said = {
        "name": name or " ".join(filter(None, (given_name, family_name))),
        "given_name": given_name,
        "family_name": family_name,
        "email": email,
        "locale": locale,
        "time_zone": time_zone,
    }
    for field, value in said.items():
        cleaned = clean_text(value or "", LONGEST_NAME if field not in ("locale", "time_zone") else 64)
        if cleaned and cleaned != getattr(person, field):
            setattr(person, field, cleaned)
    session.flush()
    return person


@dataclass(frozen=True)
class Said:
    """What a platform's list says of somebody; any of it may be missing."""

    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None


def people_for(
    session: Session, platform_id: int, said: Mapping[str, Said], *, at: datetime
) -> dict[str, int]:
    """Ids of the people with these subs, made where they are new, their names as said now. At most four statements.

    Nothing that is absent erases what is known. Safe beside a launch that makes the same person.
    """
    known = _known(session, platform_id, said)
    new = [sub for sub in said if sub not in known]
    if new:
        insert_or_leave(
            session,
            Person,
            [
                {"platform_id": platform_id, "sub": sub, "created_at": at} | _NOBODY | _cleaned(said[sub])
                for sub in new
            ],
        )
        ids = _known(session, platform_id, new)
    else:
        ids = {}
    changed = [
        {"id": row["id"]} | {field: now.get(field, row[field]) for field in _NOBODY}
        for sub, row in known.items()
        if any((now := _cleaned(said[sub])).get(field, row[field]) != row[field] for field in _NOBODY)
    ]
    if changed:
        session.execute(update(Person), changed)
    return {sub: row["id"] for sub, row in (known | ids).items()}


_NOBODY: dict[str, str | None] = {"name": None, "given_name": None, "family_name": None, "email": None}


def _known(session: Session, platform_id: int, subs: Iterable[str]) -> dict[str, dict[str, Any]]:
    rows = session.execute(
        select(Person.sub, Person.id, Person.name, Person.given_name, Person.family_name, Person.email).where(
            Person.platform_id == platform_id, Person.sub.in_(list(subs))
        )
    )
    return {row.sub: dict(row._mapping) for row in rows}


def _cleaned(said: Said) -> dict[str, str]:
    found = {
        "name": said.name or " ".join(filter(None, (said.given_name, said.family_name))),
        "given_name": said.given_name,
        "family_name": said.family_name,
        "email": said.email,
    }
    cleaned = {field: clean_text(value or "", LONGEST_NAME) for field, value in found.items()}
    return {field: value for field, value in cleaned.items() if value}


def clean_text(value: str, most: int) -> str:
    """NFC, one line, no control characters, at most `most` characters."""
    kept = "".join(" " if c in "\t\r\n" else c for c in value if c in "\t\r\n" or not _unseen(c))
    return " ".join(unicodedata.normalize("NFC", kept).split())[:most].strip()


def _unseen(character: str) -> bool:
    # Joiners (Cf) stay: Persian and Indic names need them; overrides of direction do not.
    return (
        unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co")
        or character in "\u202a\u202b\u202c\u202d\u202e"
    )


def shown_name(person: Person) -> str:
    """What to call a person on screen when the LMS gave no name."""
    return person.name or (person.email or "").split("@")[0] or f"Participant {person.id}"
