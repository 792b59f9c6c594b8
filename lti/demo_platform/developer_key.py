"""A Canvas's developer key: the administrator gives the address of the tool's configuration, and gets a client id.

The redirect addresses are not in it: this LMS was told at its start which tool it may know.
"""

import secrets
from typing import Any

import requests
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from lti.demo_platform.canvas_ids import client_of, deployment_of
from lti.demo_platform.config import ALL_SCOPES, PlatformConfig
from lti.demo_platform.registering import administrator
from lti.demo_platform.state import Lms, lms
from lti.demo_platform.store import Row
from lti.demo_platform.tool import keep_tool, with_registered_tool

bp = Blueprint("developer_key", __name__)

REQUIRED = ("title", "description", "target_link_uri", "oidc_initiation_url", "public_jwk_url", "extensions")
CHOOSING = ("assignment_selection", "link_selection", "editor_button", "course_assignments_menu")
OPENING = ("course_navigation", "account_navigation", "user_navigation")
DISPLAY_TYPES = (
    "default",
    "full_width",
    "full_width_in_context",
    "full_width_with_nav",
    "in_nav_context",
    "borderless",
)
PRIVACY_LEVELS = ("anonymous", "public", "name_only", "email_only")


class KeyRefused(Exception):
    """What is wrong with the configuration, in words for the administrator."""


@bp.post("/admin/tools/key")
def add() -> ResponseReturnValue:
    """Read the configuration at this address, and make a key of it."""
    administrator()
    here, url = lms(), request.form.get("url", "").strip()
    if not here.config.is_canvas:
        abort(404)
    try:
        tool = _read(here, url)
    except KeyRefused as refused:
        return render_template("demo_platform/key_refused.html", words=str(refused)), 422
    with here.store.transaction():
        keep_tool(here.store, tool)
    here.config = with_registered_tool(here.config, here.store)
    here.tool_keys = None
    return redirect(url_for("registering.tools"), 303)


def _read(here: Lms, url: str) -> Row:
    if not url.startswith(here.config.portal_url + "/"):
        raise KeyRefused(f"This LMS knows one tool: the address must begin with {here.config.portal_url}/")
    try:
        said = here.config.fetch_keys(url)
    except (requests.RequestException, ValueError) as problem:
        raise KeyRefused("Nothing that is JSON was found at this address.") from problem
    if not isinstance(said, dict):
        raise KeyRefused("The configuration is no JSON object.")
    return tool_of(here.config, said)


def tool_of(config: PlatformConfig, said: dict[str, Any]) -> Row:
    """What is kept of a configuration, with new ids. Raises KeyRefused for what Canvas refuses."""
    if missing := [name for name in REQUIRED if not said.get(name)]:
        raise KeyRefused(f"{', '.join(missing)} must not be missing.")
    if unknown := sorted(set(said.get("scopes", [])) - set(ALL_SCOPES)):
        raise KeyRefused(f"Unknown scope: {', '.join(unknown)}")
    ours = [one for one in said["extensions"] if one.get("platform") == "canvas.instructure.com"]
    if len(ours) != 1 or not ours[0].get("settings", {}).get("placements"):
        raise KeyRefused(
            "extensions must name canvas.instructure.com once, with settings and their placements."
        )
    if ours[0].get("privacy_level", "anonymous") not in PRIVACY_LEVELS:
        raise KeyRefused(f"privacy_level must be one of {', '.join(PRIVACY_LEVELS)}.")
    if said["oidc_initiation_url"] != config.login_url:
        raise KeyRefused("oidc_initiation_url is not this tool's.")
    number = secrets.randbelow(9000) + 1000
    return {
        "client_id": client_of(secrets.token_urlsafe(12)),
        "deployment_id": deployment_of(str(number)),
        "scopes": [scope for scope in ALL_SCOPES if scope in said.get("scopes", [])],
        "name": str(said["title"])[:200],
        "active": True,  # switching the key on and installing the tool is one step here
        "custom": said.get("custom_fields", {}),
        "privacy_level": ours[0].get("privacy_level", "anonymous"),
        "placements": [
            _placement(one) for one in ours[0]["settings"]["placements"] if one.get("enabled", True)
        ],
    }


def _placement(said: dict[str, Any]) -> Row:
    name, kind = said.get("placement"), said.get("message_type")
    if name not in CHOOSING + OPENING:
        raise KeyRefused(f"Unknown placement: {name}")
    expected = "LtiDeepLinkingRequest" if name in CHOOSING else "LtiResourceLinkRequest"
    if kind != expected:
        raise KeyRefused(f"{name} takes {expected}, not {kind}.")
    if said.get("display_type", "default") not in DISPLAY_TYPES:
        raise KeyRefused(f"Unknown display_type: {said['display_type']}")
    if any(isinstance(said.get(name), str) for name in ("selection_width", "selection_height")):
        raise KeyRefused("selection_width and selection_height are numbers.")
    return {
        "name": name,
        "text": str(said.get("text") or "Lectern"),
        "chooses": name in CHOOSING,
        "target_link_uri": str(said.get("target_link_uri") or ""),
        "custom": dict(said.get("custom_fields", {})),
    }
