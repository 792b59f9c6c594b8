"""`python -m lti.demo_platform`: serves the sample LMS until it is told to end.

Prints its address and nothing else.
"""

import argparse
import secrets
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from lti.demo_platform.app import create_app
from lti.demo_platform.config import PlatformConfig
from lti.demo_platform.seed import read_seed
from lti.demo_platform.serving import server


def main(arguments: list[str] | None = None) -> int:
    """0 when it was told to end (SIGTERM, Ctrl-C), 1 with one sentence on stderr when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m lti.demo_platform", description="A small sample LMS.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8001)
    parser.add_argument("--database", required=True, type=Path, help="its own SQLite file; made when missing")
    parser.add_argument("--portal-url", required=True, help="the tool's public address")
    parser.add_argument("--base-url", help="its own public address; http://HOST:PORT")
    parser.add_argument(
        "--seed", type=Path, help="JSON file of people and courses; without it the sample's own"
    )
    parser.add_argument(
        "--client-id", default="sample-lms-lectern", help="empty: no tool is known until one registers itself"
    )
    parser.add_argument("--deployment-id", default="1")
    parser.add_argument(
        "--dress", choices=("moodle", "canvas"), default="moodle", help="how it words what it says"
    )
    parser.add_argument(
        "--storage-target",
        default="",
        help="where it keeps data for tools: _parent, or the name of a frame of its own; nowhere by default",
    )
    parser.add_argument(
        "--issuer-url",
        default="",
        help="of a hosted Canvas: who signs, in all schools; its own address by default",
    )
    parser.add_argument(
        "--shared-url", default="", help="of a hosted Canvas: the host of logins and keys; its own by default"
    )
    asked = parser.parse_args(arguments)
    try:
        asked.database.parent.mkdir(parents=True, exist_ok=True)
        config = PlatformConfig(
            base_url=asked.base_url or f"http://{asked.host}:{asked.port}",
            portal_url=asked.portal_url,
            database=str(asked.database),
            secret_key=_kept_secret(asked.database.with_suffix(".secret")),
            seed=read_seed(asked.seed) if asked.seed else None,
            client_id=asked.client_id,
            deployment_id=asked.deployment_id,
            dress=asked.dress,
            storage_target=asked.storage_target,
            issuer_url=asked.issuer_url,
            shared_url=asked.shared_url,
        )
        running = server(create_app(config), asked.host, asked.port)
    except (OSError, ValueError) as problem:
        sys.stderr.write(f"The sample LMS cannot start: {problem}\n")
        return 1

    def end(signal_number: int, frame: FrameType | None) -> None:
        del signal_number, frame
        # shutdown() waits for the loop, which is this very thread: ask from another one.
        threading.Thread(target=running.shutdown).start()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    sys.stdout.write(config.base_url + "\n")
    sys.stdout.flush()
    running.serve_forever(poll_interval=0.1)
    running.server_close()
    return 0


def _kept_secret(path: Path) -> str:
    """Kept beside the database, so that people stay signed in over a restart."""
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32), encoding="ascii")
    return path.read_text(encoding="ascii")


if __name__ == "__main__":
    sys.exit(main())
