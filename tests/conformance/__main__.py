"""``python -m tests.conformance FOLDER [PROTOCOL...]``: a table of agreement, then every difference.

Exit status 1 when a table of some protocol agrees in less than ``LEAST`` percent of its messages over all captures.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from tests.conformance.compare import Comparison, compare

LEAST = 99.0
SHOWN = 12  # differences listed for each capture and protocol
SUFFIXES = (".pcap", ".pcapng", ".cap", ".ntar", ".gz", ".zst", ".xz", ".bz2")


def main(arguments: list[str]) -> int:
    """Compare every capture below the folder."""
    if not arguments:
        sys.stderr.write((__doc__ or "") + "\n")
        return 2
    folder, wanted = Path(arguments[0]), set(arguments[1:])
    captures = sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file())
    found: list[Comparison] = []
    failures: list[str] = []
    for number, capture in enumerate(captures, 1):
        sys.stderr.write(f"\r{number}/{len(captures)} {capture.name[:60]:60}")
        try:
            of_this = compare(capture, str(capture.relative_to(folder)))
        except Exception as error:  # noqa: BLE001 - a capture that otaudit cannot bear must not hide the others
            failures.append(f"{capture.relative_to(folder)}: otaudit failed: {type(error).__name__}: {error}")
            continue
        found += [c for c in of_this if not wanted or c.protocol in wanted]
    sys.stderr.write("\r" + " " * 72 + "\r")
    lines, good = summary(found)
    sys.stdout.writelines(f"{line}\n" for line in (*differences(found), *failures, *lines))
    return 0 if good and not failures else 1


def summary(found: list[Comparison]) -> tuple[list[str], bool]:
    """(the table of agreement over all captures, every row reaches LEAST)."""
    sums: defaultdict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for comparison in found:
        for table in comparison.tables():
            common, everything = comparison.agreement(table)
            row = sums[comparison.protocol, table]
            row[0] += common
            row[1] += everything
            row[2] += 1
    lines, good = [f"{'protocol':14} {'compared':28} {'captures':>8} {'in all':>9} {'agree':>9} {'%':>7}"], True
    for (protocol, table), (common, everything, captures) in sorted(sums.items()):
        share = 100.0 * common / everything if everything else 100.0
        good = good and share >= LEAST
        lines.append(f"{protocol:14} {table:28} {captures:8} {everything:9} {common:9} {share:7.2f}")
    return lines, good


def differences(found: list[Comparison]) -> list[str]:
    """Every difference, capture by capture."""
    lines = []
    for comparison in found:
        rows = comparison.differences()
        if not rows and not comparison.malformed:
            continue
        lines.append(f"{comparison.capture}: {comparison.protocol} ({comparison.malformed} malformed for otaudit)")
        lines += [
            f"    {table} {value}: otaudit {ours}, tshark {theirs}" for table, value, ours, theirs in rows[:SHOWN]
        ]
        if len(rows) > SHOWN:
            lines.append(f"    ... and {len(rows) - SHOWN} more")
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
