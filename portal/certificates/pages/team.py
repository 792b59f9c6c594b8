"""The cohort's certificates for its course team."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from portal.certificates.pages.items import CertificateItem, item_of
from portal.certificates.policy import CertificateState
from portal.certificates.queries import all_of_cohort, troubles_of
from portal.courses.access import Member

SHOWN = {"all": "All", "completion": "Completion", "ce": "CE", "replaced": "Replaced", "revoked": "Revoked"}
MOST_ROWS = 100
STANDING = (CertificateState.CURRENT, CertificateState.PREPARING)


@dataclass(frozen=True)
class Tab:
    """A choice of what is listed, with how many there are."""

    key: str
    label: str
    count: int
    url: str
    is_current: bool


@dataclass(frozen=True)
class Row:
    """One certificate, and the form opened under it: `replace`, `revoke` or none."""

    item: CertificateItem
    replace_url: str
    revoke_url: str
    opened: str = ""


@dataclass(frozen=True)
class TeamCertificatesPage:
    """Newest first. `typed_*` and `mistake` belong to the form that is open.

    `troubled`: those that stand and whose PDF nobody can have.
    """

    cohort_name: str
    url: str
    tabs: list[Tab]
    query: str
    show: str
    rows: list[Row]
    troubled: list[CertificateItem]
    found: int
    typed_name: str
    typed_reason: str
    mistake: str


def team_certificates_page(
    session: Session,
    me: Member,
    *,
    show: str = "all",
    query: str = "",
    opened: tuple[str, str] = ("", ""),
    typed: tuple[str, str] | None = None,
    mistake: str = "",
) -> TeamCertificatesPage:
    """`opened`: what to do to which code. `typed`: name and reason as just posted."""
    rows = all_of_cohort(session, me.cohort_id)
    replacing = {one.replaces_id: one for one, _ in rows if one.replaces_id}
    troubles = troubles_of(session, [one for one, _ in rows])
    items = [
        item_of(one, me.cohort.time_zone, newer=replacing.get(one.id), trouble=troubles.get(one.id))
        for one, _ in rows
    ]
    show = show if show in SHOWN else "all"
    base = f"/c/{me.cohort.slug}/certificates"
    chosen = [item for item in items if _belongs(item, show) and _matches(item, query)]
    action, code = opened
    the_open = next((item for item in items if item.code == code), None)
    return TeamCertificatesPage(
        cohort_name=me.cohort.name,
        url=base,
        tabs=[
            Tab(key, label, sum(_belongs(item, key) for item in items), f"{base}?show={key}", key == show)
            for key, label in SHOWN.items()
        ],
        query=query,
        show=show,
        rows=[
            Row(
                item,
                f"{base}?show={show}&replace={item.code}#ask",
                f"{base}?show={show}&revoke={item.code}#ask",
                action if item.code == code else "",
            )
            for item in chosen[:MOST_ROWS]
        ],
        troubled=[item for item in items if item.trouble and item.state in STANDING],
        found=len(chosen),
        typed_name=typed[0] if typed else (the_open.name if the_open else ""),
        typed_reason=typed[1] if typed else "",
        mistake=mistake,
    )


def _belongs(item: CertificateItem, show: str) -> bool:
    if show in ("replaced", "revoked"):
        return item.state.value == show
    if show == "ce":
        return item.kind != "completion"
    return show == "all" or item.kind == show


def _matches(item: CertificateItem, query: str) -> bool:
    wanted = " ".join(query.split()).casefold()
    return wanted in item.name.casefold() or wanted.replace("-", "") in item.code.casefold()
