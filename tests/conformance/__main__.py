"""``python -m tests.conformance FOLDER [PROTOCOL...]``: every difference, tables of agreement, operations not compared.

Exit status 1 when a table of some protocol agrees in less than ``LEAST`` percent of its values over all captures, those
of ``explained.tsv`` left aside, or when otaudit fails on a capture.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.conformance.compare import Comparison, compare
from tests.conformance.known import captures, known
from tests.conformance.uncompared import Looked

LEAST = 99.0
WHOLE = "everything"
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
            of_this = compare(capture, name, options(name))
        except Exception as error:  # noqa: BLE001 - a capture that otaudit cannot bear must not hide the others
            failures.append(f"{capture.relative_to(folder)}: otaudit failed: {type(error).__name__}: {error}")
            continue
        found += [c for c in of_this if not wanted or c.protocol in wanted]
    sys.stderr.write("\r" + " " * 72 + "\r")
    lines, good = summary(found)
    sys.stdout.writelines(f"{line}\n" for line in (*differences(found), *failures, *lines, *not_compared(found)))
    return 0 if good and not failures else 1


def summary(found: list[Comparison]) -> tuple[list[str], bool]:
    """(agreement of each table and of each protocol as a whole, every row reaches LEAST but for what is explained)."""
    sums: defaultdict[tuple[str, str], Agreement] = defaultdict(Agreement)
    for comparison in found:
        said = bool(reason(comparison))
        for table in comparison.tables():
            sums[comparison.protocol, table].add(comparison.capture, *comparison.agreement(table), explained=said)
            sums[comparison.protocol, WHOLE].add(comparison.capture, *comparison.agreement(table), explained=said)
    head = f"{'protocol':17} {'compared':20} {'captures':>8} {'in all':>8} {'agree':>8} {'%':>7} {'explained':>10}"
    tables = [key for key in sorted(sums) if key[1] != WHOLE]
    whole = [key for key in sorted(sums) if key[1] == WHOLE]
    rows = [f"{key[0]:17} {key[1]:20} {sums[key]}" for key in (*tables, *whole)]
    lines = [head, *rows[: len(tables)], "", head, *rows[len(tables) :]]
    return lines, all(one.explained >= LEAST for one in sums.values())


@dataclass
class Agreement:
    """How many values there are in all, how many both sides have, and how many are accounted for."""

    captures: set[str] = field(default_factory=set)
    everything: int = 0
    common: int = 0
    accounted: int = 0

    def add(self, capture: str, common: int, everything: int, *, explained: bool) -> None:
        """The values of one capture."""
        self.captures.add(capture)
        self.everything += everything
        self.common += common
        self.accounted += everything if explained else common

    @property
    def explained(self) -> float:
        """Percent that agree or are explained."""
        return 100.0 * self.accounted / self.everything if self.everything else 100.0

    def __str__(self) -> str:
        share = 100.0 * self.common / self.everything if self.everything else 100.0
        numbers = f"{len(self.captures):8} {self.everything:8} {self.common:8}"
        return f"{numbers} {share:7.2f} {self.explained:10.2f}"


@cache
def explained() -> dict[tuple[str, str], str]:
    """(file name, protocol) -> why the two sides differ there; ``docs/conformance.md`` says the same at length.

    The name of a recorded capture has its folder with it ("modbus/tcp.pcap").
    """
    with (Path(__file__).parent / "explained.tsv").open(encoding="utf-8", newline="") as lines:
        public = {(row["capture"], row["protocol"]): row["why"] for row in csv.DictReader(lines, delimiter="\t")}
    return public | {(name, protocol): why for name, one in known().items() for protocol, why in one.reasons.items()}


@cache
def options_of_public_captures() -> dict[str, list[str]]:
    """File name -> what tshark must be told of this capture."""
    with (Path(__file__).parent / "options.tsv").open(encoding="utf-8", newline="") as lines:
        return {row["capture"]: row["options"].split() for row in csv.DictReader(lines, delimiter="\t")}


def options(name: str) -> list[str]:
    """What tshark must be told of the capture of this name: a recorded one, or a public one."""
    return known()[name].options if name in known() else options_of_public_captures().get(Path(name).name, [])


def reason(comparison: Comparison) -> str:
    """Why the two sides differ; empty when nobody has said."""
    path, known_reasons = Path(comparison.capture), explained()
    names = (path.name, f"{path.parent.name}/{path.name}")
    return next((known_reasons[n, comparison.protocol] for n in names if (n, comparison.protocol) in known_reasons), "")


def not_compared(found: list[Comparison]) -> list[str]:
    """Operations that no comparison looks at, as far as otaudit finds them: numbers by protocol, then what they are."""
    looked = sum((comparison.looked for comparison in found), Counter[Looked]())
    by_protocol: defaultdict[str, Counter[bool]] = defaultdict(Counter)
    for one, count in looked.items():
        by_protocol[one.protocol][one.compared] += count
    lines = ["", f"{'protocol':17} {'operations':>10} {'compared':>10} {'not':>8}"]
    for name, counts in sorted(by_protocol.items()):
        lines.append(f"{name:17} {counts.total():10} {counts[True]:10} {counts[False]:8}")
    lines += ["", "operations that no comparison looks at"]
    for one, count in sorted(looked.items()):
        if not one.compared:
            lines.append(f"{one.protocol:17} {one.verb:16} {one.code:16} {one.function[:40]:40} {one.kind:9} {count:8}")
    return lines


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
