"""From what switches say to links, and what deserves a look: each planted error with its twin."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from scanner.cli.map import command
from scanner.topology.cables import CableSources, cable_map
from scanner.topology.graphml import graphml
from scanner.topology.model import CableMap, Sureness
from scanner.topology.svg import svg

SAMPLES = Path("tests/outputs/samples")


def row(device: str, port: str, **more: Any) -> dict[str, Any]:
    return {"source": f"{device}.txt", "line": 7, "device": device, "port": port, **more}


def hears(device: str, port: str, neighbour: str, neighbour_port: str = "", mac: str = "") -> dict[str, Any]:
    told = {"neighbour": neighbour, "neighbour_port": neighbour_port, "neighbour_mac": mac}
    return row(device, port, protocol="lldp", neighbour_ips=[], **told)


def learnt(device: str, port: str, *numbers: int) -> list[dict[str, Any]]:
    return [row(device, port, mac=f"00:1b:1b:00:00:{n:02x}", ip="", vlan=1, how="learned") for n in numbers]


def is_a(device: str, port: str, mode: str = "access") -> dict[str, Any]:
    return row(device, port, state="up", mode=mode, vlan=1, description="")


def made(*neighbours: dict[str, Any], **more: Any) -> CableMap:
    return cable_map(CableSources(neighbours=neighbours, **more))


A_TO_B = hears("SW-A", "Gi1/0/1", "SW-B", "GigabitEthernet1/0/2")
TWO = (is_a("SW-A", "Gi1/0/3"), is_a("SW-A", "Gi1/0/4"))
B_TO_A = hears("SW-B", "Gi1/0/2", "sw-a.plant.example", "Gi1/0/1")


@pytest.mark.parametrize(
    ("neighbours", "sure"),
    [
        ((A_TO_B, B_TO_A), [Sureness.BOTH_ENDS]),
        ((A_TO_B,), [Sureness.ONE_END]),
        ((A_TO_B, hears("SW-B", "Gi1/0/9", "SW-C", "Gi1/0/1")), [Sureness.ONE_SIDED, Sureness.ONE_END]),
        ((A_TO_B, hears("SW-B", "Gi1/0/2", "SW-C", "Gi1/0/1")), [Sureness.CONTRADICTED, Sureness.ONE_END]),
        ((A_TO_B, hears("SW-B", "Gi1/0/2", "SW-A", "Gi1/0/7")), [Sureness.CONTRADICTED, Sureness.ONE_SIDED]),
        ((hears("SW-A", "Gi1/0/1", "SW-B"), B_TO_A), [Sureness.BOTH_ENDS]),
    ],
)
def test_how_sure_a_link_is(neighbours: tuple[dict[str, Any], ...], sure: list[Sureness]) -> None:
    assert [link.sure for link in made(*neighbours).links] == sure


def test_names_of_two_domains_are_two_devices() -> None:
    found = made(
        hears("SW-A", "Gi1/0/1", "sw.hall1.example", "1/1"), hears("SW-A", "Gi1/0/2", "sw.hall2.example", "1/1")
    )
    assert {link.other.device for link in found.links} == {"sw.hall1.example", "sw.hall2.example"}


def kinds(found: CableMap) -> list[str]:
    return [notice.kind for notice in found.notices]


def test_an_access_port_with_many_devices() -> None:
    many = {"stations": learnt("SW-A", "Gi1/0/3", 1, 2, 3)}
    assert kinds(made(**many, switch_ports=[is_a("SW-A", "Gi1/0/3")])) == ["crowded-access-port"]
    assert kinds(made(**many, switch_ports=[is_a("SW-A", "Gi1/0/3", "trunk")])) == []
    assert kinds(made(**many)) == [], "a guess judges nobody"
    assert kinds(made(stations=learnt("SW-A", "Gi1/0/3", 1, 2), switch_ports=[is_a("SW-A", "Gi1/0/3")])) == []
    assert kinds(made(**many, uses={("SW-A", "GigabitEthernet1/0/3"): "access"})) == ["crowded-access-port"]


def test_one_device_at_two_ports() -> None:
    twice = [*learnt("SW-A", "Gi1/0/3", 1), *learnt("SW-B", "Gi1/0/4", 1)]
    ports = [is_a("SW-A", "Gi1/0/3"), is_a("SW-B", "Gi1/0/4")]
    assert kinds(made(stations=twice, switch_ports=ports)) == ["on-two-ports"]
    assert kinds(made(stations=twice, switch_ports=[ports[0], is_a("SW-B", "Gi1/0/4", "trunk")])) == []
    assert (
        kinds(made(stations=[*learnt("SW-A", "Gi1/0/3", 1), *learnt("SW-A", "Gi1/0/3", 1)], switch_ports=ports)) == []
    )
    way = [hears("SW-B", "Gi1/0/4", "SW-A", "Gi1/0/9"), hears("SW-A", "Gi1/0/9", "SW-B", "Gi1/0/4")]
    assert kinds(made(*way, stations=twice, switch_ports=ports)) == [], "the port leads on to the other switch"


def test_the_ports_of_an_aggregation_are_one() -> None:
    given = {"stations": learnt("SW-A", "Gi1/0/3", 1) + learnt("SW-A", "Gi1/0/4", 1), "switch_ports": TWO}
    assert kinds(made(**given)) == ["on-two-ports"]
    both = {("sw-a.plant.example", f"GigabitEthernet1/0/{n}"): "Port-channel7" for n in (3, 4)}
    found = made(**given, aggregates=both)
    assert kinds(found) == []
    (port,) = (p for p in found.ports if p.stations)
    assert (port.end.port, port.members) == ("Port-channel7", ["GigabitEthernet1/0/3", "GigabitEthernet1/0/4"])
    one = {("SW-A", "Gi1/0/3"): "Port-channel7"}
    assert kinds(made(**given, aggregates=one, uses={("SW-A", "Po7"): "access"})) == ["on-two-ports"]
    assert kinds(made(**given, aggregates={("SW-Z", "Gi1/0/3"): "Port-channel7"})) == ["on-two-ports"]


def test_an_aggregation_leads_on_where_a_member_does() -> None:
    given = {"stations": learnt("SW-A", "Po7", 1, 2, 3), "aggregates": {("SW-A", "Gi1/0/1"): "Port-channel7"}}
    found = made(A_TO_B, B_TO_A, **given)
    assert [p.end.port for p in found.ports if p.leads_on] == ["Gi1/0/1", "Port-channel7"] + ["Gi1/0/2"]
    assert not any(p.stations for p in found.ports)


def test_a_device_of_two_networks_is_named_as_one() -> None:
    stations = learnt("SW-A", "Gi1/0/3", 1) + learnt("SW-B", "Gi1/0/3", 1)
    ports = (is_a("SW-A", "Gi1/0/3"), is_a("SW-B", "Gi1/0/3"))
    own = frozenset(["00:1b:1b:00:00:01"])
    assert kinds(made(stations=stations, switch_ports=ports)) == ["on-two-ports"]
    assert kinds(made(stations=stations, switch_ports=ports, redundant=own)) == ["redundant-device"]
    one_switch = learnt("SW-A", "Gi1/0/3", 1) + learnt("SW-A", "Gi1/0/4", 1)
    assert kinds(made(stations=one_switch, switch_ports=TWO, redundant=own)) == ["on-two-ports"]


def test_several_neighbours_at_one_port() -> None:
    one, two = hears("SW-A", "Gi1/0/3", "plc-1", "port-001"), hears("SW-A", "Gi1/0/3", "plc-2", "port-001")
    assert kinds(made(one, two)) == ["several-neighbours"]
    assert kinds(made(one, one | {"protocol": "cdp"})) == []


def test_what_no_capture_shows() -> None:
    stations = [*learnt("SW-A", "Gi1/0/3", 1), *learnt("SW-A", "Gi1/0/4", 2)]
    (notice,) = made(stations=stations, seen=frozenset({"00:1b:1b:00:00:01"})).notices
    assert notice.kind == "not-captured"
    assert "1 of 2 devices" in notice.text
    assert "Gi1/0/4" in notice.text
    assert made(stations=stations).notices == ()


def test_a_port_that_is_announced_on_the_wire_is_the_other_end() -> None:
    said = {"00:1b:1b:00:00:01": ("port-001.plc-1", "c.pcap #4")}
    (link,) = made(stations=learnt("SW-A", "Gi1/0/3", 1), announced=said, names={"00:1b:1b:00:00:01": "PLC-1"}).links
    assert (link.other.device, link.other.port, link.sure) == ("PLC-1", "port-001.plc-1", Sureness.LEARNED)
    assert link.evidence == ("SW-A.txt:7", "c.pcap #4")


HOSTILE = '</text><script>alert(1)</script>" onload="x\x01\ud7ff'


def test_drawings_are_the_same_each_time_and_hold_no_script() -> None:
    stations = learnt("SW-A", "Gi1/0/3", *range(1, 9))
    found = made(A_TO_B, B_TO_A, hears("SW-A", "Gi1/0/5", HOSTILE, HOSTILE), stations=stations)
    for language in ("en", "zh"):
        text = svg(found, language)
        assert text == svg(
            made(B_TO_A, A_TO_B, hears("SW-A", "Gi1/0/5", HOSTILE, HOSTILE), stations=stations), language
        )
        tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(text).iter()}  # noqa: S314 - ours
        assert tags <= {"svg", "title", "rect", "g", "text", "path", "line"}
        assert "8" in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_legend_has_room_however_narrow_the_drawing(language: str) -> None:
    drawing = ElementTree.fromstring(svg(made(A_TO_B), language))  # noqa: S314 - ours
    wide, tall = (float(drawing.get(side, "0")) for side in ("width", "height"))
    texts = [(float(t.get("x", "0")), float(t.get("y", "0")), t.text or "") for t in drawing.iterfind("./{*}text")]
    assert texts
    for x, y, text in texts:
        assert x + sum(6 if ord(c) < 0x300 else 12 for c in text) <= wide
        assert y <= tall


def test_graphml_has_every_device_and_cable() -> None:
    found = made(A_TO_B, B_TO_A, hears("SW-A", "Gi1/0/5", HOSTILE, HOSTILE), stations=learnt("SW-B", "Gi1/0/7", 1, 2))
    root = ElementTree.fromstring(graphml(found))  # noqa: S314 - ours
    space = {"g": "http://graphml.graphdrawing.org/xmlns"}
    nodes = {node.get("id") for node in root.iterfind(".//g:node", space)}
    edges = [(edge.get("source"), edge.get("target")) for edge in root.iterfind(".//g:edge", space)]
    assert len(nodes) == 5
    assert len(edges) == 4
    assert {end for edge in edges for end in edge} <= nodes


def test_the_command(tmp_path: Path) -> None:
    drawn, graph = tmp_path / "map.svg", tmp_path / "map.graphml"
    done = CliRunner().invoke(command, [str(SAMPLES), "-o", str(drawn), "-o", str(graph)])
    assert done.exit_code == 0, done.output
    assert "SW-LINE1 Gi1/0/4 is an access port with 4 devices behind it" in done.output
    assert drawn.read_text("utf-8").startswith("<svg")
    assert b"graphml" in graph.read_bytes()
    done = CliRunner().invoke(command, [str(SAMPLES / "ios.txt"), "-f", "json"])
    assert '"other_port": "Ethernet1/1"' in done.output
    (tmp_path / "list.csv").write_text("Name,IP address\nPLC-1,10.0.0.1\n", "utf-8")
    assert CliRunner().invoke(command, [str(tmp_path / "list.csv")]).exit_code == 4
    assert CliRunner().invoke(command, [str(SAMPLES), "-o", "map.png"]).exit_code == 2
