"""Controllers and modules with an address of Rockwell's Logix projects (L5X).

Source: Rockwell 1756-RM084, "Logix 5000 Controllers Import/Export". A revision is that of the project: what the module
must be like, as far as its electronic key goes. Modules without an address of their own are kept with the controller.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.addresses import is_ip
from scanner.assets.inventory import Inventory, Record
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _rows, _xml
from scanner.errors import InputError
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_entry, said

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MEANINGS = {
    "Name": "name",
    "CatalogNumber": "order_number",
    "address": "ips",
    "host name": "hostname",
    "vendor": "vendor",
    "revision": "firmware",
    "type": "type",
    "project serial number": "extra",
}
_ROCKWELL = "1"  # of the vendors that ODVA numbers
_PLC = "14"  # product type of CIP: programmable logic controller


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is a Logix project."""
    if _xml.root_of(head)[0] == "RSLogix5000Content":
        return Resemblance(0.95, (said("its root element"),))
    return NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The controller and what it reaches; InputError when it is a part of a project without them."""
    root = _xml.parsed(content, name)
    controller = next(_xml.children(root, "Controller"), None)
    if controller is None or not controller.get("ProcessorType"):
        what = said("a part of a Logix project without its controller")
        raise InputError(name, what, remedy=said("export the whole project"))
    modules = [m for group in _xml.children(controller, "Modules") for m in _xml.children(group, "Module")]
    local = next((m for m in modules if m.get("Name") == "Local"), None)
    rows = [_controller(controller, local)]
    chassis: list[str] = []
    for module in modules:
        cells = _module(module)
        if module is local:
            continue
        if cells.get("address") or cells.get("host name"):
            rows.append(cells)
        else:
            chassis.append(
                f"{cells.get('Name', '')} {cells.get('CatalogNumber', '')} {cells.get('revision', '')}".strip()
            )
    rows[0]["modules without an address"] = chassis
    records = [Record(number, {k: v for k, v in row.items() if v}, at_entry) for number, row in enumerate(rows, 1)]
    notes = [("format", said("Logix project (L5X)"))]
    return _rows.inventory(name, records, _MEANINGS, columns, notes)


def _controller(controller: Element, local: Element | None) -> dict[str, Any]:
    cells = {
        "Name": controller.get("Name"),
        "CatalogNumber": controller.get("ProcessorType"),
        "type": "PLC",
        "vendor": "Rockwell Automation",
        "revision": _revision(controller, "MajorRev", "MinorRev"),
        "project serial number": controller.get("ProjectSN"),
    }
    addresses = {} if local is None else {k: v for k, v in _module(local).items() if k in {"address", "host name"}}
    return cells | addresses


def _module(module: Element) -> dict[str, Any]:
    ports = [p for group in _xml.children(module, "Ports") for p in _xml.children(group, "Port")]
    given = [p.get("Address", "") for p in ports if p.get("Type") == "Ethernet" and p.get("Address")]
    return {
        "Name": module.get("Name"),
        "CatalogNumber": module.get("CatalogNumber"),
        "type": "PLC" if module.get("ProductType") == _PLC else "",
        "vendor": "Rockwell Automation" if module.get("Vendor") == _ROCKWELL else "",
        "vendor number": module.get("Vendor"),
        "product type": module.get("ProductType"),
        "product code": module.get("ProductCode"),
        "revision": _revision(module, "Major", "Minor"),
        "inhibited": module.get("Inhibited"),
        "parent": module.get("ParentModule"),
        "address": [a for a in given if is_ip(a)],
        "host name": next((a for a in given if not is_ip(a)), ""),
    }


def _revision(element: Element, major: str, minor: str) -> str:
    return ".".join(filter(None, (element.get(major, ""), element.get(minor, ""))))


INVENTORY = InventoryFormat("l5x", "Logix project (L5X)", resemblance, read)
