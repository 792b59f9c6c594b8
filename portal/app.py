"""The one composition root: settings in, a Flask app out, with everything wired."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

from flask import Flask, Response, g, request
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import Session
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from portal.core.clock import Clock, course_now, fix_offset, offset_for, use_clock
from portal.core.db import db, prepare_engine
from portal.core.error_pages import register_error_pages
from portal.core.errors import NotFound
from portal.core.files import FileStore, FsspecStore
from portal.core.htmx import register_htmx
from portal.core.languages import register_languages
from portal.core.logs import configure_logs
from portal.core.nav import register_frame
from portal.core.pieces import register_pieces
from portal.identity.sign_in import register_sign_in
from portal.operations.services import MIGRATIONS
from portal.outbox.delivery import Handlers, InTransaction
from portal.outbox.services import wake_after_commit
from portal.settings import Settings, read_settings

HERE = Path(__file__).resolve().parent

VIEWS = (
    "portal.operations.views",
    "portal.courses.views",
    "portal.videos.views",
    "portal.assignments.views",
    "portal.attendance.views",
    "portal.evaluation.views",
    "portal.certificates.views",
    "portal.learning.views",
    "portal.learning.call_views",
    "portal.learning.record_views",
    "portal.coaching.views",
    "lti.views",
)


FRAMED = ("/c/", "/lti/", "/certificates")  # what an LMS may show in a frame, and "/"


def shipped(name: str) -> Path:
    """A folder that ships with the product: `portal/_<name>` in a wheel, else beside the packages."""
    packaged = HERE / f"_{name}"
    return packaged if packaged.is_dir() else HERE.parent / name


class Number(IntegerConverter):
    """`<int:…>` of an address: plain digits, and no more than a database takes; others are not there."""

    regex = "[0-9]{1,9}"


class Wake(Protocol):
    """What tells the worker that something is due."""

    def __call__(self) -> None: ...


@dataclass
class Outside:
    """The doors to the outside; a test gives others. None: as the settings say."""

    clock: Clock | None = None
    files: FileStore | None = None
    wake: Wake | None = None
    http: Any = None  # lti's outbound client


def create_app(settings: Settings | None = None, outside: Outside | None = None) -> Flask:
    """The app of these settings. Raises BadSettings."""
    settings = settings or read_settings()
    outside = outside or Outside()
    configure_logs(settings.log_format)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    use_clock(outside.clock or _clock(settings))

    app = Flask(
        "portal",
        root_path=str(HERE),
        template_folder=str(shipped("templates")),
        static_folder=str(shipped("static")),
    )
    app.config.from_mapping(_config(settings))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # of the default provider
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.url_map.converters["int"] = Number
    app.extensions["settings"] = settings
    app.extensions["files"] = outside.files or FsspecStore(settings.files)
    app.extensions["http"] = outside.http
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    db.init_app(app)
    with app.app_context():
        prepare_engine(db.engine)
    Migrate(app, db, directory=str(MIGRATIONS), render_as_batch=True)
    register_htmx(app)
    register_languages(app)
    _limit_bodies(app)
    csrf = CSRFProtect(app)
    register_sign_in(app)
    register_frame(app)
    register_pieces(app)
    register_error_pages(app)
    _register_views(app, csrf)
    _register_answers(app)
    app.extensions["handlers"] = handlers()
    wake = outside.wake or _wake(settings)
    app.extensions["stop_waking"] = wake_after_commit(wake)
    return app


def handlers() -> Handlers:
    """Who takes which message. Handlers inside live in course time."""
    from lti.handlers import OUTSIDE, on_column_learned, on_score_changed
    from lti.messages import ColumnLearned
    from portal.certificates.handlers import on_certificate_file_lost, on_certificate_issued
    from portal.certificates.messages import CertificateFileLost, CertificateIssued
    from portal.completion.handlers import on_progress_changed
    from portal.courses.messages import ProgressChanged, ScoreChanged

    takers: tuple[tuple[Any, Callable[..., None]], ...] = (
        (ProgressChanged, on_progress_changed),
        (ScoreChanged, on_score_changed),
        (ColumnLearned, on_column_learned),
    )

    def inside(message: Any, handler: Callable[..., None]) -> InTransaction:
        def deliver(session: Session, body: Mapping[str, Any]) -> None:
            handler(session, message(**body), at=course_now())

        return deliver

    return Handlers(
        inside={message.topic: (inside(message, handler),) for message, handler in takers},
        outside={
            **OUTSIDE,
            CertificateIssued.topic: on_certificate_issued,
            CertificateFileLost.topic: on_certificate_file_lost,
        },
    )


def _clock(settings: Settings) -> Clock:
    offset = offset_for(settings.now, settings.clock_offset_seconds)
    if offset:
        fix_offset(offset)
    return Clock(offset)


def _config(settings: Settings) -> dict[str, Any]:
    framed = settings.cross_site_cookies
    sqlite = settings.database.startswith("sqlite")
    return {
        "TESTING": settings.env == "test",
        "SECRET_KEY": settings.secret_keys[0],
        "SECRET_KEY_FALLBACKS": settings.secret_keys[1:],
        "SQLALCHEMY_DATABASE_URI": settings.database,
        "SQLALCHEMY_ENGINE_OPTIONS": {}
        if sqlite
        else {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 10},
        "SESSION_COOKIE_NAME": "lectern_session",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": framed,
        "SESSION_COOKIE_SAMESITE": "None" if framed else "Lax",
        "SESSION_COOKIE_PARTITIONED": framed,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=16),
        "WTF_CSRF_TIME_LIMIT": None,  # bound to the session: a page left open all day still works
        "WTF_CSRF_METHODS": ["POST", "PUT", "PATCH", "DELETE"],
        "MAX_CONTENT_LENGTH": 130 * 1024 * 1024,  # five files of 25 MB, and the form around them
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 5000,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),  # static addresses carry their content's mark
    }


def _register_views(app: Flask, csrf: CSRFProtect) -> None:
    for name in VIEWS:
        module = import_module(name)
        app.register_blueprint(module.bp)
        for view in getattr(module, "CSRF_EXEMPT", ()):
            csrf.exempt(view)


def _limit_bodies(app: Flask) -> None:
    # Werkzeug's limit for form fields looks at multipart alone. Before CSRFProtect, which reads the form.
    @app.before_request
    def limit_what_holds_no_files() -> None:
        if request.mimetype != "multipart/form-data":
            request.max_content_length = app.config["MAX_FORM_MEMORY_SIZE"]


def _register_answers(app: Flask) -> None:
    from lti.services import frame_ancestors

    @app.before_request
    def name_the_request() -> None:
        given = request.headers.get("X-Request-ID", "")
        usable = given.isascii() and given.replace("-", "").isalnum() and len(given) <= 64
        g.request_id = given if usable else secrets.token_hex(8)
        if "\0" in request.path:  # PostgreSQL takes no NUL, not even to look for it
            raise NotFound("There is no such page.")

    @app.after_request
    def harden(answer: Response) -> Response:
        headers = answer.headers
        headers["X-Request-ID"] = g.get("request_id", "-")
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")  # no-referrer would break every form over https
        if request.endpoint == "static":
            return answer
        if "Content-Security-Policy" not in headers:
            # What is outside LTI stays unframeable (lti-checklist, section 7).
            in_lms = request.path == "/" or request.path.startswith(FRAMED)
            ancestors = " ".join(("'self'", *(frame_ancestors() if in_lms else ())))
            headers["Content-Security-Policy"] = (
                "default-src 'self'; img-src 'self' data:; media-src 'self' https:; object-src 'none'; "
                f"base-uri 'none'; frame-ancestors {ancestors}"
            )
        headers.setdefault("Cache-Control", "no-store")
        headers.add("Vary", "HX-Request")
        return answer


def _wake(settings: Settings) -> Wake:
    from portal.worker import wake_of

    return wake_of(settings)
