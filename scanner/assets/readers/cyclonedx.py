"""Bills of materials in CycloneDX, JSON and XML, of devices: what they are and which firmware and system they run.

Sources: CycloneDX 1.2 to 1.6 (ECMA-424), ``component.type``; its property taxonomy, ``cdx:device``. A bill of materials
of a program lists no asset and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.assets.inventory import Inventory, Record
from scanner.assets.reader import InventoryFormat
from scanner.assets.readers import _json, _rows, _xml
from scanner.errors import InputError
from scanner.resemblance import NONE, Resemblance
from scanner.wording import at_entry, joined, said, verbatim

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_MEANINGS = {
    "bom-ref": "id",
    "name": "name",
    "model": "model",
    "manufacturer": "vendor",
    "supplier": "vendor",
    "publisher": "vendor",
    "firmware": "firmware",
    "operating system": "os",
    "cdx:device:serialNumber": "serial",
    "cdx:device:macAddress": "macs",
    "cdx:device:location": "extra",  # on the board
    "cdx:device:deviceType": "extra",  # how it is mounted
    "cdx:device:sku": "order_number",
    "cdx:device:partNumber": "order_number",
    "version": "extra",
    "type": "extra",
    "serial": "extra",
}
_DEVICES = frozenset(("device", "firmware"))  # of a whole bill: the device itself, or the firmware that it runs
_LISTS = frozenset(("components", "properties", "hashes", "licenses", "externalReferences", "evidence"))


def resemblance(head: bytes, content: Path | bytes) -> Resemblance:  # noqa: ARG001 - the head decides
    """How much it is a bill of materials."""
    if _json.top(head).get("bomFormat") == "CycloneDX":
        return Resemblance(0.95, (said("its bomFormat"),))
    root, attributes = _xml.root_of(head)
    if root == "bom" and "cyclonedx.org/schema/bom" in attributes:
        return Resemblance(0.95, (said("its root element"),))
    return NONE


def read(content: Path | bytes, name: str, columns: Mapping[str, str] | None = None) -> Inventory:
    """The devices; InputError when it is a bill of programs only."""
    bill, form = _bill(content, name)
    metadata = bill.get("metadata")
    whole = metadata.get("component") if isinstance(metadata, dict) else None
    listed = [c for c in bill.get("components") or () if isinstance(c, dict)]
    if isinstance(whole, dict) and whole.get("type") in _DEVICES:
        entries = [whole | {"components": [*(whole.get("components") or ()), *listed]}]
    else:
        entries = [c for c in listed if c.get("type") == "device"]
    if not entries:
        what = said("a bill of materials of programs, which lists no device")
        raise InputError(name, what, remedy=said("name the inventory of the devices that run them"))
    rows = [Record(number, dict(_cells(entry)), at_entry) for number, entry in enumerate(entries, 1)]
    return _rows.inventory(
        name, rows, _MEANINGS, columns, [("format", joined((verbatim("CycloneDX"), verbatim(form))))]
    )


def _bill(content: Path | bytes, name: str) -> tuple[dict[str, Any], str]:
    from scanner.assets.inventory import content_of

    data = content_of(content, name)
    if _xml.root_of(data)[0] == "bom":
        root = _xml.parsed(data, name)
        metadata = next(_xml.children(root, "metadata"), None)
        whole = None if metadata is None else next(_xml.children(metadata, "component"), None)
        bill = {"components": _components(root)}
        return bill | ({} if whole is None else {"metadata": {"component": _component(whole)}}), "XML"
    bill, encoding = _json.load(data, name)
    if not isinstance(bill, dict):
        raise InputError(name, said("not a bill of materials"))
    return bill, f"JSON {encoding}"


def _cells(entry: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    parts = [c for c in _every(entry.get("components"), 0) if isinstance(c, dict)]
    kind, label = entry.get("type"), entry.get("name")
    yield "name", label
    if kind == "device":
        yield "model", label
    versions = [str(c.get("version", "")) for c in parts if c.get("type") == "firmware"]
    own = [str(entry.get("version", ""))] if kind == "firmware" else []
    known = list(dict.fromkeys(filter(None, [*own, *versions])))
    yield "firmware" if len(known) == 1 else "firmware versions", known[0] if len(known) == 1 else known
    systems = [
        f"{c.get('name', '')} {c.get('version', '')}".strip() for c in parts if c.get("type") == "operating-system"
    ]
    yield "operating system" if len(systems) == 1 else "operating systems", systems[0] if len(systems) == 1 else systems
    for key, value in entry.items():
        if key in {"manufacturer", "supplier"} and isinstance(value, dict):
            yield key, value.get("name")
        elif key not in _LISTS and key != "name":
            yield key, value
    for item in entry.get("properties") or ():
        if isinstance(item, dict) and item.get("name"):
            yield str(item["name"]), item.get("value")
    named = [c for c in parts if c.get("type") not in {"firmware", "operating-system", "device"}]
    yield "software", [f"{c.get('name', '')} {c.get('version', '')}".strip() for c in named]


def _every(components: Any, depth: int) -> Iterator[Any]:
    """Components and those within them; a device in a device is an asset of its own and none of its parts."""
    for component in components if isinstance(components, list) and depth < 8 else ():
        yield component
        if isinstance(component, dict) and component.get("type") != "device":
            yield from _every(component.get("components"), depth + 1)


def _components(element: Element) -> list[dict[str, Any]]:
    return [_component(c) for group in _xml.children(element, "components") for c in _xml.children(group, "component")]


def _component(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = dict(element.attrib)
    for child in element:
        name = _xml.tag(child)
        if name in {"manufacturer", "supplier"}:
            found[name] = {"name": _xml.text_at(child, "name")}
        elif name == "components":
            found["components"] = _components(element)
        elif name == "properties":
            found["properties"] = [{"name": p.get("name"), "value": p.text} for p in _xml.children(child, "property")]
        elif len(child) == 0:
            found[name] = (child.text or "").strip()
    return found


INVENTORY = InventoryFormat("cyclonedx", "CycloneDX (devices)", resemblance, read)
