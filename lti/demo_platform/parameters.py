"""Custom parameters of a launch: the tool's, the link's, and what services add."""

import re
from collections.abc import Mapping

from lti.demo_platform.canvas_ids import context_of, sub_of
from lti.demo_platform.config import PlatformConfig
from lti.demo_platform.store import Row

NO_LINK: Mapping[str, object] = {}  # of a selection: there is no link yet


def custom_parameters(
    config: PlatformConfig, of_link: Mapping[str, object], person: Row, course: Row
) -> dict[str, object]:
    """The tool's and the link's parameters: `$…` filled in where known, odd names twice, as Moodle does."""
    known = {
        "$Person.address.timezone": person["timezone"],
        "$Context.id.history": "",
        "$Context.id": context_of(config, course["id"]),
        "$User.id": sub_of(config, person["sub"]),
        "$User.username": person["username"],
    }
    if config.is_canvas:  # names as they were typed, variables it does not know as their own text
        said = {**config.custom, **of_link}
        return {
            name: known.get(value, value) if isinstance(value, str) else value for name, value in said.items()
        }
    filled: dict[str, object] = {}
    for name, value in {**config.custom, **of_link}.items():
        value = known.get(value, value) if isinstance(value, str) else value
        filled[re.sub(r"[^a-z0-9]", "_", name.lower())] = value
        filled[name] = value
    return filled | _service_addresses(config, course, of_link is not NO_LINK)


def _service_addresses(config: PlatformConfig, course: Row, of_link: bool) -> dict[str, object]:
    """What Moodle's services add to the parameters; the last address is recorded with its braces unfilled."""
    settings = f"{config.services_url}/CourseSection/{course['id']}/bindings"
    added: dict[str, object] = {
        "context_memberships_url": config.memberships_url(course["id"]),
        "system_setting_url": f"{config.services_url}/tool/{config.deployment_id}/custom",
        "context_setting_url": f"{settings}/tool/{config.deployment_id}/custom",
    }
    return added | (
        {"link_setting_url": f"{config.services_url}/links/{{link_id}}/custom"} if of_link else {}
    )
