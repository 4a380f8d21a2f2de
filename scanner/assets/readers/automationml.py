"""Devices of engineering projects as AutomationML (CAEX): what TIA Portal, EPLAN and others export of the hardware.

Source: AR APC (Automation Project Configuration), role classes Device, DeviceItem and Node: a device has items, an item
may have interfaces with nodes, and a node has an address. Firmware and order number are those of the head module, which
is the item with a node.
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
from scanner.wording import at_entry, said

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MEANINGS = {
    "device": "name",
    "module": "extra",
    "NetworkAddress": "ips",
    "MacAddress": "macs",
    "ProfinetDeviceName": "profinet_name",
    "DeviceName": "profinet_name",
    "OrderNumber": "order_number",
    "FirmwareVersion": "firmware",
    "TypeName": "model",
    "Manufacturer": "vendor",
    "SerialNumber": "serial",
    "Type": "extra",
    "Label": "extra",
}
_ORDER_NUMBER = re.compile(r"OrderNumber:([^/]+)(?:/(V[\d.]+))?")
_ROLES = "AutomationProjectConfiguration"
_IP = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:]+")  # an MPI address is a number, too


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is CAEX."""
    if _xml.root_of(head)[0] == "CAEXFile":
        return Resemblance(0.95, (said("its root element"),))
    return NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The devices that have an address or an order number; InputError when there are none."""
    root = _xml.parsed(content, name)
    found = [device for hierarchy in _xml.children(root, "InstanceHierarchy") for device in _devices(hierarchy)]
    records = [Record(number, cells, at_entry) for number, cells in enumerate(map(_cells, found), 1) if cells]
    if not records:
        what = said(
            "an AutomationML file without devices: no element with the role of a device, an address or an order number"
        )
        raise InputError(name, what, remedy=said("export the hardware (CAx) of the project"))
    return _rows.inventory(name, records, _MEANINGS, columns, [("format", said("AutomationML"))])


def _devices(element: Element) -> Iterator[Element]:
    """Elements with the role Device; where an export gives no roles, the outermost with a type or order number."""
    for child in _xml.children(element, "InternalElement"):
        if "Device" in _roles(child) or (
            "DeviceItem" not in _roles(child) and _attributes(child).keys() & _DEVICE_KEYS
        ):
            yield child
        else:
            yield from _devices(child)


_DEVICE_KEYS = {"TypeIdentifier", "OrderNumber"}


def _roles(element: Element) -> set[str]:
    found = (*_xml.children(element, "SupportedRoleClass"), *_xml.children(element, "RoleRequirements"))
    paths = (e.get("RefRoleClassPath") or e.get("RefBaseRoleClassPath") or "" for e in found)
    return {path.rpartition("/")[2] for path in paths if path.startswith(_ROLES)}


def _attributes(element: Element) -> dict[str, str]:
    pairs = ((a.get("Name", ""), _xml.text_at(a, "Value")) for a in _xml.children(element, "Attribute"))
    return {name: value for name, value in pairs if name and value}


def _cells(device: Element) -> dict[str, Any]:
    own = _attributes(device)
    cells: dict[str, Any] = {"device": device.get("Name", "")}
    nodes: list[dict[str, str]] = []
    head: dict[str, str] = {}
    for item, within in _items(device, {}, 0):
        attributes = _attributes(item)
        if "Node" in _roles(item) or "NetworkAddress" in attributes:
            nodes.append(attributes)
            head = head or within
    head = head or next((a for i, _ in _items(device, {}, 0) if _ordered(a := _attributes(i))), {})
    for attributes in (own, head):
        cells |= {key: value for key, value in attributes.items() if key not in cells}
    order, version = _ordered(head) or _ordered(own) or ("", "")
    cells["OrderNumber"] = cells.get("OrderNumber") or order
    cells["FirmwareVersion"] = cells.get("FirmwareVersion") or version
    cells["NetworkAddress"] = [n["NetworkAddress"] for n in nodes if _IP.fullmatch(n.get("NetworkAddress", ""))]
    names = [n.get("ProfinetDeviceName") or n.get("DeviceName", "") for n in nodes]
    cells["ProfinetDeviceName"] = next(filter(None, names), "")
    cells["SubnetMask"] = [n["SubnetMask"] for n in nodes if "SubnetMask" in n]
    known = cells["NetworkAddress"] or cells["OrderNumber"]
    return {key: value for key, value in cells.items() if value} if known else {}


def _ordered(attributes: Mapping[str, str]) -> tuple[str, str] | None:
    """Order number and firmware of a TypeIdentifier: ``OrderNumber:6ES7 516-3AN01-0AB0/V2.9``."""
    match = _ORDER_NUMBER.search(attributes.get("TypeIdentifier", ""))
    return (match[1].strip(), match[2] or "") if match else None


def _items(element: Element, within: dict[str, str], depth: int) -> Iterator[tuple[Element, dict[str, str]]]:
    """Every element within, and the attributes of the nearest module with an order number around it."""
    if depth > 20:
        return
    for child in _xml.children(element, "InternalElement"):
        attributes = _attributes(child)
        around = attributes if _ordered(attributes) or "OrderNumber" in attributes else within
        yield child, within
        yield from _items(child, around, depth + 1)


INVENTORY = InventoryFormat("automationml", "AutomationML (TIA Portal, EPLAN)", resemblance, read)
