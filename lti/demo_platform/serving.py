"""Serving on a real port: werkzeug's threaded server, quiet."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # kept connections: a page's frame and style sheet come by one

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  (werkzeug's name)
        """Says nothing: the address is all this program prints."""


def server(app: "WSGIApplication", host: str, port: int) -> BaseWSGIServer:
    """Bound and ready; port 0 takes a free one (`.port`). Raises OSError when the port is taken."""
    made = make_server(host, port, app, threaded=True, request_handler=_Quiet)
    made.daemon_threads = True  # type: ignore[attr-defined]  # socketserver.ThreadingMixIn
    return made


@contextmanager
def serve_in_thread(app: "WSGIApplication", host: str, port: int) -> Iterator[None]:
    running = server(app, host, port)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        running.shutdown()
        thread.join()
        running.server_close()
