"""The `portal` command: each slice brings its own group; here are serving, working and the database."""

import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import click

from portal.core.commands import PortalGroup
from portal.core.errors import PortalError

# Group or command name → where it is defined. Imported when asked for: `portal --help` stays quick.
SLICES = {
    "audit": "portal.audit.cli:audit",
    "call": "portal.attendance.cli:call",
    "certificates": "portal.certificates.cli:certificates",
    "cohort": "portal.courses.cli:cohort",
    "course": "portal.courses.cli:course",
    "demo": "portal.demo:demo",
    "lti": "lti.cli:lti",
    "outbox": "portal.outbox.cli:outbox",
    "team": "portal.courses.cli:team",
}

SCHEMA_IS_BEHIND = "The database schema is behind. Run `portal db upgrade` first."


class Portal(PortalGroup):
    """All commands, with the app's context around those of the slices."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *SLICES])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in SLICES:
            return super().get_command(ctx, cmd_name)
        module, _, name = SLICES[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        if module != "portal.demo":
            _in_the_app(command)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as problem:
            if (words := _in_words(problem)) is None:
                raise
            click.echo(words, err=True)
            raise SystemExit(1) from None


def _in_words(problem: Exception) -> str | None:
    """What to tell the operator of files and databases that cannot be used; None: a fault of ours."""
    from sqlalchemy.exc import DataError, OperationalError, ProgrammingError

    if isinstance(problem, OSError) and problem.filename and not isinstance(problem, BrokenPipeError):
        return f"{problem.filename}: {problem.strerror}."
    if isinstance(problem, DataError | OverflowError):
        return "A number that was given is too large: no id is."
    if not isinstance(problem, OperationalError | ProgrammingError):
        return None
    said = str(problem.orig)
    if "no such" in said or ("does not exist" in said and "database" not in said):
        return SCHEMA_IS_BEHIND
    return f"The database cannot be used: {' '.join(said.split())}"


def _in_the_app(command: click.Command) -> None:
    """Run a command, or each of a group's, within the app's context."""
    if isinstance(command, click.Group):
        for each in command.commands.values():
            _in_the_app(each)
    elif command.callback is not None and not getattr(command.callback, "in_the_app", False):
        command.callback = _within(command.callback)


def _within(callback: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        from flask import has_app_context

        if has_app_context():  # a test's, or the demo's
            return callback(*args, **kwargs)
        from portal.app import create_app

        with create_app().app_context():
            return callback(*args, **kwargs)

    run.in_the_app = True  # type: ignore[attr-defined]
    return run


@click.group(cls=Portal)
@click.version_option(package_name="lectern", prog_name="portal")
def portal() -> None:
    """Lectern: a cohort course with live calls, opened from your LMS."""


@portal.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64))
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64))
def run(host: str, port: int, workers: int, threads: int) -> None:
    """Serve the portal with gunicorn."""
    # Threads by default: browsers open connections ahead of need, and an idle one would hold a sync worker.
    _check_schema()
    os.execv(  # noqa: S606  # our own interpreter, arguments of our own making
        sys.executable,
        [
            sys.executable, "-m", "gunicorn", "portal.wsgi:app", "--bind", f"{host}:{port}",
            "--workers", str(workers), "--threads", str(threads), "--no-control-socket",
            "--access-logfile", "/dev/null", "--log-level", "warning", "--graceful-timeout", "20",
            "--limit-request-line", "8190",  # logins come as GET too, with long hints of the platform's
        ],
    )  # fmt: skip


@portal.command()
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 32))
def worker(workers: int) -> None:
    """Do the background work: scores, completion, PDFs. SIGTERM finishes the job in hand."""
    from portal.worker import work

    work(_check_schema(), workers)


@portal.group()
def db() -> None:
    """The database's schema."""


@db.command()
def upgrade() -> None:
    """Bring the schema to the newest version."""
    from flask_migrate import upgrade as migrate

    from portal.app import create_app

    with create_app().app_context():
        migrate()
    click.echo("The database is at the newest schema.")


@db.command()
def check() -> None:
    """Is the schema current?"""
    _check_schema()
    click.echo("The schema is current.")


def _check_schema() -> Any:
    """The app, when its database is at the schema this code needs. Raises PortalError."""
    from portal.app import create_app
    from portal.core.db import reading
    from portal.operations.services import newest_migration, schema_revision

    app = create_app()
    with app.app_context(), reading() as session:
        if schema_revision(session) != newest_migration():
            raise PortalError(SCHEMA_IS_BEHIND)
    return app


def main() -> None:
    """The console script."""
    portal()
