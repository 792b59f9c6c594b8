"""Logs: text or JSON lines, with the request's id; never a name, an e-mail, a token or an answer."""

import logging
import re
import sys

import structlog
from flask import g, has_request_context


def _with_request(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if has_request_context() and "request_id" in g:
        event["request_id"] = g.request_id
    return event


# What lets somebody in stands in a few addresses, and frameworks log the address of a request that failed.
_SECRETS = re.compile(r"(/lti/register/|[?&](?:registration_token|openid_configuration)=)[^\s?&\"']+")


def _without_secrets(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    if isinstance(said := event.get("event"), str):
        event["event"] = _SECRETS.sub(r"\1[secret]", said)
    return event


def configure_logs(form: str) -> None:
    """Send the process's logs to stderr in this form, `text` or `json`."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_request,
        _without_secrets,
    ]
    renderer: list[structlog.typing.Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
        if form == "json"
        # Its own traceback prints each frame's variables where rich is installed: names and answers.
        else [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)]
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.set_name("lectern")
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [kept for kept in root.handlers if kept.get_name() != "lectern"] + [handler]
    root.setLevel(logging.INFO)
    # Huey logs each task at INFO, fontTools and WeasyPrint each glyph table.
    for chatty in ("huey", "fontTools", "weasyprint", "werkzeug", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
