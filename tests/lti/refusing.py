"""What every refusal is: a page with a reference, its reason in the log alone, nothing stored but the count."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from lti.errors import Reason
from portal.core.base import Base
from portal.core.db import reading

NAMES = ("Sam", "sam@", "Student", "eyJ", "https://")  # of people, tokens and claims: never in a log


@dataclass
class Refuses:
    """`refuses(answer, reason)`: the one refusal of this test, held against all that a refusal must be."""

    school: Any
    log: pytest.LogCaptureFixture
    before: dict[str, int]

    def begins_here(self) -> None:
        """What was stored until now is not the refusal's doing."""
        self.before = rows(self.school)

    def __call__(self, answer: TestResponse, *reasons: Reason) -> None:
        """The last of these refusals, which had these reasons in turn."""
        refused(answer)
        assert self.school.refused() == Counter(str(reason) for reason in reasons)
        assert rows(self.school) == self.before
        said = [one.getMessage() for one in self.log.records if "Launch refused" in one.getMessage()]
        assert len(said) == len(reasons)
        self._keeps_its_reason(said[-1], answer.get_data(as_text=True), reasons[-1])

    def _keeps_its_reason(self, line: str, page: str, reason: Reason) -> None:
        found = re.fullmatch(r"Launch refused: (\w+), (.+), reference ([\w-]+)", line)
        assert found is not None, line
        cause, detail, reference = found.groups()
        assert cause == reason
        assert reference in page
        assert detail not in page
        assert not any(name in line for name in NAMES), line


def refused(answer: TestResponse) -> None:
    """A page for people: 4xx, a reference, what to do, kept by no cache, and no session."""
    text = answer.get_data(as_text=True)
    assert 400 <= answer.status_code < 500, answer.status_code
    assert answer.mimetype == "text/html"
    assert "Reference" in text
    assert "What to do" in text
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Location" not in answer.headers
    assert not any("lectern_session" in cookie for cookie in answer.headers.getlist("Set-Cookie"))


def rows(school: Any) -> dict[str, int]:
    """How many rows each table has; the refusals' own count apart."""
    with school.world.app.app_context(), reading() as session:
        return {
            table.name: session.scalar(select(func.count()).select_from(table)) or 0
            for table in Base.metadata.sorted_tables
            if "refusals" not in table.name
        }
