"""What devices say of their ports on the wire, from the operations of their protocols, and what it must not say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scanner.facts.announced import MOST_ANNOUNCEMENTS, Devices, announcements
from scanner.facts.frames import frame
from scanner.facts.schema import TABLES
from scanner.topology.model import Announcement, CableEnd

PORT, BRIDGE, ROOT = "02:00:00:00:57:27", "02:00:00:00:57:20", "02:00:00:00:57:00"
DEVICES = [
    {"device": BRIDGE, "mac": BRIDGE, "macs": [BRIDGE, PORT], "ips": [], "name": BRIDGE},
    {"device": "x", "mac": "x", "macs": ["x"], "ips": ["10.0.0.3"], "name": "press-io-1"},
]


def said(*rows: dict[str, Any], names: dict[str, str] | None = None) -> list[Announcement]:
    found = [{"capture": "c", "frames": [7], "client_mac": PORT, "unit": "", "detail": ""} | row for row in rows]
    devices = Devices(names or {}, frame(TABLES["devices"], DEVICES))
    return list(announcements(frame(TABLES["operations"], found), devices))


def bpdu(function: str, detail: str, root: str = f"4096/{ROOT}", **more: Any) -> dict[str, Any]:
    return {"protocol": "stp", "function": function, "object": f"root {root}", "detail": detail} | more


DESIGNATED = "designated port of its segment"


@pytest.mark.parametrize(
    ("row", "end", "says"),
    [
        (
            bpdu("Configuration BPDU", f"bridge 32768/{BRIDGE}, port 128.7, cost 4"),
            CableEnd(BRIDGE, "128.7"),
            (DESIGNATED, f"root is 4096/{ROOT}, cost 4"),
        ),
        (
            bpdu("RST BPDU", f"bridge 32768+20/{BRIDGE}, port 128.7, cost 4, root port, forwarding, agreement"),
            CableEnd(BRIDGE, "128.7"),
            ("root port", f"root is 4096/{ROOT}, cost 4"),
        ),
        (
            bpdu(
                "RST BPDU", "itself, port 128.1, cost 0, designated port", f"0/{ROOT}", client_mac="02:00:00:00:57:01"
            ),
            CableEnd(ROOT, "128.1"),
            (DESIGNATED, "root of the spanning tree"),
        ),
        (
            bpdu("Configuration BPDU", f"bridge 32768/{BRIDGE}, port 128.7, cost 4", unit="VLAN 20"),
            CableEnd(BRIDGE, "128.7"),
            ("VLAN 20", DESIGNATED, f"root is 4096/{ROOT}, cost 4"),
        ),
    ],
)
def test_spanning_tree(row: dict[str, Any], end: CableEnd, says: tuple[str, ...]) -> None:
    (one,) = said(row)
    assert (one.end, tuple(map(str, one.says)), one.neighbour) == (end, says, None), "nobody is told to be next to it"
    assert one.evidence == "c #7"


def test_a_change_of_topology_names_no_port() -> None:
    assert said(bpdu("Topology Change Notification BPDU", "", root="")) == []
    assert said({"protocol": "lldp", "function": "x", "object": "port 1 of sw-a"}) == []


def lldp(port: str, name: str, **more: Any) -> dict[str, Any]:
    return {"protocol": "lldp", "function": "LLDPDU", "object": f"port {port} of {name}"} | more


def test_a_port_is_called_as_lldp_from_the_same_address_calls_it() -> None:
    row = bpdu("Configuration BPDU", f"bridge 32768/{BRIDGE}, port 128.7, cost 4")
    found = {one.protocol: one.end.port for one in said(row, lldp("Gi1/0/7", "sw-a"))}
    assert found == {"stp": "Gi1/0/7", "lldp": "Gi1/0/7"}
    several = said(row, lldp("Gi1/0/7", "sw-a"), lldp("Gi1/0/8", "sw-a"))
    assert [one.end.port for one in several if one.protocol == "stp"] == ["128.7"], "one address for all its ports"


def test_what_an_inventory_calls_a_device_counts_before_its_own_word() -> None:
    (one,) = said(lldp("1", "press-plc"), names={PORT: "SW-HALL-2"})
    assert one.end == CableEnd("SW-HALL-2", "1")


@pytest.mark.parametrize(
    ("function", "detail", "says"),
    [
        (
            "MRP_Test",
            "manager with priority 0x8000, primary ring port, ring closed",
            ("manager of MRP domain default", "primary ring port"),
        ),
        (
            "MRP_Test",
            "automanager with priority 0xA000, interconnection port, ring open",
            ("manager of MRP domain default",),
        ),
        (
            "MRP_LinkDown",
            "client, secondary ring port, no blocked ports",
            ("client of MRP domain default", "secondary ring port"),
        ),
        ("MRP_InTest", "interconnection manager of 7, interconnection port", ()),
    ],
)
def test_ring(function: str, detail: str, says: tuple[str, ...]) -> None:
    found = said({"protocol": "mrp", "function": function, "object": "default domain", "detail": detail})
    assert [tuple(map(str, one.says)) for one in found] == ([says] if says else [])
    assert all(one.neighbour is None for one in found)


def real(function: str, thing: str, detail: str, **more: Any) -> dict[str, Any]:
    asked = {"protocol": "profinet-io", "client_mac": "", "server": "10.0.0.3", "server_mac": "aa:router"}
    return asked | {"function": function, "object": thing, "detail": detail} | more


def test_profinet() -> None:
    next_to, nobody, ring = said(
        real("PDPortDataReal", "port port-001", "next to port port-002 of press-io-2"),
        real("PDPortDataReal", "port port-002", "next to nobody"),
        real("PDInterfaceMrpDataReal", "default domain", "manager of the ring, ring closed"),
    )
    assert (next_to.end, next_to.neighbour) == (CableEnd("press-io-1", "port-001"), CableEnd("press-io-2", "port-002"))
    assert (nobody.neighbour, tuple(map(str, nobody.says))) == (None, ("next to nobody",))
    assert tuple(map(str, ring.says)) == ("MRP domain default", "manager of the ring, ring closed")
    assert said(real("PDInterfaceMrpDataReal", "default domain", "takes part in no ring")) == []
    (far,) = said(real("PDPortDataReal", "port port-001", "next to port p of x", server="10.9.9.9"))
    assert far.end.device == "10.9.9.9", "behind a router the address of the frame is the router's"


def test_names_that_look_like_what_dissectors_write() -> None:
    (one,) = said(real("PDPortDataReal", "port a of b", "next to port next to port x of y of z"))
    assert one.neighbour == CableEnd("y of z", "next to port x")
    assert said(bpdu("RST BPDU", "port 1.1, cost 4"), bpdu("RST BPDU", "itself, port 1.1, cost 4", "sw-a")) == []


def test_who_makes_them_up_is_not_followed_for_ever() -> None:
    rows = [lldp(str(n), "sw-a") for n in range(MOST_ANNOUNCEMENTS + 50)]
    assert len(said(*rows)) == MOST_ANNOUNCEMENTS


def test_the_same_word_again_is_one() -> None:
    assert len(said(lldp("1", "a"), lldp("1", "a", capture="d"))) == 1
    assert Path("docs/guide/map.md").read_text(encoding="utf-8").count("`announced`")
