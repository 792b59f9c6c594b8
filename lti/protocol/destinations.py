"""Which page a link opens: the custom claim `destination` (CONTRACT: Addresses)."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The pages a link can open."""

    HOME = "home"
    LESSON = "lesson"
    WORK = "work"
    CALL = "call"
    ATTENDANCE = "attendance"
    RECORD = "record"
    EVALUATION = "evaluation"
    CE = "ce"


@dataclass(frozen=True)
class Destination:
    """A page of the cohort: `lesson:3`, `work:asset-map`, `home`."""

    kind: Kind
    key: str = ""  # a number, or an assignment's id

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}" if self.key else self.kind

    def path(self, cohort: str) -> str:
        """The page's address under the cohort's."""
        return f"/c/{cohort}/" + _PATHS[self.kind].format(self.key)

    @property
    def has_score(self) -> bool:
        """Whether its share can stand in a column (PRODUCT: Grades)."""
        return self.kind not in (Kind.ATTENDANCE, Kind.CE)


HOME = Destination(Kind.HOME)

_PATHS = {
    Kind.HOME: "",
    Kind.LESSON: "lessons/{}",
    Kind.WORK: "work/{}",
    Kind.CALL: "calls/{}",
    Kind.ATTENDANCE: "calls/{}/attendance",
    Kind.RECORD: "record",
    Kind.EVALUATION: "evaluation",
    Kind.CE: "ce",
}
_NUMBER = re.compile(r"[1-9][0-9]{0,2}")
_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_KEYS = {Kind.LESSON: _NUMBER, Kind.CALL: _NUMBER, Kind.ATTENDANCE: _NUMBER, Kind.WORK: _WORD}


def destination_of(said: str | None) -> Destination:
    """The page that `said` names; home where it names none (nothing said, not filled in, unknown)."""
    word, _, key = (said or "").strip().partition(":")
    try:
        kind = Kind(word.strip().lower())
    except ValueError:
        return HOME
    key, form = key.strip(), _KEYS.get(kind)
    if form is None:
        return HOME if key else Destination(kind)
    return Destination(kind, key) if form.fullmatch(key) else HOME
