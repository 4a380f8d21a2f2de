"""Inventories as JSON: a list of objects, or such a list under a key (``assets``, ``result``, ``devices``, ...)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.assets.foreign import foreign_file, lacking, refusal
from scanner.assets.inventory import Inventory, Record, assemble, content_of
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _objects
from scanner.assets.text import decode
from scanner.errors import InputError, Problem, WrongText
from scanner.resemblance import NONE, Resemblance
from scanner.wording import NOTHING, Said, at_entry, at_line, said

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"
_LOOKED_AT = 50  # entries


def _is_inventory(head: bytes) -> bool:
    """The first objects of a list in it have keys of assets."""
    text = _text(head)
    if not text:
        return False
    first = _first_objects(text, 0)
    return bool(first) and not lacking(list(dict.fromkeys(k for entry in first for k in entry)), first)


def _could_be(head: bytes) -> bool:
    """Text that begins like JSON."""
    return bool(_text(head))


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is an inventory in this format."""
    if _is_inventory(head):
        return Resemblance(0.7, (said("a list of objects with keys of assets"),))
    return Resemblance(0.4, (said("begins like JSON"),)) if _could_be(head) else NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The inventory; InputError when it is not JSON or holds no list of assets."""
    try:
        decoded = decode(content_of(content, name))
        data = json.loads(decoded.text)
    except json.JSONDecodeError as error:
        place = at_line(error.lineno, error.colno)
        raise InputError(name, said("not valid JSON: {error}", error=error.msg), place) from error
    except WrongText as error:
        raise InputError(name, error.what, remedy=error.remedy) from error
    except (ValueError, RecursionError) as error:
        raise InputError(name, said("not readable as JSON: {error}", error=error)) from error
    if system := _objects.foreign_name(data):
        raise InputError(name, refusal(system))
    found = None if isinstance(data, dict) and _objects.is_foreign(data) else _objects.find(data, columns)
    if found is None:
        remedy = said("expected {form}", form="[{name, ip, mac, ...}] or {assets: [...]}")
        raise InputError(name, said("no list of assets with known keys"), remedy=remedy)
    notes = _objects.notes("JSON", decoded.encoding, found)
    return assemble(name, _objects.headers(found), _records(name, found), notes, columns)


def lacks(head: bytes) -> Said:
    """What JSON that is all in the head lacks to be a list of assets."""
    text = _text(head)
    found = _value(text, 0) if text else None
    if found is not None:
        return _objects.why_not(found[0])
    name = foreign_file(_keys(text))
    return refusal(name) if name else NOTHING


def _records(name: str, found: _objects.Found) -> Iterator[Record | Problem]:
    for number, (_, key, entry) in enumerate(found.entries, 1):
        if isinstance(entry, dict):
            yield Record(number, _objects.cells(key, entry), at_entry)
        else:
            yield Problem(name, said("entry skipped: it is not an object"), at_entry(number))


def _text(head: bytes) -> str:
    try:
        text = decode(head, whole=False).text.removeprefix("\ufeff").lstrip(_SPACE)
    except ValueError:
        return ""
    return text if text[:1] in ("[", "{") else ""


def _skip(text: str, at: int, more: str = "") -> int:
    while at < len(text) and text[at] in _SPACE + more:
        at += 1
    return at


def _value(text: str, at: int) -> tuple[Any, int] | None:
    """A whole value and where it ends; None when the text ends inside it or it is not JSON."""
    try:
        return _DECODER.raw_decode(text, at)
    except (ValueError, RecursionError):
        return None


def _first_objects(text: str, at: int, depth: int = 0) -> list[dict[str, Any]]:
    """The first objects in the first recognisable list of a text that may be cut short."""
    at = _skip(text, at)
    if text[at : at + 1] == "[":
        return _listed(text, at + 1)
    if text[at : at + 1] != "{" or depth > 2:
        return []
    return _in_object(text, at + 1, depth)


def _listed(text: str, at: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while len(found) < _LOOKED_AT:
        at = _skip(text, at, ",")
        value = _value(text, at) if text[at : at + 1] == "{" else None
        if value is None:
            break
        found.append(value[0])
        at = value[1]
    return [] if found and foreign_file(found[0]) else found


def _in_object(text: str, at: int, depth: int) -> list[dict[str, Any]]:
    """Objects under a key that means assets, or under the only key that holds any; the object itself when it holds
    named assets.
    """
    entries: dict[str, Any] = {}
    only: list[dict[str, Any]] = []
    structured = 0
    while True:
        at = _skip(text, at, ",")
        key = _value(text, at) if text[at : at + 1] == '"' else None
        if key is None:
            break
        if _objects.is_foreign(entries | {str(key[0]): None}):
            return []
        at = _skip(text, key[1])
        if text[at : at + 1] != ":":
            break
        at = _skip(text, at + 1)
        if text[at : at + 1] in ("[", "{"):
            structured += 1
            found = _first_objects(text, at, depth + 1)
            if found and _objects.is_wrapper(str(key[0])):
                return found
            only = only or found
        value = _value(text, at)
        if value is None:
            break
        entries[str(key[0])], at = value[0], value[1]
    if only and structured == 1:
        return only
    if not depth or not _objects.keys_of_named(entries):
        return []
    return [_objects.cells(name, entry) for name, entry in entries.items()]


def _keys(text: str) -> list[str]:
    """Keys that stand at the beginning of a text that is cut short: of the object, or the first object of a list."""
    at = _skip(text, 0, "[")
    keys: list[str] = []
    if text[at : at + 1] == "{":
        at += 1
        while (key := _value(text, _skip(text, at, ","))) is not None and isinstance(key[0], str):
            keys.append(key[0])
            at = _skip(text, key[1], ":")
            value = _value(text, at)
            if value is None:
                break
            at = value[1]
    return keys


INVENTORY = InventoryFormat("json-file", "JSON", resemblance, read, lacks)
