"""The one tool this LMS knows: as it was told at its start, or as it registered itself since."""

import json
from dataclasses import replace
from typing import Any

from lti.demo_platform.config import Placement, PlatformConfig
from lti.demo_platform.store import Row, Store

_SETTING = "tool"


def with_registered_tool(config: PlatformConfig, store: Store) -> PlatformConfig:
    """The configuration, with what registered itself in place of what was told."""
    tool = registered_tool(store)
    if tool is None:
        return config
    said: dict[str, Any] = {name: tool[name] for name in ("custom", "privacy_level") if name in tool}
    if "placements" in tool:
        said["placements"] = tuple(Placement(**one) for one in tool["placements"])
    return replace(
        config,
        client_id=tool["client_id"],
        deployment_id=tool["deployment_id"],
        scopes=tuple(tool["scopes"]),
        **said,
    )


def registered_tool(store: Store) -> Row | None:
    """client_id, deployment_id, scopes, name, active of a tool that registered itself; None without one."""
    row = store.one("select value from setting where name = ?", _SETTING)
    return dict(json.loads(row["value"])) if row else None


def keep_tool(store: Store, tool: Row) -> None:
    """This is the tool from now on; the one before is gone, as where an administrator deletes and adds anew."""
    store.upsert("setting", ["name"], name=_SETTING, value=json.dumps(tool))


def is_open(config: PlatformConfig, store: Store) -> bool:
    """Whether links of the tool open: it is known, and an administrator has activated it."""
    tool = registered_tool(store)
    return bool(config.client_id) if tool is None else bool(tool["active"])
