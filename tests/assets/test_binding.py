from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.assets.binding import Sighting, bind
from scanner.assets.surroundings import Surroundings

PLC, SCADA, ROUTER = "00:1b:1b:00:00:01", "d0:8e:79:00:00:02", "54:8a:ba:00:00:03"


def seen(mac: str, ip: str = "", proof: str = "ip", vlan: int = -1, packets: int = 1) -> Sighting:
    return Sighting("c", mac, ip, vlan, proof, packets, first_time=None, last_time=None, first_frame=1)


CASES: dict[str, tuple[list[Sighting], dict[str, list[str]]]] = {
    "proved by ARP": ([seen(PLC, "10.0.0.1", "arp")], {PLC: ["10.0.0.1"]}),
    "one address, not proved": ([seen(PLC, "10.0.0.1")], {PLC: ["10.0.0.1"]}),
    "two addresses proved": (
        [seen(PLC, "10.0.0.1", "arp"), seen(PLC, "10.9.0.1", "arp")],
        {PLC: ["10.0.0.1", "10.9.0.1"]},
    ),
    "second address of its own network": (
        [seen(PLC, "10.0.0.1", "arp"), seen(PLC, "10.0.0.2")],
        {PLC: ["10.0.0.1", "10.0.0.2"]},
    ),
    "a router without proof": (
        [seen(ROUTER, "10.0.0.1"), seen(ROUTER, "10.0.5.2")],
        {ROUTER: [], "10.0.0.1": ["10.0.0.1"], "10.0.5.2": ["10.0.5.2"]},
    ),
    "a router with an address of its own": (
        [seen(ROUTER, "10.0.0.1", "arp"), seen(ROUTER, "10.0.5.2")],
        {ROUTER: ["10.0.0.1"], "10.0.5.2": ["10.0.5.2"]},
    ),
    "forwarded, and proved elsewhere": (
        [seen(SCADA, "10.0.5.2", "arp", 5), seen(ROUTER, "10.0.5.2", vlan=1)],
        {SCADA: ["10.0.5.2"], ROUTER: []},
    ),
    "forwarded, and seen alone elsewhere": (
        [seen(SCADA, "10.0.5.2", vlan=5), seen(ROUTER, "10.0.5.2", vlan=1), seen(ROUTER, "10.0.6.2", vlan=1)],
        {SCADA: ["10.0.5.2"], ROUTER: [], "10.0.6.2": ["10.0.6.2"]},
    ),
    "a public address is never a plant MAC's own": (
        [seen(ROUTER, "9.9.9.9")],
        {ROUTER: [], "9.9.9.9": ["9.9.9.9"]},
    ),
    "a plant that uses public addresses": (
        [seen(PLC, "130.126.140.229"), seen(SCADA, "130.126.142.250")],
        {PLC: ["130.126.140.229"], SCADA: ["130.126.142.250"]},
    ),
    "layer 2 only": ([seen(PLC)], {PLC: []}),
    "inside a tunnel": ([seen("", "10.45.0.1")], {"10.45.0.1": ["10.45.0.1"]}),
    "inside a tunnel, and outside with its MAC": (
        [seen("", "10.0.0.1"), seen(PLC, "10.0.0.1", "arp")],
        {PLC: ["10.0.0.1"]},
    ),
    "group and impossible addresses are no devices": (
        [seen("01:00:5e:00:00:01"), seen(PLC, "224.0.0.1"), seen("", "255.255.255.255"), seen("", "")],
        {},
    ),
    "link-local beside a routed address": (
        [seen(PLC, "fe80::1"), seen(PLC, "10.0.0.1"), seen(PLC, "169.254.3.4")],
        {PLC: ["10.0.0.1", "169.254.3.4", "fe80::1"]},
    ),
    "several addresses of one IPv6 network": (
        [seen(PLC, "2001:db8::1"), seen(PLC, "2001:db8::2"), seen(PLC, "10.0.0.1", "arp")],
        {PLC: ["10.0.0.1", "2001:db8::1", "2001:db8::2"]},
    ),
    "an IPv6 router keeps the address made of its MAC": (
        [seen(PLC, "2001:db8:1::21b:1bff:fe00:1"), seen(PLC, "2001:db8:2::2"), seen(PLC, "2001:db8:3::2")],
        {
            PLC: ["2001:db8:1::21b:1bff:fe00:1"],
            "2001:db8:2::2": ["2001:db8:2::2"],
            "2001:db8:3::2": ["2001:db8:3::2"],
        },
    ),
    "a virtual router": (
        [seen("00:00:5e:00:01:05", "10.0.0.1", "arp"), seen("00:00:5e:00:01:05", "10.0.0.9")],
        {"00:00:5e:00:01:05": ["10.0.0.1"], "10.0.0.9": ["10.0.0.9"]},
    ),
    "cell-local NAT: one address, two devices": (
        [seen(PLC, "192.168.0.1", "arp", 10), seen(SCADA, "192.168.0.1", "arp", 20)],
        {PLC: ["192.168.0.1"], SCADA: ["192.168.0.1"]},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_devices(case: str) -> None:
    sightings, devices = CASES[case]
    assert {id_: host.ips for id_, host in bind(sightings, ()).by_id.items()} == devices
    assert {id_: host.ips for id_, host in bind(sightings[::-1], ()).by_id.items()} == devices


def test_owner() -> None:
    hosts = bind([seen(PLC, "192.168.0.1", "arp", 10), seen(SCADA, "192.168.0.1", "arp", 20, packets=9)], ())
    assert hosts.owner("192.168.0.1", PLC) == PLC
    assert hosts.owner("192.168.0.1", SCADA) == SCADA
    assert hosts.owner("192.168.0.1") == SCADA, "the busier one"
    assert hosts.owner("192.168.0.1", ROUTER) == SCADA
    assert hosts.owner("192.168.0.9") == ""


def test_a_public_address_of_the_plant() -> None:
    hosts = bind([seen(PLC, "9.9.9.9")], (), Surroundings(lambda address: address.text == "9.9.9.9"))
    assert hosts.by_id.keys() == {PLC}


def test_a_claim_counts_as_proof() -> None:
    rows = [seen(PLC, "10.0.0.1"), seen(ROUTER, "10.0.0.1")]
    assert bind(rows, [(PLC, "10.0.0.1")]).by_id[ROUTER].relayed == ["10.0.0.1"]
    assert bind([seen(PLC)], [(PLC, "10.0.0.1")]).by_id[PLC].ips == ["10.0.0.1"]
    assert bind([seen(PLC)], [(SCADA, "10.0.0.1")]).by_id.keys() == {PLC}


_macs = st.sampled_from(["", PLC, SCADA, ROUTER, "01:00:5e:00:00:01"])
_ips = st.sampled_from(["", "10.0.0.1", "10.0.0.2", "10.0.5.1", "9.9.9.9", "fe80::1", "2001:db8::1", "224.0.0.1"])


@given(st.lists(st.builds(seen, _macs, _ips, st.sampled_from(["ip", "arp"]), st.sampled_from([-1, 5])), max_size=10))
def test_every_sender_is_exactly_one_device(sightings: list[Sighting]) -> None:
    hosts = bind(sightings, ())
    for row in sightings:
        single = row.mac != "01:00:5e:00:00:01" and row.ip != "224.0.0.1"
        if single and row.mac:
            assert row.mac in hosts.by_id
        if single and row.ip:
            owner = hosts.owner(row.ip, row.mac)
            assert row.ip in hosts.by_id[owner].ips
    assert not {"224.0.0.1", "01:00:5e:00:00:01"} & hosts.by_id.keys()


def test_what_the_inventory_lists_together_is_its_own_and_only_the_rest_may_be_forwarded() -> None:
    rows = [seen(PLC, "10.0.0.1"), seen(PLC, "10.9.0.7")]
    host = bind(rows, [], Surroundings(listed={"10.0.0.1": frozenset({PLC})})).by_id[PLC]
    assert (host.ips, host.relayed) == (["10.0.0.1"], ["10.9.0.7"])
    assert bind(rows, []).by_id[PLC].ips == []
