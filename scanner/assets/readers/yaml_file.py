"""Inventories as YAML: a list of mappings, or such a list (or a mapping of named assets) under a key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from scanner.assets.foreign import foreign_file, lacking, refusal
from scanner.assets.inventory import Inventory, Record, assemble
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _objects, _text
from scanner.assets.text import decode
from scanner.errors import InputError, Problem
from scanner.resemblance import NONE, Resemblance
from scanner.wording import NOTHING, Said, at_line, said
from scanner.yaml_positions import Document

_KEY = re.compile(
    r"^(?P<indent>[ ]*)(?P<item>(?:-[ ]+)*)[\"']?(?P<key>[^\s\"'#\-{}\[\],][^\"':{}\[\],#]*+)[\"']?\s*:(?=\s|$)"
)
_FLOW_KEY = re.compile(r"[{,]\s*[\"']?(?P<key>[^\s\"':{}\[\],][^\"':{}\[\],]*+)[\"']?\s*:\s")

_IN_GROUPS = frozenset(("assets", "devices", "equipment", "geraete", "资产", "设备"))  # keys of lists below groups


def _is_inventory(head: bytes) -> bool:
    """A list of mappings at the top or under a key that means assets, with at least two known keys."""
    try:
        text = decode(head, whole=False).text.removeprefix("\ufeff")
    except ValueError:
        return False
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "---", "%"))]
    if not lines or lines[0].lstrip()[:1] in ("{", "[", "<"):
        return False
    top, inner = _keys(lines)
    if _objects.is_foreign(dict.fromkeys(top)):
        return False
    listed = lines[0].startswith("-") or any(map(_objects.is_wrapper, top)) or not _IN_GROUPS.isdisjoint(inner)
    if not listed and not _are_addressed(lines):
        return False
    return not lacking(inner if listed else ["name", *inner], _typed(lines))  # keys at the margin are names


def _are_addressed(lines: list[str]) -> bool:
    """Nearly each key at the margin has an IP address below it."""
    named: dict[str, dict[str, str]] = {}
    for line in lines:
        if match := _KEY.match(line):
            if not match["indent"] and not match["item"]:
                below = named.setdefault(match["key"].strip(), {})
            elif named:
                below.setdefault(match["key"].strip(), line[match.end() :].strip().strip("\"'"))
    return _objects.are_addressed(named)


def _typed(lines: list[str]) -> Iterator[dict[str, str]]:
    """What stands beside keys, line by line, each as an entry of its own."""
    for line in lines:
        if match := _KEY.match(line):
            yield {match["key"].strip(): line[match.end() :].strip().strip("\"'")}
        for flow in _FLOW_KEY.finditer(line):
            yield {flow["key"].strip(): re.split(r"[,}\]]", line[flow.end() :], maxsplit=1)[0].strip("\"' ")}


def _could_be(head: bytes) -> bool:
    """Text with a line that begins like YAML."""
    return re.search(rb"(?m)^[ \t]*+(?:-\s|[\w\"'.-][\w\"' .-]*+:(?:\s|$))", head) is not None


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is an inventory in this format."""
    if _is_inventory(head):
        return Resemblance(0.7, (said("a list of mappings with keys of assets"),))
    return Resemblance(0.1, (said("lines that begin like YAML"),)) if _could_be(head) else NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The inventory; InputError when it is not YAML or holds no list of assets."""
    decoded = _text.decoded(content, name)
    document = _text.yaml_document(decoded.text, name)
    data = document.data
    if system := _objects.foreign_name(data):
        raise InputError(name, refusal(system))
    found = None if isinstance(data, dict) and _objects.is_foreign(data) else _objects.find(data, columns)
    if found is None:
        remedy = said("expected {form}", form="assets: [{name, ip, mac, ...}]")
        raise InputError(name, said("no list of assets with known keys"), remedy=remedy)
    notes = _objects.notes("YAML", decoded.encoding, found)
    return assemble(name, _objects.headers(found), _records(document, found), notes, columns)


def lacks(head: bytes) -> Said:
    """The well-known kind of file that the keys at the left margin are of."""
    try:
        text = decode(head, whole=False).text
    except ValueError:
        return NOTHING
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith(("#", "---", "%"))]
    name = foreign_file(_keys(lines)[0])
    return refusal(name) if name else NOTHING


def _records(document: Document, found: _objects.Found) -> Iterator[Record | Problem]:
    for path, key, entry in found.entries:
        line = document.position(path, key=bool(key)).line
        if isinstance(entry, dict):
            yield Record(line, _objects.cells(key, entry), at_line)
        else:
            yield Problem(document.source, said("entry skipped: it is not a mapping"), at_line(line))


def _keys(lines: list[str]) -> tuple[list[str], list[str]]:
    """Keys at the left margin, and all others, of block and flow mappings."""
    top: list[str] = []
    inner: list[str] = []
    for line in lines:
        match = _KEY.match(line)
        if match:
            at_margin = not match["indent"] and not match["item"]
            (top if at_margin else inner).append(match["key"].strip())
        inner += (m["key"].strip() for m in _FLOW_KEY.finditer(line))
    return list(dict.fromkeys(top)), list(dict.fromkeys(inner))


INVENTORY = InventoryFormat("yaml-file", "YAML", resemblance, read, lacks)
