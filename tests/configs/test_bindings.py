"""What switches and routers are told of others: bindings of MAC addresses, IP addresses, names and ports."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from scanner.assets.tables import Bound, bound
from scanner.configs.nodes import Node
from tests.configs.dialect_cases import read

M, N = "00:11:22:33:44:55", "00:11:22:33:44:66"


def ios(text: str) -> list[Bound]:
    return bound(read("cisco-ios", f"hostname R1\n!\n{text}\nend\n".encode(), "r1.cfg").rows)


def vrp(text: str) -> list[Bound]:
    return bound(read("huawei-vrp", f"#\nsysname R1\n#\n{text}\nreturn\n".encode(), "r1.cfg").rows)


def told(rows: list[Bound]) -> list[tuple[str, str, str, str, int, str]]:
    return [(r.how, r.ip, r.mac, r.name, r.vlan, r.interface) for r in rows]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("arp 10.1.1.5 0011.2233.4455 ARPA", [("arp", "10.1.1.5", M, "", -1, "")]),
        ("arp vrf RED 10.1.1.5 0011.2233.4455 ARPA Vlan10", [("arp", "10.1.1.5", M, "", -1, "Vlan10")]),
        ("arp 10.1.1.5 0011.2233.4455 ARPA alias", []),
        ("arp timeout 300", []),
        ("arp 10.1.1.5 ffff.ffff.ffff ARPA", []),
        ("ipv6 neighbor 2001:DB8::5 Vlan10 0011.2233.4455", [("arp", "2001:db8::5", M, "", -1, "Vlan10")]),
        (
            "arp access-list CELL\n permit ip host 10.1.1.5 mac host 0011.2233.4455",
            [("arp", "10.1.1.5", M, "", -1, "")],
        ),
        ("arp access-list CELL\n permit ip any mac any", []),
        (
            "mac address-table static 0011.2233.4455 vlan 10 interface GigabitEthernet1/0/3",
            [("mac-table", "", M, "", 10, "GigabitEthernet1/0/3")],
        ),
        ("mac address-table static 0011.2233.4455 vlan 10 drop", []),
        (
            "interface Gi1/1\n switchport port-security mac-address sticky 0011.2233.4455 vlan access",
            [("port-security", "", M, "", -1, "Gi1/1")],
        ),
        (
            "ip dhcp pool PLC-7\n host 10.1.1.7 255.255.255.0\n client-identifier 0100.1122.3344.55",
            [("dhcp", "10.1.1.7", M, "PLC-7", -1, "")],
        ),
        (
            "ip dhcp pool X\n host 10.1.1.7 /24\n hardware-address 0011.2233.4455 ethernet\n client-name PLC-7",
            [("dhcp", "10.1.1.7", M, "PLC-7", -1, "")],
        ),
        ("ip dhcp pool NET\n network 10.1.1.0 255.255.255.0\n default-router 10.1.1.1", []),
        (
            "ip dhcp pool N\n address 10.1.1.7 hardware-address 0011.2233.4455\n address 10.1.1.8 client-id X",
            [("dhcp", "10.1.1.7", M, "", -1, "")],
        ),
        (
            "ip source binding 0011.2233.4455 vlan 10 10.1.1.5 interface Gi1/0/3",
            [("source-guard", "10.1.1.5", M, "", 10, "Gi1/0/3")],
        ),
        (
            "ip host PLC-7 10.1.1.7 10.1.2.7",
            [("host", "10.1.1.7", "", "PLC-7", -1, ""), ("host", "10.1.2.7", "", "PLC-7", -1, "")],
        ),
        ("no ip host PLC-7 10.1.1.7", []),
        ("interface Gi1/1\n description PLC-7 10.1.1.7 0011.2233.4455", []),
    ],
)
def test_cisco_ios(text: str, wanted: list[tuple[str, ...]]) -> None:
    assert told(ios(text)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "arp static 10.1.1.5 0011-2233-4455 vid 10 interface GigabitEthernet0/0/3",
            [("arp", "10.1.1.5", M, "", 10, "GigabitEthernet0/0/3")],
        ),
        ("arp static 10.1.1.5 0011-2233-4455 vpn-instance red", [("arp", "10.1.1.5", M, "", -1, "")]),
        (
            "mac-address static 0011-2233-4455 GigabitEthernet 0/0/3 vlan 10",
            [("mac-table", "", M, "", 10, "GigabitEthernet0/0/3")],
        ),
        ("mac-address blackhole 0011-2233-4455 vlan 10", []),
        (
            "ip pool cell\n static-bind ip-address 10.1.1.7 mac-address 0011-2233-4455 description PLC-7",
            [("dhcp", "10.1.1.7", M, "", -1, "")],
        ),
        (
            "interface Vlanif10\n dhcp server static-bind ip-address 10.1.1.7 mac-address 0011-2233-4455",
            [("dhcp", "10.1.1.7", M, "", -1, "")],
        ),
        (
            "user-bind static ip-address 10.1.1.5 mac-address 0011-2233-4455 interface GE0/0/3 vlan 10",
            [("source-guard", "10.1.1.5", M, "", 10, "GE0/0/3")],
        ),
        ("user-bind static ip-address 10.1.1.5 to 10.1.1.9 vlan 10", []),
        ("user-bind static mac-address 0011-2233-4455", []),
        ("ip host PLC-7 10.1.1.7", [("host", "10.1.1.7", "", "PLC-7", -1, "")]),
        (
            "interface GE0/0/3\n port-security mac-address sticky 0011-2233-4455 vlan 10",
            [("port-security", "", M, "", 10, "GE0/0/3")],
        ),
    ],
)
def test_huawei_vrp(text: str, wanted: list[tuple[str, ...]]) -> None:
    assert told(vrp(text)) == wanted


def test_without_indentation_a_pool_keeps_its_host() -> None:
    rows = ios(
        "ip dhcp pool PLC-7\nhost 10.1.1.7 255.255.255.0\nclient-identifier 0100.1122.3344.55\nip host A 10.1.1.9"
    )
    assert told(rows) == [("dhcp", "10.1.1.7", M, "PLC-7", -1, ""), ("host", "10.1.1.9", "", "A", -1, "")]
    assert [r.place for r in rows] == ["r1.cfg line 4", "r1.cfg line 6"]


LARGE = {
    "vrp pool": (vrp, "ip pool cell", " static-bind ip-address 10.1.{0}.{1} mac-address 0011-2233-{2:04x}"),
    "vrp interface": (
        vrp,
        "interface Vlanif1",
        " dhcp server static-bind ip-address 10.1.{0}.{1} mac-address 0011-2233-{2:04x}",
    ),
    "vrp guard": (vrp, "", "user-bind static ip-address 10.1.{0}.{1} mac-address 0011-2233-{2:04x}"),
    "ios pool": (ios, "ip dhcp pool cell", " address 10.1.{0}.{1} hardware-address 0011.2233.{2:04x}"),
    "ios pools": (ios, "", "ip dhcp pool p{2}\n host 10.1.{0}.{1} /24\n hardware-address 0011.2233.{2:04x}"),
    "ios port": (ios, "interface Gi1/1", " switchport port-security mac-address 0011.2233.{2:04x}"),
}


@pytest.mark.parametrize(("system", "block", "line"), LARGE.values(), ids=LARGE)
def test_twice_as_many_bindings_are_no_more_than_twice_the_work(
    monkeypatch: pytest.MonkeyPatch, system: Callable[[str], list[Bound]], block: str, line: str
) -> None:
    compared, is_ = [0], Node.is_

    def counting(node: Node, command: str) -> bool:
        compared[0] += 1
        return is_(node, command)

    monkeypatch.setattr(Node, "is_", counting)
    work = []
    for number in (200, 400):
        compared[0] = 0
        found = system("\n".join([block, *(line.format(i >> 8, i & 255, i + 1) for i in range(number))]))
        assert len(found) == number
        work.append(compared[0])
    assert work[1] < 2.1 * work[0]
