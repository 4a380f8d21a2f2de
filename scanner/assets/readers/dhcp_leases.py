"""Leases of ISC's DHCP server: who was given which address. Source: the manual page dhcpd.leases(5)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from scanner.assets.inventory import Inventory, Record
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _rows, _text
from scanner.errors import InputError
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_line, said

_LEASE = re.compile(rb"^lease [0-9a-fA-F.:]{3,39} \{\s*$", re.MULTILINE)
_FIRST = re.compile(r"lease (\S{3,39}) \{\s*")
_STATEMENTS = {
    "MAC address": re.compile(r"\s*hardware \S{1,20} (\S{2,60});\s*"),
    "hostname": re.compile(r"\s*client-hostname \"([^\"]{1,255})\";\s*"),
    "vendor class": re.compile(r"\s*set vendor-class-identifier = \"([^\"]{1,255})\";\s*"),
    "binding state": re.compile(r"\s*binding state (\w{1,20});\s*"),
}
_MEANINGS = {"address": "ips", "MAC address": "macs", "hostname": "hostname", "observed": "observed"}


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is a file of leases."""
    if _LEASE.search(head) and (b"hardware ethernet" in head or b"binding state" in head):
        return Resemblance(0.95, (said("its leases"),))
    return NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """Whoever has an address; of several leases of one address the last counts. InputError where there is none."""
    last = {record.cells["address"]: record for record in _leases(_text.decoded(content, name).text)}
    records = [
        r for r in last.values() if r.cells.get("MAC address") and r.cells.get("binding state", "active") == "active"
    ]
    if not records:
        raise InputError(name, said("no lease in use"), remedy=said("name another file"))
    return _rows.inventory(name, records, _MEANINGS, columns, [("format", said("leases of ISC DHCP"))])


def _leases(text: str) -> Iterator[Record]:
    lease: Record | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if first := _FIRST.fullmatch(line):
            lease = Record(number, {"address": first[1], "observed": True}, at_line)
        elif lease is not None and line.startswith("}"):
            yield lease
            lease = None
        elif lease is not None:
            lease.cells.update((key, found[1]) for key, each in _STATEMENTS.items() if (found := each.fullmatch(line)))


INVENTORY = InventoryFormat("dhcp-leases", "leases of ISC DHCP", resemblance, read)
