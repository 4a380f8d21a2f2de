"""What the zones of an SRX say of packets: each trap beside the innocent statement that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import POLICY, proved, studied

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_BASE = """\
set version 21.4R3
set system host-name fw
set system services ssh
set interfaces ge-0/0/1 unit 0 family inet address 10.0.10.1/24
set interfaces ge-0/0/2 unit 0 family inet address 10.0.20.1/24
set interfaces ge-0/0/3 unit 0 family inet address 10.0.30.1/24
set security zones security-zone cell interfaces ge-0/0/1.0
set security zones security-zone scada interfaces ge-0/0/2
set security zones security-zone plant interfaces ge-0/0/3.0
set security address-book global address plc 10.0.20.9/32
set security address-book global address named dns-name plc.example
set security address-book global address-set s0 address plc
"""
_DEEP = "".join(f"set security address-book global address-set s{n} address-set s{n - 1}\n" for n in range(1, 15))
_NAT = "set security nat {} rule-set r {}\n"


def _policy(name: str = "p", then: str = "permit", start: str = "cell", stop: str = "scada", **match: str) -> str:
    told = {"source-address": "any", "destination-address": "any", "application": "any"}
    told |= {key.replace("_", "-"): value for key, value in match.items()}
    lead = f"set security policies from-zone {start} to-zone {stop} policy {name}"
    lines = [f"{lead} match {key} {value}".rstrip() for key, value in told.items()]
    return "\n".join([*lines, f"{lead} then {then}", ""])


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ("", _CLOSED),
        (_policy(), _OPEN),
        (_policy(start="scada", stop="cell"), _CLOSED),
        (_policy(stop="plant"), _CLOSED),
        (_policy("a", "deny") + _policy("b"), _CLOSED),
        (_policy("a") + _policy("b", "deny"), _OPEN),
        (_policy("a") + "deactivate security policies from-zone cell to-zone scada policy a\n", _CLOSED),
        (_policy(destination_address="plc"), _OPEN),
        (_policy(destination_address="s14") + _policy("q", destination_address="s3") + _DEEP, _OPEN),
        (_policy(destination_address="named"), _UNKNOWN),
        (_policy(destination_address="nowhere"), _UNKNOWN),
        (_policy(destination_address="plc", destination_address_excluded=""), _OPEN),
        (_policy(application="junos-ssh"), _OPEN),
        (_policy(application="oddity"), _UNKNOWN),
        # which are echo requests alone
        (_policy("a", "deny", application="junos-icmp-ping") + _policy("b", application="junos-icmp-all"), _OPEN),
        (_policy("a", "deny", application="junos-icmp-all") + _policy("b", application="junos-icmp-ping"), _CLOSED),
        (_policy(application="x") + "set applications application x protocol icmp icmp-type 0\n", _CLOSED),
        (_policy(application="x") + "set applications application x protocol icmp icmp-type wizardry\n", _UNKNOWN),
        (_policy(dynamic_application="junos:MODBUS"), _UNKNOWN),
        (_policy() + "set security policies from-zone cell to-zone scada policy p scheduler-name day\n", _UNKNOWN),
        (_policy() + "set security policies from-zone cell to-zone scada policy p wizardry\n", _UNKNOWN),
        (_policy(then="permit firewall-authentication pass-through"), _UNKNOWN),
        ("set security policies default-policy permit-all\n", _OPEN),
        (
            ("set security policies global policy g match source-address any\n"
            "set security policies global policy g match destination-address any\n"
            "set security policies global policy g match application any\n"
            "set security policies global policy g then permit\n"),
            _OPEN,
        ),
        ("deactivate security zones security-zone scada\n" + _policy(), _CLOSED),
        (_NAT.format("source", "from zone cell") + _NAT.format("source", "to zone plant")
         + _NAT.format("source", "rule n then source-nat interface"), _CLOSED),
        (_policy() + _NAT.format("source", "from zone cell") + _NAT.format("source", "to zone scada")
         + _NAT.format("source", "rule n then source-nat interface"), _OPEN),
        (_NAT.format("static", "from zone cell") + _NAT.format("static",
            "rule n match destination-address 10.0.10.77/32")
         + _NAT.format("static", "rule n then static-nat prefix 10.0.20.9/32"), _UNKNOWN),
        (_NAT.format("static", "from zone plant") + _NAT.format("static",
            "rule n match destination-address 10.0.30.77/32")
         + _NAT.format("static", "rule n then static-nat prefix 10.0.20.9/32"), _CLOSED),
        ("set security forwarding-options family mpls mode packet-based\n", _UNKNOWN),
        ("set security forwarding-options family inet6 mode flow-based\n", _CLOSED),
        ("set security wizardry\n", _UNKNOWN),
        (_policy() + "set security screen ids-option x ip spoofing\n"
         "set security zones security-zone cell screen x\n", _OPEN),
    ],
)  # fmt: skip
def test_what_statements_do_to_packets(lines: str, state: ReachState) -> None:
    assert proved(_BASE + lines) is state


_CONDUIT = POLICY.replace("conduits: []", "conduits: [{id: c, from: a, to: b, protocols: [tcp/22]}]")
_FILTER = (
    "set interfaces ge-0/0/2 unit 0 family inet filter input G\nset firewall family inet filter G term a then accept\n"
)


@pytest.mark.parametrize(("more", "answers"), [("", _OPEN), (_FILTER, _UNKNOWN)])
def test_answers_come_back_in_the_conversations_that_were_let_through(more: str, answers: ReachState) -> None:
    found = studied(_BASE + _policy(application="junos-ssh") + more, policy=_CONDUIT)
    (conduit,) = found.conduits
    assert (conduit.state, conduit.answers) == (_OPEN, answers)


_FILTER = (
    "set firewall family inet filter F term a then {}\nset interfaces ge-0/0/{} unit 0 family inet filter input F\n"
)


@pytest.mark.parametrize(
    ("action", "port", "state"),
    [("packet-mode", 1, _UNKNOWN), ("packet-mode", 3, _CLOSED), ("accept", 1, _CLOSED)],
)
def test_packets_may_go_past_the_policies(action: str, port: int, state: ReachState) -> None:
    assert proved(_BASE + _FILTER.format(action, port)) is state
