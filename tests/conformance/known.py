"""What is known to differ in the recorded captures: a YAML file for a folder of fixtures, found by that folder's name.

Each file maps a capture to its entries. An entry says ``why``, and one of: ``protocol`` with ``counts`` (table, value,
otaudit's count, tshark's count), all of which must be so; ``filters`` that find less than they stand for in tshark; or
``options`` with which tshark reads that capture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CAPTURES = Path(__file__).parents[2] / "fixtures" / "captures"
FOLDER = Path(__file__).parent / "differences"
SUFFIXES = (".pcap", ".pcapng", ".cap", ".ntar", ".gz", ".zst", ".xz", ".bz2")


@dataclass
class Known:
    """One capture."""

    counts: dict[str, set[tuple[str, str, int, int]]] = field(default_factory=dict)  # protocol -> differences
    reasons: dict[str, str] = field(default_factory=dict)  # protocol -> why
    filters: set[str] = field(default_factory=set)
    options: list[str] = field(default_factory=list)


def captures(folder: Path = CAPTURES) -> list[Path]:
    """Every capture below the folder."""
    return sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file())


@cache
def known() -> dict[str, Known]:
    """ "folder/file" of a recorded capture -> what is known of it."""
    found: dict[str, Known] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, entries in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            found[f"{path.stem}/{name}"] = _read(entries)
    return found


def _read(entries: list[dict[str, Any]]) -> Known:
    one = Known()
    for entry in entries:
        if "counts" in entry:
            one.counts[entry["protocol"]] = {(t, str(v), ours, theirs) for t, v, ours, theirs in entry["counts"]}
            one.reasons[entry["protocol"]] = entry["why"]
        one.filters.update(entry.get("filters", ()))
        one.options.extend(entry.get("options", ()))
    return one
