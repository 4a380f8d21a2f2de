"""What JSON and YAML inventories share: finding the list of assets among nested data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from scanner.assets.foreign import foreign_file, lacking, refusal
from scanner.assets.headers import fields_of, is_inventory_header
from scanner.assets.spelling import normalise
from scanner.wording import NOTHING, Said, joined, said, verbatim

WRAPPERS = frozenset(
    ("assets", "result", "results", "devices", "hosts", "items", "data", "inventory", "nodes", "records", "entries")
    + ("value", "objects", "components", "list", "geraete", "资产", "设备")
)
# top-level keys of other things: results, SARIF, firewall rules, bills of materials, web captures
FOREIGN = frozenset(("$schema", "runs", "nftables", "bomFormat", "frameworks", "log"))

_LOOKED_AT = 50  # entries
_OF_DEVICES = frozenset(("ips", "macs", "serial", "vendor", "model", "hostname"))


class Found(NamedTuple):
    """The list or mapping of assets, and its path."""

    path: tuple[str | int, ...]
    part: Any

    @property
    def entries(self) -> Iterator[tuple[tuple[str | int, ...], str, Any]]:
        """(path, name, object) of each asset."""
        if isinstance(self.part, list):
            return (((*self.path, i), "", entry) for i, entry in enumerate(self.part))
        return (((*self.path, key), str(key), entry) for key, entry in self.part.items())


def is_foreign(data: Mapping[str, Any]) -> bool:
    """The mapping is plainly something else than an inventory."""
    own = {"zones", "conduits"} <= data.keys() or any(k in FOREIGN or k.startswith("otaudit") for k in data)
    return own or bool(foreign_file(data))


def foreign_name(data: Any) -> str:
    """The well-known kind of file that it is, or that its entries are of; empty when it is none."""
    if isinstance(data, dict) and (name := foreign_file(data)):
        return name
    parts = (part for _, part in _candidates(data) if isinstance(part, list))
    return next((n for part in parts for e in part[:1] if isinstance(e, dict) and (n := foreign_file(e))), "")


def why_not(data: Any) -> Said:
    """Why nobody takes the data for a list of assets; nothing when it may be one, or is no list at all."""
    if name := foreign_name(data):
        return refusal(name)
    if isinstance(data, dict) and is_foreign(data):
        return NOTHING
    reason = NOTHING
    for _, part in _candidates(data):
        entries = _entries(part)
        reason = lacking(list(dict.fromkeys(k for entry in entries for k in entry)), entries) if entries else reason
        if entries and not reason:
            return NOTHING
    return reason


def is_wrapper(key: str) -> bool:
    """A key under which assets stand whatever stands beside it."""
    return normalise(key) in WRAPPERS


def find(data: Any, columns: Mapping[str, str] | None = None) -> Found | None:
    """The assets: the data itself, or under a key of it, at most two levels down; the best understood wins."""
    best: tuple[int, Found] | None = None
    for path, part in _candidates(data):
        if isinstance(part, list):
            keys = list(dict.fromkeys(k for entry in part[:50] if isinstance(entry, dict) for k in entry))
        else:
            keys = keys_of_named(part, columns) or []
        if not is_inventory_header(keys, columns):
            continue
        score = len(set(fields_of(keys, columns).values()))
        if best is None or score > best[0]:
            best = score, Found(path, part)
    return best[1] if best else None


def keys_of_named(entries: Mapping[str, Any], columns: Mapping[str, str] | None = None) -> list[str] | None:
    """Keys of a mapping of named assets ({"plc-1": {...}, "plc-2": {...}}) when two of them are understood, one of
    which speaks of a device.
    """
    if not entries or not all(isinstance(v, dict) for v in entries.values()):
        return None
    keys = list(dict.fromkeys(k for v in entries.values() for k in v))
    fields = set(fields_of(keys, columns).values())
    return ["name", *(k for k in keys if k != "name")] if len(fields) >= 2 and fields & _OF_DEVICES else None


def headers(found: Found) -> list[str]:
    """Every key of the assets, in the order in which they first stand."""
    named = any(name for _, name, _ in found.entries)
    keys = (str(k) for _, _, entry in found.entries if isinstance(entry, dict) for k in cells("", entry))
    return list(dict.fromkeys([*(("name",) if named else ()), *keys]))


def cells(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """The cells of one asset; its key in a mapping is its name unless it has one."""
    told = {"name": name} | entry if name else entry
    for key, value in entry.items():
        if nested := _interfaces(key, value):
            told = {k: v for k, v in told.items() if k != key} | nested
    return told


def _interfaces(key: str, value: Any) -> dict[str, Any]:
    """What the objects in a list say together, where they are interfaces with addresses; else nothing."""
    objects = value if isinstance(value, list) else [value]
    if not objects or not all(isinstance(one, dict) for one in objects):
        return {}
    found: dict[str, list[Any]] = {}
    for one in objects:
        for inner, text in one.items():
            found.setdefault(f"{key}.{inner}", []).extend(text if isinstance(text, list) else [text])
    return found if {"ips", "macs"} & set(fields_of(found).values()) else {}


def notes(form: str, encoding: str, found: Found) -> tuple[tuple[str, str], ...]:
    """What the report says of the file: its format, and where in it the assets are."""
    path = "/".join(map(str, found.path))
    return (
        ("format", joined((verbatim(form), verbatim(encoding)))),
        ("assets under", verbatim(path) or said("top level")),
    )


def _candidates(data: Any, depth: int = 0, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Any, Any]]:
    if isinstance(data, list):
        yield path, data
    elif isinstance(data, dict):
        if depth and data and all(isinstance(v, dict) for v in data.values()):
            yield path, data
        if depth < 2:
            structured = sum(isinstance(value, list | dict) for value in data.values())
            for key, value in data.items():
                if structured == 1 or is_wrapper(str(key)):  # one table of many is what the file is not about
                    yield from _candidates(value, depth + 1, (*path, key))


def _entries(part: Any) -> list[dict[str, Any]]:
    if isinstance(part, list):
        return [entry for entry in part[:_LOOKED_AT] if isinstance(entry, dict)]
    return [cells(str(name), entry) for name, entry in islice(part.items(), _LOOKED_AT)]
