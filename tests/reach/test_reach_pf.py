"""What OPNsense and pfSense say of packets: each trap beside the innocent rule that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import POLICY, ios, proved, studied

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_AROUND = (
    "<pfsense>\n<version>22.9</version>\n<system>\n<hostname>fw</hostname>\n</system>\n<interfaces>\n"
    "<lan>\n<enable/>\n<if>em0</if>\n<ipaddr>10.0.10.1</ipaddr>\n<subnet>24</subnet>\n</lan>\n"
    "<opt1>\n<enable/>\n<if>em1</if>\n<ipaddr>10.0.20.1</ipaddr>\n<subnet>24</subnet>\n</opt1>\n"
    "</interfaces>\n{}\n</pfsense>\n"
)


def _rule(kind: str, place: str, source: str = "<any/>", destination: str = "<any/>", more: str = "") -> str:
    return (
        f"<rule><type>{kind}</type><interface>{place}</interface><ipprotocol>inet</ipprotocol>{more}"
        f"<source>{source}</source><destination>{destination}</destination></rule>\n"
    )


_B = "<network>opt1</network>"
_FLOATING = "<floating>yes</floating>"
_QUICK = _FLOATING + "<quick/>"
_OFF = "<nat><outbound><mode>disabled</mode></outbound></nat>"


@pytest.mark.parametrize(
    ("rules", "more", "state"),
    [
        ("", "", _CLOSED),
        (_rule("pass", "lan"), "", _OPEN),
        (_rule("pass", "opt1"), "", _CLOSED),
        (_rule("pass", "lan", destination=_B), "", _OPEN),
        (_rule("pass", "lan", destination=_B + "<not/>"), "", _CLOSED),
        (_rule("pass", "lan", destination="<address>10.0.30.0/24</address>"), "", _CLOSED),
        (_rule("pass", "lan", destination="<network>(self)</network>"), "", _CLOSED),
        (_rule("pass", "lan", more="<disabled/>"), "", _CLOSED),
        (_rule("pass", "lan", more="<sched>Workdays</sched>"), "", _UNKNOWN),
        (_rule("pass", "lan", more="<wizardry>1</wizardry>"), "", _UNKNOWN),
        (_rule("pass", "lan", source="<address>NOWHERE</address>"), "", _UNKNOWN),
        (_rule("block", "lan") + _rule("pass", "lan"), "", _CLOSED),
        (_rule("pass", "lan") + _rule("block", "lan", more=_QUICK), "", _CLOSED),
        (_rule("pass", "lan") + _rule("block", "lan", more=_FLOATING), "", _OPEN),  # which is not quick
        (_rule("pass", "", more=_FLOATING), "", _OPEN),
        (_rule("pass", "lan") + _rule("block", "opt1", more=_QUICK + "<direction>out</direction>"), "", _CLOSED),
        (_rule("pass", "lan") + _rule("block", "lan", more=_QUICK + "<direction>out</direction>"), "", _OPEN),
        ("", "<system><disablefilter/></system>", _OPEN),
        (
            _rule("pass", "CELL"),
            "<ifgroups><ifgroupentry><ifname>CELL</ifname><members>lan opt1</members></ifgroupentry></ifgroups>",
            _OPEN,
        ),
        (
            _rule("pass", "CELL"),
            "<ifgroups><ifgroupentry><ifname>CELL</ifname><members>opt1</members></ifgroupentry></ifgroups>",
            _CLOSED,
        ),
        (_rule("block", "lan"), "<bridges><bridged><members>lan,opt1</members></bridged></bridges>", _UNKNOWN),
        (_rule("block", "lan"), "<wizardry><a>1</a></wizardry>", _UNKNOWN),
    ],
)
def test_what_rules_do_to_packets(rules: str, more: str, state: ReachState) -> None:
    assert proved(_AROUND.format(f"{_OFF}<filter>\n{rules}</filter>{more}")) is state


def _new(action: str, place: str, *, but: bool = False) -> str:
    told = f"<action>{action}</action><interface>{place}</interface><interfacenot>{int(but)}</interfacenot>"
    return f"<rule><enabled>1</enabled>{told}<ipprotocol>inet</ipprotocol></rule>\n"


@pytest.mark.parametrize(
    ("rules", "state"),
    [
        (_new("pass", "opt1", but=True), _OPEN),
        (_new("pass", "lan", but=True), _CLOSED),
        (_new("pass", "lan") + _new("block", "opt1", but=True), _OPEN),  # it stands among those of single interfaces
        (_new("block", "lan") + _new("pass", "opt1", but=True), _CLOSED),
        (_new("block", "opt1", but=True) + _new("pass", "lan"), _CLOSED),
        (_new("pass", "opt1", but=True) + _new("block", ""), _CLOSED),
    ],
)
def test_rules_for_all_interfaces_but_one_come_after_floating_ones(rules: str, state: ReachState) -> None:
    text = _AROUND.format(f"{_OFF}<OPNsense><Firewall><Filter><rules>\n{rules}</rules></Filter></Firewall></OPNsense>")
    text = (
        text.replace("pfsense>", "opnsense>")
        .replace("<version>22.9</version>\n", "")
        .replace("<enable/>", "<enable>1</enable>")
    )
    assert proved(text) is state


_BEYOND = ios(bottom="ip route 10.0.10.0 255.255.255.0 10.0.99.1").replace("10.0.10.1", "10.0.99.2")
_GATEWAY = (
    "<gateways>{}<gateway_item><interface>opt1</interface><gateway>10.0.99.2</gateway><name>GW</name>"
    "<ipprotocol>inet</ipprotocol>{}</gateway_item></gateways>"
)


@pytest.mark.parametrize(
    ("chosen", "more", "pfsense", "opnsense"),
    [
        ("", "", _UNKNOWN, _UNKNOWN),  # any may be chosen
        ("<defaultgw4>-</defaultgw4>", "", _CLOSED, _CLOSED),
        ("<defaultgw4>GW</defaultgw4>", "", _OPEN, _OPEN),
        ("<defaultgw4>GROUP</defaultgw4>", "", _UNKNOWN, _UNKNOWN),
        ("", "<defaultgw>1</defaultgw>", _OPEN, _OPEN),
        ("", "<defaultgw>0</defaultgw>", _OPEN, _UNKNOWN),
        ("", "<fargw>1</fargw>", _UNKNOWN, _UNKNOWN),
        ("", "<disabled>1</disabled>", _CLOSED, _CLOSED),
    ],
)
def test_gateways_may_be_the_default_one(chosen: str, more: str, pfsense: ReachState, opnsense: ReachState) -> None:
    gateway = _GATEWAY.format(chosen, more)
    text = _AROUND.replace("10.0.20.1", "10.0.99.1").format(f"{_OFF}{gateway}<filter>\n{_rule('pass', 'lan')}</filter>")
    assert proved(text, _BEYOND) is pfsense
    text = text.replace("pfsense>", "opnsense>").replace("<version>22.9</version>\n", "")
    assert proved(text, _BEYOND) is opnsense


_RELAYS = "<dhcrelay>{}<interface>opt9,{}</interface><server>{}</server></dhcrelay>"
_NEW_RELAYS = (
    '<OPNsense><DHCRelay><relays uuid="a"><enabled>{}</enabled><interface>lan</interface><destination>b</destination>'
    '</relays><destinations uuid="b"><server>10.0.20.9</server></destinations></DHCRelay></OPNsense>'
)


@pytest.mark.parametrize(
    ("more", "state"),
    [
        (_RELAYS.format("<enable>1</enable>", "lan", "10.0.20.9"), _UNKNOWN),
        (_RELAYS.format("", "lan", "10.0.20.9"), _CLOSED),
        (_RELAYS.format("<enable>1</enable>", "opt1", "10.0.20.9"), _CLOSED),
        (_RELAYS.format("<enable>1</enable>", "lan", "10.0.30.9"), _CLOSED),
        (_NEW_RELAYS.format(1), _UNKNOWN),
        (_NEW_RELAYS.format(0), _CLOSED),
    ],
)
def test_requests_of_dhcp_go_on_to_a_server(more: str, state: ReachState) -> None:
    text = _AROUND.format(f"{_OFF}<filter/>{more}")
    if more.startswith("<OPNsense>"):
        text = text.replace("pfsense>", "opnsense>").replace("<version>22.9</version>\n", "")
    assert proved(text) is state


def test_a_port_forward_may_lead_anywhere() -> None:
    forward = (
        "<nat><outbound><mode>disabled</mode></outbound><rule><interface>lan</interface><protocol>tcp</protocol>"
        "<source><any/></source><destination><network>lanip</network><port>80</port></destination>"
        "<target>10.0.20.9</target><local-port>80</local-port><associated-rule-id>pass</associated-rule-id></rule></nat>"
    )
    assert proved(_AROUND.format(forward + "<filter/>")) is not _CLOSED


_CONDUIT = POLICY.replace("conduits: []", "conduits: [{id: c, from: a, to: b, protocols: [tcp/502]}]")
_AUTOMATIC = "<gateway>HOP</gateway>"


@pytest.mark.parametrize(
    ("more", "answers"),
    [("", _OPEN), ("<statetype>keep state</statetype>", _OPEN), ("<statetype>none</statetype>", _UNKNOWN)],
)
def test_answers_pass_with_the_state_of_their_conversation(more: str, answers: ReachState) -> None:
    found = studied(_AROUND.format(f"{_OFF}<filter>\n{_rule('pass', 'lan', more=more)}</filter>"), policy=_CONDUIT)
    (conduit,) = found.conduits
    assert (conduit.state, conduit.answers) == (_OPEN, answers)
    assert found.proofs["b", "a"].state is _CLOSED


def test_another_source_address_keeps_nothing_from_arriving() -> None:
    text = _AROUND.format(f"<filter>\n{_rule('pass', 'lan')}</filter>")
    assert proved(text.replace("<subnet>24</subnet>\n</opt1>", f"<subnet>24</subnet>{_AUTOMATIC}</opt1>")) is _OPEN


def test_what_is_cut_off_closes_nothing() -> None:
    whole = _AROUND.format(f"{_OFF}<filter>\n{_rule('block', 'lan')}</filter>")
    assert proved(whole[:-20]) is _UNKNOWN
