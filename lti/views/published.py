"""What platforms read of us."""

from flask import Response, jsonify

from lti.protocol.tool import canvas_developer_key
from lti.runtime import runtime
from lti.services import keys
from lti.views.blueprint import bp
from portal.core.clock import real_now
from portal.core.db import reading, transaction


@bp.get("/lti/jwks.json")
def key_set() -> Response:
    """Our public keys. Platforms may keep them for as long as a new key waits before it signs."""
    now = real_now()
    with reading() as session:
        found = keys.key_set(session, at=now)
    if not found["keys"]:  # asked before the first platform was registered
        with transaction() as session:
            keys.ensure_key(session, runtime().seal, at=now)
            found = keys.key_set(session, at=now)
    answer = jsonify(found)
    answer.headers["Cache-Control"] = f"public, max-age={int(keys.KEY_SET_LASTS.total_seconds())}"
    return answer


@bp.get("/lti/config/canvas.json")
def canvas_configuration() -> Response:
    """What Canvas reads where an administrator enters this address as a developer key."""
    answer = jsonify(canvas_developer_key(runtime().tool))
    answer.headers["Cache-Control"] = "public, max-age=3600"
    return answer
