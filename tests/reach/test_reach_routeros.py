"""What RouterOS says of packets: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import POLICY, proved, studied

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_BASE = """\
# 2026-03-02 08:15:12 by RouterOS 7.16.2
# software id = ABCD-1234
#
# model = RB5009UG+S+
/interface bridge
add name=bridge vlan-filtering=yes
/interface vlan
add interface=bridge name=cell vlan-id=10
add interface=bridge name=scada vlan-id=20
/interface list
add name=CELLS
{lists}
/interface list member
add interface=cell list=CELLS
/ip address
add address=10.0.10.1/24 interface=cell network=10.0.10.0
add address=10.0.20.1/24 interface=scada network=10.0.20.0
add address=10.0.30.1/24 interface=ether5 network=10.0.30.0
/ip firewall address-list
add address=10.0.20.9 list=plc
add address=plc.example list=named
/ip firewall filter
{rules}
{more}
/system identity
set name=FW
"""
_STATE = "add action=accept chain=forward connection-state=established,related"
_DROP = "add action=drop chain=forward"


def _device(*rules: str, more: str = "", lists: str = "") -> str:
    return _BASE.format(rules="\n".join(rules), more=more, lists=lists)


def _accept(words: str) -> str:
    return f"add action=accept chain=forward {words}".rstrip()


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_device(), _OPEN),  # what no rule decides is accepted
        (_device(_DROP), _CLOSED),
        (_device(_STATE, _DROP), _CLOSED),
        (_device(_DROP + " disabled=yes"), _OPEN),
        (_device("add action=drop chain=input"), _OPEN),
        (_device(_accept("in-interface=cell out-interface=scada"), _DROP), _OPEN),
        (_device(_accept("in-interface=scada out-interface=cell"), _DROP), _CLOSED),
        (_device(_accept("in-interface=cell out-interface=ether5"), _DROP), _CLOSED),
        (_device(_accept("in-interface-list=CELLS"), _DROP), _OPEN),
        (_device(_accept("in-interface-list=!CELLS"), _DROP), _CLOSED),
        (_device(_accept("out-interface-list=CELLS"), _DROP), _CLOSED),
        (_device(_accept("in-interface-list=NOWHERE"), _DROP), _UNKNOWN),
        (_device(_accept("in-interface-list=OUTER"), _DROP, lists="add name=OUTER"), _CLOSED),
        (_device(_accept("in-interface-list=OUTER"), _DROP, lists="add include=CELLS name=OUTER"), _OPEN),
        (_device(_accept("in-interface-list=OUTER"), _DROP, lists="add exclude=CELLS include=all name=OUTER"), _CLOSED),
        (_device(_accept("in-interface-list=OUTER"), _DROP, lists="add exclude=OUTER include=OUTER name=OUTER"),
            _UNKNOWN),
        (_device(_accept("in-interface-list=OUTER"), _DROP, lists="add include=dynamic name=OUTER"), _UNKNOWN),
        (_device(_accept("in-interface-list=OUTER"), _DROP, lists="add name=OUTER",
            more="/ppp profile\nset *0 interface-list=OUTER"), _UNKNOWN),
        (_device(_accept("in-interface-list=OUTER"), _DROP, lists="add name=OUTER", more="/interface detect-internet\n"
            "set detect-interface-list=all lan-interface-list=OUTER"), _UNKNOWN),
        (_device(_accept("dst-address-list=plc dst-port=502 protocol=tcp"), _DROP), _OPEN),
        (_device(_accept("dst-address-list=named"), _DROP), _UNKNOWN),
        (_device(_accept("dst-address=10.0.30.0/24"), _DROP), _CLOSED),
        (_device(_accept("dst-address=!10.0.20.0/24"), _DROP), _CLOSED),
        (_device(_accept("layer7-protocol=x"), _DROP), _UNKNOWN),
        (_device(_accept("time=8h-16h,mon"), _DROP), _UNKNOWN),
        (_device(_accept("wizardry=yes"), _DROP), _UNKNOWN),
        (_device(_accept("protocol=ipsec-esp"), _DROP), _OPEN),
        # what nothing of the device brings about
        (_device(_accept("ipsec-policy=in,ipsec"), _DROP), _CLOSED),
        (_device(_accept("ipsec-policy=out,none"), _DROP), _OPEN),
        (_device(_accept("ipsec-policy=in,ipsec"), _DROP, more="/ip ipsec identity\nadd peer=p secret=x"), _UNKNOWN),
        (_device(_accept("ipsec-policy=in,ipsec"), _DROP,
            more="/interface l2tp-server server\nset enabled=yes use-ipsec=required"), _UNKNOWN),
        (_device("add action=drop chain=forward connection-nat-state=!dstnat in-interface=cell"), _CLOSED),
        (_device(_accept("connection-nat-state=dstnat"), _DROP), _CLOSED),
        (_device(_accept("connection-nat-state=!dstnat"), _DROP), _OPEN),
        (_device(_accept("connection-nat-state=dstnat"), _DROP,
            more="/ip firewall nat\nadd action=dst-nat chain=dstnat dst-port=80 protocol=tcp to-addresses=10.0.30.9"),
            _UNKNOWN),
        (_device(_accept("connection-nat-state=dstnat"), _DROP, more="/ip upnp\nset enabled=yes"), _UNKNOWN),
        (_device(_DROP, _accept("in-interface=cell")), _CLOSED),
        (_device("add action=jump chain=forward jump-target=c",
            "add action=accept chain=c dst-port=502 protocol=tcp", _DROP), _OPEN),
        (_device("add action=jump chain=forward jump-target=c", "add action=return chain=c", _DROP), _CLOSED),
        (_device("add action=jump chain=forward in-interface=scada jump-target=c", "add action=accept chain=c",
            _DROP), _CLOSED),
        (_device(_accept("connection-state=new"), _DROP), _OPEN),
        (_device(_accept("connection-state=invalid"), _DROP), _CLOSED),
        (_device("add action=fasttrack-connection chain=forward connection-state=established,related", _STATE,
            _DROP), _CLOSED),
        (_device(_DROP, more="/ip firewall nat\nadd action=masquerade chain=srcnat out-interface=ether5"), _CLOSED),
        (_device(_accept(""), more="/ip firewall nat\nadd action=masquerade chain=srcnat out-interface=scada"), _OPEN),
        (_device(_DROP, more="/ip firewall nat\nadd action=dst-nat chain=dstnat dst-address=10.0.10.1 "
            "dst-port=80 protocol=tcp to-addresses=10.0.20.9"), _UNKNOWN),
        (_device(_DROP, more="/ip firewall nat\nadd action=dst-nat chain=dstnat in-interface=ether5 "
            "to-addresses=10.0.20.9"), _CLOSED),
        (_device(_DROP, more="/ip firewall nat\nadd action=dst-nat chain=dstnat disabled=yes "
            "to-addresses=10.0.20.9"), _CLOSED),
        (_device(more="/ip firewall raw\nadd action=drop chain=prerouting in-interface=cell"), _CLOSED),
        (_device(more="/ip firewall mangle\nadd action=mark-routing chain=prerouting new-routing-mark=x"), _UNKNOWN),
        (_device(_DROP, more="/ip firewall mangle\nadd action=mark-packet chain=prerouting new-packet-mark=x"),
            _CLOSED),
        (_device(_DROP, more="/ip route\nadd dst-address=0.0.0.0/0 gateway=10.0.30.9"), _CLOSED),
        (_device(_accept("in-interface=cell"),
            more="/ip route\nadd dst-address=10.0.20.0/25 gateway=10.0.30.9@x"), _UNKNOWN),
        (_device(more="/ip route\nadd blackhole disabled=no dst-address=10.0.20.0/24"), _OPEN),
        (_device(more="/ip route\nadd blackhole dst-address=10.0.20.0/25\nadd blackhole dst-address=10.0.20.128/25"),
            _CLOSED),
        (_device(_DROP, more="/routing ospf interface-template\nadd area=backbone interfaces=ether5"), _UNKNOWN),
        (_device(_DROP, more="/interface bridge port\nadd bridge=bridge interface=ether2"), _CLOSED),
        (_device(_DROP, more="/interface bridge port\nadd bridge=bridge interface=cell"), _UNKNOWN),
        (_device(_DROP, more="/interface bridge port\nadd bridge=bridge interface=ether5"), _UNKNOWN),
        (_device(_DROP, more="/ip dns\nset allow-remote-requests=yes servers=10.0.20.7"), _UNKNOWN),
        (_device(_DROP, more="/ip dns\nset allow-remote-requests=yes servers=192.0.2.7"), _CLOSED),
        (_device(_DROP, more="/ip proxy\nset enabled=yes"), _UNKNOWN),
        (_device(_DROP, more="/ip settings\nset ip-forward=no"), _UNKNOWN),  # another device may be the gateway
        (_device(more="/ip settings\nset rp-filter=strict"), _OPEN),
        (_device(_DROP, more="/ip wizardry\nset enabled=yes"), _UNKNOWN),
        (_device(_DROP, more="/system scheduler\nadd interval=1d name=x on-event=night"), _UNKNOWN),
        (_device(_DROP, more='/system script\nadd name=x source="/system backup save"'), _CLOSED),
        (_device(more="/ip vrf\nadd interfaces=cell name=ot"), _CLOSED),
        (_device(_DROP).replace("/system identity\nset name=FW\n", ""), _UNKNOWN),
    ],
)  # fmt: skip
def test_what_lines_do_to_packets(text: str, state: ReachState) -> None:
    assert proved(text) is state


_CONDUIT = POLICY.replace("conduits: []", "conduits: [{id: c, from: a, to: b, protocols: [tcp/502]}]")


@pytest.mark.parametrize(
    ("rules", "answers"),
    [
        ((_STATE,), _OPEN),
        (("add action=fasttrack-connection chain=forward connection-state=established,related", _STATE), _OPEN),
        (("add action=drop chain=forward connection-state=invalid", _STATE), _OPEN),
        ((), _UNKNOWN),
    ],
)
def test_answers_come_back_where_a_rule_lets_them(rules: tuple[str, ...], answers: ReachState) -> None:
    accept = _accept("in-interface=cell dst-port=502 protocol=tcp")
    found = studied(_device(*rules, accept, _DROP), policy=_CONDUIT)
    (conduit,) = found.conduits
    assert (conduit.state, conduit.answers) == (_OPEN, answers)
    witness = found.witnesses["a", "b"]
    assert [hop.lets_through.text for hop in witness.hops if hop.lets_through] == [accept]


def test_lines_are_those_that_close_a_way_and_none_lets_the_rest_through() -> None:
    drop = "add action=drop chain=forward in-interface=cell out-interface=scada"
    found = studied(_device(drop))
    told = [place.text for _, place in found.proofs["a", "b"].closes]
    assert found.proofs["a", "b"].state is _CLOSED
    assert told == [drop]
    back = found.witnesses["b", "a"]
    assert [(hop.lets_through.line, hop.lets_through.text) for hop in back.hops if hop.lets_through] == [(0, "")]
