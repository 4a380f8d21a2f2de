"""Learning from a capture with planted attacks authorises none of them, whatever form they come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from scanner.learn.policy import learn
from scanner.learn.text import policy_text
from tests.learn.plants import Host, Plant, cell, hosts
from tests.learn.twenty import flat, ipv6, whole

Twin = dict[str, Any]
CHANGES = ("stop", "start", "restart", "mode-change", "program-download", "program-upload", "firmware-update")
FILES = ("configure", "file-write", "file-delete")
TWINS: dict[str, Twin] = {
    "plain": {},
    "on another port": {"server_port": 20000},
    "in a tunnel": {"tunnel": "gre", "tunnel_id": 7, "tunnel_client": "10.10.1.1", "tunnel_server": "10.20.1.1"},
    "one packet": {
        "client_packets": 1,
        "server_packets": 0,
        "client_bytes": 16,
        "server_bytes": 0,
        "count": 1,
        "accepted": 0,
    },
    "answers only": {"client_packets": 0, "client_bytes": 0, "seen_as": "response"},
    "refused": {"accepted": 0, "refused": 2},
    "over UDP": {"transport": "udp", "server_port": 502},
}


def stranger(plant: Plant, kind: str) -> Host:
    """A new host: outside, in the office, or beside the controllers."""
    where = {"nowhere": ("10.77.0.9", True), "office": ("10.10.1.99", True), "Internet": ("203.0.114.9", True)}
    ip, routed = where.get(kind, ("10.20.1.99", False))
    return plant.host(ip, "", routed=routed, vlan=101 if kind == "cell" else -1)


def controller(plant: Plant, ip: str = "10.20.1.11") -> Host:
    row = next(row for row in plant.rows["sightings"] if row["ip"] == ip and row["proof"] == "arp")
    return Host(ip, row["mac"], plant.zone[ip], row["vlan"])


def judged(plant: Plant) -> dict[str, pl.DataFrame]:
    """What a scan with the learned policy sees."""
    return plant.tables(policy_text(learn(plant.tables())))


def planted(tables: dict[str, pl.DataFrame], client: Host, verbs: tuple[str, ...]) -> pl.DataFrame:
    ends = pl.col("client").is_in([client.ip, client.mac])
    found = tables["operations"].filter(ends & pl.col("verb").is_in(verbs))
    assert found.height
    return found


@pytest.mark.parametrize("twin", TWINS.values(), ids=list(TWINS))
@pytest.mark.parametrize("kind", ["nowhere", "office", "cell", "Internet"])
def test_changes_by_strangers_are_undecided(kind: str, twin: Twin) -> None:
    plant = Plant(1)
    whole(plant)
    client = stranger(plant, kind)
    verbs = (*CHANGES, *FILES)
    plant.talk(
        client, controller(plant), "s7comm", dict.fromkeys(verbs, 2), span=(0.5, 0.5), packets=9, meant=False, **twin
    )
    tables = judged(plant)
    assert planted(tables, client, verbs)["undecided"].all()
    if kind != "cell":  # the conversation is not allowed either
        assert not tables["flows"].filter(client=client.ip)["allowed"].fill_null(value=False).any()


@pytest.mark.parametrize("twin", TWINS.values(), ids=list(TWINS))
@pytest.mark.parametrize("kind", ["nowhere", "office", "cell"])
@pytest.mark.parametrize("lasting", [False, True])
def test_writes_by_strangers_are_undecided(kind: str, twin: Twin, lasting: bool) -> None:
    """All the time and with reads in between, too: then two devices look like the panel of the controller."""
    plant = Plant(2)
    whole(plant)
    client = stranger(plant, kind)
    span, reads = ((0.0, 1.0), 900) if lasting else ((0.4, 0.4), 1)
    verbs = {"read": reads, "write": 12, "operate": 3}
    plant.talk(client, controller(plant), "s7comm", verbs, span=span, packets=900, meant=False, **twin)
    tables = judged(plant)
    assert planted(tables, client, ("write", "operate"))["undecided"].all()


@pytest.mark.parametrize(("count", "undecided"), [(1, True), (12, False), (60_000, True)])
def test_a_panel_may_write_but_one_write_and_a_flood_are_undecided(count: int, undecided: bool) -> None:
    plant = Plant(3)
    target = cell(plant, "cell1", hosts("10.20.1"), panel=False)
    panel = plant.host("10.20.1.200", "cell1")
    plant.talk(panel, target, "s7comm", {"read": 900, "write": count})
    assert planted(judged(plant), panel, ("write",))["undecided"].to_list() == [undecided]


def test_a_broadcast_and_a_frame_of_layer_2_are_undecided() -> None:
    plant = Plant(4)
    whole(plant)
    client, target = stranger(plant, "cell"), controller(plant)
    for server in (
        Host("10.20.1.255", "ff:ff:ff:ff:ff:ff", "", 101),
        Host("255.255.255.255", "ff:ff:ff:ff:ff:ff", "", 101),
    ):
        plant.talk(
            client,
            server,
            "modbus",
            {"write": 3, "restart": 1},
            packets=3,
            server_packets=0,
            transport="udp",
            meant=False,
        )
    plant.talk(Host("", client.mac, "", 101), target, "profinet-dcp", {"configure": 1}, packets=2, meant=False)
    plant.talk(
        Host("", client.mac, "", 101),
        Host("", "01:0e:cf:00:00:00", "", 101),
        "profinet-dcp",
        {"configure": 1},
        packets=2,
        meant=False,
    )
    found = planted(judged(plant), client, ("write", "restart", "configure"))
    assert found.height == 6
    assert found["undecided"].all()


@pytest.mark.parametrize("protocol", ["profinet-io", "ethercat", "cip-io"])
def test_a_field_bus_over_ip_is_no_habit(protocol: str) -> None:
    """What a router forwards is no cyclic output, however long it lasts."""
    plant = Plant(11)
    target = cell(plant, "cell1", hosts("10.20.1"), panel=False)
    client = stranger(plant, "cell")
    plant.talk(client, target, protocol, {"write": 500}, meant=False, industrial=True)
    assert planted(judged(plant), client, ("write",))["undecided"].all()


def test_the_same_over_ipv6() -> None:
    plant = Plant(5)
    ipv6(plant)
    client = plant.host("2001:db8:0:1::99", "")
    plant.talk(
        client, controller(plant, "2001:db8:0:1::b"), "s7comm", {"stop": 1, "write": 5}, span=(0.5, 0.5), meant=False
    )
    assert planted(judged(plant), client, ("stop", "write"))["undecided"].all()


def test_a_flat_network_gives_a_stranger_no_place_beside_controllers() -> None:
    plant = Plant(6)
    flat(plant)
    client = plant.host("192.168.1.200", "")
    plant.talk(
        client,
        controller(plant, "192.168.1.11"),
        "s7comm",
        {"stop": 1, "write": 9, "read": 9},
        span=(0.3, 0.4),
        meant=False,
    )
    tables = judged(plant)
    assert planted(tables, client, ("stop", "write"))["undecided"].all()
    assert not tables["operations"].filter(client=client.ip)["allowed"].fill_null(value=False).any()


@pytest.mark.parametrize("protocol", ["rdp", "vnc", "ssh", "telnet"])
def test_remote_access_is_asked_about(protocol: str) -> None:
    plant = Plant(7)
    whole(plant)
    client = Host("10.10.1.20", "", "office", -1, True)
    plant.talk(client, controller(plant), protocol, {"session": 5}, meant=False)
    assert not judged(plant)["flows"].filter(client=client.ip, protocol=protocol)["allowed"].any()


def test_a_beacon_and_a_scan_are_not_allowed() -> None:
    plant = Plant(8)
    whole(plant)
    target = controller(plant)
    beacon = Host("203.0.114.9", "", "", -1, True)
    plant.host(beacon.ip, "", routed=True)
    plant.talk(target, beacon, "tls", {"session": 900}, meant=False)
    scanner = stranger(plant, "office")
    for port in range(1, 40):
        plant.knock(scanner, target, port)
    plant.talk(scanner, target, "modbus", {"identify": 3, "read": 3}, span=(0.5, 0.6), packets=9, meant=False)
    flows = judged(plant)["flows"]
    for ends in ({"server": beacon.ip}, {"client": scanner.ip}):
        assert not flows.filter(**ends)["allowed"].fill_null(value=False).any()


def no_inventory(_: Plant) -> None:
    """Nobody is listed."""


def listed(plant: Plant) -> None:
    """Everybody is listed but the stranger."""
    for ip in plant.zone:
        plant.list(Host(ip, "", ""), zone=plant.zone[ip], level=1.0, name=f"D-{ip}")


@pytest.mark.parametrize("prepare", [no_inventory, listed])
def test_a_supervisor_that_changes_controllers_gets_no_role(prepare: Callable[[Plant], None]) -> None:
    """It downloads programs; that makes it an engineering station in nobody's policy."""
    plant = Plant(9)
    whole(plant)
    prepare(plant)
    client = stranger(plant, "cell")
    for n in range(1, 6):
        plant.talk(
            client, controller(plant, f"10.20.{n}.11"), "s7comm", {"program-download": 4, "read": 900}, meant=False
        )
    tables = judged(plant)
    assert planted(tables, client, ("program-download",))["undecided"].all()
    given = tables["operations"].filter(client=client.ip)["client_assigned_roles"]
    assert given.list.len().max() == 0


def test_reviews_are_exactly_what_changes_controllers_or_is_unexplained() -> None:
    """In a plant without attacks nothing is undecided but what people do to controllers."""
    plant = Plant(10)
    whole(plant)
    station = Host("10.20.100.13", "", "super", 200)
    plant.talk(station, controller(plant), "s7comm", {"program-download": 2, "stop": 1}, span=(0.6, 0.7), meant=False)
    operations = judged(plant)["operations"]
    asked = operations.filter(pl.col("undecided"))
    assert sorted(asked.select("client", "verb").rows()) == [(station.ip, "program-download"), (station.ip, "stop")]
    assert operations.filter(~pl.col("undecided"))["allowed"].all()
