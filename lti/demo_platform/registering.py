"""Dynamic Registration as a recorded Moodle does it: configuration, one-time tokens, registration, activation."""

import secrets
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti.demo_platform import dress
from lti.demo_platform.canvas_ids import client_of, deployment_of
from lti.demo_platform.config import ALL_SCOPES, PLACEMENTS
from lti.demo_platform.keys import current_key, sign
from lti.demo_platform.pages import signed_in
from lti.demo_platform.state import Lms, is_administrator, lms
from lti.demo_platform.store import Row
from lti.demo_platform.tool import keep_tool, registered_tool, with_registered_tool

bp = Blueprint("registering", __name__)

TOKEN_LIFE_SECONDS = 3600
PLATFORM = "https://purl.imsglobal.org/spec/lti-platform-configuration"
TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"
REQUIRED = (
    "response_types", "initiate_login_uri", "redirect_uris", "client_name", "jwks_uri",
    "token_endpoint_auth_method", TOOL,
)  # fmt: skip


class RegistrationRefused(Exception):
    """Moodle's one word of plain text, labelled text/html, with its status."""

    def __init__(self, word: str, status: int = 400) -> None:
        super().__init__(word)
        self.word, self.status = word, status


@bp.get("/lti/openid-configuration")
@bp.get("/api/lti/security/openid-configuration")
def configuration() -> ResponseReturnValue:
    """What a tool reads first."""
    here = lms().config
    canvas = here.is_canvas
    shown = [(dress.PLACEMENT + one.name, one.chooses) for one in PLACEMENTS]
    choosing = [name for name, chooses in shown if chooses] if canvas else ["ContentArea"]
    opening = {"placements": [name for name, chooses in shown if not chooses]} if canvas else {}
    return jsonify(
        {
            "issuer": here.issuer,
            "token_endpoint": here.token_url,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256"],
            "jwks_uri": here.jwks_url,
            "authorization_endpoint": here.auth_url,
            "registration_endpoint": here.registration_url,
            "scopes_supported": [*ALL_SCOPES, "openid"],
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public", "pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["sub", "iss", "name", "given_name", "family_name", "email"],
            **({"authorization_server": here.shared_host} if canvas else {}),
            PLATFORM: {
                "product_family_code": "canvas" if canvas else "lectern-sample-lms",
                "version": "1",
                "messages_supported": [
                    {"type": "LtiResourceLinkRequest"} | opening,
                    {"type": "LtiDeepLinkingRequest", "placements": choosing},
                ],
                "variables": ["Context.id", "Context.id.history", "User.id", "Person.address.timezone"],
            },
        }
    )


@bp.post("/lti/openid-registration")
@bp.post("/api/lti/registrations")
def register() -> ResponseReturnValue:
    """What a tool asks, with its token as bearer; the answer says what was made of it."""
    here = lms()
    try:
        asked = _asked()
        with here.store.transaction():
            client_id = _use_token(here)
            tool = _tool_of(here, asked, client_id)
            keep_tool(here.store, tool)
    except RegistrationRefused as refused:
        return Response(refused.word, refused.status, content_type="text/html; charset=utf-8")
    here.config = with_registered_tool(here.config, here.store)
    here.tool_keys = None
    return jsonify(_answer(asked, tool))


def _asked() -> dict[str, Any]:
    said = request.get_json(force=True, silent=True)
    if not isinstance(said, dict):
        abort(404)  # as recorded: an exception's page
    return said


def _use_token(here: Lms) -> str:
    """The client id that the token was made for. Good once, for an hour."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind != "Bearer" or not token:
        raise RegistrationRefused("missing_registration_token", 401)
    row = here.store.one("select * from registration_token where token = ?", token)
    if row is None:
        abort(404)
    if row["used"] or row["ends_at"] < here.config.now().timestamp():
        raise RegistrationRefused("token_already_used", 401)
    here.store.write("update registration_token set used = 1 where token = ?", token)
    return str(row["client_id"])


def _tool_of(here: Lms, asked: dict[str, Any], client_id: str) -> Row:
    for name in REQUIRED:
        if not asked.get(name):
            raise RegistrationRefused(f"missing required attribute {name}")
    tool = asked[TOOL]
    if not isinstance(tool, dict) or not tool.get("domain"):
        raise RegistrationRefused("missing_domain")
    if urlsplit(str(tool.get("target_link_uri"))).netloc != tool["domain"]:
        raise RegistrationRefused("domain_targetlinkuri_mismatch")
    if not isinstance(asked["response_types"], list) or "id_token" not in asked["response_types"]:
        raise RegistrationRefused("invalid_response_types")
    # Stricter than Moodle: this LMS was told at its start which tool it may know.
    if asked["redirect_uris"] != list(here.config.redirect_urls):
        raise RegistrationRefused("invalid_redirect_uris")
    if asked["token_endpoint_auth_method"] != "private_key_jwt":  # noqa: S105  # a method's name
        raise RegistrationRefused("invalid_token_endpoint_auth_method")
    if asked.get("application_type", "web") != "web":
        raise RegistrationRefused("invalid_application_type")
    wanted = str(asked.get("scope", "")).split()
    before = int(here.config.deployment_id.split(":")[0]) if here.config.client_id else 0
    number = str(before + 1)
    return {
        "client_id": client_id,
        "deployment_id": deployment_of(number) if here.config.is_canvas else number,
        "scopes": [scope for scope in ALL_SCOPES if scope in wanted],
        "name": str(asked["client_name"])[:200],
        "active": False,
    }


def _answer(asked: dict[str, Any], tool: Row) -> dict[str, Any]:
    """As recorded: the deployment stands inside, and of the messages only deep linking comes back."""
    names = (
        "response_types", "jwks_uri", "initiate_login_uri", "grant_types", "redirect_uris", "application_type",
        "token_endpoint_auth_method", "client_name", "logo_uri",
    )  # fmt: skip
    said = asked[TOOL]
    kept = {name: said[name] for name in ("target_link_uri", "domain", "description") if name in said}
    messages = [
        {name: one[name] for name in ("type", "target_link_uri") if name in one}
        for one in said.get("messages", [])
        if isinstance(one, dict) and one.get("type") == "LtiDeepLinkingRequest"
    ]
    if lms().config.is_canvas:  # all of it comes back, and the deployment at the top
        scope = f"{' '.join(tool['scopes'])} openid"
        return asked | {
            "client_id": tool["client_id"],
            "scope": scope,
            "deployment_id": tool["deployment_id"],
        }
    return {
        "client_id": tool["client_id"],
        **{name: asked[name] for name in names if name in asked},
        "scope": " ".join(tool["scopes"]),
        TOOL: {
            "version": "1.3.0",
            "deployment_id": tool["deployment_id"],
            **kept,
            "messages": messages,
            "custom_parameters": said.get("custom_parameters", {}),
            "claims": said.get("claims", []),
        },
    }


def address_with_token(here: Lms, url: str) -> str:
    """The tool's registration address with what this LMS adds: its configuration, and a token of one use."""
    client_id = secrets.token_urlsafe(12)
    if here.config.is_canvas:
        client_id = client_of(client_id)
    now = int(here.config.now().timestamp())
    claims = {"sub": client_id, "scope": "reg", "iat": now, "exp": now + TOKEN_LIFE_SECONDS}
    token = sign(claims, current_key(here.store))
    here.store.insert(
        "registration_token", token=token, client_id=client_id, ends_at=now + TOKEN_LIFE_SECONDS, used=0
    )
    query = urlencode({"openid_configuration": here.config.configuration_url, "registration_token": token})
    return f"{url}{'&' if '?' in url else '?'}{query}"


def activate_tool(here: Lms) -> bool:
    """Let the links of the registered tool open; False where none has registered."""
    tool = registered_tool(here.store)
    if tool is not None:
        keep_tool(here.store, tool | {"active": True})
    return tool is not None


# The administrator's pages


def administrator() -> None:
    """404 for everybody else."""
    if not is_administrator(signed_in()):
        abort(404)


@bp.get("/admin/tools")
def tools() -> ResponseReturnValue:
    """The tool as it is, and the field for a registration address."""
    administrator()
    return _tools_page()


def _tools_page(mistake: str = "") -> str:
    here = lms()
    return render_template(
        "demo_platform/tools.html",
        tool=registered_tool(here.store),
        config=here.config,
        registration=here.config.registration(),
        mistake=mistake,
    )


@bp.post("/admin/tools")
def open_registration() -> ResponseReturnValue:
    """Open the tool's registration address in a frame, with a token of one use."""
    administrator()
    here, url = lms(), request.form.get("url", "").strip()
    if not url.startswith(here.config.portal_url + "/"):
        words = f"This LMS knows one tool: the address must begin with {here.config.portal_url}/"
        return _tools_page(words), 422
    return render_template(
        "demo_platform/registering.html",
        address=address_with_token(here, url),
        portal_origin=here.config.portal_origin,
    )


@bp.post("/admin/tools/activate")
def activate() -> ResponseReturnValue:
    """Let its links open."""
    administrator()
    if not activate_tool(lms()):
        abort(404)
    return redirect(url_for(".tools"), 303)
