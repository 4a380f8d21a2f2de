"""The map of cables as tables: who is known, what is behind ports, where an address was learnt."""

from __future__ import annotations

from typing import Any

import pytest

from scanner.facts.enrich import enrich
from scanner.facts.frames import Facts, frame
from scanner.facts.schema import TABLES
from scanner.provenance import Provenance

MAC = "00:1b:1b:00:00:{:02x}"


def _at(device: str, port: str, **more: Any) -> dict[str, Any]:
    return {"source": f"{device}.txt", "line": 7, "device": device, "port": port, **more}


def _hears(neighbour: str, mac: str = "", ips: tuple[str, ...] = ()) -> dict[str, Any]:
    told = {"neighbour": neighbour, "neighbour_port": "p1", "neighbour_mac": mac, "neighbour_ips": list(ips)}
    return _at("SW-A", "Gi1/0/1", protocol="lldp", **told)


def _learnt(device: str, port: str, *macs: str) -> list[dict[str, Any]]:
    return [_at(device, port, mac=mac, ip="", vlan=1, how="learned") for mac in macs]


def _is_a(device: str, port: str, mode: str) -> dict[str, Any]:
    return _at(device, port, state="up", mode=mode, vlan=1, description="")


def _tables(*, captured: bool = False, **rows: list[dict[str, Any]]) -> Any:
    kinds = ["output", "inventory", *(["capture"] if captured else [])]
    given = tuple(Provenance(kind, kind, 1, "e" * 64) for kind in kinds)
    return enrich(Facts({name: frame(TABLES[name], found) for name, found in rows.items()}, given), {})


def _entry(row: int, **more: Any) -> dict[str, Any]:
    return {"source": "i.csv", "row": row, **more}


@pytest.mark.parametrize(
    ("neighbour", "inventory", "known"),
    [
        (_hears("plc-1"), [_entry(1, name="PLC-1")], True),
        (_hears("plc-1.plant.example"), [_entry(1, name="Filler", hostname="PLC-1")], True),
        (_hears("x", MAC.format(1)), [_entry(1, name="Filler", macs=[MAC.format(1)])], True),
        (_hears("x", ips=("10.0.0.1",)), [_entry(1, name="Filler", ips=["10.0.0.1"])], True),
        (_hears("x"), [_entry(1, name="Filler", hostname="plc-1")], False),
        (_hears("x"), [_entry(1, name="Filler of line 1")], None),
        (_hears("", MAC.format(2)), [_entry(1, name="Filler", hostname="plc-1")], None),
        (_hears("", MAC.format(2)), [_entry(1, macs=[MAC.format(1)])], False),
        (_hears("x", ips=("10.0.0.1",)), [_entry(1, ips=["10.0.0.2"]), _entry(2), _entry(3)], None),
    ],
)
def test_who_is_known(neighbour: dict[str, Any], inventory: list[dict[str, Any]], known: bool | None) -> None:
    (row,) = _tables(neighbours=[neighbour], inventory=inventory)["cables"].to_dicts()
    assert row["known"] is known
    assert (row["source"], row["line"]) == ("SW-A.txt", 7)


def test_a_device_with_a_configuration_and_a_switch_whose_output_was_given_are_known() -> None:
    settings = [{"source": "b.cfg", "device": "SW-B", "category": "system", "item": "", "setting": "x", "value": "y"}]
    listed = [_entry(1, hostname="plc-1")]
    for more in ({"settings": settings}, {"switch_ports": [_is_a("SW-B", "p1", "trunk")]}):
        (row,) = _tables(neighbours=[_hears("SW-B")], inventory=listed, **more)["cables"].to_dicts()
        assert row["known"] is True


@pytest.mark.parametrize(
    ("modes", "access", "unclear"),
    [(("access", "access"), 2, 0), (("access", "trunk"), 1, 0), (("access", ""), 1, 1), (("routed", "hybrid"), 0, 1)],
)
def test_where_an_address_was_learnt(modes: tuple[str, str], access: int, unclear: int) -> None:
    places = list(zip(("SW-A", "SW-B"), modes, strict=True))
    stations = [row for device, _ in places for row in _learnt(device, "Gi1/0/3", MAC.format(1))]
    (row,) = _tables(stations=stations, switch_ports=[_is_a(d, "Gi1/0/3", m) for d, m in places])[
        "located_devices"
    ].to_dicts()
    assert (row["access_ports"], row["unclear_ports"]) == (access, unclear)
    assert row["virtual"] is False


def test_addresses_that_routers_share_are_nobody() -> None:
    virtual = "00:00:5e:00:01:0a"
    tables = _tables(stations=_learnt("SW-A", "Gi1/0/3", virtual, MAC.format(1)))
    assert {row["mac"]: row["virtual"] for row in tables["located_devices"].to_dicts()} == {
        virtual: True,
        MAC.format(1): False,
    }
    (port,) = tables["occupied_ports"].to_dicts()
    assert (port["stations"], port["macs"], port["captured"]) == (1, [MAC.format(1)], None)


def test_which_ports_no_capture_shows() -> None:
    flow = {"client": "10.0.0.1", "server": "10.0.0.2", "client_mac": MAC.format(1), "server_mac": MAC.format(2)}
    counts = {"transport": "tcp", "server_port": 502, "client_packets": 9, "server_packets": 9, "protocol": "modbus"}
    seen = [{"capture": "c", "mac": MAC.format(n), "ip": f"10.0.0.{n}", "vlan": -1, "proof": "arp"} for n in (1, 2, 3)]
    tables = _tables(
        captured=True,
        stations=[*_learnt("SW-A", "1", MAC.format(1), MAC.format(4)), *_learnt("SW-A", "3", MAC.format(3))],
        flows=[{**flow, **counts, "capture": "c", "vlan": -1, "opened_by": "syn", "established": True}],
        sightings=seen,
    )
    ports = {row["port"]: (row["captured"], row["unseen"]) for row in tables["occupied_ports"].to_dicts()}
    assert ports["1"] == (True, [MAC.format(4)])
    assert ports["3"][0] is False  # it was heard by broadcast alone


def test_without_outputs_there_are_no_rows() -> None:
    tables = _tables(inventory=[_entry(1, name="PLC-1")])
    assert [tables[name].height for name in ("cables", "occupied_ports", "located_devices")] == [0, 0, 0]


@pytest.mark.parametrize(
    ("protocol", "client", "about", "switches", "redundant"),
    [
        ("prp-hsr", "", f"node {MAC.format(1)}", ("SW-A", "SW-B"), True),
        ("mrp", MAC.format(1), "", ("SW-A", "SW-B"), True),
        ("prp-hsr", "", f"node {MAC.format(2)}", ("SW-A", "SW-B"), False),
        ("prp-hsr", "", f"node {MAC.format(1)}", ("SW-A", "SW-A"), False),  # no design has two cables to one switch
        ("lldp", MAC.format(1), f"node {MAC.format(1)}", ("SW-A", "SW-B"), False),
    ],
)
def test_who_may_be_at_several_ports(
    protocol: str, client: str, about: str, switches: tuple[str, str], *, redundant: bool
) -> None:
    places = [(device, f"Gi1/0/{number}") for number, device in enumerate(switches, 3)]
    operations = [{"protocol": protocol, "client_mac": client, "object": about, "frames": [1]}]
    (row,) = _tables(
        stations=[learnt for place in places for learnt in _learnt(*place, MAC.format(1))],
        switch_ports=[_is_a(*place, "access") for place in places],
        operations=operations,
    )["located_devices"].to_dicts()
    assert (row["access_ports"], row["redundant"]) == (2, redundant)
