"""What the zones of a USG firewall say of packets: each trap beside the innocent line that it looks like."""

from __future__ import annotations

import pytest

from scanner.reach.proofs import ReachState
from tests.reach.devices import POLICY, proved, studied

_OPEN, _CLOSED, _UNKNOWN = ReachState.OPEN, ReachState.CLOSED, ReachState.UNKNOWN
_BASE = """\
!Software Version V500R005C10SPC300
#
sysname FW1
#
{top}
#
interface GigabitEthernet1/0/1
 undo shutdown
 ip address 10.0.10.1 255.255.255.0
 service-manage https permit
#
interface GigabitEthernet1/0/2
 undo shutdown
 ip address 10.0.20.1 255.255.255.0
#
interface GigabitEthernet1/0/3
 ip address 10.0.30.1 255.255.255.0
#
firewall zone local
 set priority 100
#
firewall zone trust
 set priority 85
 add interface GigabitEthernet1/0/1
#
firewall zone name scada id 4
 set priority 60
{scada}
#
firewall zone untrust
 set priority 5
 add interface GigabitEthernet1/0/3
#
ip address-set plc type object
 address 0 10.0.20.9 mask 32
 address 1 range 10.0.20.20 10.0.20.29
#
ip address-set plcs type group
 address 0 address-set plc
#
ip address-set outside type object
 address 0 10.0.77.0 0.0.0.255
#
ip address-set named type object
 address 0 mac-address 0011-2233-4455
#
ip service-set modbus type object
 service 0 protocol tcp source-port 0 to 65535 destination-port 502
#
security-policy
{policy}
#
{bottom}
#
return
"""


def _usg(policy: str = "", top: str = "", bottom: str = "", scada: str = " add interface GigabitEthernet1/0/2") -> str:
    return _BASE.format(policy=policy, top=top, bottom=bottom, scada=scada)


def _rule(*lines: str, name: str = "one", start: str = "trust", stop: str = "scada", action: str = "permit") -> str:
    told = [f" rule name {name}", f"  source-zone {start}", f"  destination-zone {stop}"]
    return "\n".join([*told, *(f"  {line}" for line in lines), f"  action {action}", ""])


@pytest.mark.parametrize(
    ("text", "state"),
    [
        (_usg(), _CLOSED),
        (_usg(_rule()), _OPEN),
        (_usg(_rule(start="any", stop="any")), _OPEN),
        (_usg(_rule(start="scada", stop="trust")), _CLOSED),
        (_usg(_rule(stop="untrust")), _CLOSED),
        (_usg(_rule(stop="local")), _CLOSED),
        (_usg(_rule(stop="untrust scada")), _OPEN),
        (_usg(_rule(name="a", action="deny") + _rule(name="b")), _CLOSED),
        (_usg(_rule(name="a") + _rule(name="b", action="deny")), _OPEN),
        (_usg(_rule("disable")), _CLOSED),
        (_usg(_rule("disable", name="a", action="deny") + _rule(name="b")), _OPEN),
        (_usg(_rule("destination-address address-set plcs")), _OPEN),
        (_usg(_rule("destination-address address-set outside")), _CLOSED),
        (_usg(_rule("destination-address address-set named")), _UNKNOWN),
        (_usg(_rule("destination-address address-set nowhere")), _UNKNOWN),
        (_usg(_rule("destination-address 10.0.20.0 mask 255.255.255.0")), _OPEN),
        (_usg(_rule("destination-address 10.0.20.0 0.0.0.255")), _OPEN),
        (_usg(_rule("destination-address 10.0.20.0 24")), _OPEN),
        (_usg(_rule("destination-address 10.0.77.0 24")), _CLOSED),
        (_usg(_rule("destination-address range 10.0.20.7 10.0.20.9")), _OPEN),
        (_usg(_rule("destination-address any")), _OPEN),
        (_usg(_rule("destination-address domain-set plc.example")), _UNKNOWN),
        (_usg(_rule("destination-address 10.0.20.0 0.0.7.255")), _OPEN),
        (_usg(_rule("source-address 2001:db8:: 64")), _CLOSED),
        (_usg(_rule("service modbus")), _OPEN),
        (_usg(_rule("service https ssh")), _OPEN),
        (_usg(_rule("service protocol tcp destination-port 502 to 503 44818")), _OPEN),
        (_usg(_rule("service protocol tcp source-port 20000 destination-port 502")), _OPEN),
        (
            _usg(_rule("service protocol tcp source-port 9", name="a", action="deny") + _rule("service protocol tcp")),
            _OPEN,
        ),
        (_usg(_rule("service protocol tcp icmp-type 8")), _UNKNOWN),
        (_usg(_rule("service oddity")), _UNKNOWN),
        (_usg(_rule("application app Modbus")), _UNKNOWN),
        (_usg(_rule("time-range worktime")), _UNKNOWN),
        (_usg(_rule("user user-group operators")), _UNKNOWN),
        (_usg(_rule("wizardry")), _UNKNOWN),
        (_usg(_rule("profile ips strict", "session logging", "description plc")), _OPEN),
        (_usg(_rule("time-range worktime", name="a", action="deny") + _rule(name="b")), _UNKNOWN),
        (_usg(_rule(action="wizardry")), _UNKNOWN),
        (_usg(_rule(name="two words")), _OPEN),
        (_usg(" default action permit"), _OPEN),
        (_usg(_rule(start="Trust", stop="SCADA")), _OPEN),
        (_usg(_rule(stop="elsewhere")), _UNKNOWN),
        (_usg(" group name g\n  disable\n" + _rule("parent-group g")), _CLOSED),
        (_usg(" group name g\n  description all\n" + _rule("parent-group g")), _OPEN),
        (_usg(" group name g\n  rule name one\n   action permit\n"), _UNKNOWN),
        (_usg(_rule("destination-address 0.0.0.0 mask 0")), _OPEN),
        (_usg(_rule(), top="firewall blacklist enable"), _UNKNOWN),
        (_usg(top="undo firewall packet-filter basic-protocol enable"), _UNKNOWN),
        (_usg(" default action deny"), _CLOSED),
        (_usg(_rule(name="a", action="deny") + " default action permit"), _CLOSED),
        (_usg(" wizardry"), _UNKNOWN),
        (_usg(_rule(), scada=""), _CLOSED),
        (_usg(_rule(), scada=" add interface GigabitEthernet1/0/2\n undo add interface GigabitEthernet1/0/2"), _CLOSED),
        (_usg(scada=" add interface GigabitEthernet1/0/2\n#\nfirewall zone trust\n add interface GigabitEthernet1/0/2"),
         _UNKNOWN),
        (_usg(bottom="nat-policy\n rule name n\n  source-zone trust\n  destination-zone untrust\n"
              "  action source-nat easy-ip"), _CLOSED),
        (_usg(_rule(), bottom="nat-policy\n rule name n\n  source-zone trust\n  destination-zone scada\n"
              "  action source-nat easy-ip"), _OPEN),
        (_usg(top="nat server web protocol tcp global 10.0.10.77 502 inside 10.0.20.9 502"), _UNKNOWN),
        (_usg(top="nat server web zone untrust protocol tcp global 10.0.30.77 502 inside 10.0.20.9 502"), _CLOSED),
        (_usg(bottom="policy-based-route\n rule name r\n  source-zone trust\n  action pbr next-hop 10.0.30.9"),
         _UNKNOWN),
        (_usg(_rule(), bottom="policy-based-route"), _OPEN),
        (_usg(bottom="firewall interzone trust scada\n detect ftp"), _CLOSED),
        (_usg(_rule(), bottom="policy interzone trust scada outbound\n policy 0\n  action permit"), _UNKNOWN),
        (_usg(_rule(), bottom="switch vsys one"), _UNKNOWN),
        (_usg(bottom="vsys name one 1\n assign interface GigabitEthernet1/0/1"), _UNKNOWN),
    ],
)  # fmt: skip
def test_what_lines_do_to_packets(text: str, state: ReachState) -> None:
    assert proved(text) is state


_CONDUIT = POLICY.replace("conduits: []", "conduits: [{id: c, from: a, to: b, protocols: [tcp/502]}]")
_LIST = "acl number 3000\n rule 5 permit ip\ninterface GigabitEthernet1/0/2\n traffic-filter inbound acl 3000"


@pytest.mark.parametrize(("bottom", "answers"), [("", _OPEN), (_LIST, _UNKNOWN)])
def test_answers_come_back_in_the_conversations_that_were_let_through(bottom: str, answers: ReachState) -> None:
    found = studied(_usg(_rule("service modbus"), bottom=bottom), policy=_CONDUIT)
    (conduit,) = found.conduits
    assert (conduit.state, conduit.answers) == (_OPEN, answers)
