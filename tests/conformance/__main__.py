"""``python -m tests.conformance FOLDER [PROTOCOL...]``: a table of agreement, then every difference.

Exit status 1 when a table of some protocol agrees in less than ``LEAST`` percent of its values over all captures, those
of ``explained.tsv`` left aside, or when otaudit fails on a capture.
"""

from __future__ import annotations

import csv
import sys
from collections import defaultdict
from functools import cache
from pathlib import Path

from tests.conformance.compare import Comparison, compare
from tests.conformance.known import captures, known

LEAST = 99.0
SHOWN = 12  # differences listed for each capture and protocol


def main(arguments: list[str]) -> int:
    """Compare every capture below the folder."""
    if not arguments:
        sys.stderr.write((__doc__ or "") + "\n")
        return 2
    folder, wanted = Path(arguments[0]), set(arguments[1:])
    files = captures(folder)
    found: list[Comparison] = []
    failures: list[str] = []
    for number, capture in enumerate(files, 1):
        sys.stderr.write(f"\r{number}/{len(files)} {capture.name[:60]:60}")
        try:
            name = str(capture.relative_to(folder))
            of_this = compare(capture, name, known()[name].options if name in known() else ())
        except Exception as error:  # noqa: BLE001 - a capture that otaudit cannot bear must not hide the others
            failures.append(f"{capture.relative_to(folder)}: otaudit failed: {type(error).__name__}: {error}")
            continue
        found += [c for c in of_this if not wanted or c.protocol in wanted]
    sys.stderr.write("\r" + " " * 72 + "\r")
    lines, good = summary(found)
    sys.stdout.writelines(f"{line}\n" for line in (*differences(found), *failures, *lines))
    return 0 if good and not failures else 1


def summary(found: list[Comparison]) -> tuple[list[str], bool]:
    """(the table of agreement over all captures, every row reaches LEAST but for what is explained)."""
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for comparison in found:
        for table in comparison.tables():
            common, everything = comparison.agreement(table)
            row = sums[comparison.protocol, table]
            row[0] += 1
            row[1] += everything
            row[2] += common
            row[3] += everything if reason(comparison) else common
    lines, good = (
        [f"{'protocol':13} {'compared':20} {'captures':>8} {'in all':>8} {'agree':>8} {'%':>7} {'explained':>10}"],
        True,
    )
    for (protocol, table), (files, everything, common, accounted) in sorted(sums.items()):
        share, after = (100.0 * n / everything if everything else 100.0 for n in (common, accounted))
        good = good and after >= LEAST
        lines.append(f"{protocol:13} {table:20} {files:8} {everything:8} {common:8} {share:7.2f} {after:10.2f}")
    return lines, good


@cache
def explained() -> dict[tuple[str, str], str]:
    """(file name, protocol) -> why the two sides differ there; ``docs/conformance.md`` says the same at length.

    The name of a recorded capture has its folder with it ("modbus/tcp.pcap").
    """
    with (Path(__file__).parent / "explained.tsv").open(encoding="utf-8", newline="") as lines:
        public = {(row["capture"], row["protocol"]): row["why"] for row in csv.DictReader(lines, delimiter="\t")}
    return public | {(name, protocol): why for name, one in known().items() for protocol, why in one.reasons.items()}


def reason(comparison: Comparison) -> str:
    """Why the two sides differ; empty when nobody has said."""
    path, known_reasons = Path(comparison.capture), explained()
    names = (path.name, f"{path.parent.name}/{path.name}")
    return next((known_reasons[n, comparison.protocol] for n in names if (n, comparison.protocol) in known_reasons), "")


def differences(found: list[Comparison]) -> list[str]:
    """Every difference, capture by capture."""
    lines = []
    for comparison in found:
        rows = comparison.differences()
        if not rows:
            continue
        why = reason(comparison) or "not explained"
        lines.append(
            f"{comparison.capture}: {comparison.protocol} ({comparison.malformed} malformed for otaudit): {why}"
        )
        lines += [
            f"    {table} {value}: otaudit {ours}, tshark {theirs}" for table, value, ours, theirs in rows[:SHOWN]
        ]
        if len(rows) > SHOWN:
            lines.append(f"    ... and {len(rows) - SHOWN} more")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
