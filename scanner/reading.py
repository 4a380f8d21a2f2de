"""Reads each kind of input into facts. The readers behind are imported when an input of their kind is there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scanner.bounded import read_up_to
from scanner.errors import InputError, Problem, reason
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.facts.watchdog import Watchdog
from scanner.inputs import Input, InputKind, refuse_foreign
from scanner.limits import limits
from scanner.provenance import Provenance
from scanner.unpacked import is_packed, only_file
from scanner.wording import marked, said, verbatim


@dataclass(frozen=True)
class Reading:
    """What one input gave, and what of it could not be used. alone: a capture that was read by itself because reading
    it with the others of its recording failed.
    """

    facts: Facts
    problems: tuple[Problem, ...] = ()
    alone: bool = False


def read_text_input(entry: Input, columns: Mapping[str, str] | None = None) -> Reading:
    """Any input but a capture. ``columns``: the user's mapping of inventory headers.

    InputError when nothing of it can be used; DefinitionError when a policy is wrong.
    """
    with Watchdog(limits().input_seconds) as watchdog:
        watchdog.message = 0  # the input is one
        return _read_text(entry, columns)


def _read_text(entry: Input, columns: Mapping[str, str] | None) -> Reading:
    path = entry.path
    if path is None:
        raise InputError(entry.source, said("only a capture can be read from standard input"))
    if entry.kind is InputKind.FACTS:
        from scanner.facts.saved import load

        return Reading(load(path))
    if entry.kind is InputKind.POLICY:
        return _policy(path, entry.source)
    if entry.kind is InputKind.ANSWERS:
        return _answers(path, entry.source)
    if entry.kind is InputKind.ADVISORY:
        return _advisories(path, entry.source)
    most = limits().inventory_bytes if entry.kind is InputKind.INVENTORY else limits().configuration_bytes
    data = _content(path, entry.source, most) if entry.content is None else entry.content
    packed = only_file(data, most) if entry.kind is InputKind.CONFIGURATION and is_packed(data) else None
    if packed is None:
        refuse_foreign(data, entry.source, data)
    if entry.kind is InputKind.INVENTORY:
        from scanner.assets.columns import columns_for

        return _inventory(data, entry.source, columns or columns_for(path))
    output = entry.kind is InputKind.OUTPUT
    return _outputs(data, entry.source) if output else _configuration(data, entry.source, entry.dialect, packed)


def _content(path: Path, source: str, most: int) -> bytes:
    try:
        return read_up_to(path, most)
    except OSError as error:
        raise InputError(source, said("cannot be read: {reason}", reason=reason(error))) from error


def _policy(path: Path, source: str) -> Reading:
    from scanner.policy.document import parse_policy
    from scanner.protocols import protocol_names

    data = _content(path, source, limits().yaml_bytes)
    policy = parse_policy(data, source, protocol_names())
    facts = _facts(policy.tables(), source, "policy", data, complete=True, notes=())
    return Reading(Facts(facts.tables, facts.inputs, (), policy.site))


def _answers(path: Path, source: str) -> Reading:
    from scanner.answers import parse_answers

    data = _content(path, source, limits().yaml_bytes)
    rows = parse_answers(data, source, path.parent)
    return Reading(_facts({"answers": rows}, source, "answers", data, complete=True, notes=()))


def _advisories(path: Path, source: str) -> Reading:
    from scanner.advisories import parse_advisories

    data = _content(path, source, limits().inventory_bytes)
    found = parse_advisories(data, source)
    tables = {"advisories": found.advisories, "known_exploited": found.exploited, "life_cycles": found.life_cycles}
    notes = (("title", found.title),) if found.title else ()
    return Reading(_facts(tables, source, "advisory", data, complete=True, notes=notes))


def _inventory(data: bytes, source: str, columns: Mapping[str, str] | None) -> Reading:
    from scanner.assets import readers

    inventory = readers.read(data, source, columns)
    complete = not inventory.problems
    rows = (row | {"invalid": [marked(r) for r in row["invalid"]]} if row["invalid"] else row for row in inventory.rows)
    facts = _facts({"inventory": rows}, source, "inventory", data, complete=complete, notes=inventory.notes)
    return Reading(facts, inventory.problems)


def _outputs(data: bytes, source: str) -> Reading:
    from scanner.outputs import parse_outputs

    found = parse_outputs(data, source)
    tables = {name: getattr(found, name) for name in ("neighbours", "stations", "switch_ports")}
    notes = (("devices", verbatim(", ".join(found.devices))),) if found.devices else ()
    facts = _facts(tables, source, "output", data, complete=not found.problems, notes=notes)
    return Reading(facts, tuple(found.problems))


def _configuration(data: bytes, source: str, dialect: str, unpacked: bytes | None) -> Reading:
    from scanner.configs import reader
    from scanner.configs.forwarding_saved import saved

    found = reader.read(data if unpacked is None else unpacked, source, dialect)
    complete = not found.problems
    forwards = {"source": source, "dialect": found.dialect, "router": saved(found.router) if found.router else ""}
    tables = {"settings": found.rows, "waivers": found.waivers, "forwarding": [forwards]}
    facts = _facts(tables, source, "configuration", data, complete=complete, notes=found.notes)
    return Reading(facts, (*found.problems, *found.refused))


def _facts(
    rows: Mapping[str, Iterable[Mapping[str, Any]]],
    source: str,
    kind: str,
    data: bytes,
    *,
    complete: bool,
    notes: tuple[tuple[str, str], ...],
) -> Facts:
    held = tuple((key, marked(text)) for key, text in notes)
    provenance = Provenance(source, kind, len(data), hashlib.sha256(data).hexdigest(), complete, held)
    return Facts({name: frame(TABLES[name], found) for name, found in rows.items()}, (provenance,))
