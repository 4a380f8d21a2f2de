"""What PAN-OS says of packets: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import POLICY, proved, studied

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_BASE = """\
set deviceconfig system hostname FW
set network interface ethernet ethernet1/1 layer3 ip 10.0.10.1/24
set network interface ethernet ethernet1/2 layer3 ip 10.0.20.1/24
set network interface ethernet ethernet1/3 layer3 ip 10.0.30.1/24
set network virtual-router default interface [ ethernet1/1 ethernet1/2 ethernet1/3 ]
set zone cell network layer3 ethernet1/1
set zone scada network layer3 {scada}
set zone plant network layer3 ethernet1/3
set address plc ip-netmask 10.0.20.9
set address named fqdn plc.example
set address-group mixed static [ plc named ]
set address-group outer static [ inner ]
set address-group inner static [ outer plc ]
set service MODBUS protocol tcp port 502
{lines}
set mgt-config users admin phash *
"""


def _rule(name: str = "r", kind: str = "security", **said: str) -> str:
    usual = {"from": "cell", "to": "scada", "source": "any", "destination": "any"}
    usual |= {"application": "any", "service": "any", "action": "allow"} if kind == "security" else {"service": "any"}
    told = usual | {key.rstrip("_").replace("_", "-"): value for key, value in said.items()}
    return "\n".join(f"set rulebase {kind} rules {name} {key} {value}" for key, value in told.items())


def _device(*lines: str, scada: str = "ethernet1/2") -> str:
    return _BASE.format(lines="\n".join(lines), scada=scada)


_BOTH = "[ ethernet1/1 ethernet1/2 ]"
_ONE_ZONE = _device(scada=_BOTH).replace("set zone cell network layer3 ethernet1/1\n", "")
_DENIED = "set rulebase default-security-rules rules {} action {}"
_HOP = "set network virtual-router default routing-table ip static-route X {}"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_device(), _CLOSED),
        (_device(_rule()), _OPEN),
        (_device(_rule(action="deny"), _rule("s")), _CLOSED),
        (_device(_rule("s"), _rule(action="deny")), _OPEN),
        (_device(_rule(disabled="yes")), _CLOSED),
        (_device(_rule(from_="scada", to="cell")), _CLOSED),
        (_device(_rule(to="plant")), _CLOSED),
        (_device(_rule(from_="any", to="any")), _OPEN),
        (_device(_rule(from_="any", to="any", rule_type="intrazone")), _CLOSED),
        (_device(_rule(from_="any", to="any", rule_type="interzone")), _OPEN),
        (_device(_rule(destination="plc")), _OPEN),
        (_device(_rule(destination="outer")), _OPEN),
        (_device(_rule(destination="10.0.30.0/24")), _CLOSED),
        (_device(_rule(destination="10.0.20.0/24", negate_destination="yes")), _CLOSED),
        (_device(_rule(destination="named")), _UNKNOWN),
        (_device(_rule(destination="mixed")), _OPEN),
        (_device(_rule(service="MODBUS")), _OPEN),
        (_device(_rule(service="ODDITY")), _UNKNOWN),
        (_device(_rule(service="application-default")), _UNKNOWN),
        (_device(_rule(service="[ MODBUS application-default ]")), _OPEN),
        (_device(_rule(application="modbus")), _UNKNOWN),
        (_device(_rule(application="modbus", action="deny"), _rule("s")), _UNKNOWN),
        (_device(_rule(application="modbus", action="deny", service="MODBUS"), _rule("s")), _OPEN),  # by other ports
        (_device(_rule(source_user="joe")), _UNKNOWN),
        (_device(_rule(schedule="workdays")), _UNKNOWN),
        (_device(_rule(wizardry="yes")), _UNKNOWN),
        (_ONE_ZONE, _OPEN),  # within one zone
        (_ONE_ZONE + _DENIED.format("intrazone-default", "deny") + "\n", _CLOSED),
        (_device(_DENIED.format("interzone-default", "allow")), _OPEN),
        (_device(_rule()).replace("set zone scada network layer3 ethernet1/2\n", ""), _CLOSED),  # in no zone
        (_device(_rule()).replace("[ ethernet1/1 ethernet1/2 ethernet1/3 ]", "[ ethernet1/1 ethernet1/3 ]"), _CLOSED),
        (_device("set network virtual-wire w interface1 ethernet1/5",
            "set network virtual-wire w interface2 ethernet1/6"), _UNKNOWN),
        (_device(_rule(), _rule("p", "pbf", action="forward")), _UNKNOWN),
        (_device(_HOP.format("destination 0.0.0.0/0"), _HOP.format("nexthop ip-address 10.0.30.9")), _CLOSED),
        (_device(_rule(), _HOP.format("destination 10.7.0.0/16"), _HOP.format("nexthop next-vr other")), _UNKNOWN),
        (_device(_rule("n", "nat",
            source_translation="dynamic-ip-and-port interface-address interface ethernet1/2"), _rule()), _OPEN),
        (_device(_rule("n", "nat", from_="plant", to="plant", destination="10.0.30.77",
            destination_translation="translated-address plc")), _CLOSED),
        (_device(_rule("n", "nat", to="cell", destination="10.0.10.77",
            destination_translation="translated-address plc")), _UNKNOWN),
        (_device(_rule("n", "nat", from_="scada", to="cell", source="plc",
            source_translation="static-ip bi-directional yes")), _UNKNOWN),
        (_device("set network virtual-router default protocol ospf enable yes"), _UNKNOWN),
        (_device("set network virtual-router default protocol ospf enable no"), _CLOSED),
        (_device("set network wizardry on"), _UNKNOWN),
        (_device("set deviceconfig system panorama local-panorama panorama-server 10.9.9.9"), _UNKNOWN),
        (_device(_rule(), "set network profiles zone-protection-profile P discard-ip-spoof yes",
            "set zone cell network zone-protection-profile P"), _OPEN),
        (_device().replace("set mgt-config users admin phash *\n", ""), _UNKNOWN),
    ],
)  # fmt: skip
def test_what_lines_do_to_packets(text: str, state: ReachState) -> None:
    assert proved(text) is state


_CONDUIT = POLICY.replace("conduits: []", "conduits: [{id: c, from: a, to: b, protocols: [tcp/502]}]")


def test_answers_come_back_in_the_conversations_that_were_let_through() -> None:
    found = studied(_device(_rule(service="MODBUS")), policy=_CONDUIT)
    (conduit,) = found.conduits
    assert (conduit.state, conduit.answers) == (_OPEN, _OPEN)
    assert found.proofs["b", "a"].state is _CLOSED
