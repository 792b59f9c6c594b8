"""Addresses for the operator's machines."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.core.clock import real_now
from portal.core.db import reading
from portal.operations.services import readiness

bp = Blueprint("operations", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """Alive; touches nothing."""
    return {"status": "ok"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Ready to serve, or 503 with the reason."""
    with reading() as session:
        found = readiness(session, at=real_now())
    parts = {"database": found.database, "schema": found.schema, "worker": found.worker}
    return {"status": "ready" if found.ready else "not ready"} | parts, 200 if found.ready else 503
