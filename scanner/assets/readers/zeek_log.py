"""Logs of Zeek that list hosts or say what they are: known_hosts, known_services, known_devices, dhcp, and of ICSNPP
cip_identity. As TSV with ``#fields``, or JSON lines.

Sources: docs.zeek.org, "Log Files"; cisagov/icsnpp-enip, README. All lines of one host are one asset.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from scanner.assets.inventory import Inventory, Record
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _rows, _text
from scanner.assets.text import decode
from scanner.errors import InputError, Problem
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_line, joined, said, verbatim

# Log -> the fields that tell it, in the order of asking.
_LOGS = {
    "cip_identity": {"socket_address", "vendor_name", "product_name", "serial_number"},
    "known_services": {"host", "port_num", "port_proto", "service"},
    "known_devices": {"mac", "dhcp_host_name"},
    "dhcp": {"mac", "assigned_addr", "host_name"},
    "known_hosts": {"ts", "host"},
}
_HOSTS = {"cip_identity": "socket_address", "known_devices": "mac", "dhcp": "mac"}  # what tells hosts apart, else host
_MEANINGS = {
    "host": "ips",
    "socket_address": "ips",
    "assigned_addr": "ips",
    "mac": "macs",
    "host_name": "hostname",
    "dhcp_host_name": "hostname",
    "services": "ports",
    "vendor_name": "vendor",
    "product_name": "model",
    "device_type_name": "type",
    "revision": "firmware",
    "serial_number": "serial",
    "client_addr": "extra",
    "uid": "extra",
    "uids": "extra",
    "observed": "observed",
}
_UNSET = frozenset(("-", "(empty)", ""))
_LINE_OF_ITS_OWN = frozenset(("ts", "uid", "uids", "port_num", "port_proto", "service"))


def _log(fields: set[str]) -> str:
    """Which log has these fields; known_hosts has no others."""
    for name, marks in _LOGS.items():
        if marks <= fields and (name != "known_hosts" or len(fields) <= 4):
            return name
    return ""


def _header(text: str) -> tuple[list[str], str]:
    """Fields of the log and how they are separated; of JSON lines those of the first line, and no separator."""
    if text.startswith("{"):
        try:
            first = json.loads(text.split("\n", 1)[0])
        except (ValueError, RecursionError):
            return [], ""
        return (list(map(str, first)), "") if isinstance(first, dict) else ([], "")
    lines = text[:8192].split("\n")
    if not lines[0].startswith("#separator"):
        return [], ""
    separator = lines[0].split(" ", 1)[-1].strip().replace("\\x09", "\t") or "\t"
    fields = next((line for line in lines if line.startswith("#fields")), "")
    return fields.split(separator)[1:], separator


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is a log that lists hosts."""
    if head[:1] not in (b"#", b"{"):
        return NONE
    try:
        fields, separator = _header(decode(head, whole=False).text)
    except ValueError:
        return NONE
    if not _log(set(fields)) or not (separator or "ts" in fields):
        return NONE
    return Resemblance(0.95, (said("the fields of a log of Zeek"),))


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The hosts; InputError when it is no log that lists them."""
    text = _text.decoded(content, name).text
    fields, separator = _header(text)
    log = _log(set(fields))
    if not log:
        raise InputError(
            name, said("no log of Zeek that lists hosts"), remedy=said("name one of {names}", names=", ".join(_LOGS))
        )
    problems: list[Record | Problem] = []
    hosts: dict[str, Record] = {}
    lines = _lines(text, fields, separator)
    for number, cells in lines:
        key = str(cells.get(_HOSTS.get(log, "host"), "")) if cells else ""
        if not cells or not key:
            problems.append(Problem(name, said("line skipped: it names no host"), at_line(number)))
            continue
        _add(hosts.setdefault(key, Record(number, {"observed": True}, at_line)).cells, cells)
    notes = [("format", joined((verbatim("Zeek"), verbatim(f"{log}.log"))))]
    return _rows.inventory(name, [*hosts.values(), *problems], _MEANINGS, columns, notes)


def _lines(text: str, fields: list[str], separator: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.startswith("#"):
            continue
        if separator:
            values = line.rstrip("\r").split(separator)
            found = dict(zip(fields, values, strict=False)) if len(values) == len(fields) else {}
            yield number, {key: value for key, value in found.items() if value not in _UNSET}
            continue
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            entry = None
        yield number, entry if isinstance(entry, dict) else {}


def _add(host: dict[str, Any], line: dict[str, Any]) -> None:
    if "port_num" in line:
        service = line.get("service", "")
        words = ", ".join(service) if isinstance(service, list) else service
        text = f"{line.get('port_proto', '')}/{line['port_num']} {words}".strip()
        host["services"] = list(dict.fromkeys([*host.get("services", ()), text]))
    for key, value in line.items():
        if key not in _LINE_OF_ITS_OWN:
            if key in {"assigned_addr", "host"}:
                host[key] = list(dict.fromkeys([*host.get(key, ()), value]))
            else:
                host.setdefault(key, value)


INVENTORY = InventoryFormat("zeek-log", "Zeek logs of hosts", resemblance, read)
