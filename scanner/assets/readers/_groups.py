"""Assets that stand in groups: below each zone, line or site a list of its own, and what is said of the group holds for
all in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from scanner.assets.headers import fields_of, is_interfaces
from scanner.assets.kinds import asset_type
from scanner.assets.spelling import normalise

Path = tuple[str | int, ...]
Entry = tuple[Path, str, Any]  # where it stands, its name where its key is it, and what it is

WRAPPERS = frozenset(
    ("assets", "result", "results", "devices", "hosts", "items", "data", "inventory", "nodes", "records", "entries")
    + ("value", "objects", "components", "list", "equipment", "geraete", "资产", "设备")
)
_DEEPEST = 4
_OF_ONE = frozenset(("ips", "macs", "serial", "hostname"))  # what an asset has, and no group
_ADDRESSES = frozenset(("ips", "macs"))
_OF_DEVICES = frozenset(("vendor", "model", "type", "serial", "firmware", "order_number"))  # and no interface
_OF_ALL = frozenset(("zone", "level", "site", "location", "vlans", "owner", "criticality"))
# What the name of a group is to its assets, by what the groups are called.
_GROUPS = {
    **dict.fromkeys(("zone", "zones", "zonen", "securityzones", "zonas", "安全域", "安全区域", "区域", "分区"), "zone"),
    **dict.fromkeys(
        ("site", "sites", "plants", "factories", "werke", "standorte", "usines", "plantas", "工厂"), "site"
    ),
}


def ungrouped(path: Path, name: str, entry: Any, above: Mapping[str, Any] | None = None) -> Iterator[Entry]:
    """The asset, or those of the group that the entry is, each with what is said of its groups."""
    if not isinstance(entry, dict):
        yield path, name, entry
        return
    lists = _lists(entry) if len(path) < 2 * _DEEPEST else {}
    if not lists:
        yield path, name, {**above, **entry} if above else entry
        return
    own = {key: value for key, value in entry.items() if key not in lists}
    fields = fields_of(own)
    if not _OF_ONE.isdisjoint(fields.values()):
        yield path, name, {**(above or {}), **own}
    called = name or next((own[key] for key, field in fields.items() if field == "name"), "")
    kind = next((part for part in reversed(path) if isinstance(part, str) and part != name), "")
    inherited = {
        **(above or {}),
        **({_GROUPS.get(normalise(kind), "location"): called} if called else {}),
        **{field: own[key] for key, field in fields.items() if field in _OF_ALL},
    }
    for key, entries in lists.items():
        for place, one in entries.items() if isinstance(entries, dict) else enumerate(entries):
            yield from ungrouped((*path, key, place), place if isinstance(place, str) else "", one, inherited)


def _lists(entry: Mapping[str, Any], depth: int = 0) -> dict[str, Any]:
    """The lists in an entry that are of assets, or of groups of them; not those of an asset's own interfaces."""
    held = {key: objects for key, value in entry.items() if (objects := _objects_in(str(key), value))}
    if not held:
        return {}
    own = fields_of(str(key) for key in entry if key not in held)
    of_one = not _OF_ONE.isdisjoint(own.values())  # whose modules are no assets of their own
    return {
        key: entry[key]
        for key, objects in held.items()
        if (depth < _DEEPEST and any(_lists(one, depth + 1) for one in objects))
        or _are_assets(str(key), objects, named=isinstance(entry[key], dict), of_one=of_one)
    }


def _objects_in(key: str, value: Any) -> list[dict[str, Any]]:
    """The objects in a list, or in a mapping of named ones, that may be assets."""
    objects = list(value.values()) if isinstance(value, dict) else value
    if not isinstance(objects, list) or is_interfaces(key):
        return []
    return objects if all(isinstance(one, dict) for one in objects) else []


def _are_assets(key: str, objects: list[dict[str, Any]], *, named: bool, of_one: bool) -> bool:
    """named: their keys are their names. of_one: what holds them is an asset."""
    fields = set(fields_of(dict.fromkeys(str(k) for one in objects for k in one)).values())
    if not fields & (_OF_ONE | _OF_DEVICES) or not (named or "name" in fields or fields & _OF_ONE):
        return False
    if normalise(key) in WRAPPERS or asset_type(key) != "unknown":
        return not fields.isdisjoint(_ADDRESSES) if of_one else named or len(fields) > 1
    return not of_one and not fields.isdisjoint(_OF_DEVICES) and not fields.isdisjoint(_OF_ONE)
