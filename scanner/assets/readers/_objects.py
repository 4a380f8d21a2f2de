"""What JSON and YAML inventories share: finding the list of assets among nested data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple

from scanner.addresses import is_ip
from scanner.assets.foreign import foreign_file, lacking, refusal
from scanner.assets.headers import fields_of, is_aspect, is_inventory_header
from scanner.assets.readers._groups import WRAPPERS, Entry, ungrouped
from scanner.assets.spelling import normalise
from scanner.wording import NOTHING, Said, joined, said, verbatim

# top-level keys of other things: results, SARIF, firewall rules, bills of materials, web captures
FOREIGN = frozenset(("$schema", "runs", "nftables", "bomFormat", "frameworks", "log"))

_LOOKED_AT = 50  # entries
_NEARLY_EACH = 0.8
_OF_DEVICES = frozenset(("ips", "macs", "serial", "vendor", "model", "hostname"))


class Found(NamedTuple):
    """The list or mapping of assets, and its path."""

    path: tuple[str | int, ...]
    part: Any

    @property
    def entries(self) -> Iterator[Entry]:
        """(path, name, object) of each asset."""
        named = isinstance(self.part, dict)
        for key, entry in self.part.items() if named else enumerate(self.part):
            yield from ungrouped((*self.path, key), str(key) if named else "", entry)


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
        entries = assets_of(part)
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
        found = Found(path, part)
        entries = [entry for _, _, entry in islice(found.entries, _LOOKED_AT) if isinstance(entry, dict)]
        if isinstance(part, dict) and all(any(entry is one for one in part.values()) for entry in entries):
            keys = keys_of_named(part, columns) or []
        else:
            keys = list(dict.fromkeys(key for entry in entries for key in cells("", entry)))
        if not is_inventory_header(keys, columns):
            continue
        score = len(set(fields_of(keys, columns).values()))
        if best is None or score > best[0]:
            best = score, found
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


def are_addressed(entries: Mapping[str, Any]) -> bool:
    """Several named objects, nearly each of which has an IP address, or is called by it."""
    held = sum(isinstance(entry, dict) and _has_address(str(key), entry) for key, entry in entries.items())
    return held >= max(2, _NEARLY_EACH * len(entries))


def _has_address(name: str, entry: Mapping[str, Any]) -> bool:
    return is_ip(name) or any(
        _is_address(entry[key]) for key, field in fields_of(map(str, entry)).items() if field == "ips" and key in entry
    )


def _is_address(value: Any) -> bool:
    """The text is an IP address, with its prefix or without."""
    return isinstance(value, str) and is_ip(value.strip().split("/")[0])


def headers(found: Found) -> list[str]:
    """Every key of the assets, in the order in which they first stand."""
    return list(
        dict.fromkeys(str(k) for _, name, entry in found.entries if isinstance(entry, dict) for k in cells(name, entry))
    )


def cells(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    """The cells of one asset; its key in a mapping is its name, or its address, unless it has one."""
    told = {"ip" if is_ip(name) else "name": name} | entry if name else entry
    for key, value in entry.items():
        if nested := _aspects(str(key), value) or _interfaces(key, value):
            told = {k: v for k, v in told.items() if k != key} | nested
    return told


def _aspects(key: str, value: Any) -> dict[str, Any]:
    """What an object says of the asset itself, each under its path; nothing of another's."""
    if not isinstance(value, dict) or not is_aspect(key):
        return {}
    found = {f"{key}.{inner}": text for inner, text in value.items()}
    return found if fields_of(found) else {}


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
        if (depth or are_addressed(data)) and data and all(isinstance(v, dict) for v in data.values()):
            yield path, data
        if depth < 2:
            structured = sum(isinstance(value, list | dict) for value in data.values())
            for key, value in data.items():
                if structured == 1 or is_wrapper(str(key)):  # one table of many is what the file is not about
                    yield from _candidates(value, depth + 1, (*path, key))


def assets_of(part: Any) -> list[dict[str, Any]]:
    """The cells of the first assets of a list, or of a mapping of named ones."""
    found = Found((), part).entries
    return [cells(name, entry) for _, name, entry in islice(found, _LOOKED_AT) if isinstance(entry, dict)]
