"""What Junos says of packets: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import proved

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_BASE = """\
set version 21.4R3
set system host-name core
set system services ssh
set interfaces irb unit 10 family inet address 10.0.10.1/24
set interfaces irb unit 20 family inet address 10.0.20.1/24
set interfaces ge-0/0/1 unit 0 family ethernet-switching vlan members ten
set vlans ten vlan-id 10
set vlans ten l3-interface irb.10
set vlans twenty vlan-id 20
set vlans twenty l3-interface irb.20
"""
_IN = "set interfaces irb unit 10 family inet filter input G\n"
_OUT = "set interfaces irb unit 20 family inet filter output G\n"
_DROP = "set firewall family inet filter G term z then discard\n"
_WEB = (
    "set firewall family inet filter G term a from protocol tcp\nset firewall family inet filter G term a then accept\n"
)
_APART = "set routing-instances v instance-type virtual-router\nset routing-instances v interface irb.20\n"
_TO_ITSELF = (
    _IN
    + "set firewall family inet filter G term a from destination-address 10.0.10.1/32\n"
    + "set firewall family inet filter G term a then accept\n"
)
_OTHER = "set interfaces ge-0/0/2 unit 0 family inet address 10.0.30.1/24\n"


_LEAD = "set firewall family inet filter G term"


@pytest.mark.parametrize(
    ("condition", "accepted", "denied"),
    [  # of a term for TCP that accepts, and of one that discards before everything else is accepted
        ("is-fragment", _UNKNOWN, _OPEN),  # which no whole packet is
        ("first-fragment", _UNKNOWN, _OPEN),
        ("fragment-offset 1-8191", _UNKNOWN, _OPEN),
        ("fragment-offset 0-8191", _UNKNOWN, _UNKNOWN),
        ("tcp-initial", _OPEN, _CLOSED),
        ('tcp-flags "(syn & !ack)"', _OPEN, _CLOSED),
        ('tcp-flags "!ack & syn"', _OPEN, _CLOSED),
        ('tcp-flags "syn"', _UNKNOWN, _UNKNOWN),
        ("tcp-established", _CLOSED, _OPEN),
        ("destination-port-except 1024-65535", _OPEN, _OPEN),
        ("destination-port-except wizardry", _UNKNOWN, _UNKNOWN),
    ],
)
def test_conditions_of_junos(condition: str, accepted: ReachState, denied: ReachState) -> None:
    term = f"{_IN}{_LEAD} a from protocol tcp\n{_LEAD} a from {condition}\n"
    assert proved(f"{_BASE}{term}{_LEAD} a then accept\n") is accepted
    rest = f"{_LEAD} b from protocol tcp\n{_LEAD} b then accept\n"
    assert proved(f"{_BASE}{term}{_LEAD} a then discard\n{rest}") is denied


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ("", _OPEN),
        (_IN + _DROP, _CLOSED),
        (_IN + _DROP + "deactivate interfaces irb unit 10 family inet filter\n", _OPEN),
        (_OUT + _DROP, _CLOSED),
        ("set interfaces irb unit 20 family inet filter input G\n" + _DROP, _OPEN),
        ("set interfaces lo0 unit 0 family inet filter input G\n" + _DROP, _OPEN),
        (_IN + _WEB, _OPEN),  # and everything else is discarded
        (_IN + _WEB + "set firewall family inet filter G term a from source-address 10.0.99.0/24\n", _CLOSED),
        (_IN + _WEB + "set firewall family inet filter G term a from source-address 10.0.10.0/25\n", _OPEN),
        (_IN + _WEB + "set firewall family inet filter G term a from tcp-established\n", _CLOSED),
        (_IN + _WEB + "set firewall family inet filter G term a from wizardry 1\n", _UNKNOWN),
        (_IN + _WEB + "set firewall family inet filter G term a from source-prefix-list nowhere\n", _UNKNOWN),
        (_IN + _WEB + "set firewall family inet filter G term a then wizardry\n", _UNKNOWN),
        (_IN + _WEB + "set firewall family inet filter G term a then routing-instance r\n", _UNKNOWN),
        (_IN + "set firewall family inet filter G term a then count x\n", _OPEN),  # counting accepts
        (_IN + "set firewall family inet filter G term a then next term\n" + _DROP, _CLOSED),
        (_IN + _WEB.replace("then accept", "then next term") + _DROP, _CLOSED),
        (
            _IN + _WEB.replace("tcp", "icmp") + "set firewall family inet filter G term a from icmp-type echo-reply\n",
            _CLOSED,
        ),
        (
            _IN
            + _WEB.replace("tcp", "icmp")
            + "set firewall family inet filter G term a from icmp-type echo-request\n",
            _OPEN,
        ),
        (
            _IN + _WEB.replace("tcp", "icmp") + "set firewall family inet filter G term a from icmp-type wizardry\n",
            _UNKNOWN,
        ),
        (_IN + _DROP + "set schedulers scheduler s daily start-time 08:00 stop-time 17:00\n", _CLOSED),
        (_IN + "set firewall family inet filter G term a filter H\n" + _DROP, _UNKNOWN),
        (_IN, _UNKNOWN),  # there is no such filter
        (
            "set interfaces irb unit 10 family inet filter input-list [ G H ]\n" + _WEB.replace(" G ", " H ") + _DROP,
            _CLOSED,
        ),
        (
            "set interfaces irb unit 10 family inet filter input-list [ H G ]\n" + _WEB.replace(" G ", " H ") + _DROP,
            _OPEN,
        ),
        (_IN + _DROP + "set interfaces irb unit 10 family inet wizardry\n", _UNKNOWN),
        ("set interfaces irb unit 10 family inet rpf-check\n", _OPEN),
        ("set interfaces irb unit 10 family inet rpf-check fail-filter G\n", _UNKNOWN),
        ("set interfaces irb unit 10 disable\n" + _IN + _DROP, _UNKNOWN),
        (_IN + _DROP + "set interfaces ge-0/0/1 unit 0 family ethernet-switching wizardry\n", _UNKNOWN),
        (_IN + _DROP + "set vlans ten vxlan vni 5\n", _UNKNOWN),
        (_IN + _DROP + "set bridge-domains b vlan-id 10\n", _UNKNOWN),
        (_IN + _DROP + "set system scripts commit file x\n", _UNKNOWN),
        (_IN + _DROP + "set system services dns dns-proxy\n", _CLOSED),  # nobody reaches the proxy
        (_TO_ITSELF, _CLOSED),
        (_TO_ITSELF + "set system services dns dns-proxy\n", _UNKNOWN),
        (_IN + _DROP + "set security nat source rule-set r from zone a\n", _UNKNOWN),
        (_IN + _DROP + "set security authentication-key-chains key-chain k key 1 secret x\n", _CLOSED),
        (_IN + _DROP + "set logical-systems l interfaces ge-0/0/5 unit 0\n", _UNKNOWN),
        (_IN + _DROP + "set wizardry 5\n", _UNKNOWN),
        (_IN + _DROP + "set snmp location here\nset protocols lldp interface all\n", _CLOSED),
        (_OTHER + _OUT + _DROP + "set routing-options static route 10.0.20.128/25 next-hop 10.0.30.9\n", _UNKNOWN),
        (_OTHER + _IN + _DROP + "set protocols ospf area 0 interface ge-0/0/2.0\n", _UNKNOWN),
        (_OTHER + "set system login user b class super-user\nset class-of-service interfaces ge-0/0/2\n", _OPEN),
        (_OTHER + "set routing-options static route 0.0.0.0/0 next-hop 10.0.30.9\n" + _IN + _DROP, _CLOSED),
        (_OTHER + "set routing-options static route 0.0.0.0/0 next-table x.inet.0\n" + _IN + _DROP, _CLOSED),
        (_APART, _CLOSED),
        (
            _APART + "set routing-instances v routing-options interface-routes rib-group inet g\n",
            _UNKNOWN,
        ),
        ("set routing-instances v instance-type vrf\nset routing-instances v interface irb.20\n", _UNKNOWN),
    ],
)
def test_what_lines_do_to_packets(lines: str, state: ReachState) -> None:
    assert proved(_BASE + lines) is state


def test_what_is_cut_off_closes_nothing() -> None:
    assert proved((_BASE + _IN + _DROP).rstrip("\n")) is _UNKNOWN


_GROUP = "set groups G interfaces <*> unit <*> family inet filter input D\nset apply-groups G\n"
_DENIES = "set firewall family inet filter D term a then discard\n"


def test_groups_that_an_interface_does_not_inherit() -> None:
    assert proved(f"{_BASE}{_DENIES}{_GROUP}") is _CLOSED
    assert proved(f"{_BASE}{_DENIES}{_GROUP}set interfaces irb apply-groups-except G\n") is _OPEN
