"""What RGOS says of packets: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import POLICY, proved

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_RGOS = """\
version S57_RGOS 11.4(1)B12P11
hostname CORE
!
{entries}
!
enable service ssh-server
!
vlan range 1,10,20
!
{top}
!
interface GigabitEthernet 0/1
 switchport access vlan 10
{port}
!
interface GigabitEthernet 0/24
{uplink}
!
interface VLAN 10
{address}
{ten}
!
interface VLAN 20
 ip address 10.0.20.1 255.255.255.0
{twenty}
!
{more}
line console 0
line vty 0 4
!
end
"""
_LIST = "ip access-list extended G\n"
_IN, _OUT, _ALL = " ip access-group G in", " ip access-group G out", f"{_LIST} 10 deny ip any any"

_BROADCASTS = f"{_LIST} 10 permit udp any host 255.255.255.255\n 20 deny ip any any"


def _rgos(**said: str) -> str:
    usual = dict.fromkeys(("port", "ten", "twenty", "top", "more"), "")
    usual |= {"entries": _ALL, "address": " ip address 10.0.10.1 255.255.255.0"}
    usual["uplink"] = " no switchport\n ip address 10.0.255.1 255.255.255.252"
    return _RGOS.format(**usual | said)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_rgos(), _OPEN),
        (_rgos(top="no ip routing"), _UNKNOWN),  # another device may be the gateway
        (_rgos(uplink=" switchport mode trunk"), _UNKNOWN),  # it may be a switch of layer 2
        (_rgos(uplink=" switchport mode trunk", top="ip routing"), _OPEN),
        (_rgos(uplink=" switchport mode trunk", ten=" vrrp 10 ip 10.0.10.254"), _OPEN),
        (_rgos(ten=_IN), _CLOSED),
        (_rgos(twenty=_OUT), _CLOSED),
        (_rgos(twenty=_IN), _OPEN),
        (_rgos(ten=_OUT), _OPEN),
        (_rgos(ten=_IN, address=" ip address 10.0.10.1 24"), _CLOSED),
        (_rgos(ten=_IN, address=" ip address mix 10.0.10.1 255.255.255.0"), _CLOSED),
        (_rgos(ten=_IN, address=" ip address mix dhcp\n ip address mix 10.0.10.1 24"), _CLOSED),
        (_rgos(ten=_IN, address=" ip address dhcp"), _UNKNOWN),
        (_rgos(ten=_IN, entries=f"{_LIST} 10 permit tcp any any eq 502"), _OPEN),
        (_rgos(ten=_IN, entries=f"{_LIST} 10 permit tcp any host 10.0.30.9"), _CLOSED),
        (_rgos(ten=_IN, entries=f"{_LIST} list-remark permit ip any any"), _UNKNOWN),  # an empty list
        (_rgos(ten=_IN, entries=f"{_LIST} list-remark x\n 10 deny ip any any"), _CLOSED),
        (_rgos(ten=_IN, entries=f"{_LIST} 10 permit tcp any any eq 502 time-range T"), _UNKNOWN),
        (_rgos(ten=_IN, entries=f"{_LIST} 10 frobnicate tcp any any"), _UNKNOWN),
        (_rgos(ten=" ip access-group NOWHERE in"), _UNKNOWN),
        (_rgos(ten=" ip access-group 101 in", entries="access-list 101 deny ip any any"), _CLOSED),
        (_rgos(ten=" ip access-group 101 in", entries="access-list 101 permit udp any any"), _OPEN),
        (_rgos(ten=" ip access-group G in reflect"), _UNKNOWN),
        (
            _rgos(ten=" expert access-group E in", entries="expert access-list extended E\n 10 deny any any any any"),
            _UNKNOWN,
        ),
        (_rgos(ten=" ip policy route-map R"), _UNKNOWN),
        (_rgos(ten=_IN + "\n ip policy route-map R"), _CLOSED),
        (_rgos(ten=" ip nat inside"), _UNKNOWN),
        (_rgos(ten=" ip verify unicast source reachable-via rx"), _OPEN),
        (_rgos(ten=" vrf forwarding OT"), _CLOSED),
        (_rgos(ten=" shutdown"), _UNKNOWN),
        (_rgos(ten=_IN, entries=_BROADCASTS), _CLOSED),
        (_rgos(ten=_IN, entries=_BROADCASTS, top="service dhcp\nip helper-address 10.0.20.9"), _UNKNOWN),
        (_rgos(ten=f"{_IN}\n ip helper-address 10.0.20.9", entries=_BROADCASTS), _UNKNOWN),
        (_rgos(ten=_IN, top="service dhcp\nip helper-address 10.0.20.9"), _CLOSED),  # the list drops broadcasts, too
        (_rgos(ten=" frobnicate everything"), _UNKNOWN),
        (_rgos(ten=_IN, port=" frobnicate everything"), _UNKNOWN),
        (_rgos(ten=_IN, port=" bridge-group 1"), _UNKNOWN),
        (
            _rgos(
                ten=_IN,
                port=" spanning-tree portfast\n storm-control broadcast pps 300\n rldp port loop-detect shutdown-port",
            ),
            _CLOSED,
        ),
        (
            _rgos(
                ten=_IN, port=" switchport port-security\n arp-check\n anti-arp-spoofing ip 10.0.10.1\n no lldp enable"
            ),
            _CLOSED,
        ),
        (_rgos(ten=_IN, port=" port-group 1 mode active"), _CLOSED),
        (_rgos(ten=_IN, port=" switchport mode hybrid\n switchport hybrid allowed vlan add untagged 10,20"), _CLOSED),
        (_rgos(ten=_IN, port=" vlan-mapping-in vlan 10 remark 20"), _UNKNOWN),
        (_rgos(ten=_IN, top="vlan 10\n subvlan 20"), _UNKNOWN),
        (_rgos(ten=_IN, top="nfpp\nrldp enable\naddress-bind 10.0.10.5 0080.f411.2202\nip dhcp snooping"), _CLOSED),
        (_rgos(top="ip access-list extended W\n 10 permit ip any any\nglobal ip access-group W in"), _UNKNOWN),
        (_rgos(ten=_IN, more="router ospf 1\n network 10.0.0.0 0.255.255.255 area 0"), _UNKNOWN),
        (_rgos(ten=_IN, more="frobnicate forwarding"), _UNKNOWN),
        (_rgos(ten=_IN).replace("\nend\n", "\n"), _UNKNOWN),
    ],
)
def test_rgos(text: str, state: ReachState) -> None:
    assert proved(text) is state


_MANAGED = POLICY.replace("10.0.20.0/24", "10.99.0.0/24")


@pytest.mark.parametrize("gate", ["", " gateway 10.99.0.1\n"])
def test_the_port_for_management_may_be_kept_apart(gate: str) -> None:
    port = f"interface Mgmt 0\n{gate} ip address 10.99.0.9 24\n!"
    assert proved(_rgos(more=port), policy=_MANAGED) is _UNKNOWN
    assert proved(_rgos(more=port, ten=_IN), policy=_MANAGED) is _CLOSED


_ONE_VLAN = POLICY.replace("10.0.10.0/24", "10.0.10.0/25").replace("10.0.20.0/24", "10.0.10.128/25")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_rgos(), _OPEN),
        (_rgos(ten=_IN), _UNKNOWN),  # the list meets what is bridged, too
        (_rgos(ten=_IN, top="svi router-acls enable"), _OPEN),
        (_rgos(port=" ip access-group G in"), _UNKNOWN),
        (_rgos(port=" expert access-group G in"), _UNKNOWN),
        (_rgos(port=" switchport protected"), _UNKNOWN),
        (_rgos(port=" rldp port loop-detect shutdown-port"), _OPEN),
    ],
)
def test_within_a_vlan(text: str, state: ReachState) -> None:
    assert proved(text, policy=_ONE_VLAN) is state


_ROUTER = """\
version RSR_RGOS 11.5(1)B9
hostname EDGE
!
ip access-list extended G
 10 deny ip any any
!
enable service ssh-server
!
interface GigabitEthernet 0/0
 ip address 10.0.10.1 255.255.255.0
{ten}
!
interface GigabitEthernet 0/1
 ip address 10.0.20.1 255.255.255.0
!
{more}
line vty 0 4
!
end
"""


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_ROUTER.format(ten="", more=""), _OPEN),
        (_ROUTER.format(ten=_IN, more=""), _CLOSED),
        (_ROUTER.format(ten=" ip nat inside", more="ip nat inside source list 1 pool P overload"), _UNKNOWN),
        (_ROUTER.format(ten="", more="ip session filter G"), _UNKNOWN),
        (_ROUTER.format(ten="", more="ip route 0.0.0.0 0.0.0.0 GigabitEthernet 0/1 10.0.20.254"), _OPEN),
        (_ROUTER.format(ten=_IN, more="ip route 10.9.0.0 255.255.0.0 10.0.20.254 weight 2"), _CLOSED),
        (_ROUTER.format(ten="", more="ip route 10.0.20.9 255.255.255.255 10.0.10.7 disabled"), _UNKNOWN),
        (_ROUTER.format(ten="", more="no ip routing"), _UNKNOWN),
    ],
)
def test_router(text: str, state: ReachState) -> None:
    assert proved(text) is state
