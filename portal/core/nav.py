"""The frame of every page: who is here, where, and what the bar offers."""

from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote
from zoneinfo import ZoneInfo

from flask import Flask, current_app, g, request
from flask import session as browser_session

from portal.core.clock import course_now
from portal.core.regions import has_24_hours
from portal.core.when import Reader, is_zone, place_of, zone_long, zone_short

# Written by static/js/page.js: the browser's own zone.
ZONE_COOKIE = "timezone"
FRAMED_KEY = "framed"  # of the session: its launch said that it is shown in a frame, or not


@dataclass(frozen=True)
class Place:
    """Where the reader is, in plain values: templates must not wake the database.

    `name`: the reader's own, empty when unknown. Without `cohort` the page belongs to no course.
    `times`: the sentence under each page about the zones its times are given in.
    """

    name: str = ""
    cohort: str = ""
    course: str = ""
    is_staff: bool = False
    is_team: bool = False
    times: str = ""


@dataclass(frozen=True)
class NavItem:
    """A link of the bar or a tab. `current`: the value of aria-current, empty when elsewhere."""

    label: str
    url: str
    current: str = ""


@dataclass(frozen=True)
class _Entry:
    """An item as declared: it is offered where the address exists, and is current on those in `covers`."""

    label: str
    path: str
    covers: tuple[str, ...] = ()
    fragment: str = ""


_LEARNER = (
    _Entry("Home", "/c/<cohort>/", ("/c/<cohort>/lessons/", "/c/<cohort>/work/", "/c/<cohort>/course")),
    _Entry("Calls", "/c/<cohort>/", ("/c/<cohort>/calls/",), fragment="calls"),
    _Entry("My record", "/c/<cohort>/record", ("/c/<cohort>/evaluation", "/c/<cohort>/ce")),
    _Entry("Certificates", "/certificates"),
)
_ANYWHERE = (_Entry("My courses", "/"), _Entry("Certificates", "/certificates"))
_STAFF = (
    _Entry("Attendance", "/c/<cohort>/attendance", ("/c/<cohort>/calls/",)),
    _Entry("Participants", "/c/<cohort>/participants"),
    _Entry("Work to read", "/c/<cohort>/reading"),
)
_COHORT_TABS = (
    _Entry("Settings", "/c/<cohort>/settings"),
    _Entry("Certificates", "/c/<cohort>/certificates"),
    _Entry("CE credit", "/c/<cohort>/ce/report"),
    _Entry("Evaluation", "/c/<cohort>/evaluation/report"),
    _Entry("LMS", "/c/<cohort>/platform"),
    _Entry("Audit trail", "/c/<cohort>/audit"),
)
_AS_LEARNER = _Entry(
    "View as learner", "/c/<cohort>/", ("/c/<cohort>/lessons/", "/c/<cohort>/work/", "/c/<cohort>/record")
)


def enter(place: Place) -> None:
    """Note where this request's reader is (called by the access check, once)."""
    g.place = place


def place() -> Place:
    """Where this request's reader is; an empty place on public pages."""
    found = g.get("place")
    return found if isinstance(found, Place) else Place()


def nav_items() -> list[NavItem]:
    """The links of the bar for this reader, those alone whose pages exist."""
    here = place()
    if not here.cohort:
        return _links(_ANYWHERE) if here.name else []
    if not here.is_staff:
        return _links(_LEARNER)
    items = _links(_STAFF)
    if here.is_team and (tabs := cohort_tabs()):
        items.append(NavItem("Cohort", tabs[0].url, "true" if any(tab.current for tab in tabs) else ""))
    return items + _links((_AS_LEARNER,))


def cohort_tabs() -> list[NavItem]:
    """The course team's pages, tabs under Cohort."""
    return _links(_COHORT_TABS)


def reader_zone(launched_zone: str | None) -> str | None:
    """The reader's own time zone: as the launch said, else as the browser did. None: unknown."""
    for name in (launched_zone, unquote(request.cookies.get(ZONE_COOKIE, ""))):
        if name and is_zone(name):
            return name
    return None


def reader_of(launched_zone: str | None, locale: str | None) -> Reader:
    """Whose own time stands beside the course's. `locale`: as the launch said."""
    return Reader(reader_zone(launched_zone), has_24_hours(locale))


def times_sentence(course_zone: str, launched_zone: str | None) -> str:
    """ "Times are Eastern Time (ET), with yours beside them: London."""
    own = reader_zone(launched_zone)
    now = course_now()
    local, course = now.astimezone(ZoneInfo(own or course_zone)), now.astimezone(ZoneInfo(course_zone))
    words = f"Times are {zone_long(course_zone)} ({zone_short(course_zone, course)})"
    if own is None:
        return f"{words}."
    if local.utcoffset() == course.utcoffset():
        return f"{words}, as is yours: {place_of(own)}."
    return f"{words}, with yours beside them: {place_of(own)}."


def is_framed() -> bool:
    """Whether the page goes into an iframe, where the LMS already shows brand, course and person."""
    said = request.headers.get("Sec-Fetch-Dest")
    if said is None:  # Safari before 16.4, and programs: as the launch said
        return browser_session.get(FRAMED_KEY) is True
    return said in ("iframe", "frame")


def register_frame(app: Flask) -> None:
    """Give every template `asset`, `fixed`, `place`, `nav_items`, `cohort_tabs`, `is_framed`, `ui`, `moments`."""
    app.jinja_env.globals.update(
        **_statics(app),
        place=place,
        nav_items=nav_items,
        cohort_tabs=cohort_tabs,
        is_framed=is_framed,
    )
    # For pieces that a page includes many times: an import in each costs more than what it draws.
    app.jinja_env.globals["ui"] = app.jinja_env.get_template("_macros/ui.html").module
    app.jinja_env.globals["moments"] = app.jinja_env.get_template("_macros/when.html").module


def _statics(app: Flask) -> dict[str, Any]:
    """`asset(file)`: the address of a static file with its content's mark, so that browsers may keep it for long.
    `fixed(file)`: of one that never changes under its name (fonts). `icons`: the shapes.

    Pages ask for many, so each is made once: no routing, no look at the request.
    """

    @cache
    def fixed(filename: str) -> str:
        return f"{app.static_url_path}/{filename}"

    @cache
    def asset(filename: str) -> str:
        return f"{fixed(filename)}?v={_mark(Path(app.static_folder or '') / filename)}"

    return {"asset": asset, "fixed": fixed, "icons": asset("icons.svg")}


def _links(entries: tuple[_Entry, ...]) -> list[NavItem]:
    return list(_links_at(entries, place().cohort, request.path, _rules()))


@lru_cache(maxsize=1024)
def _links_at(
    entries: tuple[_Entry, ...], cohort: str, path: str, rules: frozenset[str]
) -> tuple[NavItem, ...]:
    """The links on the page at `path`: the same for everyone there, so each is made once."""
    return tuple(
        NavItem(
            entry.label,
            entry.path.replace("<cohort>", cohort) + (f"#{entry.fragment}" if entry.fragment else ""),
            _current(entry, cohort, path),
        )
        for entry in entries
        if entry.path in rules
    )


def _rules() -> frozenset[str]:
    """All addresses of this app; no view is added once it serves."""
    known = current_app.extensions.get("addresses")
    if known is None:
        known = frozenset(rule.rule for rule in current_app.url_map.iter_rules())
        current_app.extensions["addresses"] = known
    return known


def _current(entry: _Entry, cohort: str, path: str) -> str:
    """`page` for the page itself, `true` for what lies under it."""
    if not entry.fragment and path == entry.path.replace("<cohort>", cohort):
        return "page"
    return "true" if path.startswith(tuple(one.replace("<cohort>", cohort) for one in entry.covers)) else ""


def _mark(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()[:8] if file.is_file() else ""
