"""What EOS and NX-OS say of packets: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import proved

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_EOS = """\
! Command: show running-config
! device: FW (DCS-7050SX3-48YC8, EOS-4.30.2F)
!
hostname CORE
!
vlan 10,20
!
interface Ethernet1
   switchport access vlan 10
{port}
!
interface Vlan10
   ip address 10.0.10.1/24
{ten}
!
interface Vlan20
   ip address 10.0.20.1/24
{twenty}
!
ip access-list G
   statistics per-entry
{entries}
!
{routing}
!
{more}
end
"""
_IN, _OUT, _ALL = "   ip access-group G in", "   ip access-group G out", "   10 deny ip any any"


def _eos(**said: str) -> str:
    usual = {"port": "", "ten": "", "twenty": "", "entries": _ALL, "routing": "ip routing", "more": ""}
    return _EOS.format(**usual | said)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_eos(), _OPEN),
        (_eos(routing="no ip routing"), _UNKNOWN),  # another device may be the gateway
        (_eos(routing="!"), _UNKNOWN),
        (_eos(routing="ip routing vrf OT"), _UNKNOWN),
        (_eos(ten=_IN), _CLOSED),
        (_eos(twenty=_OUT), _CLOSED),
        (_eos(twenty=_IN), _OPEN),
        (_eos(ten=_OUT), _OPEN),
        (_eos(ten=_IN, entries="   10 permit tcp any any eq 502"), _OPEN),
        (_eos(ten=_IN, entries="   10 permit tcp any any established"), _CLOSED),
        (_eos(ten=_IN, entries="   10 permit tcp any host 10.0.30.9"), _CLOSED),
        (_eos(ten=_IN, entries="   10 frobnicate tcp any any"), _UNKNOWN),
        (_eos(ten="   ip access-group NOWHERE in"), _UNKNOWN),
        (_eos(ten=_IN + "\n   traffic-policy input T"), _CLOSED),
        (_eos(ten="   traffic-policy input T"), _UNKNOWN),
        (_eos(ten="   vrf OT"), _UNKNOWN),  # in which nothing is routed: another device may be the gateway
        (_eos(ten="   vrf OT", routing="ip routing\nip routing vrf OT"), _CLOSED),
        (
            _eos(
                ten="   vrf OT",
                routing="ip routing\nip routing vrf OT",
                more="router general\n   vrf OT\n      leak routes source-vrf default subscribe-policy ALL",
            ),
            _UNKNOWN,
        ),
        (_eos(ten="   vrf OT", twenty="   vrf OT"), _UNKNOWN),
        (_eos(ten="   vrf OT", twenty="   vrf OT", routing="no ip routing\nip routing vrf OT"), _OPEN),
        (_eos(ten="   vrf OT", twenty="   vrf OT", routing="ip routing vrf OT\nno ip routing vrf OT"), _UNKNOWN),
        (_eos(ten=_IN + "\n   frobnicate everything"), _UNKNOWN),
        (_eos(ten="   frobnicate everything"), _UNKNOWN),
        (_eos(ten=_IN, port="   frobnicate everything"), _UNKNOWN),
        (_eos(ten=_IN, port="   spanning-tree portfast\n   storm-control broadcast level 1"), _CLOSED),
        (_eos(ten=_IN, more="interface Vxlan1\n   vxlan vlan 10 vni 10010"), _UNKNOWN),
        (_eos(ten=_IN + "\n   ip virtual-router address 10.0.10.254"), _CLOSED),
        (_eos(ten=_IN, more="router ospf 1\n   network 10.0.0.0/8 area 0.0.0.0"), _UNKNOWN),
        (_eos(ten="   ip nat source dynamic access-list G overload"), _UNKNOWN),
        (_eos(ten=_IN, more="event-handler X\n   action bash echo\n"), _CLOSED),
        (_eos(ten=_IN, more="frobnicate forwarding"), _UNKNOWN),
        (_eos(ten=_IN).replace("\nend\n", "\n"), _UNKNOWN),
    ],
)
def test_eos(text: str, state: ReachState) -> None:
    assert proved(text) is state


_NXOS = """\
!Command: show running-config
!Running configuration last done at: Mon Mar  2 09:00:00 2026
!Time: Mon Mar  2 09:10:00 2026

version 9.3(10) Bios:version 05.47
hostname CORE
vdc CORE id 1
  limit-resource vlan minimum 16 maximum 4094

feature interface-vlan
feature hsrp

ip access-list G
  statistics per-entry
{entries}
object-group ip address PLCS
  10 host 10.0.20.9
vlan 1,10,20
vrf context management
  ip route 0.0.0.0/0 10.99.0.1
{context}

interface Vlan10
{up}
  ip address 10.0.10.1/24
{ten}

interface Vlan20
  no shutdown
  ip address 10.0.20.1/24
{twenty}

interface Ethernet1/1
  switchport access vlan 10
{port}

interface mgmt0
  vrf member management
  ip address 10.99.0.9/24
{more}
line console
line vty
boot nxos bootflash:/nxos64-cs.10.2.5.M.bin
"""
_NX_IN, _NX_OUT = "  ip access-group G in", "  ip access-group G out"


def _nxos(**said: str) -> str:
    usual = {"port": "", "ten": "", "twenty": "", "entries": "  10 deny ip any any", "context": "", "more": ""}
    return _NXOS.format(**usual | {"up": "  no shutdown"} | said)


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_nxos(), _OPEN),
        (_nxos(up=""), _UNKNOWN),  # an SVI is shut down by default
        (_nxos(ten=_NX_IN), _CLOSED),
        (_nxos(twenty=_NX_OUT), _CLOSED),
        (_nxos(twenty=_NX_IN), _OPEN),
        (_nxos(ten=_NX_IN, entries="  10 permit tcp any addrgroup PLCS eq 502"), _OPEN),
        (_nxos(ten=_NX_IN, entries="  10 permit tcp any addrgroup NOWHERE eq 502"), _UNKNOWN),
        (_nxos(ten=_NX_IN, entries="  10 permit tcp any 10.0.30.0/24 eq 502"), _CLOSED),
        (_nxos(ten=_NX_IN, entries="  10 deny ip any any\n  20 permit ip any any"), _CLOSED),
        (_nxos(ten="  vrf member OT"), _CLOSED),
        (_nxos(ten=_NX_IN + "\n  hsrp 10\n    ip 10.0.10.254"), _CLOSED),
        (_nxos(ten="  ip policy route-map AWAY"), _UNKNOWN),
        (_nxos(ten="  frobnicate everything"), _UNKNOWN),
        (_nxos(port="  ip port access-group G in"), _UNKNOWN),
        (_nxos(ten=_NX_IN, port="  spanning-tree port type edge"), _CLOSED),
        (_nxos(ten=_NX_IN, more="interface nve1\n  no shutdown\n  member vni 10010"), _UNKNOWN),
        (_nxos(ten=_NX_IN, more="router ospf 1\n  router-id 10.0.0.1"), _UNKNOWN),
        (_nxos(ten=_NX_IN, context="  address-family ipv4 unicast\n    import vrf default map M"), _UNKNOWN),
    ],
)
def test_nxos(text: str, state: ReachState) -> None:
    assert proved(text) is state
