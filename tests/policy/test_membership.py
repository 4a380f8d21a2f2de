from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.addresses import Address, address_of
from scanner.policy.document import parse_policy
from scanner.policy.listed import entry_words
from scanner.policy.membership import Membership, Networks, RoleAssignments
from scanner.policy.permission import Judgement, Permission, Traffic

POLICY = """\
otaudit_policy: 1
zones:
  - {id: plant, level: 3, members: {subnets: [10.0.0.0/8]}}
  - {id: cell, level: 1, members: {subnets: [10.1.0.0/16], vlans: [20], macs: ["00:1b:1b:00:00:01"], devices: [PLC-1]}}
  - {id: safety, level: 1, members: {subnets: [10.1.9.0/24], vlans: [21]}}
  - {id: office, level: 4, members: {subnets: ["2001:db8::/32"]}}
  - {id: rest, level: 5, members: {subnets: [0.0.0.0/0]}}
conduits:
  - {id: read, from: plant, to: cell, protocols: [modbus], verbs: [read], clients: [SCADA-1, 10.9.0.0/24, 10.8.0.1]}
  - {id: write, from: plant, to: cell, protocols: [modbus, tcp/102], verbs: [write], clients: [ENG-1]}
  - {id: it, from: office, to: plant, both_ways: true, protocols: [https, ntp, ethertype/0x88f7, icmp, udp/5000-5010]}
  - {id: all, from: safety, to: cell, protocols: [any]}
roles:
  engineering_station: [ENG-1, 10.7.0.0/24, "00:1b:1b:00:00:07"]
  hmi: [10.7.0.3]
"""
TABLES = parse_policy(POLICY, "p", {"modbus", "s7comm", "tls", "http"}).tables()
PORTS = {"modbus": {("tcp", 502)}, "tls": {("tcp", 443)}}


def ips(*texts: str) -> list[Address]:
    return [address_of(t) for t in texts]


@pytest.mark.parametrize(
    ("known", "zone", "claims"),
    [
        ({"addresses": ips("10.2.0.1")}, "plant", ("plant",)),
        ({"addresses": ips("10.1.2.3")}, "cell", ("cell",)),
        ({"addresses": ips("10.1.9.3")}, "safety", ("safety",)),
        ({"addresses": ips("2001:db8::1")}, "office", ("office",)),
        ({"addresses": ips("2001:dead::1")}, "", ()),
        ({"addresses": ips("8.8.8.8")}, "rest", ("rest",)),
        ({"addresses": ips("10.1.9.3"), "macs": ["00:1b:1b:00:00:01"]}, "cell", ("cell", "safety")),
        ({"addresses": ips("10.1.9.3"), "names": ["plc-1"]}, "cell", ("cell", "safety")),
        ({"names": ["PLC-2"], "vlans": [21]}, "safety", ("safety",)),
        ({"vlans": [20, 21]}, "", ("cell", "safety")),
        ({"vlans": [20, 99]}, "cell", ("cell",)),
        ({"addresses": ips("10.2.0.1"), "vlans": [20]}, "plant", ("plant", "cell")),
        ({}, "", ()),
    ],
)
def test_zones(known: dict[str, Any], zone: str, claims: tuple[str, ...]) -> None:
    assert Membership.of(TABLES["zones"]).zone_of(**known) == (zone, claims)


@given(st.lists(st.tuples(st.integers(0, 0xFFFFFFFF), st.integers(0, 32)), max_size=8), st.integers(0, 0xFFFFFFFF))
def test_the_most_specific_network_comes_first(networks: list[tuple[int, int]], number: int) -> None:
    book: Networks[Any] = Networks()
    made = [ipaddress.ip_network((base, length), strict=False) for base, length in networks]
    for network in made:
        book.add(network, network)
    address = ipaddress.ip_address(number)
    found = book.holding(address_of(str(address)))
    assert sorted(map(str, found)) == sorted(str(n) for n in made if address in n)
    assert [n.prefixlen for n in found] == sorted((n.prefixlen for n in found), reverse=True)


def test_roles_by_name_address_network_and_mac() -> None:
    book = RoleAssignments.of(TABLES["roles"])
    assert [r.role for r in book.roles_of(names=["eng-1"])] == ["engineering_station"]
    assert [r.role for r in book.roles_of(macs=["00:1b:1b:00:00:07"])] == ["engineering_station"]
    assert {r.role for r in book.roles_of(addresses=ips("10.7.0.3"))} == {"engineering_station", "hmi"}
    assert book.roles_of(addresses=ips("10.8.0.3"), names=["other"]) == []


def asked(how: Callable[[Permission, Traffic], Judgement] = Permission.judge, **changed: Any) -> Judgement:
    question = {
        "client_zone": "plant",
        "server_zone": "cell",
        "transport": "tcp",
        "port": 502,
        "protocol": "modbus",
        "verb": None,
        "payload": True,
        "client": "10.2.0.1",
        "client_mac": "",
        "client_names": ("SCADA-1",),
    }
    return how(Permission(TABLES["conduits"], PORTS), Traffic(**{**question, **changed}))


@pytest.mark.parametrize(
    ("changed", "allowed", "conduit"),
    [
        ({}, True, "read"),
        ({"verb": "read"}, True, "read"),
        ({"verb": "session"}, True, "read"),
        ({"verb": "write"}, False, ""),
        ({"verb": "unknown"}, False, ""),
        ({"verb": "write", "client_names": ("ENG-1",)}, True, "write"),
        ({"client_names": ()}, False, ""),
        ({"client_names": ("scada-1",)}, True, "read"),
        ({"client_names": (), "client": "10.9.0.7"}, True, "read"),
        ({"client_names": (), "client": "10.8.0.1"}, True, "read"),
        ({"port": 1502}, True, "read"),
        ({"protocol": "s7comm", "port": 102, "client_names": ("ENG-1",)}, True, "write"),
        ({"protocol": "", "payload": False}, True, "read"),
        ({"protocol": "", "payload": True}, False, ""),
        ({"protocol": "http"}, False, ""),
        ({"client_zone": "cell", "server_zone": "plant"}, False, ""),
        ({"client_zone": "cell", "protocol": "http"}, True, ""),
        ({"client_zone": "office", "server_zone": "plant", "protocol": "tls", "port": 443}, True, "it"),
        ({"client_zone": "plant", "server_zone": "office", "protocol": "tls", "port": 443}, True, "it"),
        ({"client_zone": "office", "server_zone": "plant", "protocol": "tls", "port": 8443}, False, ""),
        ({"client_zone": "office", "server_zone": "plant", "protocol": "modbus", "port": 443}, False, ""),
        (
            {"client_zone": "office", "server_zone": "plant", "protocol": "", "transport": "udp", "port": 123},
            True,
            "it",
        ),
        (
            {"client_zone": "office", "server_zone": "plant", "protocol": "x", "transport": "udp", "port": 5005},
            True,
            "it",
        ),
        ({"client_zone": "office", "server_zone": "plant", "protocol": "", "transport": "icmp", "port": 0}, True, "it"),
        ({"client_zone": "safety", "protocol": "http"}, True, "all"),
    ],
)
def test_what_is_allowed(changed: dict[str, Any], *, allowed: bool, conduit: str) -> None:
    answer = asked(**changed)
    assert (answer.allowed, answer.conduit) == (allowed, conduit)
    assert answer.crosses is (changed.get("client_zone", "plant") != changed.get("server_zone", "cell"))


@pytest.mark.parametrize(
    ("changed", "allowed"),
    [
        ({"port": 502}, None),
        ({"port": 9000}, None),
        ({"client_names": ()}, False),
        ({"transport": "udp"}, False),
        ({"client_zone": "office", "server_zone": "plant", "transport": "icmp", "port": 0}, True),
        ({"client_zone": "cell", "server_zone": "plant"}, False),
    ],
)
def test_what_was_too_little_to_recognise_may_be_what_a_conduit_names(
    changed: dict[str, Any], *, allowed: bool | None
) -> None:
    assert asked(protocol="").allowed is False
    assert asked(how=Permission.guess, protocol="", **changed).allowed is allowed


@pytest.mark.parametrize("end", ["client_zone", "server_zone"])
def test_an_end_in_no_zone_is_not_judged(end: str) -> None:
    assert asked(**{end: ""}) == Judgement(None, None)


def test_every_conduit_that_allows_is_told() -> None:
    assert asked(client_names=("SCADA-1", "ENG-1")).conduits == ("read", "write")


@pytest.mark.parametrize(
    ("subnets", "level", "address", "inside"),
    [
        (["0.0.0.0/0"], 3, "9.9.9.9", False),
        (["0.0.0.0/1", "128.0.0.0/1"], 1, "9.9.9.9", False),
        (["2000::/3"], 3, "2a00:1450::1", False),
        (["::/0"], 3.5, "2a00:1450::1", False),
        (["0.0.0.0/0"], 3, "10.1.2.3", True),
        (["0.0.0.0/0"], 5, "9.9.9.9", True),
        (["53.0.0.0/8"], 3, "53.1.2.3", True),
        (["2a00:1450::/32"], 3, "2a00:1450::1", True),
    ],
)
def test_a_zone_for_all_the_rest_does_not_own_the_internet(
    subnets: list[str], level: float, address: str, inside: bool
) -> None:
    zone = {"zone": "z", "level": level, "macs": [], "devices": [], "subnets": subnets, "vlans": []}
    assert bool(Membership.of([zone]).zone_of(addresses=[address_of(address)]).zone) is inside


def test_an_entry_is_named_by_its_names_and_its_serial_number() -> None:
    entry = {"name": "PLC-1", "hostname": "plc-1.plant", "profinet_name": "", "id": "A7", "serial": "SV-N8KU52401017"}
    assert entry_words(entry) == ["PLC-1", "plc-1.plant", "A7", "SV-N8KU52401017"]
    assert entry_words({**entry, "serial": "017"}) == ["PLC-1", "plc-1.plant", "A7"]
