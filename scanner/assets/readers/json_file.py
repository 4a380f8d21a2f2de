"""Inventories as JSON: a list of objects, or such a list under a key (``assets``, ``result``, ``devices``, ...)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from scanner.assets.foreign import foreign_file, lacking, refusal
from scanner.assets.inventory import Inventory, Record, assemble
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _json, _objects
from scanner.errors import InputError, Problem
from scanner.resemblance import NONE, Resemblance
from scanner.wording import NOTHING, Said, at_entry, said


def _is_inventory(head: bytes) -> bool:
    """The first objects of a list in it have keys of assets."""
    first = _objects.assets_of(_json.first_objects(head))
    return bool(first) and not lacking(list(dict.fromkeys(k for entry in first for k in entry)), first)


def _could_be(head: bytes) -> bool:
    """Text that begins like JSON."""
    return bool(_json.beginning(head))


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is an inventory in this format."""
    if _is_inventory(head):
        return Resemblance(0.7, (said("a list of objects with keys of assets"),))
    return Resemblance(0.4, (said("begins like JSON"),)) if _could_be(head) else NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The inventory; InputError when it is not JSON or holds no list of assets."""
    data, encoding = _json.load(content, name)
    if system := _objects.foreign_name(data):
        raise InputError(name, refusal(system))
    found = None if isinstance(data, dict) and _objects.is_foreign(data) else _objects.find(data, columns)
    if found is None:
        remedy = said("expected {form}", form="[{name, ip, mac, ...}] or {assets: [...]}")
        raise InputError(name, said("no list of assets with known keys"), remedy=remedy)
    notes = _objects.notes("JSON", encoding, found)
    return assemble(name, _objects.headers(found), _records(name, found), notes, columns)


def lacks(head: bytes) -> Said:
    """What JSON that is all in the head lacks to be a list of assets."""
    found = _json.whole(head)
    if found is not None:
        return _objects.why_not(found[0])
    name = foreign_file(_json.top(head))
    return refusal(name) if name else NOTHING


def _records(name: str, found: _objects.Found) -> Iterator[Record | Problem]:
    for number, (_, key, entry) in enumerate(found.entries, 1):
        if isinstance(entry, dict):
            yield Record(number, _objects.cells(key, entry), at_entry)
        else:
            yield Problem(name, said("entry skipped: it is not an object"), at_entry(number))


INVENTORY = InventoryFormat("json-file", "JSON", resemblance, read, lacks)
