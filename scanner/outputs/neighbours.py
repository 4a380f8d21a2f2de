"""Neighbours of LLDP and CDP that are printed in several lines, each a word and what it is.

IOS begins with ``Local Intf`` (CDP: ``Device ID``), NX-OS with ``Chassis id``, EOS with ``Interface Ethernet1
detected``, VRP with ``GigabitEthernet0/0/1 has 1 neighbor``, Comware with ``LLDP neighbor-information of port``, HiOS
with ``Remote data``.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import Any

from scanner.outputs.ports import is_bare_port, is_port, mac_of
from scanner.outputs.rows import neighbour_row

_LOCAL = re.compile(
    r"\s*(?:Interface (?P<eos>\S+) detected \d+ LLDP neighbors?:?"
    r"|(?P<vrp>\S+) has \d+ neighbors?:?(?:\(s\):?)?|(?P<vrp_s>\S+) has \d+ neighbor\(s\):?"
    r"|(?:CDP|LLDP) neighbor-information of port \d+\[(?P<comware>[^\]]+)\]:?"
    r"|Remote data, (?P<hios>[\d/]+),?(?: -)? #\d+.*)"
)
_PAIR = re.compile(r"\s*(?:- )?(?P<key>[A-Za-z][\w ()/-]{1,40}?)\s*(?::|\.{3,})\s*(?P<value>.*)")
_BEGINS = re.compile(r"\s*(?:Chassis id|Device ID|Local Intf)\s*:\s*\S", re.IGNORECASE)
_CDP_PORTS = re.compile(r"\s*Interface: (?P<local>[^,]+),\s*Port ID \(outgoing port\): (?P<other>.+)")
_FIELDS = {
    "chassis id": "chassis",
    "chassisid": "chassis",
    "device id": "device",
    "system name": "name",
    "sysname": "name",
    "port id": "other",
    "portid": "other",
    "local intf": "local",
    "local interface": "local",
    "local port id": "local",
    "local port": "local",
}
_ADDRESS = re.compile(r"(?i)(?:ipv4 )?management address(?: value)?|ip(?:v4)?(?: address)?|management address\(es\)")


def begins(line: str) -> bool:
    """The line is one that only stands at the beginning of a neighbour."""
    return len(line) < 200 and (_LOCAL.fullmatch(line) is not None or _BEGINS.match(line) is not None)


class NeighbourLines:
    """Neighbours from lines that follow one another."""

    def __init__(self) -> None:
        self._port = ""  # what a line above several neighbours names
        self._now: dict[str, Any] = {}
        self._done: list[tuple[int, dict[str, Any]]] = []
        self.unplaced: list[int] = []  # lines where neighbours begin of whom it is not told at which port they are

    def take(self, line: str, number: int) -> bool:
        """The line is one of a neighbour."""
        heading = _LOCAL.fullmatch(line)
        if heading:
            self.flush()
            self._port = next(port for port in heading.groups() if port)
            return True
        ports = _CDP_PORTS.fullmatch(line)
        if ports:
            self._now.update(local=ports["local"].strip(), other=ports["other"].strip())
            return True
        pair = _PAIR.fullmatch(line)
        if pair is None:
            return False
        key, value = re.sub(r"\s*\(subtype\)", "", pair["key"].casefold()).strip(), pair["value"].strip().strip('"')
        field = _FIELDS.get(key, "")
        if not field:
            if key == "chassistype" and self._now:  # as ArubaOS-Switch says it, whose ports are numbers
                self._now["bare"] = True
            if (self._now or self._port) and _ADDRESS.fullmatch(key) and _is_ip(value):
                self._now.setdefault("ips", []).append(value)
            return bool(self._now)
        if field in self._now or (field == "device" and self._now):
            self.flush()
        self._now.setdefault("line", number)
        self._now[field] = value
        return True

    def flush(self) -> None:
        """What was begun is whole."""
        found, self._now = self._now, {}
        port = found.get("local") or self._port
        if not port and found.keys() >= {"chassis", "other"}:
            self.unplaced.append(found["line"])
        known = is_bare_port(port) if found.get("bare") else is_port(port)
        if not known or not found.keys() & {"chassis", "device", "name", "other"}:
            return
        mac = mac_of(found.get("chassis", "")) or mac_of(found.get("device", ""))
        name = found.get("name") or found.get("device") or ("" if mac else found.get("chassis", ""))
        protocol = "cdp" if "device" in found else "lldp"
        row = neighbour_row(protocol, port, name, found.get("other", ""), mac=mac, ips=found.get("ips", [])[:20])
        self._done.append((found.get("line", 0), row))

    def done(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Line and row of each neighbour that is whole; each once."""
        found, self._done = self._done, []
        yield from found


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
