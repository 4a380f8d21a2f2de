"""What configurations say, as packets meet it: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import pytest

from scanner.configs import reader
from scanner.policy.document import parse_policy
from scanner.reach.proofs import ReachState
from scanner.reach.study import study

_IOS = """\
version 15.2
hostname CORE
!
ip routing
{top}
interface Vlan10
 ip address 10.0.10.1 255.255.255.0
{ten}
interface Vlan20
 ip address 10.0.20.1 255.255.255.0
{twenty}
ip access-list extended GUARD
{entries}
!
{bottom}
line con 0
!
end
"""
_POLICY = """\
otaudit_policy: 1
zones:
  - {id: a, level: 1, members: {subnets: [10.0.10.0/24]}}
  - {id: b, level: 2, members: {subnets: [10.0.20.0/24]}}
conduits: []
"""
_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_BOUND = " ip access-group GUARD in"
_AWAY = " ip access-group GUARD out\ninterface Vlan30\n ip address 10.0.30.1 255.255.255.0"


def _ios(*, top: str = "", ten: str = "", twenty: str = "", entries: str = " deny ip any any", bottom: str = "") -> str:
    return _IOS.format(top=top, ten=ten, twenty=twenty, entries=entries, bottom=bottom)


def _proved(*texts: str, policy: str = _POLICY) -> ReachState:
    """Of packets from a to b."""
    routers = []
    for number, text in enumerate(texts):
        name = f"{number}.cfg"
        device = reader.read_forwarding(text.encode(), name, reader.read(text.encode(), name).dialect)
        assert device
        routers.append(device)
    tables = parse_policy(policy, "policy.yaml", ()).tables()
    return study(routers, {**tables, "inventory": ()}, {}).proofs["a", "b"].state


@pytest.mark.parametrize(
    ("text", "proved"),
    [
        (_ios(), _OPEN),
        (_ios(ten=_BOUND), _CLOSED),
        (_ios(ten=" ip access-group GUARD out"), _OPEN),
        (_ios(twenty=" ip access-group GUARD out"), _CLOSED),
        (_ios(ten=_BOUND, entries=" permit tcp any any eq 80 time-range NIGHT"), _UNKNOWN),
        (_ios(ten=_BOUND, entries=" deny ip any any time-range NIGHT\n permit ip any any"), _UNKNOWN),
        (_ios(ten=_BOUND, entries=" permit tcp any any established"), _CLOSED),
        (_ios(ten=_BOUND, entries=" permit tcp any any ack"), _UNKNOWN),
        (_ios(ten=_BOUND, entries=" permit icmp any any echo-reply"), _CLOSED),
        (_ios(ten=_BOUND, entries=" permit icmp any any echo"), _OPEN),
        (_ios(ten=_BOUND, entries=" evaluate BACK"), _CLOSED),
        (_ios(ten=_BOUND, entries=" permit tcp any addrgroup PLCS eq 502"), _UNKNOWN),
        (_ios(ten=_BOUND, entries=" permit ip 10.0.10.0 0.0.0.255 10.0.20.1 0.0.255.0"), _CLOSED),
        (_ios(ten=_BOUND, entries=" permit ip 10.0.10.0 0.0.0.255 10.0.20.9 0.0.255.0"), _OPEN),
        (_ios(ten=_BOUND, entries=" remark permit ip any any\n deny ip any any"), _CLOSED),
        (_ios(ten=_BOUND, entries=" permit ip 10.0.99.0 0.0.0.255 any"), _CLOSED),
        (_ios(ten=_BOUND, entries=" dynamic X permit ip any any"), _UNKNOWN),
        (_ios(ten=" ip access-group MISSING in"), _UNKNOWN),
        (_ios(twenty=_AWAY, bottom="ip route 10.0.20.128 255.255.255.128 10.0.30.9"), _UNKNOWN),  # half is elsewhere
        (_ios(twenty=_AWAY, bottom="ip route 10.0.20.0 255.255.255.0 10.0.30.9"), _CLOSED),  # the interface's counts
        (_ios(twenty=_AWAY, bottom="ip route 0.0.0.0 0.0.0.0 10.0.30.9"), _CLOSED),
        (_ios(ten=_BOUND + "\n ip policy route-map ELSEWHERE"), _CLOSED),
        (_ios(ten=" ip policy route-map ELSEWHERE"), _UNKNOWN),
        (_ios(ten=" zone-member security INSIDE"), _UNKNOWN),
        (_ios(ten=_BOUND + "\n zone-member security INSIDE"), _CLOSED),
        (_ios(ten=" frobnicate everything"), _UNKNOWN),
        (_ios(ten=_BOUND + "\n frobnicate everything"), _UNKNOWN),
        (_ios(ten=" description frobnicate everything\n load-interval 30"), _OPEN),
        (_ios(ten=" ip nat inside"), _UNKNOWN),
        (_ios(ten=" shutdown"), _UNKNOWN),
        (_ios(ten=_BOUND, bottom="ip forwarding-rule 7 all"), _UNKNOWN),
        (_ios(ten=_BOUND, top="clock timezone CET 1 0"), _CLOSED),
        (
            _ios(bottom="vlan access-map M 10\n match ip address GUARD\n action drop\n!\nvlan filter M vlan-list 20"),
            _UNKNOWN,
        ),
        (_ios(ten=_BOUND).replace("\nend\n", "\n"), _UNKNOWN),
        (_ios().replace("ip routing", "no ip routing"), _UNKNOWN),
        (_ios(ten=_BOUND + "\n ip address 10.0.20.99 255.255.255.0 secondary"), _UNKNOWN),
        (  # it answers for an address in the network of those who ask
            _ios(
                ten=_BOUND + "\n ip nat outside",
                twenty=" ip nat inside",
                entries=" permit ip any host 10.0.10.99",
                bottom="ip nat inside source static 10.0.20.9 10.0.10.99",
            ),
            _UNKNOWN,
        ),
        (  # the next hop is on the wire of those who ask
            _ios(
                ten=" ip address 10.0.30.1 255.255.255.0 secondary\n" + _BOUND,
                bottom="ip route 0.0.0.0 0.0.0.0 10.0.30.9",
            ),
            _UNKNOWN,
        ),
    ],
)
def test_ios(text: str, proved: ReachState) -> None:
    assert _proved(text) is proved


def test_a_list_for_one_version_of_ip_leaves_the_other_open() -> None:
    six = "ipv6 unicast-routing"
    text = _ios(top=six, ten=_BOUND + "\n ipv6 address 2001:db8:10::1/64", twenty=" ipv6 address 2001:db8:20::1/64")
    policy = _POLICY.replace("10.0.10.0/24", '10.0.10.0/24, "2001:db8:10::/64"').replace(
        "10.0.20.0/24", '10.0.20.0/24, "2001:db8:20::/64"'
    )
    assert _proved(text, policy=policy) is _OPEN
    assert _proved(text.replace(six, ""), policy=policy) is _UNKNOWN  # somebody else may route it


def test_a_switch_that_is_managed_in_the_network_of_others_is_not_their_gateway() -> None:
    managed = _IOS.partition("interface Vlan20")[0].format(top="", ten=" no ip route-cache") + "line con 0\n!\nend\n"
    other = managed.replace("Vlan10", "Vlan20").replace("10.0.10.", "10.0.20.").replace("CORE", "OTHER")
    assert _proved(managed, other) is _UNKNOWN


def test_one_address_on_two_devices_may_be_two_networks() -> None:
    assert _proved(_ios(), _ios().replace("CORE", "TWIN")) is _UNKNOWN


def test_a_device_by_its_address_is_in_its_own_zone_and_not_in_that_of_the_network() -> None:
    policy = _POLICY.replace("[10.0.20.0/24]", "[10.0.20.8/32]")
    text = _ios(ten=_BOUND, entries=" permit ip any host 10.0.20.9")
    assert _proved(text, policy=policy) is _CLOSED
    assert _proved(text.replace("20.9", "20.8"), policy=policy) is _OPEN


def test_a_member_without_an_address_leaves_everything_open_that_was_closed() -> None:
    policy = _POLICY.replace(
        "members: {subnets: [10.0.20.0/24]}", "members: {subnets: [10.0.20.0/24], devices: [plc-7]}"
    )
    assert _proved(_ios(ten=_BOUND), policy=policy) is _UNKNOWN
    assert _proved(_ios(), policy=policy) is _OPEN


_VRP = """\
sysname CORE
#
vlan batch 10 20
#
{top}
acl number 3000
{rules}
#
interface Vlanif10
 ip address 10.0.10.1 255.255.255.0
{ten}
#
interface Vlanif20
 ip address 10.0.20.1 255.255.255.0
#
user-interface con 0
user-interface vty 0 4
 authentication-mode aaa
#
return
"""


@pytest.mark.parametrize(
    ("top", "rules", "ten", "proved"),
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
        ("", " rule 5 deny ip fragment", " traffic-filter inbound acl 3000", _UNKNOWN),
    ],
)
def test_vrp(top: str, rules: str, ten: str, proved: ReachState) -> None:
    assert _proved(_VRP.format(top=top, rules=rules, ten=ten)) is proved


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
    ("network", "proved"),
    [
        ("interface GigabitEthernet0/1\n ip address 10.0.20.2 255.255.255.0", _UNKNOWN),  # dhcp: beside the clients
        ("interface GigabitEthernet0/1\n ip address 10.0.10.2 255.255.255.0", _UNKNOWN),  # dhcp: beside the servers
        ("interface Loopback0\n ip address 10.9.9.9 255.255.255.255", _CLOSED),  # it has nowhere to send packets to
    ],
)
def test_an_address_that_is_not_told_may_be_anywhere(network: str, proved: ReachState) -> None:
    assert _proved(_ios(twenty=" ip access-group GUARD out"), _SECOND.format(other=network)) is proved
