"""Hosts of Nornir's SimpleInventory: ``hosts.yaml``. Groups and defaults are files of their own and not needed.

Source: nornir.readthedocs.io, "Inventory". Passwords and connection options are never kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.addresses import is_ip
from scanner.assets.inventory import Inventory, Record
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _rows, _text
from scanner.assets.text import decode
from scanner.errors import InputError, Problem
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_line, said

_MEANINGS = {
    "host": "name",
    "address": "ips",
    "host name": "hostname",
    "platform": "os",
    "username": "accounts",
    "groups": "extra",
    "port": "extra",
}
_HOST = re.compile(r"^[\"']?[\w.-]+[\"']?:[ \t]*\n(?:[ ]+[^ \n].*\n)*?[ ]+hostname:\s", re.MULTILINE)
_KEYS = frozenset(("hostname", "port", "username", "password", "platform", "groups", "data", "connection_options"))


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is a file of hosts: names at the margin, and below each what Nornir knows of it."""
    if head.lstrip()[:1] in (b"{", b"[", b"<"):
        return NONE
    try:
        text = decode(head, whole=False).text
    except ValueError:
        return NONE
    if not _HOST.search(text):
        return NONE
    margin = [line for line in text.splitlines() if line[:1] not in ("", " ", "#", "-")]
    keys = re.findall(r"(?m)^[ ]{1,4}(\w+):", text)
    named = all(re.fullmatch(r"[\"']?[\w.-]+[\"']?:\s*", line) for line in margin)
    nornir = {"groups", "platform", "data"} & set(keys)
    return Resemblance(0.95, (said("named hosts with the keys of Nornir"),)) if named and nornir else NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The hosts; InputError when it is no file of hosts."""
    document = _text.yaml_document(_text.decoded(content, name).text, name)
    if not isinstance(document.data, dict):
        raise InputError(name, said("no hosts of Nornir in it"))
    rows: list[Record | Problem] = []
    for host, body in document.data.items():
        line = document.position((host,), key=True).line
        if isinstance(body, dict) and body.keys() <= _KEYS:
            rows.append(Record(line, dict(_cells(str(host), body)), at_line))
        else:
            rows.append(Problem(name, said("entry skipped: it is no host of Nornir"), at_line(line)))
    return _rows.inventory(name, rows, _MEANINGS, columns, [("format", said("Nornir hosts"))], own="data.")


def _cells(host: str, body: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    yield "host", host
    where = str(body.get("hostname") or "")
    yield "address" if is_ip(where) else "host name", where
    for key, value in body.items():
        if key == "data" and isinstance(value, dict):
            yield from ((f"data.{path}", v) for path, v in _rows.flat(value))
        elif key == "connection_options":
            yield "connection_options (secret)", value  # which may hold some; dropped by that name, and said
        elif key not in {"hostname", "data"}:
            yield key, value


INVENTORY = InventoryFormat("nornir", "Nornir hosts", resemblance, read)
