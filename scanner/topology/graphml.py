"""The map as GraphML (http://graphml.graphdrawing.org/specification.html), for yEd, Gephi, NetworkX and the like."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from scanner.topology.drawn import Drawing, drawing
from scanner.topology.model import CableMap

_KEYS = {
    "label": "node",
    "kind": "node",
    "mac": "node",
    "ip": "node",
    "seen": "node",
    "says": "node",
    "port": "edge",
    "other_port": "edge",
    "sure": "edge",
    "evidence": "edge",
}


def graphml(found: CableMap) -> bytes:
    """Devices are nodes, cables are edges with the ports at either end; devices of one port share an edge label."""
    root = Element("graphml", xmlns="http://graphml.graphdrawing.org/xmlns")
    for name, what in _KEYS.items():
        SubElement(root, "key", {"id": name, "for": what, "attr.name": name, "attr.type": "string"})
    graph = SubElement(root, "graph", id="cables", edgedefault="undirected")
    made = drawing(found)
    _nodes(graph, made)
    for number, edge in enumerate(made.edges):
        given = {"id": f"e{number}", "source": f"n{made.number[edge.one]}", "target": f"n{made.number[edge.other]}"}
        node = SubElement(graph, "edge", given)
        _data(node, {"port": edge.port, "other_port": edge.other_port, "sure": edge.sure, "evidence": edge.evidence})
    indent(root)
    text: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return text + b"\n"


def _nodes(graph: Element, made: Drawing) -> None:
    for device in made.devices:
        node = SubElement(graph, "node", id=f"n{made.number[device.name]}")
        told = {"label": device.label, "kind": device.kind, "mac": device.mac, "ip": " ".join(device.ips)}
        _data(node, told | {"seen": "" if device.seen is None else str(device.seen).lower(), "says": device.says})


def _data(node: Element, values: dict[str, str]) -> None:
    for key, value in values.items():
        if value:
            SubElement(node, "data", key=key).text = _printable(value)


def _printable(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)
