"""What nmap found, as it prints it (``-oN``) or as lines for grep (``-oG``): see ``nmap_xml``, which tells more.

Source: the chapter "Nmap Output Formats" of its reference guide. Whoever answered nothing is none; a service that is
named by its port alone is no protocol, and these forms do not say by what it is named.
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
from scanner.assets.readers.nmap_xml import MEANINGS
from scanner.errors import InputError
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_line, said

_BEGINS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:# Nmap \S+ scan initiated |Starting Nmap \S+ )")
_REPORT = re.compile(r"Nmap scan report for (?:(?P<name>\S{1,255}) \((?P<ip>\S{1,45})\)|(?P<alone>\S{1,45}))(?: .*)?")
_MAC = re.compile(r"MAC Address: (?P<mac>\S{17})(?: \((?P<vendor>.{1,100})\))?")
_PORT = re.compile(r"(?P<port>\d{1,5})/(?P<transport>tcp|udp|sctp)\s+open\s+(?P<service>\S.{0,200})?")
_HOST = re.compile(r"Host: (?P<ip>\S{1,45}) \((?P<name>[^)]{0,255})\)\t(?P<rest>.*)")
_ANSWERED = re.compile(r"Host is up.*")
_UNKNOWN_VENDOR = "Unknown"


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is what nmap prints."""
    if _BEGINS.match(head) and (b"Nmap scan report for " in head or b"\nHost: " in head):
        return Resemblance(0.95, (said("what nmap prints"),))
    return NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The hosts that answered; InputError when none did."""
    lines = _text.decoded(content, name).text.splitlines()
    records = [*_printed(lines), *_for_grep(lines)]
    if not records:
        raise InputError(name, said("no host that answered"), remedy=said("scan again, or name another file"))
    return _rows.inventory(name, records, MEANINGS, columns, [("format", said("nmap, an active scan"))])


def _printed(lines: list[str]) -> Iterator[Record]:
    """Hosts of ``-oN``: a heading, then lines about the host."""
    host: Record | None = None
    up = False
    for number, line in enumerate([*lines, "Nmap scan report for -"], 1):
        report = _REPORT.fullmatch(line.strip())
        if report:
            if host is not None and (up or host.cells["open ports"]):
                yield host
            ip = report["ip"] or report["alone"]
            host, up = _record(number, ip, report["name"] or ""), False
        elif host is not None:
            up = up or _ANSWERED.fullmatch(line.strip()) is not None
            _add(host.cells, line.strip())


def _add(cells: dict[str, Any], line: str) -> None:
    if (found := _MAC.fullmatch(line)) and not cells.get("MAC address"):
        vendor = found["vendor"] or ""
        cells.update({"MAC address": [found["mac"]], "MAC vendor": "" if vendor == _UNKNOWN_VENDOR else vendor})
    elif found := _PORT.fullmatch(line):
        cells["open ports"].append(f"{found['transport']}/{found['port']} {found['service'] or ''}".strip())


def _for_grep(lines: list[str]) -> Iterator[Record]:
    """Hosts of ``-oG``: one or two lines each, fields with tabs between."""
    hosts: dict[str, Record] = {}
    up: set[str] = set()
    for number, line in enumerate(lines, 1):
        if not (found := _HOST.fullmatch(line)):
            continue
        record = _record(number, found["ip"], found["name"])
        if record is None:
            continue
        cells = hosts.setdefault(found["ip"], record).cells
        for field in found["rest"].split("\t"):
            key, _, text = field.partition(": ")
            if key == "Status" and text == "Up":
                up.add(found["ip"])
            elif key == "Ports":
                cells["open ports"] += filter(None, map(_open, text.split(", ")))
    yield from (host for ip, host in hosts.items() if ip in up or host.cells["open ports"])


def _open(text: str) -> str:
    """A port of ``-oG``: number, state, transport, owner, service, RPC, version, with slashes between."""
    parts = [*text.split("/"), *[""] * 7]
    said_of = " ".join(filter(None, (parts[4], parts[6])))
    return f"{parts[2]}/{parts[0]} {said_of}".strip() if parts[1] == "open" else ""


def _record(number: int, ip: str, name: str) -> Record | None:
    if not is_ip(ip):
        return None
    cells = {"address": [ip], "hostname": name, "open ports": [], "observed": True}
    return Record(number, cells, at_line)


INVENTORY = InventoryFormat("nmap-text", "nmap's own text", resemblance, read)
