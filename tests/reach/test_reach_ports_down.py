"""What is part of a port that is down is down, too, whatever its own lines say."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import proved

_IOS = """\
version 15.2
hostname CORE
!
ip routing
interface GigabitEthernet0/0
 no ip address
{}
interface GigabitEthernet0/0.10
 encapsulation dot1Q 10
 ip address 10.0.10.1 255.255.255.0
interface GigabitEthernet0/1
 ip address 10.0.20.1 255.255.255.0
!
line con 0
!
end
"""
_EOS = """\
! Command: show running-config
! device: FW (DCS-7050SX3-48YC8, EOS-4.30.2F)
!
hostname FW
!
interface Ethernet1
   no switchport
{}
!
interface Ethernet1.10
   encapsulation dot1q vlan 10
   ip address 10.0.10.1/24
!
interface Ethernet2
   no switchport
   ip address 10.0.20.1/24
!
ip routing
!
end
"""
_ASA = """\
: Saved
:
ASA Version 9.16(4)
!
hostname FW
names
interface GigabitEthernet0/0
{}
 no nameif
 no security-level
 no ip address
!
interface GigabitEthernet0/0.10
 vlan 10
 nameif cell
 security-level 100
 ip address 10.0.10.1 255.255.255.0
!
interface GigabitEthernet0/1
 nameif scada
 security-level 50
 ip address 10.0.20.1 255.255.255.0
!
telnet timeout 5
: end
"""
_VRP = """\
sysname CORE
#
interface GigabitEthernet0/0/1
 undo portswitch
{}
#
interface GigabitEthernet0/0/1.10
 dot1q termination vid 10
 ip address 10.0.10.1 255.255.255.0
#
interface GigabitEthernet0/0/2
 undo portswitch
 ip address 10.0.20.1 255.255.255.0
#
user-interface con 0
user-interface vty 0 4
 authentication-mode aaa
#
return
"""
_FORTIOS = """\
#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin
config system global
    set hostname FW
end
config system interface
    edit port1
        set vdom root
{}
    next
    edit cell
        set vdom root
        set ip 10.0.10.1 255.255.255.0
        set interface port1
        set vlanid 10
    next
    edit port2
        set vdom root
        set ip 10.0.20.1 255.255.255.0
    next
end
config firewall policy
    edit 1
        set srcintf any
        set dstintf any
        set srcaddr all
        set dstaddr all
        set action accept
        set schedule always
        set service ALL
    next
end
config router multicast
end
"""
_ROUTEROS = """\
# 2026-03-02 08:15:12 by RouterOS 7.16.2
# software id = ABCD-1234
#
# model = RB5009UG+S+
/interface ethernet
set [ find default-name=ether1 ] {}
/interface vlan
add interface=ether1 name=trunk vlan-id=7
add interface=trunk name=cell vlan-id=10
/ip address
add address=10.0.10.1/24 interface=cell network=10.0.10.0
add address=10.0.20.1/24 interface=ether2 network=10.0.20.0
/system identity
set name=FW
"""


@pytest.mark.parametrize(
    ("text", "up", "down"),
    [
        (_IOS, " no shutdown", " shutdown"),
        (_EOS, "   no shutdown", "   shutdown"),
        (_ASA, " no shutdown", " shutdown"),
        (_VRP, " undo shutdown", " shutdown"),
        (_FORTIOS, "        set status up", "        set status down"),
        (_ROUTEROS, "disabled=no", "disabled=yes"),
    ],
    ids=["ios", "eos", "asa", "vrp", "fortios", "routeros"],
)
def test_what_is_part_of_a_port(text: str, up: str, down: str) -> None:
    assert proved(text.format(up)) is ReachState.OPEN
    assert proved(text.format(down)) is ReachState.UNKNOWN  # another device may be the gateway
