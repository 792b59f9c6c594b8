"""`portal demo`: the whole product with sample people and a sample LMS, until Ctrl-C."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from portal.core.clock import OFFSET_VARIABLE
from portal.core.errors import PortalError
from portal.settings import Settings, read_settings

LMS_SEED = "lms-seed.json"
START_LIMIT_SECONDS = 60
STOP_LIMIT_SECONDS = 15


@click.command()
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--lms-port", default=8001, show_default=True, type=click.IntRange(1, 65535))
def demo(port: int, lms_port: int) -> None:
    """Try it: two cohorts with sample participants, and a small LMS to open them from. Ctrl-C ends it."""
    lms_url = f"http://127.0.0.1:{lms_port}"
    os.environ.setdefault("PORTAL_ENV", "demo")
    os.environ.setdefault("PORTAL_BASE_URL", f"http://127.0.0.1:{port}")
    os.environ.setdefault("PORTAL_ALLOW_LOOPBACK_PLATFORMS", "1")
    settings = read_settings()
    if settings.env == "production":
        raise PortalError("`portal demo` makes sample people; it does not run with PORTAL_ENV=production.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    now = _fix_course_time(settings)
    click.echo("Preparing the database, the first course and two cohorts …")
    _prepare(settings, lms_url)
    data = settings.data_dir.resolve()
    portal = [sys.executable, "-c", "from portal.cli import main; main()"]
    lms = [sys.executable, "-m", "lti.demo_platform"]
    commands = [
        [*portal, "run", "--port", str(port)],
        [*portal, "worker"],
        [
            *lms, "--port", str(lms_port), "--portal-url", settings.base_url,
            "--database", str(data / "lms.db"), "--seed", str(data / LMS_SEED),
        ],
    ]  # fmt: skip
    with _running(commands) as processes:
        _wait_for([f"{settings.base_url}/healthz", f"{lms_url}/"], processes)
        click.echo(_invitation(settings.base_url, lms_url, now))
        _until_stopped(processes, settings)


def _fix_course_time(settings: Settings) -> datetime:
    """Fix how far course time is ahead, for all processes. A second start never goes back in course time."""
    reached = _reached(settings)
    wanted = settings.now or datetime.now(UTC)
    if reached is not None and reached > wanted:
        if settings.now is not None:
            click.echo(f"Course time stays at {reached:%B %-d, %Y}; it never goes back. RESET=1 begins anew.")
        wanted = reached
    offset = wanted - datetime.now(UTC)
    if abs(offset) < timedelta(seconds=2):
        offset = timedelta(0)
    os.environ[OFFSET_VARIABLE] = str(offset.total_seconds())
    os.environ.pop("PORTAL_NOW", None)
    return datetime.now(UTC) + offset


def _time_file(settings: Settings) -> Path:
    return settings.data_dir / "course-time"


def _reached(settings: Settings) -> datetime | None:
    try:
        return datetime.fromisoformat(_time_file(settings).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None


def _keep_course_time(settings: Settings) -> None:
    offset = timedelta(seconds=float(os.environ[OFFSET_VARIABLE]))
    _time_file(settings).write_text((datetime.now(UTC) + offset).isoformat(), encoding="ascii")


def _prepare(settings: Settings, lms_url: str) -> None:
    from flask_migrate import upgrade

    from portal.app import create_app
    from portal.demo_data import demo_seed, prepare
    from portal.worker import deliver_now

    app = create_app(read_settings())
    with app.app_context():
        upgrade()
        prepare(lms_url=lms_url, portal_url=settings.base_url)
    deliver_now(app)
    seed = json.dumps(demo_seed(), ensure_ascii=False)
    (settings.data_dir / LMS_SEED).write_text(seed, encoding="utf-8")
    _keep_course_time(settings)


def _die_with_parent() -> None:
    # Linux: whatever ends this process, also SIGKILL, ends its children.
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


@contextmanager
def _running(commands: list[list[str]]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """These programs, each in a session of its own, so that Ctrl-C reaches them through us, in order."""
    processes: list[subprocess.Popen[bytes]] = []
    linux = sys.platform == "linux"
    try:
        for command in commands:
            processes.append(
                subprocess.Popen(  # noqa: S603  # our own programs
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    start_new_session=True,
                    preexec_fn=_die_with_parent if linux else None,
                )
            )
        yield processes
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + STOP_LIMIT_SECONDS
        for process in processes:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait_for(urls: list[str], processes: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + START_LIMIT_SECONDS
    for url in urls:
        while not _answers(url):
            if any(process.poll() is not None for process in processes):
                raise PortalError("One of the programs ended; its reason stands above. Is a port taken?")
            if time.monotonic() > deadline:
                raise PortalError(f"{url} does not answer.")
            time.sleep(0.1)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # loopback, our own port
            return bool(answer.status < 500)
    except (urllib.error.URLError, OSError):
        return False


def _until_stopped(processes: list[subprocess.Popen[bytes]], settings: Settings) -> None:
    stopped = False

    def stop(_signal: int, _frame: object) -> None:
        nonlocal stopped
        stopped = True

    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, stop)
    kept = time.monotonic()
    while not stopped:
        if any(process.poll() is not None for process in processes):
            raise PortalError("One of the programs ended; its reason stands above.")
        if time.monotonic() - kept > 20:
            _keep_course_time(settings)
            kept = time.monotonic()
        time.sleep(0.2)
    _keep_course_time(settings)
    click.echo("\nStopping.")


def _invitation(portal_url: str, lms_url: str, now: datetime) -> str:
    return f"""
Lectern is running; course time is {now:%A, %B %-d, %Y}.

  The sample LMS   {lms_url}
  The portal       {portal_url}   (opened from the LMS)

What to try
  1. In the LMS sign in as a learner of "Fall cohort, mid-course" and open "Course home":
     watch a video, tick an item, hand in a worksheet. Look at the LMS's gradebook.
  2. Sign in as the teacher and open "Attendance": mark a call with the keys P L E A X.
     In the LMS's course press "Add Lectern pages" and choose some; under "Grades" open a learner
     and press "Review" to read their work. At the foot of its pages another language can be tried.
  3. Sign in as a learner of the ended cohort: send the evaluation, claim CE credit, take a certificate,
     and open the address under its QR code.

Ctrl-C ends everything; what you did is kept. `make demo RESET=1` begins anew.
"""
