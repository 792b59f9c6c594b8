"""The token endpoint: client credentials with a signed assertion (Security Framework 4.1; RFC 7523)."""

import json
import secrets
from typing import Any

import requests
from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import extract_compact

from lti.demo_platform import dress
from lti.demo_platform.state import Lms, lms

bp = Blueprint("tokens", __name__)

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
LIFE_SECONDS = 3600
CLOCK_SECONDS = 30  # how far the tool's clock may run ahead
ASSERTION_AGE_SECONDS = 300  # Canvas refuses older ones; Moodle does not look


class TokenRefused(Exception):
    """`error` as it stands in the answer; Moodle puts sentences there."""

    def __init__(self, error: str) -> None:
        super().__init__(error)
        self.error = error


class KeysUnreachable(Exception):
    """The tool's key set could not be fetched or read: Moodle ends in an HTML page."""


@bp.route("/lti/token", methods=["GET", "POST"])
@bp.route("/login/oauth2/token", methods=["GET", "POST"])
def token() -> ResponseReturnValue:
    here = lms()
    try:
        granted = _grant(here)
    except TokenRefused as refused:
        if here.config.is_canvas:
            return _labelled(json.dumps(dress.token_refusal(refused.error)), 400)
        if refused.error.startswith('"kid"'):
            # As recorded: the quotes are not escaped, so this one answer is not JSON.
            return _labelled('{\n  "error" : "' + refused.error + '"\n}', 400)
        return _labelled(json.dumps({"error": refused.error}), 400)
    except KeysUnreachable:
        return render_template("demo_platform/invalid.html"), 404
    return _labelled(json.dumps(granted), 200)


def _grant(here: Lms) -> dict[str, Any]:
    form = request.form
    needed = ("client_assertion", "client_assertion_type", "grant_type", "scope")
    if request.method != "POST" or any(not form.get(name) for name in needed):
        raise TokenRefused("invalid_request")
    if form["client_assertion_type"] != ASSERTION_TYPE:
        raise TokenRefused("unsupported_grant_type")
    if form["grant_type"] != "client_credentials":
        raise TokenRefused("unsupported_grant_type")
    claims = _verified(here, form["client_assertion"])
    _check_claims(here, claims)
    granted = [scope for scope in form["scope"].split() if scope in here.config.scopes]
    if not granted or (here.config.is_canvas and len(granted) < len(form["scope"].split())):
        raise TokenRefused("invalid_scope")  # a Canvas refuses all of them for one
    with here.store.transaction():
        if here.store.one("select 1 from used_jti where jti = ?", claims["jti"]):
            raise TokenRefused("invalid_client")
        here.store.insert("used_jti", jti=claims["jti"])
        access_token = secrets.token_hex(16)
        now = int(here.config.now().timestamp())
        ends_at = now + LIFE_SECONDS
        here.store.write("delete from access_token where ends_at < ?", now)
        here.store.insert("access_token", token=access_token, scopes=" ".join(granted), ends_at=ends_at)
    return {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": LIFE_SECONDS,
        "scope": " ".join(granted),
    }


def _verified(here: Lms, assertion: str) -> dict[str, Any]:
    """The assertion's claims, checked."""
    if claims_unchecked(assertion).get("sub") != here.config.client_id:
        raise TokenRefused("invalid_client")
    return decoded_by_tool_keys(here, assertion)


def claims_unchecked(token: str) -> dict[str, Any]:
    """What a token of the tool says, its signature not looked at."""
    try:
        claims = json.loads(extract_compact(token.encode()).payload)
    except (JoseError, ValueError):
        raise TokenRefused("invalid_request") from None
    if not isinstance(claims, dict):
        raise TokenRefused("invalid_client")
    return claims


def decoded_by_tool_keys(here: Lms, token: str) -> dict[str, Any]:
    """The claims of a token that the tool signed; its keys are fetched anew only when none of them fits."""
    if not extract_compact(token.encode()).headers().get("kid"):
        raise TokenRefused("error/Error: kid must be provided in JWT header.")
    if here.tool_keys is not None:
        try:
            return _decoded(token, here.tool_keys)
        except (TokenRefused, KeysUnreachable):
            pass  # perhaps a rotated key: look once more
    try:
        here.tool_keys = here.config.fetch_keys(here.config.tool_jwks_url)
    except (requests.RequestException, ValueError):
        raise KeysUnreachable from None
    return _decoded(token, here.tool_keys)


def _decoded(assertion: str, keys: object) -> dict[str, Any]:
    try:
        key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]  # whatever the tool served
    except (JoseError, KeyError, TypeError, ValueError, AttributeError):
        raise KeysUnreachable from None
    kid = extract_compact(assertion.encode()).headers()["kid"]
    if kid not in [key.kid for key in key_set.keys]:
        raise TokenRefused('"kid" invalid, unable to lookup correct key')
    try:
        return jwt.decode(assertion, key_set, algorithms=["RS256"]).claims
    except (BadSignatureError, JoseError, ValueError):
        raise TokenRefused("Signature verification failed") from None


def _check_claims(here: Lms, claims: dict[str, Any]) -> None:
    """Stricter than Moodle, which looks at `exp` alone: what passes here passes at Canvas too."""
    now = here.config.now().timestamp()
    ends, issued, jti = claims.get("exp"), claims.get("iat"), claims.get("jti")
    if not isinstance(ends, int | float) or ends <= now:
        raise TokenRefused("Expired token")
    if not isinstance(issued, int | float) or not -CLOCK_SECONDS <= now - issued <= ASSERTION_AGE_SECONDS:
        raise TokenRefused("invalid_client")
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    taken = {here.config.token_url}
    if (
        here.config.is_canvas
    ):  # of the host that was asked, to the letter; a newer one takes the bare host too
        host = here.config.shared_url if request.host == here.config.shared_host else here.config.base_url
        taken = {f"{host}{request.path}", here.config.shared_host}
    if not taken & {one for one in named if isinstance(one, str)}:
        raise TokenRefused("invalid_client")
    if claims.get("iss") != here.config.client_id or not isinstance(jti, str) or not jti:
        raise TokenRefused("invalid_client")


def _labelled(body: str, status: int) -> Response:
    # A recorded Moodle labels its token answers so, whatever is in them.
    kind = "application/json" if lms().config.is_canvas else "text/html"
    answer = Response(body, status, content_type=f"{kind}; charset=utf-8")
    answer.headers["Cache-Control"] = "no-store"
    return answer
