"""Reading what a page of work posts, beside the answers themselves."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from portal.assignments.sent import Writer
from portal.core.form_engine.definition import Form
from portal.core.form_engine.parsing import Posted, parse, with_row, without_file, without_row
from portal.core.form_engine.values import Answers

_TOKEN = re.compile(r"[A-Za-z0-9_-]{8,64}")
_ACTION = re.compile(r"(add-row|remove-row|remove-file) ([a-z][a-z0-9_]{0,39})(?: ([0-9]{1,9}))?")


@dataclass(frozen=True)
class WorkPost:
    """Which button was pressed, on which page. What is not understood saves the draft and no more."""

    posted: Posted
    is_final: bool
    writer: Writer
    change: str = ""  # add-row, remove-row, remove-file
    field: str = ""
    number: int = 0

    @classmethod
    def parse(cls, posted: Posted, *, new_token: Callable[[], str]) -> Self:
        """`new_token`: for a page that carries none, which then is a page of its own."""
        action = str(posted.get("action") or "save")
        token, revision = str(posted.get("form_token") or ""), str(posted.get("revision") or "")
        writer = Writer(
            token if _TOKEN.fullmatch(token) else new_token(),
            int(revision) if re.fullmatch(r"[0-9]{1,9}", revision) else None,
        )
        found = _ACTION.fullmatch(action)
        if found is None:
            return cls(posted, action == "submit", writer)
        return cls(posted, False, writer, found[1], found[2], int(found[3] or 0))

    def answers(self, form: Form, earlier: Answers) -> Answers:
        """What was typed, with the row or file added or taken away."""
        answers = parse(form, self.posted, earlier=earlier)
        if self.change == "add-row":
            return with_row(form, answers, self.field)
        if self.change == "remove-row":
            return without_row(form, answers, self.field, self.number)
        if self.change == "remove-file":
            return without_file(form, answers, self.field, self.number)
        return answers
