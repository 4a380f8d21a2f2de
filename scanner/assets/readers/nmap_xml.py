"""What nmap found: hosts that are up, their open ports, and what its scripts for industrial protocols say of them.

Sources: nmap's DTD (``docs/nmap.dtd``) and the scripts themselves (``@xmloutput``). It is an active scan: a service
that nmap names by its port alone (``method="table"``) is no protocol, and a guessed operating system is only kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.assets.inventory import Inventory, Record
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _rows, _xml
from scanner.errors import InputError
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_entry, said, verbatim

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

# (script, its element) -> field; every other element is kept under both names.
_SCRIPTS = {
    ("s7-info", "Module"): "order_number",
    ("s7-info", "Module Type"): "model",
    ("s7-info", "Version"): "firmware",
    ("s7-info", "Serial Number"): "serial",
    ("s7-info", "System Name"): "name",
    ("enip-info", "vendor"): "vendor",
    ("enip-info", "productName"): "model",
    ("enip-info", "serialNumber"): "serial",
    ("enip-info", "revision"): "firmware",
    ("enip-info", "type"): "type",
    ("bacnet-info", "Vendor Name"): "vendor",
    ("bacnet-info", "Model Name"): "model",
    ("bacnet-info", "Firmware"): "firmware",
    ("bacnet-info", "Object Name"): "name",
    ("bacnet-info", "Location"): "location",
    ("fox-info", "hostName"): "hostname",
    ("fox-info", "os.name"): "os",
    ("omron-info", "Controller Model"): "model",
    ("omron-info", "Controller Version"): "firmware",
    ("pcworx-info", "PLC Type"): "model",
    ("pcworx-info", "Model Number"): "order_number",
    ("pcworx-info", "Firmware Version"): "firmware",
}
_SPOKEN = {  # a script that gives an answer has spoken the protocol
    "s7-info": "s7comm",
    "enip-info": "enip",
    "bacnet-info": "bacnet",
    "fox-info": "fox",
    "omron-info": "fins",
    "pcworx-info": "pcworx",
    "modbus-discover": "modbus",
    "iec-identify": "iec104",
}
MEANINGS = {
    "address": "ips",
    "MAC address": "macs",
    "MAC vendor": "vendor",
    "hostname": "hostname",
    "open ports": "ports",
    "protocols": "protocols",
    "observed": "observed",
    **{f"{script} {element}": field for (script, element), field in _SCRIPTS.items()},
}
_NUMBERED = re.compile(r"\s*\(\d+\)$")  # Rockwell Automation/Allen-Bradley (1)
_PADDING = re.compile(r"\s{2,}.*")  # CJ2M-CPU32          02.01
_REVISION = re.compile(r"\b[vV]?(\d+(?:\.\d+)+)$")


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is nmap's XML."""
    if _xml.root_of(head)[0] == "nmaprun":
        return Resemblance(0.95, (said("its root element"),))
    return NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The hosts that answered; InputError when none did."""
    root = _xml.parsed(content, name)
    hosts = list(_xml.children(root, "host"))
    records = [Record(n, dict(_cells(host)), at_entry) for n, host in enumerate(hosts, 1) if _answered(host)]
    if not records:
        raise InputError(name, said("no host that answered"), remedy=said("scan again, or name another file"))
    notes = [("format", said("nmap XML, an active scan")), ("nmap", verbatim(root.get("startstr", "")))]
    if len(records) < len(hosts):
        notes.append(("hosts that did not answer", verbatim(str(len(hosts) - len(records)))))
    return _rows.inventory(name, records, MEANINGS, columns, notes)


def _answered(host: Element) -> bool:
    """It is up, by an answer of its own: ``-Pn`` takes every address for up."""
    status = next(_xml.children(host, "status"), None)
    if status is None or status.get("state") != "up":
        return False
    return status.get("reason") not in {"user-set", ""} or bool(_open_ports(host))


def _open_ports(host: Element) -> list[Element]:
    ports = (port for group in _xml.children(host, "ports") for port in _xml.children(group, "port"))
    return [p for p in ports if any(s.get("state") == "open" for s in _xml.children(p, "state"))]


def _cells(host: Element) -> Iterator[tuple[str, Any]]:
    found: dict[str, Any] = {}
    protocols: list[str] = []
    ports = _open_ports(host)
    for port in ports:
        for script in _xml.children(port, "script"):
            _said_by(script, found, protocols)
    for group in _xml.children(host, "hostscript"):
        for script in _xml.children(group, "script"):
            _said_by(script, found, protocols)
    addresses = list(_xml.children(host, "address"))
    yield "address", [a.get("addr") for a in addresses if a.get("addrtype") in {"ipv4", "ipv6"}]
    yield "MAC address", [a.get("addr") for a in addresses if a.get("addrtype") == "mac"]
    names = [n.get("name", "") for group in _xml.children(host, "hostnames") for n in _xml.children(group, "hostname")]
    yield "hostname", next(filter(None, names), "")
    yield "open ports", [_port(port) for port in ports]
    yield from found.items()
    yield "protocols", list(dict.fromkeys([*protocols, *filter(None, map(_probed, ports))]))
    vendors = [a.get("vendor", "") for a in addresses if a.get("addrtype") == "mac"]
    yield "MAC vendor", next(filter(None, vendors), "")  # last: what a device says of itself comes first
    guesses = [m.get("name", "") for os in _xml.children(host, "os") for m in _xml.children(os, "osmatch")]
    yield "guessed operating systems", guesses[:5]
    yield "observed", True


def _port(port: Element) -> str:
    service = next(_xml.children(port, "service"), None)
    text = f"{port.get('protocol', '')}/{port.get('portid', '')}"
    if service is None:
        return text
    words = (service.get(key, "") for key in ("name", "product", "version"))
    return " ".join(filter(None, (text, *words))).replace(",", " ")


def _probed(port: Element) -> str:
    service = next(_xml.children(port, "service"), None)
    return service.get("name", "") if service is not None and service.get("method") == "probed" else ""


def _said_by(script: Element, found: dict[str, Any], protocols: list[str]) -> None:
    """Add what a script says of the device: the first answer counts, where several ports give one."""
    name = script.get("id", "")
    answers = list(_elements(script, ""))
    if name in _SPOKEN and answers:
        protocols.append(_SPOKEN[name])
    for key, text in answers:
        field = _SCRIPTS.get((name, key))
        value = _NUMBERED.sub("", text) if field in {"vendor", "type"} else text
        value = _PADDING.sub("", value) if field == "model" else value
        found.setdefault(f"{name} {key}".strip(), value)
        if name == "modbus-discover" and key.lower().endswith("device identification"):
            _modbus(value, found)
    if not answers and script.get("output"):
        found.setdefault(name, " ".join(script.get("output", "").split()))


def _modbus(value: str, found: dict[str, Any]) -> None:
    """Maker, product and revision in one text with spaces; only the revision can be told from the others."""
    if revision := _REVISION.search(value):
        found.setdefault("firmware", revision[1])


def _elements(element: Element, before: str) -> Iterator[tuple[str, str]]:
    """(key, text) of all elements of a script, those of its tables under the tables' keys."""
    for child in element:
        key = f"{before} {child.get('key', '')}".strip()
        if _xml.tag(child) == "elem" and (child.text or "").strip():
            yield key, (child.text or "").strip()
        elif _xml.tag(child) == "table":
            yield from _elements(child, key)


INVENTORY = InventoryFormat("nmap-xml", "nmap XML", resemblance, read)
