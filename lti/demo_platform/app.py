"""The one place where a sample LMS is put together."""

import contextlib
import socket
import time
from datetime import timedelta

from flask import Flask, Response, g, request
from joserfc.jwk import RSAKey

from lti.demo_platform import (
    content,
    developer_key,
    gradebook,
    oidc,
    pages,
    registering,
    services,
    shared_host,
    tokens,
)
from lti.demo_platform.config import PlatformConfig
from lti.demo_platform.keys import add_key, new_key
from lti.demo_platform.seed import load, sample_seed
from lti.demo_platform.state import EXTENSION, Lms, template_folder
from lti.demo_platform.store import Store
from lti.demo_platform.tool import with_registered_tool
from lti.demo_platform.trouble import Fault, ServiceCall

BROKEN = "X-Sample-LMS-Broken"  # tells the in-process transport to break the connection
HANG_SECONDS = 20


def create_app(config: PlatformConfig, *, first_key: RSAKey | None = None) -> Flask:
    """The LMS as a WSGI app with its database opened, seeded and given a signing key.

    Raises ValueError when the seed makes no sense.
    """
    app = Flask("lti.demo_platform", static_folder="static", template_folder=str(template_folder()))
    app.config.update(
        SECRET_KEY=config.secret_key,
        SESSION_COOKIE_NAME="sample_lms",  # cookies know no ports: the portal's lies on the same host
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.base_url.startswith("https:"),
        PERMANENT_SESSION_LIFETIME=timedelta(days=1),
        MAX_CONTENT_LENGTH=1024 * 1024,
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    store = Store(config.database)
    load(store, sample_seed() if config.seed is None else config.seed)
    if store.one("select 1 from signing_key where published") is None:
        add_key(store, first_key or new_key())
    app.extensions[EXTENSION] = Lms(with_registered_tool(config, store), store)
    rooms = (oidc, tokens, services, gradebook, content, registering, developer_key, shared_host)
    for room in rooms:
        app.register_blueprint(room.bp)
    app.before_request(lambda: shared_host.keep_hosts_apart(app.extensions[EXTENSION]))
    pages.register_error_pages(app)
    _make_trouble(app)
    _secure(app)
    return app


def _make_trouble(app: Flask) -> None:
    here: Lms = app.extensions[EXTENSION]

    @app.before_request
    def meet() -> Response | None:
        service = services.service_name()
        fault = g.fault = here.trouble.next_for(service) if service else None
        return _broken(fault) if fault and fault.answer != "lost" else None

    @app.after_request
    def note(answer: Response) -> Response:
        service = services.service_name()
        if service and here.keep_calls:
            headers = dict(request.headers)
            here.calls.append(ServiceCall(service, request.method, request.url, answer.status_code, headers))
        fault: Fault | None = g.get("fault")
        return _broken(fault) if fault and fault.answer == "lost" else answer


def _broken(fault: Fault) -> Response:
    if isinstance(fault.answer, int):
        body = fault.body if fault.body is not None else "The sample LMS was told to fail."
        answer = Response(body, fault.answer, content_type="text/html; charset=utf-8")
        answer.headers.update(fault.headers)
        return answer
    wire = request.environ.get("werkzeug.socket")
    if wire is not None:  # a real server: say nothing, or hang up
        if fault.answer == "timeout":
            time.sleep(HANG_SECONDS)
        with contextlib.suppress(OSError):
            wire.shutdown(socket.SHUT_RDWR)
    return Response("", 504, headers={BROKEN: fault.answer})


def _secure(app: Flask) -> None:
    config: PlatformConfig = app.extensions[EXTENSION].config
    # A tool's answer to a form redirects to the shared host, which browsers hold against `form-action` too.
    others = " ".join(dict.fromkeys((config.portal_origin, config.shared_origin)))
    policy = (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; "
        f"frame-src 'self' {others}; form-action 'self' {others}; frame-ancestors 'self'"
    )

    @app.after_request
    def protect(answer: Response) -> Response:
        answer.headers.setdefault("Content-Security-Policy", policy)
        answer.headers.setdefault("X-Content-Type-Options", "nosniff")
        answer.headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        if answer.mimetype == "text/html":
            answer.headers.setdefault("Cache-Control", "no-store")
        return answer
