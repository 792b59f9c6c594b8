"""People come from launches and rosters."""

import unicodedata
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

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
