"""What ArubaOS-Switch says of packets: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import proved

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_CORE = """\
; JL322A Configuration Editor; Created on release #WC.16.11.0025

hostname "CORE"
module 1 type jl322a
{top}
ip access-list extended "G"
{entries}
   exit
{routing}
interface 5
   name "line 3"
{port}
   exit
snmpv3 only
vlan 1
   name "DEFAULT_VLAN"
   no ip address
   exit
vlan 10
   name "A"
   untagged 5
   ip address 10.0.10.1 255.255.255.0
{ten}
   exit
vlan 20
   name "B"
   untagged 6
   ip address 10.0.20.1/24
{twenty}
   exit
{more}
no autorun
"""
_IN, _OUT = '   ip access-group "G" in', '   ip access-group "G" out'
_ALL = "   10 deny ip 0.0.0.0 255.255.255.255 0.0.0.0 255.255.255.255 log"


def _core(**said: str) -> str:
    usual = {"top": "", "port": "", "ten": "", "twenty": "", "entries": _ALL, "routing": "ip routing", "more": ""}
    return "\n".join(line for line in _CORE.format(**usual | said).split("\n") if line) + "\n"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_core(), _OPEN),
        (_core(routing=""), _UNKNOWN),  # another device may be the gateway
        (_core(routing="no ip routing"), _UNKNOWN),
        (_core(routing="ip default-gateway 10.0.10.254"), _UNKNOWN),
        (_core(ten=_IN), _CLOSED),
        (_core(twenty=_OUT), _CLOSED),
        (_core(twenty=_IN), _OPEN),
        (_core(ten=_OUT), _OPEN),
        (_core(ten='   ip access-group "G" vlan-in'), _CLOSED),
        (_core(ten='   ip access-group "G" vlan'), _CLOSED),
        (_core(twenty='   ip access-group "G" vlan-out'), _CLOSED),
        (_core(ten='   ip access-group "G" connection-rate-filter'), _UNKNOWN),
        (_core(ten='   ip access-group "G" sideways'), _UNKNOWN),
        (_core(ten='   ip access-group "NOWHERE" in'), _UNKNOWN),
        (_core(ten="   no ip access-group G in"), _OPEN),
        (_core(ten=_IN, entries="   10 permit tcp 0.0.0.0 255.255.255.255 10.0.20.9 0.0.0.0 eq 502"), _OPEN),
        (_core(ten=_IN, entries="   10 permit tcp any any established"), _CLOSED),
        (_core(ten=_IN, entries="   10 permit tcp any host 10.0.30.9"), _CLOSED),
        (_core(ten=_IN, entries="   10 permit ip 10.0.11.0 0.0.0.255 10.0.20.0/24"), _CLOSED),
        (_core(ten=_IN, entries='   10 remark "permit ip any any"\n   20 deny ip any any'), _CLOSED),
        (_core(ten=_IN, entries="   10 permit ip any any precedence 5"), _UNKNOWN),
        (_core(ten=_IN, entries="   10 frobnicate tcp any any"), _UNKNOWN),
        (_core(ten=_IN, port='   ip access-group "G" in'), _CLOSED),
        (_core(port='   ip access-group "G" in'), _UNKNOWN),
        (_core(ten=_IN, port="   rate-limit bcast in percent 5\n   dhcp-snooping trust"), _CLOSED),
        (_core(ten=_IN, port="   frobnicate everything"), _UNKNOWN),
        (_core(ten=_IN + "\n   frobnicate everything"), _UNKNOWN),
        (_core(ten=_IN + "\n   ip igmp\n   ip helper-address 10.0.10.9"), _CLOSED),
        (
            _core(ten=_IN, routing="ip routing\nip route 0.0.0.0 0.0.0.0 10.0.10.254"),
            _UNKNOWN,
        ),  # who that is nobody says
        (_core(routing="ip routing\nip route 10.0.20.128 255.255.255.128 reject"), _OPEN),
        (_core(routing="ip routing\nip route 10.0.20.0/24 sideways 10.0.10.254 up"), _UNKNOWN),
        (_core(ten='   service-policy "P" in'), _UNKNOWN),
        (_core(ten=_IN, more="router ospf\n   area backbone\n   enable\n   exit"), _UNKNOWN),
        (_core(ten=_IN, top="qinq mixedvlan"), _UNKNOWN),
        (_core(ten=_IN, more="frobnicate forwarding"), _UNKNOWN),
        (_core(ten=_IN).replace("   exit\nno autorun\n", ""), _UNKNOWN),  # cut in its last block
        (_core(ten=_IN).replace("no autorun\n", "no autor"), _UNKNOWN),
        (_core(ten="   vrrp vrid 1\n      virtual-ip-address 10.0.10.254\n      enable\n      exit"), _OPEN),
        (_core(ten="   ip address dhcp-bootp\n" + _IN), _CLOSED),
    ],
)
def test_procurve(text: str, state: ReachState) -> None:
    assert proved(text) is state
