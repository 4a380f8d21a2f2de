"""What leads packets past the filters of a device: beside each of these no pair of zones is proved closed.

Everything is closed by a list on the way in, but for what the line does; the innocent stand below the traps.
"""

from __future__ import annotations

from typing import Any

import pytest

from scanner.configs.forwarding import Place
from scanner.reach.proofs import ReachState
from tests.reach.devices import POLICY, VRP, ios, proved, studied

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_BOUND = " ip access-group GUARD in"
_PORT = "interface GigabitEthernet1/0/1\n{}"
_TO_ITSELF = " permit udp any host 10.0.10.1\n deny ip any any"


def _above(text: str) -> str:
    return ios(top=text, ten=_BOUND)


def _below(text: str) -> str:
    return ios(ten=_BOUND, bottom=text)


def _on_port(*lines: str) -> str:
    return _below("\n".join(("interface GigabitEthernet1/0/1", *(f" {line}" for line in lines))))


def _past(line: str) -> str:
    """Only the device itself may be spoken to."""
    return ios(ten=_BOUND, entries=_TO_ITSELF, bottom=line)


def _helped(server: str, entry: str, bottom: str = "") -> str:
    """Broadcasts are sent on to a server, and the list lets some of them in."""
    return ios(ten=f"{_BOUND}\n ip helper-address {server}", entries=f" {entry}\n deny ip any any", bottom=bottom)


_TRUNK = "switchport mode trunk"
_IOS_TRAPS = [
    _on_port(_TRUNK, "switchport vlan mapping 10 20"),
    _on_port(_TRUNK, "switchport vlan mapping dot1q-tunnel 10 20"),
    _on_port(_TRUNK, "switchport vlan translation 10 20"),
    _on_port(_TRUNK, "l2nat CELL"),
    ios(ten=_BOUND + "\n no ip access-group in"),
    _on_port("switchport access vlan 10", "frobnicate everything"),
    _on_port("service instance 1 ethernet", " encapsulation dot1q 10", " bridge-domain 20"),
    _below("interface GigabitEthernet1/0/1\n no switchport\n bridge-group 1"),
    _below("interface Overlay1\n otv extend-vlan 10"),
    _below("interface nve1\n member vni 10010"),
    _below("interface Vlan30\n xconnect 192.0.2.1 7 encapsulation mpls"),
    _below("bridge-domain 7\n member GigabitEthernet1 service-instance 1"),
    _below("l2 vfi PLANT manual\n vpn id 7"),
    _below("vlan configuration 10\n member vni 10010"),
    _below("vlan 10\n private-vlan primary\n private-vlan association 20"),
    _below("vlan access-map M 10\n match ip address GUARD\n action redirect GigabitEthernet1/0/2"),
    _below("interface Tunnel0\n ip address 10.9.9.1 255.255.255.252\n tunnel destination 10.0.10.9"),
    _below("interface Tunnel0\n ip address 10.9.9.1 255.255.255.252\n tunnel mode gre multipoint"),
    _below("interface Virtual-Template1\n ip address 10.9.9.1 255.255.255.252"),
    _below('event manager applet NIGHT\n event timer cron\n action 1 cli command "configure terminal"'),
    _helped("10.0.20.9", "permit udp any host 255.255.255.255"),
    _helped("10.0.20.9", "permit udp host 0.0.0.0 any"),
    _helped("10.0.20.9", "permit udp any host 10.0.10.255 eq 4000", "ip forward-protocol udp 4000"),
    _past("translate tcp 10.0.10.1 port 502 tcp 10.0.20.9 port 502"),
    _past("ip dns server"),
    _past("scada-gw enable"),
    _past("app-hosting appid relay"),
    _past("ip slb vserver WEB\n virtual 10.0.10.1 tcp 80"),
    ios(
        top="vrf definition A\n address-family ipv4\n  route-replicate from vrf B unicast connected",
        ten=" vrf forwarding A",
        twenty=" vrf forwarding B",
    ),
    ios(ten=" vrf forwarding A", twenty=" vrf forwarding B", bottom="ip route vrf A 10.0.20.0 255.255.255.0 Vlan20"),
    ios(ten=_BOUND + "\n service-policy type epbr input AWAY").replace(_BOUND + "\n", ""),
]
_IOS_INNOCENT = [
    _on_port(_TRUNK, "switchport vlan mapping 30 40"),
    _on_port(_TRUNK, "switchport vlan mapping 30 10"),
    _on_port(_TRUNK, "switchport vlan mapping 10 20", "shutdown"),
    _on_port("switchport access vlan 10", "switchport port-security", "ip verify source", "spanning-tree portfast"),
    _on_port(_TRUNK, "service-policy input VOICE", "udld port", "storm-control broadcast level 1.00"),
    _below("vlan 30\n private-vlan primary\n private-vlan association 31,32"),
    _below("interface Tunnel0\n ip address 10.9.9.1 255.255.255.252\n tunnel destination 192.0.2.1"),
    _below("interface GigabitEthernet1/0/9\n no switchport\n no ip address\n duplex auto"),
    _below('event manager applet LOG\n event syslog pattern "LINK"\n action 1 syslog msg "down"'),
    _below("ip local policy route-map OWN"),
    _below("ip dns server"),  # it cannot even be asked
    _below("vrf definition A\n rd 1:1\n address-family ipv4"),
    ios(ten=_BOUND + "\n ip helper-address 10.0.20.9"),  # the list drops broadcasts, too
    _helped("10.0.30.9", "permit udp any host 255.255.255.255"),
    ios(ten=_BOUND + "\n private-vlan mapping 101"),
    ios(ten=_BOUND + "\n standby 1 ip 10.0.10.254\n ip pim sparse-mode"),
]


@pytest.mark.parametrize("text", _IOS_TRAPS)
def test_ios_is_not_proved_closed(text: str) -> None:
    assert proved(text) is _UNKNOWN


@pytest.mark.parametrize("text", _IOS_INNOCENT)
def test_ios_is_proved_closed_all_the_same(text: str) -> None:
    assert proved(text) is _CLOSED


def _vrp(*, top: str = "", ten: str = "", rules: str = " rule 5 deny ip") -> str:
    return VRP.format(top=top, rules=rules, ten=f"{ten}\n traffic-filter inbound acl 3000")


def _vrp_port(*lines: str) -> str:
    return _vrp(top="\n".join(("interface GigabitEthernet0/0/1", *(f" {line}" for line in lines), "#")))


@pytest.mark.parametrize(
    "text",
    [
        _vrp_port("port link-type trunk", "port vlan-mapping vlan 10 map-vlan 20"),
        _vrp_port("port link-type trunk", "port vlan-mapping vlan 10 to 19 map-vlan 20"),
        _vrp_port("qinq vlan-translation enable", "port vlan-mapping vlan 20 map-vlan 10"),
        _vrp_port("l2 binding vsi PLANT"),
        _vrp_port("traffic-policy AWAY inbound").replace(
            "acl number 3000", "traffic behavior AWAY\n redirect interface GigabitEthernet0/0/2\n#\nacl number 3000"
        ),
        _vrp(top="interface GigabitEthernet0/0/1.1 mode l2\n encapsulation dot1q vid 10\n bridge-domain 20\n#"),
        _vrp(ten=" traffic-policy AWAY inbound").replace(
            "acl number 3000", "traffic behavior AWAY\n redirect ip-nexthop 10.0.30.9\n#\nacl number 3000"
        ),
        _vrp(top="bridge-domain 20\n vxlan vni 20\n#"),
        _vrp(top="vsi PLANT static\n#"),
        _vrp(top="vlan 10\n aggregate-vlan\n access-vlan 20\n#"),
        _vrp(top="vlan 10\n mux-vlan\n subordinate group 20\n#"),
        _vrp(top="interface Tunnel0/0/1\n ip address 10.9.9.1 255.255.255.252\n destination 10.0.10.9\n#"),
        _vrp(
            ten=" dhcp select relay\n dhcp relay server-ip 10.0.20.9",
            rules=" rule 1 permit udp destination 255.255.255.255 0\n rule 5 deny ip",
        ),
        _vrp(top="dns proxy enable\n#", rules=" rule 1 permit udp destination 10.0.10.1 0\n rule 5 deny ip"),
        _vrp(top="vsys enable\n#"),
        VRP.format(
            top="ip vpn-instance A\n ipv4-family\n  import-rib vpn-instance B\n#",
            rules=" rule 5 deny ip",
            ten=" ip binding vpn-instance A",
        ),
    ],
)
def test_vrp_is_not_proved_closed(text: str) -> None:
    assert proved(text) is _UNKNOWN


@pytest.mark.parametrize(
    "text",
    [
        _vrp_port("port link-type trunk", "port trunk allow-pass vlan 10 20", "stp edged-port enable"),
        _vrp_port("port link-type trunk", "port vlan-mapping vlan 30 map-vlan 40"),
        _vrp_port("port link-type access", "port default vlan 10", "port-security enable", "port-isolate enable"),
        _vrp(top="vlan 30\n mux-vlan\n subordinate group 31\n#"),
        _vrp(top="interface Tunnel0/0/1\n ip address 10.9.9.1 255.255.255.252\n destination 192.0.2.1\n#"),
        _vrp(ten=" dhcp select relay\n dhcp relay server-ip 10.0.20.9"),
        _vrp(top="dns proxy enable\n#"),
    ],
)
def test_vrp_is_proved_closed_all_the_same(text: str) -> None:
    assert proved(text) is _CLOSED


_COMWARE = """\
#
 version 7.1.070, Release 6312
#
 sysname CORE
#
vlan 10
{vlan}
#
vlan 20
#
acl advanced 3000
 rule 5 deny ip
#
interface Vlan-interface10
 ip address 10.0.10.1 255.255.255.0
 packet-filter 3000 inbound
#
interface Vlan-interface20
 ip address 10.0.20.1 255.255.255.0
#
interface GigabitEthernet1/0/1
 port link-mode bridge
{port}
#
line class vty
 user-role network-operator
#
return
"""


@pytest.mark.parametrize(
    ("vlan", "port", "state"),
    [
        ("", "", _CLOSED),
        ("", " port link-type trunk\n port trunk permit vlan 10 20\n stp edged-port", _CLOSED),
        ("", " vlan mapping 10 translated-vlan 20", _UNKNOWN),
        ("", " vlan mapping nest single 10 nested-vlan 20", _UNKNOWN),
        ("", " service-instance 7\n  encapsulation s-vid 10\n  xconnect vsi PLANT", _UNKNOWN),
        (" private-vlan primary\n private-vlan secondary 20", "", _UNKNOWN),
        (" supervlan\n subvlan 20", "", _UNKNOWN),
        (" supervlan\n subvlan 30", "", _CLOSED),
    ],
)
def test_comware(vlan: str, port: str, state: ReachState) -> None:
    assert proved(_COMWARE.format(vlan=vlan, port=port)) is state


@pytest.mark.parametrize(
    ("rules", "state"),
    [
        ("rule 5 permit tcp ack 1", _CLOSED),
        ("rule 5 permit tcp ack 0", _UNKNOWN),
        ("rule 5 permit tcp rst 0 psh 1", _UNKNOWN),
        ("rule 5 permit tcp syn 1 ack 1", _CLOSED),
        ("rule 5 permit tcp syn 1 ack 0", _OPEN),  # what begins a connection
        ("rule 5 permit udp syn 1 ack 0", _UNKNOWN),
        ("rule 5 deny tcp syn 1 ack 0\n rule 6 permit tcp", _CLOSED),
        ("rule 5 deny tcp ack 1\n rule 6 permit tcp", _OPEN),
    ],
)
def test_flags_of_comware_are_set_or_not(rules: str, state: ReachState) -> None:
    text = _COMWARE.format(vlan="", port="").replace("rule 5 deny ip", f"{rules}\n rule 9 deny ip")
    assert proved(text) is state


def _listed(*ips: str, name: str = "SCADA-1") -> dict[str, Any]:
    names = {"name": name, "hostname": "", "profinet_name": "", "id": ""}
    return {**names, "source": "assets.csv", "row": 7, "ips": list(ips), "macs": [], "vlans": []}


@pytest.mark.parametrize(
    ("row", "state"),
    [
        (_listed("10.0.10.5", "10.0.20.5"), _UNKNOWN),
        (_listed("10.0.10.5"), _CLOSED),
        (_listed("10.0.10.5", "10.0.10.6"), _CLOSED),
        (_listed("10.0.10.5", "192.0.2.7"), _CLOSED),
        (_listed("10.0.10.1", "10.0.20.1"), _CLOSED),  # the given device itself
        (_listed("10.0.20.5", "10.0.30.5"), _CLOSED),
    ],
)
def test_a_host_in_two_networks_may_forward(row: dict[str, Any], state: ReachState) -> None:
    third = "interface Vlan30\n ip address 10.0.30.1 255.255.255.0"
    found = studied(ios(ten=_BOUND, bottom=third), inventory=[row])
    assert found.proofs["a", "b"].state is state
    if state is _UNKNOWN:
        assert Place("assets.csv", 7, "SCADA-1") in {place for _, place in found.proofs["a", "b"].doubts}


def test_a_host_in_two_networks_leads_by_the_gateway_that_filters_nothing() -> None:
    third = "interface Vlan30\n ip address 10.0.30.1 255.255.255.0"
    text = ios(ten=_BOUND, bottom=third)
    assert proved(text, inventory=[_listed("10.0.10.5", "10.0.30.5")]) is _UNKNOWN
    guarded = ios(ten=_BOUND, bottom=third + f"\n{_BOUND}")
    assert proved(guarded, inventory=[_listed("10.0.10.5", "10.0.30.5")]) is _CLOSED


def test_one_vlan_number_on_two_devices_may_be_one_vlan() -> None:
    whole = ios(ten=_BOUND)
    head, _, rest = whole.partition("interface Vlan20")
    one = head + "ip access-list" + rest.partition("ip access-list")[2]
    other = one.replace("10.0.10.1", "10.0.20.1").replace("CORE", "OTHER")
    away = "interface Vlan77\n ip address 10.0.77.{} 255.255.255.0\nip access-list"
    one, other = one.replace("ip access-list", away.format(1)), other.replace("ip access-list", away.format(2))
    assert proved(one, other) is _UNKNOWN
    assert proved(one, other.replace("Vlan10", "Vlan20")) is _CLOSED


@pytest.mark.parametrize(
    "line",
    [
        "vlan 10\n private-vlan primary\n private-vlan association 101",
        "interface GigabitEthernet1/0/1\n switchport private-vlan host-association 10 101",
        "cts role-based enforcement",
    ],
)
def test_what_may_drop_packets_proves_nothing_open(line: str) -> None:
    assert proved(ios(bottom=line), policy=POLICY) is _UNKNOWN
    assert proved(ios(bottom="")) is _OPEN


@pytest.mark.parametrize(
    ("asks", "back", "answers"),
    [
        ("permit tcp any any eq 443", "permit tcp any any established", _OPEN),
        ("permit tcp any any eq 443", "permit tcp any eq 443 any", _OPEN),
        ("permit tcp any any eq 443", "permit tcp any eq 443 any gt 1023", _OPEN),
        ("permit tcp any any eq 443", "permit tcp any eq 443 any range 32768 60999", _OPEN),
        ("permit tcp any any eq 443", "permit tcp any eq 443 any range 1024 5000", _OPEN),
        ("permit tcp any any eq 443", "permit tcp any any eq 443", _CLOSED),  # no client asks from there
        ("permit tcp any any eq 443", "permit tcp any any range 8000 8100", _CLOSED),
        ("permit tcp any eq 2000 any eq 443", "permit tcp any eq 443 any eq 2000", _OPEN),  # but here it has to
        ("permit tcp any eq 2000 any eq 443", "permit tcp any eq 443 any eq 2001", _CLOSED),
    ],
)
def test_answers_go_to_ports_that_clients_have(asks: str, back: str, answers: ReachState) -> None:
    text = ios(
        ten=_BOUND,
        twenty=" ip access-group BACK in",
        entries=f" {asks}",
        bottom=f"ip access-list extended BACK\n {back}\n!",
    )
    policy = POLICY.replace("conduits: []", "conduits: [{id: c, from: a, to: b, protocols: [tcp/443]}]")
    (conduit,) = studied(text, policy=policy).conduits
    assert (conduit.state, conduit.answers) == (_OPEN, answers)
