"""What configurations say, as packets meet it: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import IOS, POLICY, VRP, ios, proved

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_BOUND = " ip access-group GUARD in"
_AWAY = " ip access-group GUARD out\ninterface Vlan30\n ip address 10.0.30.1 255.255.255.0"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (ios(), _OPEN),
        (ios(ten=_BOUND), _CLOSED),
        (ios(ten=" ip access-group GUARD out"), _OPEN),
        (ios(twenty=" ip access-group GUARD out"), _CLOSED),
        (ios(ten=_BOUND, entries=" permit tcp any any eq 80 time-range NIGHT"), _UNKNOWN),
        (ios(ten=_BOUND, entries=" deny ip any any time-range NIGHT\n permit ip any any"), _UNKNOWN),
        (ios(ten=_BOUND, entries=" permit tcp any any established"), _CLOSED),
        (ios(ten=_BOUND, entries=" permit tcp any any ack"), _CLOSED),
        (ios(ten=_BOUND, entries=" permit tcp any any ack syn"), _UNKNOWN),  # one of the two may be enough
        (ios(ten=_BOUND, entries=" permit tcp any any syn"), _UNKNOWN),
        (ios(ten=_BOUND, entries=" deny tcp any any ack\n permit ip any any"), _OPEN),
        (ios(ten=_BOUND, entries=" permit icmp any any echo-reply"), _CLOSED),
        (ios(ten=_BOUND, entries=" permit icmp any any echo"), _OPEN),
        (ios(ten=_BOUND, entries=" permit icmp any any packet-too-big\n permit icmp any any ttl-exceeded"), _CLOSED),
        (ios(ten=_BOUND, entries=" permit icmp any any traceroute"), _OPEN),
        (ios(ten=_BOUND, entries=" deny ip any any fragments\n permit ip any any"), _OPEN),  # which no whole packet is
        (ios(ten=_BOUND, entries=" deny ip any any time-range fragments\n permit ip any any"), _UNKNOWN),
        (ios(ten=_BOUND, entries=" permit ip any any fragments"), _UNKNOWN),
        (ios(ten=_BOUND, entries=" evaluate BACK"), _CLOSED),
        (ios(ten=_BOUND, entries=" permit tcp any eq www ftp any"), _OPEN),
        (ios(ten=_BOUND, entries=" permit tcp any eq www ftp host 10.0.30.9"), _CLOSED),
        (ios(ten=_BOUND, entries=" permit tcp any addrgroup PLCS eq 502"), _UNKNOWN),
        (ios(ten=_BOUND, entries=" permit ip 10.0.10.0 0.0.0.255 10.0.20.1 0.0.255.0"), _CLOSED),
        (ios(ten=_BOUND, entries=" permit ip 10.0.10.0 0.0.0.255 10.0.20.9 0.0.255.0"), _OPEN),
        # more pieces than are calculated with
        (ios(ten=_BOUND, entries=" permit tcp 10.0.0.7 0.0.255.0 10.0.20.1 0.0.0.254 neq 80"), _UNKNOWN),
        (ios(ten=_BOUND, entries=" permit tcp 10.0.0.7 0.0.255.0 10.0.30.1 0.0.0.254 neq 80"), _CLOSED),
        (ios(ten=_BOUND, entries=" remark permit ip any any\n deny ip any any"), _CLOSED),
        (ios(ten=_BOUND, entries=" permit ip 10.0.99.0 0.0.0.255 any"), _CLOSED),
        (ios(ten=_BOUND, entries=" dynamic X permit ip any any"), _UNKNOWN),
        (ios(ten=" ip access-group MISSING in"), _UNKNOWN),
        (ios(twenty=_AWAY, bottom="ip route 10.0.20.128 255.255.255.128 10.0.30.9"), _UNKNOWN),  # half is elsewhere
        (ios(twenty=_AWAY, bottom="ip route 10.0.20.0 255.255.255.0 10.0.30.9"), _CLOSED),  # the interface's counts
        (ios(twenty=_AWAY, bottom="ip route 0.0.0.0 0.0.0.0 10.0.30.9"), _CLOSED),
        (ios(ten=_BOUND + "\n ip policy route-map ELSEWHERE"), _CLOSED),
        (ios(ten=" ip policy route-map ELSEWHERE"), _UNKNOWN),
        (ios(ten=" zone-member security INSIDE"), _UNKNOWN),
        (ios(ten=_BOUND + "\n zone-member security INSIDE"), _CLOSED),
        (ios(ten=" frobnicate everything"), _UNKNOWN),
        (ios(ten=_BOUND + "\n frobnicate everything"), _UNKNOWN),
        (ios(ten=" description frobnicate everything\n load-interval 30"), _OPEN),
        (ios(ten=" ip nat inside"), _UNKNOWN),
        (ios(ten=" shutdown"), _UNKNOWN),
        (ios(ten=_BOUND, bottom="ip forwarding-rule 7 all"), _UNKNOWN),
        (ios(ten=_BOUND, top="clock timezone CET 1 0"), _CLOSED),
        (
            ios(bottom="vlan access-map M 10\n match ip address GUARD\n action drop\n!\nvlan filter M vlan-list 20"),
            _UNKNOWN,
        ),
        (ios(ten=_BOUND).replace("\nend\n", "\n"), _UNKNOWN),
        (ios().replace("ip routing", "no ip routing"), _UNKNOWN),
        (ios(ten=_BOUND + "\n ip address 10.0.20.99 255.255.255.0 secondary"), _UNKNOWN),
        (  # it answers for an address in the network of those who ask
            ios(
                ten=_BOUND + "\n ip nat outside",
                twenty=" ip nat inside",
                entries=" permit ip any host 10.0.10.99",
                bottom="ip nat inside source static 10.0.20.9 10.0.10.99",
            ),
            _UNKNOWN,
        ),
        (  # the next hop is on the wire of those who ask
            ios(
                ten=" ip address 10.0.30.1 255.255.255.0 secondary\n" + _BOUND,
                bottom="ip route 0.0.0.0 0.0.0.0 10.0.30.9",
            ),
            _UNKNOWN,
        ),
    ],
)
def testios(text: str, state: ReachState) -> None:
    assert proved(text) is state


def test_a_list_for_one_version_of_ip_leaves_the_other_open() -> None:
    six = "ipv6 unicast-routing"
    text = ios(top=six, ten=_BOUND + "\n ipv6 address 2001:db8:10::1/64", twenty=" ipv6 address 2001:db8:20::1/64")
    policy = POLICY.replace("10.0.10.0/24", '10.0.10.0/24, "2001:db8:10::/64"').replace(
        "10.0.20.0/24", '10.0.20.0/24, "2001:db8:20::/64"'
    )
    assert proved(text, policy=policy) is _OPEN
    assert proved(text.replace(six, ""), policy=policy) is _UNKNOWN  # somebody else may route it


_ALMOST = "object-group network ALMOST\n range 0.0.0.1 10.0.9.255\n range 10.0.11.0 223.255.255.255"


@pytest.mark.parametrize(
    ("group", "entries", "state"),
    [
        ("service S\n tcp eq 443", "permit object-group S any any", _OPEN),
        ("service S\n tcp eq 443", "deny tcp any any\n permit object-group S any any", _CLOSED),
        ("service S\n tcp\n icmp echo", "deny tcp any any\n permit object-group S any any", _OPEN),
        ("service S\n tcp\n udp eq 5", "deny tcp any any lt 5\n deny object-group S any any\n permit udp any any eq 5",
            _CLOSED),
        ("service S\n tcp source gt 1023 eq 443", "permit object-group S any any", _OPEN),
        ("service S\n group-object T\nobject-group service T\n tcp-udp eq 53", "permit object-group S any any", _OPEN),
        ("service S\n group-object GONE", "permit object-group S any any", _UNKNOWN),
        ("service S\n tcp eq 443", "permit object-group GONE any any", _UNKNOWN),
        # all addresses but those of zone a
        (_ALMOST.partition(" ")[2], "permit ip object-group ALMOST any", _CLOSED),
        (_ALMOST.partition(" ")[2], "deny ip object-group ALMOST any\n permit ip any any", _OPEN),
    ],
)  # fmt: skip
def test_object_groups_of_ios_are_followed_exactly(group: str, entries: str, state: ReachState) -> None:
    assert proved(ios(top=f"object-group {group}", ten=_BOUND, entries=f" {entries}")) is state


def test_a_switch_that_is_managed_in_the_network_of_others_is_not_their_gateway() -> None:
    managed = IOS.partition("interface Vlan20")[0].format(top="", ten=" no ip route-cache") + "line con 0\n!\nend\n"
    other = managed.replace("Vlan10", "Vlan20").replace("10.0.10.", "10.0.20.").replace("CORE", "OTHER")
    assert proved(managed, other) is _UNKNOWN


def test_one_address_on_two_devices_may_be_two_networks() -> None:
    assert proved(ios(), ios().replace("CORE", "TWIN")) is _UNKNOWN


def test_a_device_by_its_address_is_in_its_own_zone_and_not_in_that_of_the_network() -> None:
    policy = POLICY.replace("[10.0.20.0/24]", "[10.0.20.8/32]")
    text = ios(ten=_BOUND, entries=" permit ip any host 10.0.20.9")
    assert proved(text, policy=policy) is _CLOSED
    assert proved(text.replace("20.9", "20.8"), policy=policy) is _OPEN


def test_a_member_without_an_address_leaves_everything_open_that_was_closed() -> None:
    policy = POLICY.replace(
        "members: {subnets: [10.0.20.0/24]}", "members: {subnets: [10.0.20.0/24], devices: [plc-7]}"
    )
    assert proved(ios(ten=_BOUND), policy=policy) is _UNKNOWN
    assert proved(ios(), policy=policy) is _OPEN


@pytest.mark.parametrize(
    ("top", "rules", "ten", "state"),
    [
        ("", " rule 5 deny ip", "", _OPEN),
        ("", " rule 5 deny ip", " traffic-filter inbound acl 3000", _CLOSED),
        ("", " rule 5 deny ip\n rule 1 permit tcp", " traffic-filter inbound acl 3000", _OPEN),
        ("", " rule 5 deny tcp", " traffic-filter inbound acl 3000", _OPEN),
        ("", " rule 5 deny ip", " traffic-filter inbound acl 3000 rule 5", _UNKNOWN),
        ("", " rule 5 deny ip", " traffic-filter inbound acl ipv6 3000", _OPEN),
        ("vlan 10\n traffic-filter inbound acl 3000\n#", " rule 5 deny ip", "", _CLOSED),
        ("traffic-filter vlan 10 inbound acl 3000\n#", " rule 5 deny ip", "", _CLOSED),
        (
            "vlan 10\n traffic-filter inbound acl 3000\n#",
            " rule 5 deny ip",
            " traffic-filter inbound acl 3000",
            _UNKNOWN,
        ),
        ("", " rule 5 deny ip fragment", " traffic-filter inbound acl 3000", _OPEN),
        (
            "",
            " rule 5 deny ip",
            " vrrp6 vrid 1 virtual-ip FE80::1 link-local\n traffic-filter inbound acl 3000",
            _CLOSED,
        ),
        ("", " rule 5 permit tcp tcp-flag ack\n rule 10 deny ip", " traffic-filter inbound acl 3000", _CLOSED),
        ("", " rule 5 permit tcp tcp-flag syn\n rule 10 deny ip", " traffic-filter inbound acl 3000", _UNKNOWN),
        ("", " rule 5 permit tcp tcp-flag ack syn\n rule 10 deny ip", " traffic-filter inbound acl 3000", _UNKNOWN),
    ],
)
def test_vrp(top: str, rules: str, ten: str, state: ReachState) -> None:
    assert proved(VRP.format(top=top, rules=rules, ten=ten)) is state


_SECOND = """\
version 15.2
hostname SECOND
!
ip routing
!
interface GigabitEthernet0/0
 ip address dhcp
!
{other}
!
line con 0
!
end
"""


@pytest.mark.parametrize(
    ("network", "state"),
    [
        ("interface GigabitEthernet0/1\n ip address 10.0.20.2 255.255.255.0", _UNKNOWN),  # dhcp: beside the clients
        ("interface GigabitEthernet0/1\n ip address 10.0.10.2 255.255.255.0", _UNKNOWN),  # dhcp: beside the servers
        ("interface Loopback0\n ip address 10.9.9.9 255.255.255.255", _CLOSED),  # it has nowhere to send packets to
    ],
)
def test_an_address_that_is_not_told_may_be_anywhere(network: str, state: ReachState) -> None:
    assert proved(ios(twenty=" ip access-group GUARD out"), _SECOND.format(other=network)) is state
