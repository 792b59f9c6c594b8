"""Where templates, faces and art lie: in the wheel beside the package, in a checkout beside the packages."""

from functools import cache
from pathlib import Path

import portal

_PACKAGE = Path(portal.__file__).resolve().parent


@cache
def art_folder() -> Path:
    """Faces, frames and seal: all that a drawing may fetch."""
    return _first(_PACKAGE / "_static", _PACKAGE.parent / "static") / "certificates"


@cache
def template_folder() -> Path:
    """The templates of the printed certificates."""
    return _first(_PACKAGE / "_templates", _PACKAGE.parent / "templates") / "certificates" / "pdf"


def _first(packed: Path, beside: Path) -> Path:
    return packed if packed.is_dir() else beside
