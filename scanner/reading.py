"""Reads each kind of input into facts. The readers behind are imported when an input of their kind is there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.bounded import read_up_to
from scanner.errors import InputError, Problem, failed
from scanner.facts.frames import Facts, Provenance, frame
from scanner.facts.schema import TABLES
from scanner.facts.watchdog import Watchdog
from scanner.inputs import Input, Kind, refuse_foreign
from scanner.limits import ceilings, limits, names

if TYPE_CHECKING:
    from scanner.capture.read import CaptureReader

Progress = Callable[[int, int, int], None]  # bytes done, bytes in all (0 unknown), packets


@dataclass(frozen=True)
class Reading:
    """What one input gave, and what of it could not be used."""

    facts: Facts
    problems: tuple[Problem, ...] = ()


def read_text_input(entry: Input, columns: Mapping[str, str] | None = None) -> Reading:
    """An inventory, policy, configuration or folder of facts. ``columns``: the user's mapping of inventory headers.

    InputError when nothing of it can be used; DefinitionError when a policy is wrong.
    """
    with Watchdog(limits().input_seconds) as watchdog:
        watchdog.message = 0  # the input is one
        return _read_text(entry, columns)


def _read_text(entry: Input, columns: Mapping[str, str] | None) -> Reading:
    path = entry.path
    if path is None:
        raise InputError(entry.source, "only a capture can be read from standard input")
    if entry.kind is Kind.FACTS:
        from scanner.facts.saved import load

        return Reading(load(path))
    if entry.kind is Kind.POLICY:
        return _policy(path, entry.source)
    most = limits().inventory_bytes if entry.kind is Kind.INVENTORY else limits().configuration_bytes
    data = _content(path, entry.source, most)
    refuse_foreign(data, entry.source, data)
    if entry.kind is Kind.INVENTORY:
        from scanner.assets.columns import columns_for

        return _inventory(data, entry.source, columns or columns_for(path))
    return _configuration(data, entry.source)


def _content(path: Path, source: str, most: int) -> bytes:
    try:
        return read_up_to(path, most)
    except OSError as error:
        raise InputError(source, f"cannot be read: {error.strerror or error}") from error


def _policy(path: Path, source: str) -> Reading:
    from scanner.policy.document import parse_policy
    from scanner.protocols import protocol_names

    data = _content(path, source, limits().yaml_bytes)
    policy = parse_policy(data, source, protocol_names())
    facts = _facts(policy.tables(), source, "policy", data, complete=True, notes=())
    return Reading(Facts(facts.tables, facts.inputs, (), policy.site))


def _inventory(data: bytes, source: str, columns: Mapping[str, str] | None) -> Reading:
    from scanner.assets import readers

    inventory = readers.read(data, source, columns)
    complete = not inventory.problems
    facts = _facts({"inventory": inventory.rows}, source, "inventory", data, complete=complete, notes=inventory.notes)
    return Reading(facts, inventory.problems)


def _configuration(data: bytes, source: str) -> Reading:
    from scanner.configs import reader

    found = reader.read(data, source)
    complete = not found.problems
    facts = _facts({"settings": found.rows}, source, "configuration", data, complete=complete, notes=found.notes)
    return Reading(facts, found.problems)


def _facts(
    rows: Mapping[str, Iterable[Mapping[str, Any]]],
    source: str,
    kind: str,
    data: bytes,
    *,
    complete: bool,
    notes: tuple[tuple[str, str], ...],
) -> Facts:
    provenance = Provenance(source, kind, len(data), hashlib.sha256(data).hexdigest(), complete, notes)
    return Facts({name: frame(TABLES[name], found) for name, found in rows.items()}, (provenance,))


def read_captures(
    entries: Sequence[Input], progress: Callable[[Input], Progress | None]
) -> Iterator[tuple[Input, Reading | InputError]]:
    """The captures of one folder through the kernel and the dissectors, in the order of their time.

    Where one begins when the one before ends (a ring of files), streams go on from file to file.
    """
    from scanner.capture.read import CaptureReader
    from scanner.protocols import all_framings, cases

    reader: CaptureReader | None = None
    alone = len(entries) == 1
    order = sorted(((0 if alone else _first_time(e), e.source, e) for e in entries), key=lambda item: item[:2])
    for (_, _, entry), next_time in zip(order, [*(time for time, _, _ in order[1:]), 0], strict=True):
        try:
            reader = reader or CaptureReader(all_framings(), cases(), ceilings().capture)
            yield entry, _capture(reader, entry, progress(entry), next_time)
        except InputError as error:
            yield entry, error
        except Exception as error:  # noqa: BLE001 - a defect costs this capture, and the streams that went on in it
            reader = None
            yield entry, failed(entry.source, error)


def _first_time(entry: Input) -> int:
    from scanner.capture.read import first_time

    try:
        return first_time(entry.path) if entry.path is not None else 0
    except Exception:  # noqa: BLE001 - reading it says why
        return 0


def _capture(reader: CaptureReader, entry: Input, progress: Progress | None, next_time: int) -> Reading:
    from scanner.facts.build import capture_facts
    from scanner.protocols import protocols

    content = entry.stream if entry.path is None else entry.path
    if content is None:
        raise InputError(entry.source, "nothing to read")
    result = reader.read(content, entry.source, progress, next_time)
    problems = []
    if result.info.unread:
        remedy = "capture again or copy the file anew; the rest was examined"
        problems.append(Problem(entry.source, result.info.unread, remedy=remedy))
    if result.info.undecoded:
        remedy = "capture on an Ethernet port, or wait for a version that decodes these"
        problems.append(Problem(entry.source, result.info.undecoded, remedy=remedy))
    problems += [
        Problem(entry.source, f"limit reached: {name}, {count} left out", remedy=_remedy(name))
        for name, count in sorted(result.info.limits.items())
    ]
    return Reading(capture_facts(result, protocols()), tuple(problems))


def _remedy(name: str) -> str:
    setting = name.replace("_", "-")
    return "scan the capture in parts" + (f", or set --limit {setting}" if setting in names() else "")
