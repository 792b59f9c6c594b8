"""`make bench`: the table of ratios, and bench/results.json.

python -m bench                every row
python -m bench toggle grid    only these files' rows
"""

import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from bench.machine import machine
from bench.measure import Row

FILES = ("certificate", "launch", "lesson", "toggle", "grid", "marking", "statements")
RESULTS = Path(__file__).with_name("results.json")


def rows_of(names: list[str]) -> Iterator[Row]:
    for name in names:
        for row in import_module(f"bench.{name}").rows():
            print(line_of(row), flush=True)
            yield row


def line_of(row: Row) -> str:
    if row.skipped:
        return f"{row.number:>4}  {row.what[:58]:<58}  {'-':>7}  {row.bound:<8} not measured: {row.skipped}"
    ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
    times = "" if row.floor_ms is None else f"{row.subject_ms:.2f} / {row.floor_ms:.2f} ms  "
    others = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in row.others.items())
    verdict = "met " if row.met else "OVER"
    return f"{row.number:>4}  {row.what[:58]:<58}  {ratio:>7}  {row.bound:<8} {verdict} {times}{others}"


def main() -> None:
    names = sys.argv[1:] or list(FILES)
    if unknown := set(names) - set(FILES):
        sys.exit(f"No such benchmark: {', '.join(sorted(unknown))}. There are: {', '.join(FILES)}.")
    where = machine()
    print(f"{where['processor']}, {where['cores']} cores, load {where['load']}, Python {where['python']}")
    print(f"{'row':>4}  {'what':<58}  {'ratio':>7}  {'bound':<8}      subject / floor")
    rows = list(rows_of(names))
    if names == list(FILES):
        measured = {"measured_at": datetime.now(UTC).isoformat(timespec="seconds"), "machine": where}
        document = measured | {"rows": [row.__dict__ for row in rows]}
        RESULTS.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    over = [row.number for row in rows if not row.met]
    print(f"{len(rows)} rows, {len(over)} over their bound" + (f": {', '.join(over)}" if over else ""))


if __name__ == "__main__":
    main()
