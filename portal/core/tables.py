"""Tables that people export: they open cleanly in Excel and LibreOffice (CONTRACT, Files and data)."""

import csv
import io
from collections.abc import Iterable, Sequence

BOM = "\ufeff"  # without it Excel reads UTF-8 as Latin-1
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with BOM, CRLF; None is empty; a text that a spreadsheet would run is led by an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([safe_cell(value) for value in row] for row in rows)
    return (BOM + out.getvalue()).encode()


def safe_cell(value: object) -> object:
    """Numbers stay numbers; text that begins like a formula, also after spaces, is led by an apostrophe."""
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    return f"'{value}" if value.startswith(_FORMULA) or value.lstrip().startswith(_FORMULA) else value
