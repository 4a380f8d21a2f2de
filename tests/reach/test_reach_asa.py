"""What an ASA says of packets: each trap beside the innocent line that it looks like."""

from __future__ import annotations

from dataclasses import replace

import pytest

from scanner.configs import reader
from scanner.configs.forwarding_saved import restored, saved
from scanner.reach.proofs import ReachState
from tests.reach.devices import POLICY, proved, studied

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_BASE = """\
: Saved
:
ASA Version 9.16(4)
!
hostname FW
names
name 10.0.20.9 plc
!
interface GigabitEthernet1/1
 nameif cell
 security-level {cell}
 ip address 10.0.10.1 255.255.255.0
{port}
!
interface GigabitEthernet1/2
 nameif scada
 security-level {scada}
 ip address 10.0.20.1 255.255.255.0
!
interface GigabitEthernet1/3
 nameif plant
 security-level 10
 ip address 10.0.30.1 255.255.255.0
!
object network PLC
 host 10.0.20.9
{plc}
object-group network DEEP
 network-object object PLC
access-list UNUSED extended permit ip any any
{more}
telnet timeout 5
: end
"""


def _device(*more: str, cell: int = 20, scada: int = 80, port: str = "", plc: str = "") -> str:
    return _BASE.format(cell=cell, scada=scada, port=port, plc=plc, more="\n".join(more))


def _guarded(*entries: str, way: str = "in", at: str = "cell") -> tuple[str, ...]:
    return (*(f"access-list G extended {e}" for e in entries), f"access-group G {way} interface {at}")


_ANY = "permit ip any any"
_SAME = "same-security-traffic permit inter-interface"


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_device(), _CLOSED),  # to a higher level
        (_device(cell=90), _OPEN),
        (_device(cell=80), _CLOSED),
        (_device(_SAME, cell=80), _OPEN),
        (_device("same-security-traffic permit intra-interface", cell=80), _CLOSED),
        (_device(*_guarded(_ANY)), _OPEN),
        (_device(*_guarded(_ANY), cell=80), _CLOSED),
        (_device(*_guarded(_ANY), _SAME, cell=80), _OPEN),
        (_device(*_guarded(_ANY, at="scada")), _CLOSED),
        (_device("object-group icmp-type T", " icmp-object echo-reply", " icmp-object 3",
            *_guarded("permit icmp any any object-group T")), _CLOSED),
        (_device("object-group icmp-type T", " icmp-object echo", "object-group icmp-type U", " group-object T",
            *_guarded("permit icmp any any object-group U")), _OPEN),
        (_device("object-group icmp-type T", " group-object GONE", *_guarded("permit icmp any any object-group T")),
            _UNKNOWN),
        (_device(*_guarded("permit tcp any host plc eq 502")), _OPEN),
        (_device(*_guarded("permit tcp any object PLC eq 502")), _OPEN),
        (_device(*_guarded("permit tcp any object-group DEEP eq 502")), _OPEN),
        (_device(*_guarded("permit tcp any object-group NOWHERE eq 502")), _UNKNOWN),
        (_device(*_guarded("permit tcp any 10.0.30.0 255.255.255.0 eq 502")), _CLOSED),
        (_device(*_guarded("deny ip any any", _ANY)), _CLOSED),
        (_device(*_guarded("permit tcp any any eq 502 inactive")), _CLOSED),
        (_device(*_guarded("permit tcp any any eq 502 time-range SHIFT")), _UNKNOWN),
        (_device(*_guarded("permit tcp user PLANT\\\\joe any any eq 502")), _UNKNOWN),
        (_device(*_guarded("deny ip any any"), cell=90), _CLOSED),  # a list takes the levels' place
        (_device("access-list A extended permit ip any any", "access-group A global"), _OPEN),
        (_device("access-list A extended permit icmp any any", "access-group A global", cell=90), _OPEN),
        (_device(*_guarded("deny ip any any"), "access-list A extended " + _ANY, "access-group A global"), _CLOSED),
        (_device(*_guarded("deny ip any any", way="out", at="scada"), cell=90), _CLOSED),
        (_device(*_guarded(_ANY, way="out", at="scada"), cell=90), _OPEN),
        (_device(*_guarded(_ANY, way="out", at="scada")), _UNKNOWN),
        (_device("access-group NOWHERE in interface cell"), _UNKNOWN),
        (_device(*_guarded(_ANY), "access-group G in interface cell control-plane"), _OPEN),
        (_device(*_guarded(_ANY), port=" shutdown"), _CLOSED),
        (_device(*_guarded(_ANY), port=" management-only"), _CLOSED),
        (_device(*_guarded(_ANY), port=" policy-route route-map AWAY"), _UNKNOWN),
        (_device(*_guarded(_ANY), port=" frobnicate everything"), _UNKNOWN),
        (_device(port=" bridge-group 1"), _UNKNOWN),
        (_device("firewall transparent"), _UNKNOWN),
        (_device("established tcp 80"), _UNKNOWN),
        (_device("router ospf 1", " network 10.0.0.0 255.0.0.0 area 0"), _UNKNOWN),
        (_device("route plant 0.0.0.0 0.0.0.0 10.0.30.9 1"), _CLOSED),
        (_device(*_guarded(_ANY), "route plant 10.0.20.0 255.255.255.128 10.0.30.9 1"), _OPEN),
        (_device("nat (cell,plant) source dynamic any interface"), _CLOSED),
        (_device("nat (cell,scada) source dynamic any interface", cell=90), _OPEN),
        (_device(plc=" nat (scada,plant) static 10.0.30.77"), _CLOSED),  # it is published elsewhere
        (_device(plc=" nat (scada,cell) static 10.0.10.77"), _UNKNOWN),
        (_device(plc=" nat (scada,any) static 10.0.10.77"), _UNKNOWN),
        (_device("nat (scada,cell) source static PLC PLC"), _CLOSED),
        (_device("static (scada,cell) 10.0.10.77 10.0.20.9 netmask 255.255.255.255"), _UNKNOWN),
        (_device("webvpn", " enable cell"), _UNKNOWN),
        (_device("crypto map VPN interface cell"), _UNKNOWN),
        (_device("logging enable", "snmp-server enable"), _CLOSED),
        (_device().replace(": end\n", ""), _UNKNOWN),
    ],
)  # fmt: skip
def test_what_lines_do_to_packets(text: str, state: ReachState) -> None:
    assert proved(text) is state


_CONDUIT = POLICY.replace("conduits: []", "conduits: [{id: c, from: a, to: b, protocols: [tcp/502]}]")


def test_answers_come_back_in_the_conversations_that_were_let_through() -> None:
    found = studied(
        _device(*_guarded("permit tcp any any eq 502"), "access-group G in interface scada"), policy=_CONDUIT
    )
    (conduit,) = found.conduits
    assert (conduit.state, conduit.answers) == (_OPEN, _OPEN)


@pytest.mark.parametrize(
    ("entry", "state"),
    [
        ("permit icmp any any", _CLOSED),  # that of IPv4
        ("permit icmp6 any6 any6", _OPEN),
        ("permit icmp6 any any echo", _OPEN),
        ("permit icmp6 any any echo-reply", _CLOSED),
        ("permit 58 any6 any6", _OPEN),
        ("permit tcp any4 any4", _CLOSED),
        ("permit tcp any any eq 502", _OPEN),
        ("permit tcp object-group GLOBAL any6", _CLOSED),  # the zones have unique local addresses
    ],
)
def test_ipv6_has_an_icmp_of_its_own(entry: str, state: ReachState) -> None:
    text = _device(*_guarded(entry)).replace("ip address 10.0.", "ipv6 address fd00:0:0:")
    text = text.replace(".1 255.255.255.0", "::1/64")
    text = text.replace(
        "object network PLC", "object-group network GLOBAL\n network-object 2000::/3\nobject network PLC"
    )
    policy = POLICY.replace("10.0.10.0/24", "'fd00:0:0:10::/64'").replace("10.0.20.0/24", "'fd00:0:0:20::/64'")
    assert proved(text, policy=policy) is state


def test_a_list_for_ipv6_leaves_ipv4_closed() -> None:
    six = "ipv6 address 2001:db8:{}::1/64"
    text = _device(
        "access-list G extended permit ip any6 any6", "access-group G in interface cell", port=" " + six.format(10)
    )
    text = text.replace(" ip address 10.0.20.1", f" {six.format(20)}\n ip address 10.0.20.1")
    assert proved(text) is _CLOSED
    both = POLICY.replace("10.0.10.0/24", '10.0.10.0/24, "2001:db8:10::/64"').replace(
        "10.0.20.0/24", '10.0.20.0/24, "2001:db8:20::/64"'
    )
    assert proved(text, policy=both) is _OPEN
    closed = text.replace("permit ip any6 any6", "permit ip any4 any4")
    assert set(studied(closed, policy=both).proofs["a", "b"].sure) == {4, 6}


@pytest.mark.parametrize(
    "line",
    ["route", "access-list", "access-group", "object network", "nat (", "nat (a,b) source", "crypto map", "static"],
)
def test_half_a_command_is_a_doubt_and_no_crash(line: str) -> None:
    assert proved(_device(line)) in (_CLOSED, _UNKNOWN)


def test_what_is_kept_of_a_device_is_the_same_each_time() -> None:
    router = reader.read(_device(*_guarded(_ANY), _SAME).encode(), "x.cfg").router
    assert router is not None
    names = frozenset(("b", "a", "c"))
    first = router.filters[4][0]
    router.filters[4][0] = replace(first, entries=tuple(replace(e, goes_out=names) for e in first.entries))
    assert '"goes_out":["a","b","c"]' in saved(router)
    assert saved(restored(saved(router))) == saved(router)


def test_all_source_ports_of_a_service_are_no_condition() -> None:
    service = "object-group service S\n service-object tcp source range 0 65535 destination eq 502"
    proof = studied(_device(service, *_guarded("permit object-group S any any")), policy=POLICY).proofs["a", "b"]
    assert [(box[2], box[4]) for box in proof.sure[4]] == [((6, 6), (502, 502))]
