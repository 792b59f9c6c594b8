"""The settings: environment variables, read once, checked at start. Each is described in the README."""

import ipaddress
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal.core.errors import PortalError


class Settings(BaseSettings):
    """What the operator decides. Addresses carry no trailing slash."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore", frozen=True)

    env: Literal["production", "demo", "test"] = "production"
    base_url: str = "http://127.0.0.1:8000"
    secret_key: str = ""
    data_dir: Path = Path("instance")
    database_url: str = ""
    queue_url: str = ""
    files_url: str = ""
    now: datetime | None = None
    clock_offset_seconds: str | None = None
    allow_loopback_platforms: bool = False
    proxies: int = Field(default=0, ge=0, le=10)
    log_format: Literal["text", "json"] = "text"

    @field_validator("base_url")
    @classmethod
    def _no_trailing_slash(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be an http or https address such as https://portal.example.org")
        return value.rstrip("/")

    @field_validator("now")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value

    @model_validator(mode="after")
    def _together(self) -> Self:
        if self.env == "production":
            if self.now is not None or self.clock_offset_seconds:
                raise ValueError("PORTAL_NOW is for demo and tests; it is refused when PORTAL_ENV=production")
            if not self.base_url.startswith("https://") and not is_loopback(
                urlsplit(self.base_url).hostname or ""
            ):
                raise ValueError(
                    "PORTAL_BASE_URL must be https in production, unless it is a loopback address"
                )
        if not self.secret_keys:
            raise ValueError(
                "PORTAL_SECRET_KEY is required (any long random text; several, comma separated, to rotate)"
            )
        if self.env == "production" and min(map(len, self.secret_keys)) < 16:
            raise ValueError("PORTAL_SECRET_KEY is too short: use at least 16 characters")
        return self

    @property
    def secret_keys(self) -> list[str]:
        """The secret keys, the signing one first. Demo and tests have a known one."""
        given = [key.strip() for key in self.secret_key.split(",") if key.strip()]
        return given or ([] if self.env == "production" else [f"not-secret-{self.env}-key-0123456789"])

    @property
    def database(self) -> str:
        """The SQLAlchemy address of the database."""
        if not self.database_url:
            return f"sqlite:///{self.data_dir.resolve() / 'portal.db'}"
        return self.database_url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def queue(self) -> str:
        """Where the job queue lives: a SQLite file of its own, or the same PostgreSQL."""
        if self.queue_url:
            return self.queue_url.replace("postgresql+psycopg://", "postgresql://", 1)
        if self.database.startswith("postgresql"):
            return self.database.replace("postgresql+psycopg://", "postgresql://", 1)
        return f"sqlite:///{self.data_dir.resolve() / 'queue.db'}"

    @property
    def files(self) -> str:
        """Where uploads, media and PDFs live, as an fsspec address."""
        return self.files_url or f"file://{self.data_dir.resolve() / 'files'}"

    @property
    def cross_site_cookies(self) -> bool:
        """Whether cookies can be `Secure; SameSite=None; Partitioned`, as a frame of another site needs.

        Browsers keep Secure cookies over http for *.localhost. On a bare loopback address the sample LMS is
        the same site, so that plain cookies do, and plain HTTP clients work too.
        """
        host = urlsplit(self.base_url).hostname or ""
        return self.base_url.startswith("https://") or host.endswith(".localhost")


def is_loopback(host: str) -> bool:
    """127/8, ::1, localhost and *.localhost (CONTRACT: PORTAL_ENV)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class BadSettings(PortalError):
    """The environment is not fit to start with."""


def read_settings() -> Settings:
    """The settings of this process's environment. Raises BadSettings with one line for each mistake."""
    try:
        return Settings()
    except ValidationError as problem:
        lines = []
        for mistake in problem.errors(include_input=False, include_url=False):
            name = (
                "_".join(["PORTAL", *[str(part).upper() for part in mistake["loc"]]])
                if mistake["loc"]
                else ""
            )
            lines.append(f"{name} {mistake['msg'].removeprefix('Value error, ')}".strip())
        raise BadSettings("; ".join(lines)) from None
