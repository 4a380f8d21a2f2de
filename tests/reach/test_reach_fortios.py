"""What FortiOS says of packets: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import POLICY, ios, proved, studied

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_BASE = """\
#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin
#conf_file_ver=1
config system global
    set hostname "FW"
    set allow-traffic-redirect disable
end
config system interface
    edit "cell"
        set vdom "root"
        set ip 10.0.10.1 255.255.255.0
        set type physical
{cell}
    next
    edit "scada"
        set vdom "root"
        set ip 10.0.20.1 255.255.255.0
        set type physical
    next
    edit "plant"
        set vdom "root"
        set ip 10.0.30.1 255.255.255.0
        set type physical
    next
end
{objects}
config firewall policy
{policies}
end
{more}
config router multicast
end
"""
_OBJECTS = """\
config firewall address
    edit "all"
    next
    edit "plc"
        set subnet 10.0.20.9 255.255.255.255
    next
    edit "elsewhere"
        set subnet 10.0.30.0 255.255.255.0
    next
    edit "named"
        set type fqdn
        set fqdn "plc.example"
    next
end
config firewall addrgrp
    edit "outer"
        set member "inner"
    next
    edit "inner"
        set member "plc" "outer"
    next
    edit "mixed"
        set member "plc" "named"
    next
    edit "holes"
        set member "all"
        set exclude enable
        set exclude-member "elsewhere"
    next
    edit "but plc"
        set member "all"
        set exclude enable
        set exclude-member "plc"
    next
    edit "nothing"
        set member "inner"
        set exclude enable
        set exclude-member "plc" "named"
    next
    edit "itself"
        set member "itself"
        set exclude enable
        set exclude-member "named"
    next
end
config firewall service custom
    edit "MODBUS"
        set tcp-portrange 502
    next
end
config firewall vip
    edit "published"
        set extip 10.0.30.77
        set mappedip "10.0.20.9"
        set extintf "any"
    next
end
"""
_NO_VIP = _OBJECTS.partition("config firewall vip\n")[0]


def _policy(number: int, *lines: str, source: str = "cell", target: str = "scada", action: str = "accept") -> str:
    more = "\n".join(f"        set {line}" for line in lines)
    usual = {"srcaddr": '"all"', "dstaddr": '"all"', "schedule": '"always"', "service": '"ALL"'}
    said = {line.partition(" ")[0] for line in lines}
    rest = "\n".join(f"        set {key} {value}" for key, value in usual.items() if key not in said)
    acted = f"        set action {action}\n" if action else ""
    ends = f'        set srcintf "{source}"\n        set dstintf "{target}"\n'
    return f"    edit {number}\n{ends}{acted}{rest}\n{more}\n    next"


def _device(*policies: str, more: str = "", cell: str = "", objects: str = _NO_VIP) -> str:
    return _BASE.format(policies="\n".join(policies), more=more, cell=cell, objects=objects)


_ZONE = 'config system zone\n    edit "inside"\n        set interface "cell" "scada"\n{}    next\nend\n'


def _table(path: str, *lines: str) -> str:
    return f"config {path}\n    edit 1\n" + "".join(f"        set {line}\n" for line in lines) + "    next\nend"


_SCRIPT = _table("system automation-action", "action-type cli-script", 'script "config firewall policy"') + "\n"
_STITCH = f"config system automation-stitch\n    edit 1\n{_table('actions', 'action 1')}\n    next\nend"
_ALLOWED = _NO_VIP + _ZONE.format("        set intrazone allow\n")
_DNS = "\nconfig system dns\n    set primary {}\nend"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_device(), _CLOSED),
        (_device(_policy(1)), _OPEN),
        (_device(_policy(1, action="")), _CLOSED),  # it denies unless it says otherwise
        (_device(_policy(1, "status disable")), _CLOSED),
        (_device(_policy(1, source="scada", target="cell")), _CLOSED),
        (_device(_policy(1, target="plant")), _CLOSED),
        (_device(_policy(1, source="any", target="any")), _OPEN),
        (_device(_policy(1, action="deny"), _policy(2)), _CLOSED),
        (_device(_policy(2), _policy(1, action="deny")), _OPEN),
        (_device(_policy(1, 'dstaddr "plc"', action="deny"), _policy(2)), _OPEN),
        (_device(_policy(1, 'dstaddr "plc"')), _OPEN),
        (_device(_policy(1, 'dstaddr "outer"')), _OPEN),  # groups that hold one another
        (_device(_policy(1, 'dstaddr "elsewhere"')), _CLOSED),
        (_device(_policy(1, 'dstaddr "elsewhere"', "dstaddr-negate enable")), _OPEN),
        (_device(_policy(1, 'dstaddr "named"')), _UNKNOWN),
        (_device(_policy(1, 'dstaddr "mixed"')), _OPEN),  # one of them is known
        (_device(_policy(1, 'dstaddr "holes"')), _OPEN),
        (_device(_policy(1, 'dstaddr "holes"', action="deny"), _policy(2)), _CLOSED),
        (_device(_policy(1, 'dstaddr "but plc"', action="deny"), _policy(2, 'dstaddr "plc"')), _OPEN),
        (_device(_policy(1, 'dstaddr "nothing"')), _CLOSED),
        (_device(_policy(1, 'dstaddr "itself"')), _UNKNOWN),
        (_device(_policy(1, 'dstaddr "nowhere"')), _UNKNOWN),
        (_device(_policy(1, 'service "MODBUS"')), _OPEN),
        (_device(_policy(1, 'service "ODDITY"')), _UNKNOWN),
        (_device(_policy(1, 'service "MODBUS"', "service-negate enable")), _UNKNOWN),
        (_device(_policy(1, 'schedule "workdays"')), _UNKNOWN),
        (_device(_policy(1, 'schedule "workdays"', action="deny"), _policy(2)), _UNKNOWN),
        (_device(_policy(1, 'groups "engineers"')), _UNKNOWN),
        (_device(_policy(1, 'application-list "ot"')), _UNKNOWN),
        (_device(_policy(1, "internet-service enable", 'internet-service-name "Any"')), _UNKNOWN),
        (_device(_policy(1, "nat enable")), _OPEN),
        (_device(_policy(1, "frobnicate enable")), _UNKNOWN),
        (_device(_policy(1), cell="        set status down"), _CLOSED),  # and nothing else leads there,
        (_device(_policy(1, source="inside", target="inside"), objects=_NO_VIP + _ZONE.format("")), _OPEN),
        (_device(objects=_NO_VIP + _ZONE.format("")), _CLOSED),
        (_device(objects=_ALLOWED), _OPEN),
        (_device(_policy(1, action="deny", source="any", target="any"), objects=_ALLOWED), _CLOSED),
        (_device(more=_table("router static", "gateway 10.0.30.9", 'device "plant"')), _CLOSED),
        (_device(_policy(1), more=_table("router static", "blackhole enable", "dst 10.0.20.0 255.255.255.128")), _OPEN),
        (_device(more=f"config router ospf\n{_table('network', 'prefix 10.0.0.0 255.0.0.0')}\nend"), _UNKNOWN),
        (_device(more="config router ospf\n    config redistribute static\n    end\nend"), _CLOSED),
        (_device(more="config web-proxy explicit\n    set status enable\nend"), _UNKNOWN),
        (_device(more=_table("system virtual-wire-pair", 'member "p1" "p2"')), _UNKNOWN),
        (_device(cell="        set l2forward enable"), _UNKNOWN),
        (_device(cell="        set l2forward disable\n        set description here"), _CLOSED),
        (_device(more=_table("system dns-server", "mode forward-only") + _DNS.format("10.0.20.8")), _UNKNOWN),
        (_device(more=_table("system dns-server", "mode forward-only") + _DNS.format("192.0.2.8")), _CLOSED),
        (_device(more="config log syslogd setting\n    set status enable\nend"), _CLOSED),
        (_device(more=_SCRIPT), _CLOSED),
        (_device(more=_SCRIPT + _table("system automation-stitch", 'action "1"')), _UNKNOWN),
        (_device(more=_SCRIPT + _table("system automation-stitch", 'action "1"', "status disable")), _CLOSED),
        (_device(more=_SCRIPT + _STITCH), _UNKNOWN),
        (_device(more="config firewall frobnication\n    set status enable\nend"), _UNKNOWN),
        (_device().replace("    set allow-traffic-redirect disable\n", ""), _CLOSED),
        (_device().replace("config router multicast\nend\n", ""), _UNKNOWN),
    ],
)  # fmt: skip
def test_what_lines_do_to_packets(text: str, state: ReachState) -> None:
    assert proved(text) is state


_TUNNELS = """\
config system interface
    edit "ssl.root"
        set vdom "root"
        set type tunnel
    next
    edit "fortilink"
        set vdom "root"
        set fortilink enable
        set ip 10.255.1.1 255.255.255.0
    next
    edit "remote"
        set vdom "root"
        set type tunnel
        set interface "plant"
    next
end
"""
_OUT = _table("router static", "gateway 10.0.30.9", 'device "plant"')


@pytest.mark.parametrize(
    ("policies", "state"),
    [
        ((), _CLOSED),
        ((_policy(1, target="plant"),), _CLOSED),  # out, and back in by no policy
        ((_policy(1, target="plant"), _policy(2, source="plant")), _CLOSED),
        ((_policy(1, source="remote"),), _UNKNOWN),  # whoever has a tunnel there gets in
        ((_policy(1, source="ssl.root"),), _UNKNOWN),
    ],
)
def test_tunnels_are_entrances_with_policies_of_their_own(policies: tuple[str, ...], state: ReachState) -> None:
    assert proved(_device(*policies, objects=_NO_VIP + _TUNNELS, more=_OUT)) is state


_DOMAINS = """\
#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=1:user=admin
config vdom
edit root
next
edit OT
next
end
config global
config system global
    set hostname "FW"
end
config system interface
    edit "cell"
        set vdom "OT"
        set ip 10.0.10.1 255.255.255.0
    next
    edit "scada"
        set vdom "{other}"
        set ip 10.0.20.1 255.255.255.0
    next
end
end
config vdom
edit root
config firewall policy
{root}
end
config router multicast
end
end
config vdom
edit OT
config firewall policy
{ot}
end
config router multicast
end
end
"""


@pytest.mark.parametrize(
    ("other", "root", "ot", "state"),
    [
        ("OT", "", _policy(1), _OPEN),
        ("OT", _policy(1, source="any", target="any"), "", _CLOSED),
        ("root", _policy(1, source="any", target="any"), _policy(1, source="any", target="any"), _CLOSED),
    ],
)
def test_domains_are_devices_of_their_own(other: str, root: str, ot: str, state: ReachState) -> None:
    assert proved(_DOMAINS.format(other=other, root=root, ot=ot)) is state


_CONDUIT = POLICY.replace("conduits: []", "conduits: [{id: c, from: a, to: b, protocols: [tcp/502]}]")


def test_answers_come_back_in_the_conversations_that_were_let_through() -> None:
    found = studied(_device(_policy(1, 'service "MODBUS"')), policy=_CONDUIT)
    (conduit,) = found.conduits
    assert (conduit.state, conduit.answers) == (_OPEN, _OPEN)
    assert found.proofs["b", "a"].state is _CLOSED
    assert found.contradictions == ()


def test_the_line_that_lets_through_is_told() -> None:
    found = studied(_device(_policy(7, 'service "MODBUS"')))
    witness = found.witnesses["a", "b"]
    assert [hop.lets_through.text for hop in witness.hops if hop.lets_through] == ["edit 7"]


_BEYOND = ios(bottom="ip route 10.0.10.0 255.255.255.0 10.0.99.1").replace("10.0.10.1", "10.0.99.2")
_ROUTE = (
    "config router static\n    edit 1\n        set dst 10.0.20.0/24\n        set gateway 10.0.99.2\n{}    next\n{}end"
)
_OTHER = (
    "    edit 2\n        set dst 10.0.20.0/24\n        set gateway 10.0.30.9\n        set device plant\n{}    next\n"
)


@pytest.mark.parametrize(
    ("cell", "scada", "route", "state"),
    [
        ("", "", _ROUTE.format("", ""), _OPEN),
        ("set vrf 5", "set vrf 5", _ROUTE.format("        set device scada\n", ""), _OPEN),  # in that of its interface
        ("set vrf 5", "set vrf 5", _ROUTE.format("        set device scada\n        set vrf 5\n", ""), _OPEN),
        ("set vrf 6", "set vrf 5", _ROUTE.format("        set device scada\n", ""), _CLOSED),
        ("", "set vrf 5", _ROUTE.format("        set device scada\n", ""), _UNKNOWN),  # which VRF 0 may follow
        ("", "", _ROUTE.format("        set device scada\n", _OTHER.format("        set priority 9\n")), _OPEN),
        ("", "", _ROUTE.format("        set device scada\n", _OTHER.format("")), _UNKNOWN),
    ],
)
def test_routes_are_of_the_vrf_of_their_interface(cell: str, scada: str, route: str, state: ReachState) -> None:
    text = _device(_policy(1, source="any", target="any"), cell=cell, more=route).replace("10.0.20.1", "10.0.99.1")
    assert proved(text.replace("10.0.99.1 255.255.255.0", f"10.0.99.1 255.255.255.0\n{scada}"), _BEYOND) is state


def test_networks_of_another_vrf_are_not_followed_back_to_sources() -> None:
    text = _device(_policy(1, source="any", target="any"), cell="set vrf 5")
    text = text.replace("10.0.20.1 255.255.255.0", "10.0.20.1 255.255.255.0\nset vrf 5")
    assert proved(text.replace("10.0.30.1 255.255.255.0", "10.0.10.129 255.255.255.128\nset vrf 6")) is _OPEN
