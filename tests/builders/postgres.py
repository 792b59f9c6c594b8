"""A PostgreSQL cluster of our own, for tests and benchmarks: half a second to start, gone without a trace."""

import contextlib
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

PLACES = (Path("/usr/lib/postgresql"), Path("/opt/homebrew/opt"))
OPTIONS = "-c listen_addresses= -c synchronous_commit=off -c full_page_writes=off -c max_connections=60"
_numbers = itertools.count(1)


class NoPostgres(Exception):
    """No PostgreSQL server is installed."""


def programs() -> Path:
    """The folder of initdb and pg_ctl, of the newest version installed. Raises NoPostgres."""
    found = [folder for place in PLACES for folder in place.glob("*/bin") if (folder / "initdb").exists()]
    if not found:
        raise NoPostgres("No PostgreSQL server is installed; `make test` installs it where it may.")
    return max(found, key=lambda folder: float("".join(filter(str.isdigit, folder.parent.name)) or 0))


def _as_postgres() -> dict[str, Any]:
    """initdb refuses root: drop to Debian's postgres user, from a folder it can read."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": [], "cwd": "/"}


@contextlib.contextmanager
def cluster(*, fsync: bool = False) -> Iterator[str]:
    """A running cluster; gives the folder of its socket. `fsync` as a real server has it, for benchmarks."""
    folder = programs()
    home = Path(tempfile.mkdtemp(prefix="pg"))
    who = _as_postgres()
    if who:
        os.chown(home, who["user"], who["group"])
    data, log = home / "data", home / "log"
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": True} | who
    initdb: list[str | Path] = [folder / "initdb", "-N", "-A", "trust", "-U", "lectern"]
    initdb += ["-E", "UTF8", "--locale=C.UTF-8", "-D", data]
    options = "-c listen_addresses= -c max_connections=60" if fsync else f"{OPTIONS} -c fsync=off"
    try:
        subprocess.run(initdb, **quiet)
        socket = f"-k {home} {options}"
        start: list[str | Path] = [folder / "pg_ctl", "-w", "-D", data, "-l", log, "-o", socket, "start"]
        subprocess.run(start, **quiet)
        yield str(home)
        subprocess.run([folder / "pg_ctl", "-w", "-m", "immediate", "-D", data, "stop"], **quiet)
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def database(socket_folder: str, *, like: str = "") -> Iterator[str]:
    """A database of the cluster, empty or `like` another, dropped at the end; gives SQLAlchemy's address of it."""
    name = f"t_{os.getpid()}_{next(_numbers)}"
    admin = create_engine(address(socket_folder, "postgres"), isolation_level="AUTOCOMMIT")
    copied = f" TEMPLATE {like} STRATEGY FILE_COPY" if like else ""
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}{copied}"))
    yield address(socket_folder, name)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


def address(socket_folder: str, database: str) -> str:
    """SQLAlchemy's address of a database of the cluster."""
    return f"postgresql+psycopg://lectern@/{database}?host={socket_folder}"
