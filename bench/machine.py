"""Names the machine a table was measured on."""

import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("flask", "sqlalchemy", "weasyprint", "pylti1p3", "psycopg", "gunicorn", "jinja2", "pydantic")


def processor() -> str:
    """The processor's name as Linux gives it, else as Python does."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine()
    )


def machine() -> dict[str, object]:
    """Processor, cores, system, Python and the versions that matter."""
    return {
        "processor": processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": sys.version.split()[0],
        "versions": {name: version(name) for name in PACKAGES},
    }
