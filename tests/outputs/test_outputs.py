"""Saved outputs of switches, as thirteen systems print them: every row, and what is not understood is told."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.configs import reader as configurations
from scanner.errors import InputError
from scanner.inputs import InputKind, recognise
from scanner.outputs import parse_outputs, recognises
from scanner.outputs.ports import is_bare_port, is_port, mac_of, port_key

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.txt"))
EXPECTED: dict[str, dict[str, list[tuple[Any, ...]]]] = {
    "ios": {
        "neighbours": [
            ("SW-LINE1", "Gi1/0/24", "lldp", "SW-CORE.plant.example", "Eth1/1", "00:80:63:01:00:01"),
            ("SW-LINE1", "Gi1/0/3", "lldp", "plc-1", "port-001", "00:1b:1b:01:00:10"),
            ("SW-LINE1", "GigabitEthernet1/0/24", "cdp", "SW-CORE", "Ethernet1/1", ""),
        ],
        "switch_ports": [
            ("Gi1/0/3", "up", "access", 10, "PLC-1"),
            ("Gi1/0/4", "up", "access", 10, "cabinet +K2"),
            ("Gi1/0/5", "disabled", "access", 1, ""),
            ("Gi1/0/24", "up", "trunk", -1, "SW-CORE Eth1/1"),
        ],
    },
    "nxos": {
        "neighbours": [("SW-CORE", "Eth1/1", "lldp", "SW-LINE1", "Gi1/0/24", "00:11:22:33:44:00")],
        "stations": [
            ("Eth1/1", "00:1b:1b:01:00:10", "", 10, "learned"),
            ("Eth1/5", "00:1b:1b:01:00:20", "", 10, "learned"),
            ("", "00:1b:1b:01:00:20", "10.0.10.20", -1, "arp"),
        ],
        "switch_ports": [("Eth1/1", "up", "trunk", -1, "to SW-LINE1"), ("Eth1/5", "up", "access", 10, "--")],
    },
    "eos": {
        "neighbours": [
            ("hall2-sw", "Et24", "lldp", "SW-CORE", "Ethernet1/7", ""),
            ("hall2-sw", "Ethernet24", "lldp", "SW-CORE", "Ethernet1/7", "00:80:63:01:00:01"),
        ],
        "stations": [
            ("Et1", "00:1c:73:00:00:01", "", 20, "learned"),
            ("Ethernet1", "00:1c:73:00:00:01", "10.0.20.1", -1, "arp"),
        ],
    },
    "vrp": {
        "neighbours": [
            ("SW-H1", "GigabitEthernet0/0/24", "lldp", "SW-CORE", "Ethernet1/9", "00:80:63:01:00:01"),
            ("SW-H1", "GE0/0/24", "lldp", "SW-CORE", "Ethernet1/9", ""),
        ],
        "stations": [
            ("GE0/0/1", "00:25:9e:01:00:01", "", 10, "learned"),
            ("GE0/0/2", "00:25:9e:01:00:02", "", 10, "static"),
            ("", "00:25:9e:01:00:ff", "10.0.10.1", -1, "arp"),
            ("GE0/0/1", "00:25:9e:01:00:01", "10.0.10.31", -1, "arp"),
        ],
        "switch_ports": [("GigabitEthernet0/0/1", "up", "", -1, ""), ("GigabitEthernet0/0/3", "disabled", "", -1, "")],
    },
    "comware": {
        "neighbours": [
            ("H3C-A", "GigabitEthernet1/0/2", "lldp", "H3C-B", "GigabitEthernet1/0/9", "5c:dd:70:e7:e8:51"),
            ("H3C-A", "GE1/0/2", "lldp", "H3C-B", "GigabitEthernet1/0/9", "5c:dd:70:e7:e8:51"),
        ],
        "switch_ports": [
            ("GE1/0/1", "up", "access", 1, ""),
            ("GE1/0/2", "up", "trunk", 1, "to H3C-B"),
            ("GE1/0/3", "disabled", "access", 1, ""),
        ],
    },
    "procurve": {
        "neighbours": [
            ("PAINT-SW-1", "1", "lldp", "robot-1", "port-001", "00:1b:1b:01:00:10"),
            ("PAINT-SW-1", "A1", "lldp", "CORE-A", "51", "38:21:c7:c1:cd:00"),
            ("PAINT-SW-1", "7", "lldp", "", "00 1b 1b 01 00 77", "00:1b:1b:01:00:77"),
            ("PAINT-SW-1", "1/A2", "lldp", "CORE-B", "52", "38:21:c7:c1:cd:11"),
        ],
        "stations": [
            ("1", "00:1b:1b:01:00:10", "", 20, "learned"),
            ("20", "00:11:7f:3a:2b:1c", "", 20, "learned"),
            ("Trk1", "38:21:c7:c1:cd:00", "", 9, "learned"),
            ("1/A4", "00:1b:1b:01:00:88", "", 30, "learned"),
            ("1", "00:1b:1b:01:00:10", "10.80.20.11", -1, "arp"),
            ("Trk1", "38:21:c7:c1:cd:00", "10.80.9.1", -1, "arp"),
        ],
        "switch_ports": [("1", "up", "", -1, ""), ("9", "disabled", "", -1, ""), ("A1", "down", "", -1, "")],
    },
    "ruijie": {
        "stations": [
            ("GigabitEthernet0/1", "00:1b:1b:01:00:10", "", 10, "learned"),
            ("GigabitEthernet0/2", "00:1b:1b:01:00:20", "", 10, "static"),
            ("AggregatePort1", "00:1b:1b:01:00:30", "", 20, "learned"),
            ("", "00:1b:1b:01:00:20", "10.0.10.20", -1, "arp"),
            ("", "00:74:9c:01:00:01", "10.0.10.1", -1, "arp"),
            ("GigabitEthernet0/24", "00:1b:1b:01:00:31", "10.0.30.2", -1, "arp"),
        ],
    },
    "junos": {
        "neighbours": [
            ("ex-hall4", "ge-0/0/3", "lldp", "plc-1", "port-001", "00:1b:1b:01:00:10"),
            ("ex-hall4", "xe-0/0/48", "lldp", "SW-CORE", "1/7", "00:80:63:01:00:01"),
        ],
        "stations": [
            ("ge-0/0/3.0", "00:1b:1b:01:00:10", "", -1, "learned"),
            ("xe-0/0/48:1.0", "00:1b:1b:01:00:11", "", -1, "learned"),
            ("ae1.0", "00:1b:1b:01:00:20", "", -1, "learned"),
            ("ge-0/0/3.0", "00:1b:1b:01:00:10", "10.0.10.20", -1, "arp"),
            ("ge-0/0/40.0", "00:1b:1b:01:00:30", "10.0.30.2", -1, "arp"),
        ],
        "switch_ports": [
            ("ge-0/0/3", "up", "", -1, ""),
            ("ge-0/0/4", "disabled", "", -1, ""),
            ("ge-0/0/40", "down", "", -1, ""),
        ],
    },
    "sonic": {
        "neighbours": [
            ("leaf-a", "Ethernet48", "lldp", "SW-CORE", "Ethernet1/3", ""),
            ("leaf-a", "Ethernet4", "lldp", "plc-1", "00:1b:1b:01:00:11", ""),
        ],
        "stations": [
            ("Ethernet0", "00:1b:1b:01:00:10", "", 10, "learned"),
            ("PortChannel0001", "00:1b:1b:01:00:20", "", 20, "static"),
            ("Ethernet0", "00:1b:1b:01:00:10", "10.0.10.20", -1, "arp"),
            ("", "00:1b:1b:01:00:99", "10.0.99.1", -1, "arp"),
        ],
        "switch_ports": [
            ("Ethernet0", "up", "trunk", -1, ""),
            ("Ethernet4", "down", "routed", -1, ""),
            ("Ethernet8", "disabled", "routed", -1, ""),
        ],
    },
    "routeros": {
        "stations": [
            ("ether2", "00:1b:1b:01:00:10", "", 10, "learned"),
            ("sfp-sfpplus1", "00:1b:1b:01:00:20", "", -1, "learned"),
            ("", "00:1b:1b:01:00:10", "10.0.10.20", -1, "arp"),
            ("ether5", "00:1b:1b:01:00:30", "10.0.30.2", -1, "arp"),
        ],
    },
    "fortios": {
        "stations": [
            ("port2", "00:1b:1b:01:00:10", "", -1, "learned"),
            ("", "00:1b:1b:01:00:10", "10.0.10.20", -1, "arp"),
            ("", "00:1b:1b:01:00:30", "10.0.30.2", -1, "arp"),
        ],
    },
    "hios": {
        "neighbours": [("BRS-7", "1/5", "lldp", "BRS-8", "1/2", "00:80:63:44:00:01")],
        "stations": [("1/1", "00:0e:8c:01:00:01", "", 1, "learned")],
    },
}
_COLUMNS = {
    "neighbours": ("device", "port", "protocol", "neighbour", "neighbour_port", "neighbour_mac"),
    "stations": ("port", "mac", "ip", "vlan", "how"),
    "switch_ports": ("port", "state", "mode", "vlan", "description"),
}


@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_every_row(path: Path) -> None:
    data = path.read_bytes()
    assert recognise(path, str(path)) is InputKind.OUTPUT
    assert not configurations.recognises(data)
    found = parse_outputs(data, path.name)
    assert found.problems == []
    for table, rows in EXPECTED[path.stem].items():
        got = [tuple(row[name] for name in _COLUMNS[table]) for row in getattr(found, table)]
        assert got == rows


@pytest.mark.parametrize("path", SAMPLES, ids=[path.stem for path in SAMPLES])
def test_each_row_names_its_line(path: Path) -> None:
    lines = path.read_text("utf-8").splitlines()
    for row in parse_outputs(path.read_bytes(), path.name).stations:
        assert row["mac"].replace(":", "") in lines[row["line"] - 1].casefold().replace(".", "").replace(
            ":", ""
        ).replace("-", "")


BRIEF = """\
Device ID        Local Intrfce     Holdtme    Capability  Platform  Port ID
SW-CORE.plant.example
                 Gig 1/0/24        150             R S I  N9K-C9318 Eth 1/1
SW-2             Gig 1/0/23        140               S I  IE-3300-8 Gig 1/0/2
"""


def test_a_long_name_has_a_line_of_its_own() -> None:
    rows = parse_outputs(BRIEF.encode(), "SW-LINE1.txt").neighbours
    assert [(r["device"], port_key(r["port"]), r["neighbour"], port_key(r["neighbour_port"])) for r in rows] == [
        ("SW-LINE1", "gi1/0/24", "SW-CORE.plant.example", "eth1/1"),
        ("SW-LINE1", "gi1/0/23", "SW-2", "gi1/0/2"),
    ]


def test_what_is_not_understood_is_told() -> None:
    text = (SAMPLES[0].parent / "ios.txt").read_text("utf-8").replace("DYNAMIC     Gi1/0/3", "DYNAMIC     whatever")
    found = parse_outputs(text.encode(), "ios.txt")
    assert [str(p.place) for p in found.problems] == ["line 9"]


@pytest.mark.parametrize(
    "text",
    [
        "hostname SW1\ninterface GigabitEthernet1/0/1\n switchport mode access\n",
        "Name,IP address,MAC address,VLAN,Interface,Aging\nPLC-1,10.0.0.1,00:1b:1b:00:00:01,1,x,y\n",
        "IP address;MAC address;Expire;Type;Interface\n",
        "nothing of the kind\n",
        "The MAC address, the port and its VLAN\n",
        "The MAC address of a port in VLAN 7\n",
        "",
    ],
)
def test_nothing_else_is_claimed(text: str) -> None:
    assert not recognises(text.encode())
    with pytest.raises(InputError, match="no output of a switch"):
        parse_outputs(text.encode(), "x.txt")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gi1/0/1", "GigabitEthernet1/0/1"),
        ("Gig 1/0/1", "gigabitethernet1/0/1"),
        ("GE0/0/1", "GigabitEthernet0/0/1"),
        ("XGE0/0/1", "XGigabitEthernet0/0/1"),
        ("Eth1/1", "Ethernet1/1"),
        ("Et1", "Ethernet1"),
        ("Po1", "port-channel1"),
    ],
)
def test_two_ways_to_write_a_port(one: str, other: str) -> None:
    assert port_key(one) == port_key(other)
    assert is_port(one)


def test_what_is_no_port_and_no_address() -> None:
    assert not any(map(is_port, ("Vlan10", "Vlanif10", "CPU", "10", "sup-eth1(R)", "10.0.0.1", "")))
    assert [mac_of(text) for text in ("001b.1b01.0010", "001b-1b01-0010", "00-1B-1B-01-00-10")] == [
        "00:1b:1b:01:00:10"
    ] * 3
    assert not any(map(mac_of, ("001b.1b01", "00:1b:1b:01:00", "001b1b010010", "")))


_LINES = [line for path in SAMPLES for line in path.read_text("utf-8").splitlines()]


@given(st.lists(st.sampled_from(_LINES) | st.text(max_size=80), max_size=40), st.integers(0, 60))
def test_lines_in_any_order_give_rows_or_one_refusal(lines: list[str], cut: int) -> None:
    data = "\n".join(line[cut:] if number % 5 == 0 else line for number, line in enumerate(lines)).encode()
    recognises(data)
    try:
        found = parse_outputs(data, "x.txt")
    except InputError:
        return
    assert all(is_port(row["port"]) or is_bare_port(row["port"]) for row in (*found.neighbours, *found.switch_ports))
    assert all(row["mac"] for row in found.stations)


def test_long_lines_take_no_time() -> None:
    for line in (
        "-" * 900_000,
        "Device ID: " + "a" * 900_000,
        "A" * 900_000 + "#",
        " : " * 300_000,
        "--More--" * 100_000,
    ):
        with pytest.raises(InputError):
            parse_outputs((line + "\n").encode() * 3, "x.txt")


OLD_JUNOS = """\
Ethernet-switching table: 3 entries, 1 learned
  VLAN              MAC address       Type         Age Interfaces
  plant             *                 Flood          - All-members
  plant             00:1b:1b:01:00:10 Learn       2:15 ge-0/0/10.0
  plant             00:1b:1b:01:00:01 Static         - Router
"""
NEW_ROUTEROS = """\
[admin@rb-cell2] > interface/bridge/host/print
Flags: D - DYNAMIC; L - LOCAL
Columns: MAC-ADDRESS, ON-INTERFACE, BRIDGE
#    MAC-ADDRESS        ON-INTERFACE  BRIDGE
0 D  00:1B:1B:01:00:10  ether2        bridge1
1 DL 48:8F:5A:01:00:01  ether2        bridge1
"""


@pytest.mark.parametrize(
    ("text", "device", "wanted"),
    [
        (OLD_JUNOS, "old", [("ge-0/0/10.0", "00:1b:1b:01:00:10", -1, "learned")]),
        (NEW_ROUTEROS, "rb-cell2", [("ether2", "00:1b:1b:01:00:10", -1, "learned")]),
    ],
)
def test_tables_of_other_releases(text: str, device: str, wanted: list[tuple[Any, ...]]) -> None:
    found = parse_outputs(text.encode(), "old.txt")
    assert [(r["port"], r["mac"], r["vlan"], r["how"]) for r in found.stations] == wanted
    assert {r["device"] for r in found.stations} == {device}
    assert found.problems == []


@pytest.mark.parametrize("text", ["Price #\nname # of ports\n", "see # get help\nVLAN  MAC address  Port  Status\n"])
def test_a_mark_in_a_text_is_no_prompt(text: str) -> None:
    with contextlib.suppress(InputError):
        assert "Price" not in parse_outputs(text.encode(), "a.txt").devices
