"""Reading the forms of calls and marks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, Self

from portal.attendance.policy import Status
from portal.core.errors import Invalid


class Fields(Protocol):
    """The fields of a sent form, each with one value or several (werkzeug's MultiDict)."""

    def get(self, key: str, /) -> str | None: ...
    def getlist(self, key: str, /) -> list[str]: ...
    def __contains__(self, key: str, /) -> bool: ...


@dataclass(frozen=True)
class MarkForm:
    """Whom to mark how. `status` None takes a mark back; `rest`: everyone who has no mark yet."""

    enrollment_ids: Sequence[int]
    status: Status | None
    rest: bool = False

    @classmethod
    def parse(cls, fields: Fields) -> Self:
        """One row's button (`mark=101-late`), `enrollment` with `status`, or `rest`. Raises Invalid."""
        if mark := fields.get("mark"):
            enrollment, _, status = mark.partition("-")
            return cls((_id(enrollment),), _status(status))
        if rest := fields.get("rest"):
            return cls((), _status(rest), rest=True)
        if "status" not in fields:
            raise Invalid("Say which mark to give: present, late, left early, absent or excused.")
        chosen = tuple(_id(value) for value in dict.fromkeys(fields.getlist("enrollment")))
        if not chosen:
            raise Invalid("Nobody was chosen. Tick one or more learners first.")
        return cls(chosen, _status(fields.get("status") or ""))


def _id(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Invalid("That learner is not known here. Reload the page and try again.")
    return int(text)


def _status(text: str) -> Status | None:
    if not text:
        return None
    try:
        return Status(text)
    except ValueError:
        raise Invalid("There is no such mark. Choose present, late, left early, absent or excused.") from None


def instant_of(text: str | None) -> datetime:
    """The instant that names a batch of marks, for taking it back. Raises Invalid."""
    try:
        at = datetime.fromisoformat(text or "")
    except ValueError:
        at = None
    # Near the ends of the calendar an instant cannot be turned into UTC.
    if at is None or at.tzinfo is None or not 1970 < at.year < 9000:
        raise Invalid("It is not clear what to undo. Reload the page and change the marks there.")
    return at


def shown_of(args: Mapping[str, str]) -> str:
    """Which marks the register shows: a status, `none`, or `all`. An unknown one shows all."""
    show = args.get("show", "all")
    return show if show in (*Status, "none") else "all"
