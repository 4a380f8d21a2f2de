"""What the flows of a place amount to: each row by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from scanner.facts.frames import frame
from scanner.facts.observations import observations
from scanner.facts.schema import CAPTURES, FLOWS

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
CAPTURE = {
    "capture": "c",
    "source": "c.pcap",
    "first_time": START,
    "last_time": START + timedelta(seconds=640),
    "slot_seconds": 10.0,
    "slot_activity": [10_000_000] * 64,
}
ZONES = ("cell", "line", "plant")
MACS = {
    "plc": "02:00:00:00:00:01",
    "hmi": "02:00:00:00:00:02",
    "scada": "02:00:00:00:00:03",
    "x": "02:00:00:00:00:04",
    "odd": "",
}
ROUTER = "54:8a:ba:00:00:01"


def end(which: str, who: tuple[str, str, str], packets: int, size: int) -> dict[str, Any]:
    device, zone, address = who
    found = {"": address, "_device": device, "_zone": zone, "_mac": MACS.get(device, ROUTER)}
    numbers = {f"{which}_packets": packets, f"{which}_bytes": size, f"{which}_public": not zone}
    return {which + name: what for name, what in found.items()} | numbers


PLC = ("plc", "cell", "10.0.0.1")
HMI = ("hmi", "cell", "10.0.0.2")
SCADA = ("scada", "plant", "10.2.0.3")
CLOUD = ("", "", "192.0.2.9")


def flow(
    client: tuple[str, str, str],
    server: tuple[str, str, str],
    packets: tuple[int, int] = (5, 4),
    size: tuple[int, int] = (60, 40),
    **columns: Any,
) -> dict[str, Any]:
    usual = {"capture": "c", "transport": "tcp", "server_port": 502, "protocol": "modbus", "group": False}
    times = {"slots": "0f00", "first_time": START, "last_time": START + timedelta(seconds=40)}
    ends = end("client", client, packets[0], size[0]) | end("server", server, packets[1], size[1])
    return usual | times | ends | columns


def seen(
    *flows: dict[str, Any], zones: tuple[str, ...] = ZONES, tunnels: Any = None, crowded: tuple[str, ...] = ()
) -> dict[Any, dict[str, Any]]:
    """Kind, zone, other zone, device -> the row."""
    known = [{name: what for name, what in f.items() if name != "group"} for f in flows]
    table = frame(FLOWS, known, derived=True).with_columns(group=pl.Series([f["group"] for f in flows]))
    table = table.with_columns(
        pl.Series(name, [f[name] for f in flows]) for name in flows[0] if name not in table.columns
    )
    macs = {device: [mac] if mac else [] for device, mac in MACS.items()}
    found = observations(table, frame(CAPTURES, [CAPTURE]), zones, macs, tunnels or {}, crowded=crowded)
    return {tuple(row[k] for k in ("kind", "zone", "other_zone", "device")): row for row in found.to_dicts()}


def test_a_flow_belongs_to_all_its_zones_the_pair_and_the_devices() -> None:
    found = seen(flow(PLC, SCADA))
    places = [("all", "", "", ""), ("zone", "cell", "", ""), ("zone", "plant", "", ""), ("pair", "cell", "plant", "")]
    places += [("device", "cell", "", "plc"), ("device", "plant", "", "scada")]
    assert found.keys() == {*places, ("zone", "line", "", "")}
    for place in places:
        row = found[place]
        assert (row["packets"], row["conversations"], row["recognised_share"]) == (9, 1, 1.0), place
        assert (row["both_sides"], row["seconds"], row["any_seconds"]) == (True, 40, 40), place
    line = found["zone", "line", "", ""]
    assert (line["packets"], line["conversations"], line["seconds"], line["any_seconds"]) == (0, 0, 0, 0)
    assert (line["both_sides"], line["devices"], line["heard_devices"], line["boundary"]) == (False, 0, 0, "")


@pytest.mark.parametrize(
    ("ends", "pairs"),
    [
        ((PLC, SCADA), [("cell", "plant")]),
        ((SCADA, PLC), [("cell", "plant")]),
        ((PLC, HMI), []),
        ((PLC, CLOUD), [("cell", "")]),
        ((CLOUD, SCADA), [("plant", "")]),
        ((CLOUD, CLOUD), []),
    ],
)
def test_pairs_of_zones(ends: Any, pairs: list[tuple[str, str]]) -> None:
    assert [(z, o) for kind, z, o, _ in seen(flow(*ends)) if kind == "pair"] == pairs


def test_what_is_sent_to_everybody_shows_somebody_and_nothing_they_say() -> None:
    everybody = ("", "", "10.0.0.255")
    shout = flow(HMI, everybody, (7, 0), (30, 0), group=True, protocol="", transport="udp", slots="ff00")
    arp = flow(HMI, everybody, (3, 0), (900, 0), transport="ethernet", server_port=0x0806, protocol="")
    found = seen(flow(PLC, SCADA), shout, arp)
    cell = found["zone", "cell", "", ""]
    assert (cell["packets"], cell["conversations"]) == (9, 1)
    assert cell["recognised_share"] == pytest.approx(100 / 130), "what ARP says is no payload"
    assert (cell["devices"], cell["heard_devices"]) == (1, 1)
    assert cell["seconds"] == 40
    assert cell["any_seconds"] > 40
    hmi = found["device", "cell", "", "hmi"]
    assert (hmi["packets"], hmi["conversations"], hmi["seconds"], hmi["both_sides"]) == (0, 0, 0, False)


@pytest.mark.parametrize(
    ("flows", "share"),
    [
        ([flow(PLC, HMI), flow(PLC, HMI, size=(200, 100), protocol="")], 0.25),
        ([flow(PLC, HMI, size=(None, 100)), flow(PLC, HMI, size=(300, None), protocol="")], 0.25),  # type: ignore[arg-type]
        ([flow(PLC, HMI), flow(PLC, HMI, size=(900, 0), protocol="", transport="icmp")], 1.0),
        ([flow(PLC, HMI), flow(PLC, HMI, protocol="", transport="udp")], 0.5),
        ([flow(PLC, HMI), flow(PLC, HMI, protocol="", transport="sctp")], 0.5),
        ([flow(PLC, HMI), flow(PLC, HMI, protocol="", transport="ethernet", server_port=0x88B8)], 0.5),
        ([flow(PLC, HMI, size=(0, 0))], None),
    ],
)
def test_what_part_of_the_payload_was_recognised(flows: list[dict[str, Any]], share: float | None) -> None:
    assert seen(*flows)["zone", "cell", "", ""]["recognised_share"] == share


@pytest.mark.parametrize(
    ("flows", "both"),
    [
        ([flow(PLC, HMI, (5, 0))], False),
        ([flow(PLC, HMI, (0, 5))], False),
        ([flow(PLC, HMI, (5, 0)), flow(HMI, PLC, (5, 0))], True),
        ([flow(PLC, HMI, (5, 0)), flow(HMI, PLC, (0, 5))], False),
        ([flow(PLC, HMI, (5, 0)), flow(PLC, SCADA, (0, 5))], False),  # of different pairs
        ([flow(PLC, HMI, (1, 1))], True),
    ],
)
def test_both_sides_are_those_of_the_same_two(flows: list[dict[str, Any]], both: bool) -> None:
    assert seen(*flows)["zone", "cell", "", ""]["both_sides"] is both


def test_a_tunnel_shows_the_zones_of_its_ends() -> None:
    inside = flow(PLC, SCADA, tunnel_client="10.1.0.7", tunnel_server="10.9.9.9")
    found = seen(inside, tunnels={"10.1.0.7": ("gateway", "line")})
    assert found["zone", "line", "", ""]["packets"] == 9
    assert found["device", "line", "", "gateway"]["packets"] == 9
    assert not any(zone == "line" for kind, zone, _, _ in found if kind == "pair")


ROUTED = flow(PLC, SCADA, server_mac=ROUTER)
ALSO_ROUTED = flow(SCADA, HMI, server_mac=ROUTER)
ALONE = flow(("a", "line", "10.1.0.1"), ("b", "line", "10.1.0.2"))
UNKNOWN = ("odd", "plant", "10.2.0.9")  # of whom no MAC address is known


@pytest.mark.parametrize(
    ("flows", "wanted"),
    [
        ([flow(PLC, HMI)], {}),  # inside one zone
        ([flow(PLC, SCADA)], {"cell": "crossing", "plant": "crossing"}),
        ([ROUTED], {"cell": "routed"}),
        ([flow(PLC, SCADA, client_mac=ROUTER, server_mac=ROUTER)], {"cell": "crossing", "plant": "crossing"}),
        ([flow(PLC, SCADA, server_mac="")], {"cell": "crossing"}),  # nobody's frame
        ([flow(PLC, SCADA, group=True)], {}),
        ([flow(PLC, CLOUD)], {"cell": "routed"}),
        ([flow(PLC, UNKNOWN, server_mac=ROUTER)], {"cell": "routed"}),
        ([flow(PLC, UNKNOWN)], {"cell": "crossing"}),
        ([ROUTED, ALONE], {"cell": "routed", "plant": "crossing"}),
        ([ROUTED, ALSO_ROUTED, ALONE], {"cell": "routed", "plant": "routed", "line": "router"}),
        ([ROUTED, ALSO_ROUTED | {"server_mac": "02:00:00:00:00:99"}, ALONE], {"cell": "routed", "plant": "routed"}),
        ([flow(SCADA, PLC), flow(SCADA, ("x", "line", "10.1.0.7"))], {"plant": "crossing"}),  # its own port
        (
            [flow(SCADA, PLC), flow(SCADA, ("x", "line", "10.1.0.7")), flow(PLC, ("x", "line", "10.1.0.7"))],
            {"cell": "crossing", "line": "crossing", "plant": "crossing"},
        ),
    ],
)
def test_how_boundaries_were_seen(flows: list[dict[str, Any]], wanted: dict[str, str]) -> None:
    found = {zone: row for (kind, zone, _, _), row in seen(*flows).items() if kind == "zone"}
    assert {zone: row["boundary"] for zone, row in found.items() if row["boundary"]} == wanted
    assert {zone: row["boundary_seconds"] for zone, row in found.items()} == {
        zone: 40.0 if zone in wanted else 0.0 for zone in ZONES
    }


@pytest.mark.parametrize(
    ("flows", "wanted"),
    [
        ([ROUTED], {}),
        ([flow(PLC, SCADA)], {"plant": "crossing"}),  # who is alone there has no port but his own
        ([ROUTED, flow(PLC, HMI)], {}),
        ([ROUTED, flow(HMI, SCADA, server_mac=ROUTER)], {"cell": "routed", "plant": "crossing"}),  # the router's port
        ([ROUTED, ALONE], {"cell": "routed", "plant": "crossing"}),
    ],
)
def test_at_the_port_of_one_device_of_many_no_boundary_is_seen(
    flows: list[dict[str, Any]], wanted: dict[str, str]
) -> None:
    found = {zone: row for (kind, zone, _, _), row in seen(*flows, crowded=("cell",)).items() if kind == "zone"}
    assert {zone: row["boundary"] for zone, row in found.items() if row["boundary"]} == wanted


@pytest.mark.parametrize(
    ("flows", "wanted"),
    [
        ([flow(("plc", "", "10.0.0.1"), CLOUD, client_public=False)], "routed"),
        ([flow(("plc", "", "10.0.0.1"), CLOUD, client_public=False, client_mac="")], "crossing"),
        ([flow(("plc", "", "10.0.0.1"), ("hmi", "", "10.0.0.2"), client_public=False, server_public=False)], ""),
        ([flow(CLOUD, CLOUD)], ""),
    ],
)
def test_without_zones_everything_has_one_boundary(flows: list[dict[str, Any]], wanted: str) -> None:
    row = seen(*flows, zones=())["all", "", "", ""]
    assert (row["boundary"], row["boundary_seconds"]) == (wanted, 40.0 if wanted else 0.0)
