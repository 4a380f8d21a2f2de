"""What results hold of facts beside verdicts: inputs, devices, zones, traffic and what was observed, line by line.

The facts are made up, so that every column is filled and empty somewhere.
``PYTHONPATH=. python tests/engine/test_told_of_facts.py`` writes
``told_of_facts.txt`` anew; what changed in it has to be meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scanner.engine import observed, summary
from scanner.engine.verdict.judged_facts import JudgedFacts, enriched
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES, Table
from scanner.provenance import Provenance
from tests.engine.made_rows import blank, full, half
from tests.snapshots.lines import said

GOLDEN = Path(__file__).with_name("told_of_facts.txt")
KINDS = ("capture", "inventory", "policy", "configuration", "answers")


_COUNTED = {"captures": {"file_count": 2}, "files": {"frames_before": 0}}  # there is always a number


def rows(table: Table) -> list[dict[str, Any]]:
    unknown = {"protocol": "", "transport": "udp", "sha256": "other"}
    same = {"conduit": "", "client_zone": "client_zone", "server_zone": "server_zone", "protocol": ""}
    return [
        full(table),
        half(table, 0),
        half(table, 1),
        full(table, " b"),
        blank(table),
        full(table, " c") | unknown,
        full(table, " d") | same,
    ]


def facts() -> JudgedFacts:
    tables = {
        name: frame(
            table,
            [{c.name: row[c.name] for c in table.columns} | _COUNTED.get(name, {}) for row in rows(table)],
            derived=True,
        )
        for name, table in TABLES.items()
    }
    inputs = tuple(
        Provenance(source, kind, 7, sha256, kind != "policy", {"format": kind, "other": "x"})
        for kind in KINDS
        for source, sha256 in (("source", "sha256"), ("source b", "sha256 b"), ("", "sha256"))
    )
    return enriched(Facts(inputs=inputs), tables)


def lines() -> Iterator[str]:
    case = facts()
    yield from (f"input {said(row)}" for row in summary.inputs(case))
    for device in summary.devices(case):
        yield f"device {said(device)}"
        yield from (f"  {said(identity)}" for identity in device.identities)
    yield from (f"zone {said(row)}" for row in summary.zones(case, {}))
    yield from (f"traffic {said(row)}" for row in summary.traffic(case))
    for name in ("operations", "commands", "sessions", "settings", "unrecognised", "protocols"):
        yield from (f"{name} {said(row)}" for row in getattr(observed, name)(case))
    for row in observed.publications(case):
        yield f"publication {said(row)}"
    yield from (f"export {said(row)}" for row in observed.exports(case))
    yield from (f"exposure {said(row)}" for row in observed.exposures(case))


def test_everything_is_told_as_it_was() -> None:
    assert list(lines()) == GOLDEN.read_text(encoding="utf-8").splitlines()


if __name__ == "__main__":
    GOLDEN.write_text("\n".join((*lines(), "")), encoding="utf-8")
