"""What a profile of HiOS says of packets: each trap beside the innocent object that it looks like."""

from __future__ import annotations

import pytest

from scanner.configs import reader
from scanner.reach.proofs import ReachState
from tests.configs.hios_profiles import lists, mib, ports, profile, routing, rule, scalars, table, vlans
from tests.reach.devices import ios, proved

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_PORTS = ports("1/1", "1/2", "vlan/10", "vlan/20")
_VLANS = vlans(v10=("1/1", "1/1"), v20=("1/2", "1/2"))
_ROUTING = routing(10, 20)
_DENY = [rule(Action="2")]
_MODBUS = rule(Protocol="6", DestL4Port="502", DestIpAddress="10.0.20.0", DestIpMask="0.0.0.255")
_ELSEWHERE = rule(DestIpAddress="10.0.30.0", DestIpMask="0.0.0.255")


def _device(*more: str, routes: str = _ROUTING) -> str:
    return profile(_PORTS, _VLANS, routes, *more)


def _on(*places: tuple[str, str, str], rules: list[dict[str, str]] | None = None, vlan: str = "") -> str:
    return lists(_DENY if rules is None else rules, on=places, vlans=vlan)


_VLAN_10 = ("vlan/10", "1", "1")


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_device(), _OPEN),
        # another device, of which nothing is known, may route in its place
        (_device(routes=routing(10, 20, on="2")), _UNKNOWN),
        (_device(routes=routing(10)), _UNKNOWN),
        (_device(routes=_ROUTING.replace('RoutingMode">1', 'RoutingMode">2')), _UNKNOWN),
        (_device(_on(_VLAN_10)), _CLOSED),
        (_device(_on(("vlan/20", "2", "1"))), _CLOSED),
        (_device(_on(("vlan/20", "1", "1"))), _OPEN),
        (_device(_on(("vlan/10", "2", "1"))), _OPEN),
        (_device(_on()), _OPEN),
        (_device(_on(_VLAN_10, rules=[_MODBUS])), _OPEN),
        (_device(_on(_VLAN_10, rules=[_ELSEWHERE])), _CLOSED),  # what no rule matches is dropped
        (_device(_on(_VLAN_10, rules=[rule(Status="2"), _ELSEWHERE])), _CLOSED),
        (_device(_on(_VLAN_10, rules=[rule(RedirectIntf="1/4")])), _UNKNOWN),
        (_device(_on(_VLAN_10, rules=[rule(TimeRangeName="night")])), _UNKNOWN),
        (_device(_on(_VLAN_10, rules=[rule(Protocol="255")])), _UNKNOWN),
        (_device(_on(_VLAN_10, ("vlan/10", "1", "2"), rules=[_ELSEWHERE, rule(acl=2)])), _OPEN),
        (_device(_on(_VLAN_10, ("vlan/10", "1", "2"), rules=[rule(Action="2"), rule(acl=2)])), _CLOSED),
        (_device(_on(("1/1", "1", "1"))), _UNKNOWN),  # another port may be in the VLAN, too
        (_device(_on(_VLAN_10), mib("HM2-NAT-MIB", scalars(hm2NatAdminState="1"))), _CLOSED),
        (_device(_on(_VLAN_10), mib("HM2-WIZARDRY-MIB", scalars(hm2WizardryMode="1"))), _UNKNOWN),
        (_device(_on(_VLAN_10), mib("HM2-POE-MIB", scalars(hm2PoeMgmtAdminStatus="1"))), _CLOSED),
        (_device(_on(_VLAN_10, vlan="10")), _CLOSED),
        (_device(_on(("1/2", "1", "1"), vlan="10")), _CLOSED),
    ],
)
def test_reach_follows_lists_of_hios(text: str, state: ReachState) -> None:
    assert proved(text) is state


def test_a_route_of_another_switch_is_followed() -> None:
    route = {
        "DestType": "1",
        "Dest": "0a 00 14 00",
        "PfxLen": "24",
        "NextHop": "0a 00 1e 02",
        "Type": "4",
        "Proto": "3",
        "Metric1": "1",
        "Status": "1",
    }
    near = profile(_PORTS, _VLANS, routing(10, 30), mib("IP-FORWARD-MIB", table("inetCidrRoute", [route])))
    far = profile(_PORTS, _VLANS, routing(20, 30).replace("10.0.30.1", "10.0.30.2"))
    assert proved(near, far) is _OPEN
    guarded = near.replace("</MibData>", f"{_on(('vlan/10', '1', '1'))}</MibData>")
    assert proved(guarded, far) is _CLOSED
    assert proved(near.replace('RouteType">4', 'RouteType">5'), far) is not _OPEN
    assert proved(near.replace('RouteStatus">1', 'RouteStatus">2'), far) is not _OPEN
    assert proved(near.replace("0a 00 14 00", "0a 00 15 00"), far) is not _OPEN


def test_a_switch_that_only_bridges_proves_nothing() -> None:
    flat = profile(ports("1/1"), mib("HM2-NETCONFIG-MIB", scalars(hm2NetLocalIPAddr="0a 00 0a 05")))
    assert proved(flat) is _UNKNOWN


_GUARD = ios(ten=" ip access-group GUARD in")
_SCRIPT = """\
! GRS1040 Configuration
! Version: HiOS-{image}-08.7.01
vlan database
vlan add 20
exit
configure
{top}
interface 1/1
{port}
exit
exit
"""
_CLASSIC = """\
!System Description "Hirschmann Railswitch"
!System Software Version "{image}-09.0.00"
network parms 10.0.10.9 255.255.255.0 10.0.10.1
network mgmt-access modify 1 ip 10.0.10.0
configure
{top}
interface 1/1
{port}
exit
exit
"""
_ACCESS = "vlan participation auto 1\nvlan participation include 20\nvlan pvid 20"


@pytest.mark.parametrize("script", [_SCRIPT, _CLASSIC], ids=["hios", "classic"])
@pytest.mark.parametrize(
    ("top", "port", "state"),
    [
        ("", _ACCESS, _CLOSED),
        ("", "vlan participation include 20\nvlan tagging 20", _CLOSED),
        ("", "vlan participation include 20", _CLOSED),  # it joins VLANs 1 and 20
        ("", f"{_ACCESS}\nvlan participation include 10", _UNKNOWN),
        ("", "vlan participation include 10\nvlan pvid 20", _UNKNOWN),
        ("", f"shutdown\n{_ACCESS}\nvlan participation include 10", _CLOSED),
        ("", "wizardry enable", _UNKNOWN),
        ("vlan0-transparent-mode", _ACCESS, _UNKNOWN),
    ],
)
def test_what_scripts_of_switches_without_routing_join(script: str, top: str, port: str, state: ReachState) -> None:
    image = "2A" if script is _SCRIPT else "L2P"
    assert proved(_GUARD, script.format(image=image, top=top, port=port)) is state


@pytest.mark.parametrize(
    ("image", "top"), [("3A", ""), ("2A", "ip routing"), ("2A", "ip route add 10.0.20.0 255.255.255.0 10.0.10.1")]
)
def test_scripts_of_routers_are_not_followed(image: str, top: str) -> None:
    text = _SCRIPT.format(image=image, top=top, port=_ACCESS)
    assert reader.read(text.encode(), "sw.cfg").router is None


def test_scripts_without_their_image_are_not_followed() -> None:
    text = _SCRIPT.format(image="2A", top="", port=_ACCESS).replace("! Version", "! Not told")
    assert reader.read(text.encode(), "sw.cfg", "hirschmann-hios-commands").router is None
