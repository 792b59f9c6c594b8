"""What to change in the LMS where one of its services fails, in its own menus' words."""

from lti.protocol.quirks import CANVAS, MOODLE

_SWITCH = {
    CANVAS: "Canvas: Admin, Developer Keys, edit Lectern’s key, and under LTI Advantage Services switch on {}.",
    MOODLE: "Moodle: Site administration, Plugins, External tool, Manage tools, edit Lectern, Services: {}.",
}
_SWITCHES = {
    "people": {
        CANVAS: "“Can retrieve user data associated with the context”",
        MOODLE: "“Use this service to retrieve members’ information as per privacy settings”",
    },
    "scores": {
        CANVAS: "“Can create and update submission results”",
        MOODLE: "“Use this service for grade sync and column management”",
    },
    "columns": {
        CANVAS: "“Can view assignment data in the gradebook”",
        MOODLE: "“Use this service for grade sync and column management”",
    },
}
_PLAIN = {
    "people": "In your LMS let Lectern read the list of people (Names and Role Provisioning).",
    "scores": "In your LMS let Lectern send scores (Assignment and Grade Services).",
    "columns": "In your LMS let Lectern read gradebook columns (Assignment and Grade Services).",
}


def switch_on(family: str | None, what: str) -> str:
    """How an administrator lets us use `people`, `scores` or `columns`."""
    if family not in _SWITCH:
        return _PLAIN[what]
    return _SWITCH[family].format(_SWITCHES[what][family])


def let_us_be_known(family: str | None, jwks_url: str) -> str:
    """What to look at where the LMS does not believe who we are."""
    where = {
        CANVAS: "Canvas: Admin, Developer Keys: Lectern’s key must be On and installed, and its Public JWK URL be {}.",
        MOODLE: "Moodle: Manage tools: Lectern must be active, and its public keyset be {}.",
    }.get(family or "", "In your LMS the tool must be active, and its key set address be {}.")
    return where.format(jwks_url) + " The LMS must be able to fetch that address."


def keys_elsewhere(url: str) -> str:
    """What to do where the platform's own keys cannot be read."""
    return (
        f"Open {url} in a browser: it must show the LMS’s public keys. If the LMS moved, register it anew under a "
        "new client id; if a firewall stands between, let Lectern’s server through."
    )


def open_a_link(what: str) -> str:
    """What to do where the LMS has not told us an address yet."""
    if what == "people":
        return "Open a link to Lectern in the course as its teacher, with the list of people switched on in the LMS."
    return "Open a link that has a gradebook column once, as anyone of the course."
