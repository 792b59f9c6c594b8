"""What commands share: one sentence on stderr for a refusal, one JSON document on stdout when asked."""

import json
from typing import Any

import click

from portal.core.errors import PortalError


class PortalGroup(click.Group):
    """A group whose commands turn a PortalError into exit 1 and one sentence on stderr."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except PortalError as error:
            click.echo(error.message, err=True)
            raise SystemExit(1) from None


def answer(document: Any, words: str, *, as_json: bool) -> None:
    """Print the JSON document, or the words for people."""
    click.echo(json.dumps(document, ensure_ascii=False) if as_json else words)


json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")
