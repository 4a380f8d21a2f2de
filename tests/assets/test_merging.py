"""What makes several addresses one device, and what never does."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import polars as pl
import pytest

from scanner.assets.binding import Host, HostIndex, Sighting
from scanner.assets.configured import Configured
from scanner.assets.merging import Listed, Sent, by_configurations, by_inventory, merged, sent, with_parts
from scanner.assets.repeated import of_one_device
from scanner.assets.surroundings import Surroundings
from scanner.assets.tables import Tables

A, B, C, D = (f"00:1b:1b:00:00:0{n}" for n in range(1, 5))
VRRP = "00:00:5e:00:01:07"


def row(mac: str, ip: str, vlan: int | None = None, packets: int | None = 1) -> Sighting:
    return Sighting("c", mac, ip, vlan, "data", packets, 1, 2, 1)


def host(mac: str, *ips: str, vlan: int | None = None, **more: Any) -> Host:
    """A device of one MAC address, or of an IP address alone."""
    usual = {"rows": [row(mac, ip, vlan) for ip in ips], "macs": (mac,) if mac else ()}
    return Host(mac or ips[0], mac, list(ips), **(usual | more))


def hosts(*given: Host) -> HostIndex:
    owners: dict[str, list[str]] = {}
    for one in given:
        for ip in one.ips:
            owners.setdefault(ip, []).append(one.id)
    return HostIndex({h.id: h for h in given}, owners, {m: h.id for h in given for m in h.macs})


def listed(
    number: int, macs: Sequence[str] = (), ips: Sequence[str] = (), vlans: Sequence[int] = (), *, inventory: bool = True
) -> Listed:
    return Listed(("list.csv", number), macs, ips, vlans, inventory)


def devices(seen: HostIndex, *rows: Listed) -> list[list[str]]:
    """The addresses of each device."""
    found = merged(seen, rows)
    return sorted([*h.macs, *h.ips] for h in found.by_id.values())


ONE, TWO = host(A, "10.0.0.1"), host(B, "10.0.0.2")
FAR = host("", "10.0.0.9")  # behind a router


@pytest.mark.parametrize(
    ("rows", "together"),
    [
        ([], False),
        ([listed(1, [A, B])], True),
        ([listed(1, [A], ["10.0.0.2"])], False),  # the row names all MAC addresses there are
        ([listed(1, [A], ["10.0.0.1", "10.0.0.2"])], True),
        ([listed(1, [], ["10.0.0.1", "10.0.0.2"])], True),
        ([listed(1, [A], ["10.0.0.1"]), listed(2, [B], ["10.0.0.2"])], False),
        ([listed(1, [], ["10.0.0.1", "10.0.0.2"]), listed(2, [B])], False),  # somebody else's MAC address
        ([listed(1, [A, B]), listed(2, [B])], False),  # listed twice
        ([listed(1, [], ["10.0.0.1", "10.0.0.2"]), listed(2, [], ["10.0.0.2"])], False),
        ([listed(1, [], ["10.0.0.1", "10.0.0.2"], [5]), listed(2, [], ["10.0.0.2"], [6])], True),  # in another VLAN
        ([listed(1, [], ["10.0.0.1", "10.0.0.2"], [5]), listed(2, [], ["10.0.0.2"], [5, 6])], False),
        ([listed(1, [], ["10.0.0.1", "10.0.0.2"], [5]), listed(2, [], ["10.0.0.2"])], False),
        ([listed(1, [], ["10.0.0.1", "10.0.0.2"]), listed(2, [], ["10.0.0.2"], inventory=False)], True),
        ([listed(1, [A, B], inventory=False)], True),
        ([listed(1, [A], ["10.0.0.1"]), listed(2, [B]), listed(3, [A, B], inventory=False)], False),
        ([listed(1, [A]), listed(2, ips=["10.0.0.1", "10.0.0.2"], inventory=False)], False),
        ([listed(1, [A]), listed(1, [A])], False),
        ([listed(1, [C], ["10.0.0.1"]), listed(2, [A, B])], True),  # a row that nobody meets hinders no other
        ([listed(1, [C, D]), listed(2, [A, B])], True),
    ],
)
def test_two_addresses(rows: list[Listed], together: bool) -> None:
    apart = [[A, "10.0.0.1"], [B, "10.0.0.2"]]
    assert devices(hosts(ONE, TWO), *rows) == ([[A, B, "10.0.0.1", "10.0.0.2"]] if together else apart)


def test_who_is_two_by_the_inventory_stays_two_over_others_too() -> None:
    three = hosts(ONE, TWO, host(C, "10.0.0.3"))
    chain = [listed(n, [], [f"10.0.0.{n}", f"10.0.0.{n + 1}"], [n], inventory=False) for n in (1, 2)]
    assert devices(three, *chain) == [[A, B, C, "10.0.0.1", "10.0.0.2", "10.0.0.3"]]
    ends = [listed(8, ips=["10.0.0.1"]), listed(9, ips=["10.0.0.3"])]
    assert devices(three, *chain, *ends) == [[A, B, "10.0.0.1", "10.0.0.2"], [C, "10.0.0.3"]]


@pytest.mark.parametrize(
    ("seen", "ips", "together"),
    [
        ([host(A, "10.0.0.1"), FAR], ["10.0.0.1", "10.0.0.9"], True),
        ([host(A, "10.0.0.1", virtual="VRRP"), FAR], ["10.0.0.1", "10.0.0.9"], False),
        ([host(A, "10.0.0.1", vlan=5), FAR], ["10.0.0.1", "10.0.0.9"], True),
        ([host(A, "10.0.0.1", vlan=6), FAR], ["10.0.0.1", "10.0.0.9"], False),  # another cell has that address, too
        ([host(A, "10.0.0.1", vlan=-1), FAR], ["10.0.0.1", "10.0.0.9"], True),  # captured where there are no tags
        ([host(A, "10.0.0.1", vlan=5), host(B, "10.0.0.1", vlan=6), FAR], ["10.0.0.1", "10.0.0.9"], True),
        ([host(A, "10.0.0.1", vlan=5), host(B, "10.0.0.1", vlan=5), FAR], ["10.0.0.1", "10.0.0.9"], False),
        ([host(A, "10.0.0.1"), FAR], ["10.0.0.1", "10.0.0.8"], False),
    ],
)
def test_addresses_of_a_row_in_one_vlan(seen: list[Host], ips: list[str], together: bool) -> None:
    found = merged(hosts(*seen), [listed(1, (), ips, [5])])
    assert (len(found.by_id) < len(seen)) is together


def test_the_device_has_everything_of_its_parts() -> None:
    one = host(B, "10.0.0.10", "10.0.0.9", relayed=["10.9.0.2", "10.0.0.1"], distant=[row("", "10.0.0.9")])
    two = host(A, "fe80::1", "10.0.0.1", relayed=["10.9.0.10", "10.9.0.2"], distant=[row("", "10.0.0.1")])
    far = host("", "10.0.0.20")
    silent = host(C)
    found = merged(hosts(one, two, far, silent), [listed(1, [A, B, C], ["10.0.0.20", "10.0.0.1", "10.0.0.9", "x"])])
    assert [h.id for h in found.by_id.values()] == [A], "the first MAC address that has addresses"
    (whole,) = found.by_id.values()
    assert (whole.mac, whole.macs) == (A, (A, B, C))
    assert whole.ips == ["10.0.0.1", "10.0.0.9", "10.0.0.10", "10.0.0.20", "fe80::1"]
    assert whole.relayed == ["10.9.0.2", "10.9.0.10"], "its own addresses it forwards for nobody"
    assert {(r.mac, r.ip) for r in whole.rows} == {
        *((B, "10.0.0.10"), (B, "10.0.0.9"), (A, "fe80::1"), (A, "10.0.0.1"), ("", "10.0.0.20"))
    }
    assert {r.ip for r in whole.distant} == {"10.0.0.9", "10.0.0.1"}
    assert found.owners == {ip: [A] for ip in whole.ips}
    assert found.of_mac == {A: A, B: A, C: A}


CHASSIS = "00:1b:1b:00:10:00"
NOBODY: Mapping[str, Collection[str]] = {}


def parts(*given: Host, chassis: Any = NOBODY, links: Sent | None = None, around: Any = None) -> dict[str, str]:
    found = with_parts(hosts(*given), around or Surroundings(), chassis, links or Sent({}, ()))
    return {h.id: h.part_of for h in found.by_id.values() if h.part_of}


def port(number: int) -> str:
    value = int(CHASSIS.replace(":", ""), 16) + number
    return ":".join(f"{value:012x}"[n : n + 2] for n in range(0, 12, 2))


@pytest.mark.parametrize(("number", "its"), [(1, True), (64, True), (65, False), (-64, True), (-65, False)])
def test_a_port_is_next_to_its_chassis(number: int, its: bool) -> None:
    given = [host(CHASSIS, "10.0.0.1"), host(port(number))]
    assert parts(*given, chassis={port(number): [CHASSIS]}) == ({port(number): CHASSIS} if its else {})


def test_a_port_of_another_manufacturer_is_none_of_the_chassis() -> None:
    last, first = "00:1b:1b:ff:ff:ff", "00:1b:1c:00:00:00"
    assert parts(host(last, "10.0.0.1"), host(first), chassis={first: [last]}) == {}


LLDP, PTCP, GOOSE = "01:80:c2:00:00:0e", "01:0e:cf:00:04:00", "01:0c:cd:01:00:01"
PORT = port(1)


@pytest.mark.parametrize(
    ("one", "links", "named", "its"),
    [
        (host(PORT), Sent({PORT: {LLDP, PTCP}}, ()), [CHASSIS], True),
        (
            host(PORT),
            Sent({PORT: {"01:15:4e:00:01:01", "01:0e:cf:00:05:00", "01:00:0c:cc:cc:cc"}}, ()),
            [CHASSIS],
            True,
        ),
        (host(PORT), Sent({PORT: {LLDP, GOOSE}}, ()), [CHASSIS], False),  # process data
        (host(PORT), Sent({}, {PORT}), [CHASSIS], False),  # somebody talks with it
        (host(PORT, "10.0.0.7"), Sent({}, ()), [CHASSIS], False),
        (host(PORT, relayed=["10.0.0.7"]), Sent({}, ()), [CHASSIS], False),
        (host(PORT, virtual="VRRP"), Sent({}, ()), [CHASSIS], False),
        (host(PORT, macs=(PORT, A)), Sent({}, ()), [CHASSIS], False),
        (host(PORT), Sent({}, ()), [CHASSIS, port(2)], False),  # it names two
        (host(PORT), Sent({}, ()), [CHASSIS, PORT], True),
        (host(PORT), Sent({}, ()), [PORT], False),
    ],
)
def test_what_a_port_sends(one: Host, links: Sent, named: list[str], its: bool) -> None:
    found = parts(host(CHASSIS, "10.0.0.1"), one, chassis={"00:00:00:00:00:01": [CHASSIS], PORT: named}, links=links)
    assert found == ({PORT: CHASSIS} if its else {})


def test_ports_of_a_chassis_that_was_not_seen_are_one_device() -> None:
    given = [host(port(n)) for n in (1, 2, 3)]
    assert parts(*given, chassis={h.id: [CHASSIS] for h in given}) == {port(2): port(1), port(3): port(1)}


def test_who_sends_to_whom() -> None:
    links = [
        {"client_mac": A, "server": LLDP, "server_mac": "", "transport": "ethernet"},
        {"client_mac": A, "server": PTCP, "server_mac": "", "transport": "ethernet"},
        {"client_mac": B, "server": C, "server_mac": C, "transport": "ethernet"},
        {"client_mac": D, "server": "10.0.0.1", "server_mac": VRRP, "transport": "udp"},
    ]
    found = sent(pl.DataFrame(links))
    assert found.groups == {A: {LLDP, PTCP}}
    assert found.others == {B, C, D, "10.0.0.1", VRRP}


def virtual(*rows: Sighting) -> Host:
    return Host(VRRP, VRRP, [], rows=rows, virtual="VRRP", macs=(VRRP,))


HELLO, OTHER = (VRRP, "10.0.0.1"), (VRRP, "10.0.0.2")


@pytest.mark.parametrize(
    ("rows", "hellos", "router"),
    [
        ([row(VRRP, "10.0.0.1", packets=5)], {HELLO}, A),
        ([row(VRRP, "10.0.0.1", packets=5), row(VRRP, "10.0.0.2", packets=6)], {HELLO, OTHER}, B),
        ([row(VRRP, "10.0.0.1", packets=5), row(VRRP, "10.0.0.2", packets=6)], {HELLO}, A),
        ([row(VRRP, "10.0.0.1", packets=5), row(VRRP, "10.0.0.2", packets=5)], {HELLO, OTHER}, A),
        ([row(VRRP, "10.0.0.254")], set(), ""),  # nobody says hello
        ([row(VRRP, "10.0.0.254")], {(B, "10.0.0.2")}, B),  # a router of the same VLAN does
        ([row(VRRP, "10.0.0.254", 7)], {(B, "10.0.0.2")}, ""),
        ([row(VRRP, "10.0.0.254")], {(VRRP, "10.0.0.99")}, ""),
    ],
)  # fmt: skip
def test_whose_a_virtual_address_is(rows: list[Sighting], hellos: set[tuple[str, str]], router: str) -> None:
    found = parts(ONE, TWO, virtual(*rows), around=Surroundings(hellos=frozenset(hellos)))
    assert found == ({VRRP: router} if router else {})


def test_what_configurations_and_their_tables_list() -> None:
    macs = {"10.0.0.1": A, "10.0.0.2": A, "10.0.0.3": B, "10.0.0.254": VRRP}
    tables = Tables(macs, {ip: {mac} for ip, mac in macs.items()})
    own = [Configured("sw.cfg", "sw", ("10.0.0.1", "10.0.0.9"), 3), Configured("r.cfg", "r", ("10.0.0.254",), 4)]
    assert by_configurations(own, tables) == [
        Listed(("sw.cfg", 0), (A,), ("10.0.0.1", "10.0.0.9", "10.0.0.2"), (), False),
        Listed(("r.cfg", 0), (), ("10.0.0.254",), (), False),
        Listed((f"mac {B}", 0), (B,), ("10.0.0.3",), (), False),
    ]


def entry(
    source: str, name: str = "", macs: Sequence[str] = (), ips: Sequence[str] = (), **more: Any
) -> dict[str, Any]:
    """A row of an inventory."""
    usual = {"row": 2, "id": "", "hostname": "", "profinet_name": "", "serial": "", "vlans": []}
    return usual | {"source": source, "name": name, "macs": macs, "ips": ips} | more


@pytest.mark.parametrize(
    ("second", "together"),
    [
        (entry("new", "gnb", [A], ["10.0.0.1", "10.0.0.9"]), True),
        (entry("new", "GNB", [], ["10.0.0.1"]), True),
        (entry("new", "gnb", [A], []), True),
        (entry("new", "", [], ["10.0.0.9"]), True),
        (entry("old", "gnb", [A], ["10.0.0.1", "10.0.0.9"]), False),  # a row of one list is one device
        (entry("new", "gnb", [B], ["10.0.0.9"]), False),
        (entry("new", "upf", [], ["10.0.0.9"]), False),
        (entry("new", "gnb", [], ["10.0.0.7"]), False),
        (entry("new", "gnb", [A], ["10.0.0.9"], vlans=[7]), False),
    ],
    ids=lambda value: value if isinstance(value, bool) else f"{value['name']} {value['macs']} {value['ips']}",
)
def test_lists_that_repeat_each_other_are_as_one(second: Mapping[str, Any], together: bool) -> None:
    first = entry("old", "gnb", [A], ["10.0.0.1", "10.0.0.9"], vlans=[1] if second["vlans"] else [])
    assert len(by_inventory([first, second], of_one_device([first, second]))) == 2 - together
    assert len(by_inventory([second, first], of_one_device([second, first]))) == 2 - together


def test_a_copy_of_a_list_takes_no_address_from_anybody() -> None:
    rows = [entry(source, "gnb", [A], ["10.0.0.1", "10.0.0.9"]) for source in ("a", "copy of a")]
    assert devices(hosts(ONE, FAR), *by_inventory(rows, of_one_device(rows))) == [[A, "10.0.0.1", "10.0.0.9"]]
