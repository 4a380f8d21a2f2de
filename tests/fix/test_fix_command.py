"""``otaudit fix`` from end to end."""

from __future__ import annotations

import json
import shutil
import struct
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fixtures.record.wire import Wire
from scanner.cli import fix
from scanner.cli.fix import command

_PLANT = Path("fixtures/plants/bottling")
_LIST = """\
hostname SW
!
ip access-list extended GUARD
 permit tcp 10.0.10.0 0.0.0.255 10.0.20.0 0.0.0.255 eq 502
 permit tcp host 10.0.10.9 host 10.0.20.9 eq 502
 deny ip any any log
!
interface Vlan10
 ip address 10.0.10.1 255.255.255.0
 ip access-group GUARD in
!
end
"""


# Another dialect's list with an entry that one before it covers, the lines of that entry in « ».
_OTHERS = {
    "arista-eos": """\
! device: sw1 (DCS-7050SX3-48YC8, EOS-4.28.3M)
!
hostname sw1
!
ip access-list GUARD
   10 permit tcp 10.0.10.0/24 10.0.20.0/24 eq 502
«   20 permit tcp host 10.0.10.9 host 10.0.20.9 eq 502
»   30 deny ip any any log
!
interface Ethernet1
   no switchport
   ip address 10.0.10.1/24
   ip access-group GUARD in
!
management ssh
   idle-timeout 10
!
end
""",
    "hp-procurve": """\
; J9729A Configuration Editor; Created on release #WB.16.08.0001

hostname "sw1"
ip access-list extended "GUARD"
   10 permit tcp 10.0.10.0 0.0.0.255 10.0.20.0 0.0.0.255 eq 502
«   20 permit tcp 10.0.10.9 0.0.0.0 10.0.20.9 0.0.0.0 eq 502
»   30 deny ip 0.0.0.0 255.255.255.255 0.0.0.0 255.255.255.255 log
   exit
vlan 1
   name "DEFAULT_VLAN"
   ip access-group "GUARD" in
   exit
""",
    "cisco-nxos": """\
!Command: show running-config
version 9.3(8) Bios:version 05.42
hostname sw1
vdc sw1 id 1
  limit-resource vlan minimum 16 maximum 4094
feature interface-vlan

ip access-list GUARD
  10 permit tcp 10.0.10.0/24 10.0.20.0/24 eq 502
«  20 permit tcp 10.0.10.9/32 10.0.20.9/32 eq 502
»  30 deny ip any any log

interface Ethernet1/1
  no switchport
  ip address 10.0.10.1/24
  ip access-group GUARD in

line console
line vty
boot nxos bootflash:/nxos64-cs.10.2.5.M.bin
""",
    "ruijie-rgos": """\
version S57_RGOS 11.4(1)B12P11
hostname sw1
!
ip access-list extended GUARD
 10 permit tcp 10.0.10.0 0.0.0.255 10.0.20.0 0.0.0.255 eq 502
« 20 permit tcp host 10.0.10.9 host 10.0.20.9 eq 502
» 30 deny ip any any log
!
nfpp
!
interface GigabitEthernet 0/1
 no switchport
 ip address 10.0.10.1 255.255.255.0
 ip access-group GUARD in
!
line vty 0 4
!
end
""",
    "cisco-asa": """\
ASA Version 9.16(4)
!
hostname fw1
!
interface GigabitEthernet1/1
 nameif inside
 security-level 100
 ip address 10.0.10.1 255.255.255.0
!
access-list GUARD extended permit tcp 10.0.10.0 255.255.255.0 10.0.20.0 255.255.255.0 eq 502
«access-list GUARD extended permit tcp host 10.0.10.9 host 10.0.20.9 eq 502
»access-list GUARD extended deny ip any any log
access-group GUARD in interface inside
Cryptochecksum:d41d8cd98f00b204e9800998ecf8427e
: end
""",
    "h3c-comware": """\
#
 version 7.1.070, Release 6318P01
#
 sysname SW1
#
acl advanced name GUARD
 rule 5 permit tcp source 10.0.10.0 0.0.0.255 destination 10.0.20.0 0.0.0.255 destination-port eq 502
« rule 10 permit tcp source 10.0.10.9 0 destination 10.0.20.9 0 destination-port eq 502
» rule 15 deny ip logging
#
interface Vlan-interface10
 ip address 10.0.10.1 255.255.255.0
 packet-filter name GUARD inbound
#
return
""",
    "linux-iptables": """\
*filter
:INPUT DROP [0:0]
:FORWARD DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A FORWARD -s 10.0.10.0/24 -d 10.0.20.0/24 -p tcp -m tcp --dport 502 -j ACCEPT
«-A FORWARD -s 10.0.10.9/32 -d 10.0.20.9/32 -p tcp -m tcp --dport 502 -j ACCEPT
»-A FORWARD -j LOG
COMMIT
""",
    "linux-nftables": """\
flush ruleset
table inet f {
    chain input { type filter hook input priority 0; policy drop; }
    chain forward {
        type filter hook forward priority 0; policy drop;
        ip saddr 10.0.10.0/24 ip daddr 10.0.20.0/24 tcp dport { 102, 502 } accept
«        ip saddr 10.0.10.9 ip daddr 10.0.20.9 tcp dport 502 accept comment "old; } #1"
»        log prefix "denied: "
    }
}
""",
    "fortinet-fortios": """\
#config-version=FGT60F-7.4.5-FW-build2702-240926:opmode=0:vdom=0:user=admin
config firewall address
    edit "cell"
        set subnet 10.0.10.0 255.255.255.0
    next
    edit "plc"
        set subnet 10.0.10.9 255.255.255.255
    next
end
config firewall policy
    edit 1
        set srcintf "a"
        set dstintf "b"
        set action accept
        set srcaddr "cell"
        set dstaddr "cell"
        set schedule "always"
        set service "HTTPS"
    next
«    edit 2
        set srcintf "a"
        set dstintf "b"
        set action accept
        set srcaddr "plc"
        set dstaddr "cell"
        set schedule "always"
        set service "HTTPS"
        set comments "of 2019
next
end"
    next
»    edit 3
        set srcintf "b"
        set dstintf "a"
        set action accept
        set srcaddr "plc"
        set dstaddr "cell"
        set schedule "always"
        set service "SSH"
    next
end
config router multicast
end
""",
    "juniper-junos": """\
version 21.4R3.15;
system {
    host-name a;
}
interfaces {
    ge-0/0/1 {
        unit 0 {
            family inet {
                filter {
                    input F;
                }
                address 10.0.10.1/24;
            }
        }
    }
}
firewall {
    family inet {
        filter F {
            term t {
                from {
                    source-address {
                        10.0.10.0/24;
                    }
                    protocol tcp;
                    destination-port 502;
                }
                then accept;
            }
«            term u {
                /* of 2019 } */
                from {
                    source-address {
                        10.0.10.9/32;
                    }
                    protocol tcp;
                    destination-port 502;
                }
                then accept;
            }
»            term rest {
                then {
                    syslog;
                    discard;
                }
            }
        }
    }
}
""",
    "paloalto-panos": """\
<?xml version="1.0"?>
<config version="10.1.0" urldb="paloaltonetworks">
<mgt-config><users><entry name="carla"><phash>*</phash></entry></users></mgt-config>
<devices><entry name="localhost.localdomain">
<deviceconfig><system><hostname>fw</hostname></system></deviceconfig>
<vsys><entry name="vsys1">
<rulebase><security><rules>
<entry name="R">
<from><member>a</member></from><to><member>b</member></to>
<source><member>10.0.10.0/24</member></source><destination><member>any</member></destination>
<application><member>any</member></application><service><member>any</member></service><action>allow</action>
</entry>
«<entry name="S"> <!-- </entry> -->
<from><member>a</member></from><to><member>b</member></to>
<source><member>10.0.10.9</member></source><destination><member>any</member></destination>
<application><member>any</member></application><service><member>any</member></service><action>allow</action>
</entry>
»</rules></security></rulebase>
</entry></vsys>
</entry></devices>
</config>
""",
    "mikrotik-routeros": """\
# 2025-02-17 21:53:52 by RouterOS 7.16.2
/ip firewall filter
add action=accept chain=forward dst-address=10.0.20.0/24 dst-port=502 protocol=tcp src-address=10.0.10.0/24
«add action=accept chain=forward comment="of 2019" dst-address=10.0.20.9 \\
    dst-port=502 protocol=tcp src-address=10.0.10.9
»add action=drop chain=forward log=yes
/system identity
set name=rtr
""",
    "pfsense": """\
<?xml version="1.0"?>
<pfsense>
<interfaces>
<wan><enable>1</enable><if>igb0</if><ipaddr>192.0.2.2</ipaddr><subnet>30</subnet></wan>
<lan><enable>1</enable><if>igb1</if><ipaddr>10.0.10.1</ipaddr><subnet>24</subnet></lan>
</interfaces>
<filter>
<rule><type>pass</type><interface>lan</interface><ipprotocol>inet</ipprotocol><protocol>tcp</protocol>
<source><address>10.0.10.0/24</address></source><destination><any/><port>502</port></destination></rule>
«<rule><type>pass</type><interface>lan</interface><ipprotocol>inet</ipprotocol><protocol>tcp</protocol>
<source><address>10.0.10.9</address></source><destination><any/><port>502</port></destination></rule>
»</filter>
</pfsense>
""",
    "sonic": """\
{
    "ACL_RULE": {
        "GUARD|CELL": {
            "PACKET_ACTION": "FORWARD",
            "PRIORITY": "100",
            "SRC_IP": "10.0.10.0/24",
            "DST_IP": "10.0.20.0/24",
            "IP_PROTOCOL": "6",
            "L4_DST_PORT": "502"
        },
«        "GUARD|OLD": {
            "PACKET_ACTION": "FORWARD",
            "PRIORITY": "50",
            "SRC_IP": "10.0.10.9/32",
            "DST_IP": "10.0.20.9/32",
            "IP_PROTOCOL": "6",
            "L4_DST_PORT": "502"
        },
»        "GUARD|REST": {
            "PACKET_ACTION": "DROP",
            "PRIORITY": "10",
            "ETHER_TYPE": "2048"
        }
    },
    "ACL_TABLE": {
        "GUARD": {
            "ports": [
                "Vlan20"
            ],
            "stage": "ingress",
            "type": "L3"
        }
    },
    "DEVICE_METADATA": {
        "localhost": {
            "hostname": "sw1",
            "hwsku": "Accton-AS4630-54PE",
            "mac": "00:00:5e:00:53:01",
            "platform": "x86_64-accton_as4630_54pe-r0",
            "type": "LeafRouter"
        }
    },
    "PORT": {
        "Ethernet0": {
            "admin_status": "up",
            "lanes": "1"
        }
    },
    "VLAN_INTERFACE": {
        "Vlan20": {},
        "Vlan20|10.0.10.1/24": {}
    },
    "VLAN": {
        "Vlan20": {
            "vlanid": "20"
        }
    }
}
""",
}


@pytest.mark.parametrize("dialect", _OTHERS)
def test_an_entry_is_deleted_where_its_lines_are_its_own(tmp_path: Path, dialect: str) -> None:
    path = tmp_path / "one.cfg"
    before, _, rest = _OTHERS[dialect].partition("«")
    entry, _, after = rest.partition("»")
    path.write_text(before + entry + after, encoding="utf-8")
    path.chmod(0o640)
    found = _run(str(path), "--rule", "acl-entry-without-effect", "--write", "--dialect", dialect)
    assert found.exit_code == 0, found.output
    assert path.read_text(encoding="utf-8") == before + after
    assert path.stat().st_mode & 0o777 == 0o640
    assert [p.name for p in tmp_path.iterdir()] == ["one.cfg"]


def test_with_the_last_member_of_an_object_the_comma_before_it_goes(tmp_path: Path) -> None:
    path = tmp_path / "config_db.json"
    rules = json.loads(_OTHERS["sonic"].replace("«", "").replace("»", ""))
    rules["ACL_RULE"]["GUARD|ZZ"] = rules["ACL_RULE"].pop("GUARD|OLD")
    path.write_text(json.dumps(rules, indent=4), encoding="utf-8")
    found = _run(str(path), "--rule", "acl-entry-without-effect", "--write")
    assert found.exit_code == 0, found.output
    del rules["ACL_RULE"]["GUARD|ZZ"]
    assert json.loads(path.read_text(encoding="utf-8")) == rules


def test_a_line_that_stands_for_several_entries_stays(tmp_path: Path) -> None:
    path = tmp_path / "fw.cfg"
    lines = _OTHERS["cisco-asa"].replace("«", "").replace("»", "")
    one = "permit tcp host 10.0.10.9 host 10.0.20.9 eq 502"
    lines = lines.replace(one, "permit object-group BOTH host 10.0.10.9 host 10.0.20.9")
    group = (
        "object-group service BOTH\n service-object tcp destination eq 502\n service-object udp destination eq 502\n"
    )
    lines = lines.replace("access-list GUARD", f"{group}access-list GUARD", 1)
    path.write_text(lines, encoding="utf-8")
    found = _run(str(path), "--rule", "acl-entry-without-effect", "--write")
    assert found.exit_code == 1, found.output
    assert "stands for other entries" in found.output
    assert path.read_text(encoding="utf-8") == lines


def test_nothing_is_written_over_what_somebody_changed_meanwhile(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sw.cfg"
    path.write_text(_LIST, encoding="utf-8")
    told: list[object] = []

    def meanwhile(made: object) -> None:
        told.append(made)
        path.write_text(f"{_LIST}! by hand\n", encoding="utf-8")

    monkeypatch.setattr(fix, "_tell", meanwhile)
    found = _run(str(path), "--rule", "acl-entry-without-effect", "--write")
    assert told
    assert found.exit_code == 2, found.output
    assert path.read_text(encoding="utf-8") == f"{_LIST}! by hand\n"


def _run(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def test_an_entry_without_effect_is_deleted(tmp_path: Path) -> None:
    path = tmp_path / "sw.cfg"
    path.write_text(_LIST, encoding="utf-8")
    shown = _run(str(path), "--rule", "acl-entry-without-effect")
    assert shown.exit_code == 0, shown.output
    assert "- permit tcp host 10.0.10.9 host 10.0.20.9 eq 502" in shown.stdout
    assert path.read_text(encoding="utf-8") == _LIST
    assert _run(str(path), "--rule", "acl-entry-without-effect", "--write").exit_code == 0
    assert path.read_text(encoding="utf-8") == _LIST.replace(" permit tcp host 10.0.10.9 host 10.0.20.9 eq 502\n", "")
    again = _run(str(path), "--rule", "acl-entry-without-effect")
    assert again.exit_code == 4
    assert "no such finding fails" in again.output


def test_a_conduit_is_declared_where_that_allows_nothing_else(tmp_path: Path) -> None:
    for name in ("capture.pcap.gz", "inventory.csv", "policy.yaml"):
        shutil.copy(_PLANT / name, tmp_path)
    words = (str(tmp_path), "--rule", "undeclared-conduit", "--owner", "Automation", "--reason", 'Recipes: "all"')
    found = _run(*words)
    assert found.exit_code == 1, found.output
    added = [line for line in found.stdout.splitlines() if line.startswith("+ ")]
    assert any("to: packaging, protocols: [tls], clients: [10.20.10.20]" in line for line in added)
    assert all(r'reason: "Recipes: \"all\""' in line for line in added)
    assert not any("from: office" in line for line in added)  # the same conduit would let a controller be stopped
    assert "it would settle findings that were not chosen" in found.output


_ZONES = """\
otaudit_policy: 1
zones:
  - {id: sup, level: 3, members: {subnets: [10.20.10.0/24]}}
  - {id: cell, level: 1, members: {subnets: [10.20.1.0/24]}}
conduits:
  - id: reading
    from: sup
    to: cell
    protocols: [modbus]
    verbs: [VERB]
    owner: A
    reason: B
"""


def _polled_and_written(path: Path) -> None:
    """One client reads, another writes as well."""
    with Wire(path) as wire:
        for client, writes in (("10.20.10.10", False), ("10.20.10.11", True)):
            talk = wire.tcp(client, "10.20.1.5", 502)
            for number in range(1, 80):
                register = b"\6\0\1\0\7" if writes and number % 20 == 0 else b"\3\0\0\0\1"
                for send, pdu in (
                    (talk.client, register),
                    (talk.server, register if register[0] == 6 else b"\3\2\0\7"),
                ):
                    send(struct.pack(">HHHB", number, 0, 1 + len(pdu), 1) + pdu)
                wire.pause(2)
            talk.close()


@pytest.mark.parametrize(
    ("listed", "rules", "added"),
    [
        ("read", ("undeclared-conduit", "write-unauthorised"), "clients: [10.20.10.11], verbs: [write], owner"),
        ("write", ("undeclared-conduit",), "clients: [10.20.10.10, 10.20.10.11], verbs: [read], owner"),
        ("read", ("undeclared-conduit",), ""),  # whether it may write has not been asked
    ],
)
def test_a_conduit_that_lists_too_few_verbs_gets_one_beside_it(
    tmp_path: Path, listed: str, rules: tuple[str, ...], added: str
) -> None:
    (tmp_path / "p.yaml").write_text(_ZONES.replace("VERB", listed), encoding="utf-8")
    _polled_and_written(tmp_path / "c.pcap")
    chosen = [word for rule in rules for word in ("--rule", rule)]
    found = _run(str(tmp_path), *chosen, "--owner", "A", "--reason", "R")
    lines = [line for line in found.stdout.splitlines() if line.startswith("+ ")]
    assert len(lines) == bool(added), found.output
    assert added in "".join(lines)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("x.cfg",), 2),
        (("x.cfg", "--finding", "ab"), 2),
        (("x.cfg", "--rule", "undeclared-conduit"), 4),
    ],
)
def test_what_is_asked_must_be_something(tmp_path: Path, words: tuple[str, ...], code: int) -> None:
    path = tmp_path / "x.cfg"
    path.write_text(_LIST, encoding="utf-8")
    assert _run(*(str(path) if word == "x.cfg" else word for word in words)).exit_code == code


def test_a_conduit_needs_somebody_who_answers_for_it(tmp_path: Path) -> None:
    for name in ("capture.pcap.gz", "policy.yaml"):
        shutil.copy(_PLANT / name, tmp_path)
    found = _run(str(tmp_path), "--rule", "undeclared-conduit")
    assert found.exit_code == 1
    assert "a conduit needs an owner and a reason" in found.output
    assert not found.stdout


_OVERRULED = """\
hostname SW
!
ip access-list extended GUARD
 permit tcp 10.0.10.0 0.0.0.255 10.0.20.0 0.0.0.255 eq 502
 remark the printer
 deny tcp host 10.0.10.9 10.0.20.0 0.0.0.255 eq 502
 deny ip any any log
 permit tcp host 10.0.10.7 host 10.0.20.9 eq 22
!
interface Vlan10
 ip address 10.0.10.1 255.255.255.0
 ip access-group GUARD in
!
end
"""
_DENIAL = " deny tcp host 10.0.10.9 10.0.20.0 0.0.0.255 eq 502\n"
_WIDE = " permit tcp 10.0.10.0 0.0.0.255 10.0.20.0 0.0.0.255 eq 502\n"
_NEVER = " permit tcp host 10.0.10.7 host 10.0.20.9 eq 22\n"


def test_a_denial_goes_before_what_overrules_it_and_a_permit_away(tmp_path: Path) -> None:
    path = tmp_path / "sw.cfg"
    path.write_text(_OVERRULED, encoding="utf-8")
    found = _run(str(path), "--rule", "acl-entry-overruled", "--write")
    assert found.exit_code == 0, found.output
    assert path.read_text(encoding="utf-8") == _OVERRULED.replace(_DENIAL, "").replace(_NEVER, "").replace(
        _WIDE, _DENIAL + _WIDE
    )


def test_a_rule_of_a_chain_goes_before_another(tmp_path: Path) -> None:
    path = tmp_path / "fw.rules"
    lines = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [1:1]\n:OUTPUT ACCEPT [0:0]\n{}COMMIT\n"
    wide, other = "-A FORWARD -s 10.0.10.0/24 -j ACCEPT\n", "-A INPUT -p icmp -j ACCEPT\n"
    denial = "-A FORWARD -s 10.0.10.9/32 -j DROP\n"
    path.write_text(lines.format(wide + other + denial), encoding="utf-8")
    assert _run(str(path), "--rule", "acl-entry-overruled", "--write").exit_code == 0
    assert path.read_text(encoding="utf-8") == lines.format(denial + wide + other)


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        (f" 10{_WIDE} 20{_DENIAL}", "are moved"),
        (f"{_WIDE}{_DENIAL}{_DENIAL.replace('.9 ', '.8 ')}", "about the same lines"),
    ],
)
def test_denials_that_are_not_moved(entries: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "sw.cfg"
    text = _OVERRULED.replace(_NEVER, "").replace(_DENIAL, "").replace(_WIDE, entries)
    path.write_text(text, encoding="utf-8")
    assert why in _run(str(path), "--rule", "acl-entry-overruled").output


_TWICE = _LIST.replace(" deny", " permit tcp host 10.0.10.9 host 10.0.20.9 eq 502\n deny")
_MANY = _LIST.replace("eq 502\n permit tcp host 10.0.10.9 host 10.0.20.9 eq 502", "range 1 65535")
_ANY = _LIST.replace(" deny", " permit ip any any\n deny")
_LINES = {
    "acl-entry-without-effect": " permit tcp host 10.0.10.9 host 10.0.20.9 eq 502\n",
    "acl-permits-everything": " permit ip any any\n",
}


@pytest.mark.parametrize(
    ("text", "encoding", "rule", "why"),
    [
        (_TWICE, "utf-8", "acl-entry-without-effect", ""),
        (_LIST, "utf-8-sig", "acl-entry-without-effect", ""),
        (_LIST.replace("SW", "SW\n! \u751f\u4ea7"), "gbk", "acl-entry-without-effect", ""),
        (_LIST.replace("SW", "SW\n! Schl\xfcssel"), "latin-1", "acl-entry-without-effect", ""),
        (_LIST, "utf-16", "acl-entry-without-effect", "not in UTF-16"),
        (_MANY, "utf-8", "acl-permits-many-ports", "would let nothing through"),
        (_ANY, "utf-8", "acl-permits-everything", ""),
    ],
)
def test_what_is_written_and_what_is_not(text: str, encoding: str, rule: str, why: str, tmp_path: Path) -> None:
    path = tmp_path / "sw.cfg"
    path.write_bytes(text.encode(encoding))
    found = _run(str(path), "--rule", rule, "--write")
    assert found.exit_code == (1 if why else 0), found.output
    assert why in found.output
    assert path.read_bytes() == (text if why else text.replace(_LINES[rule], "")).encode(encoding)


def test_what_a_conduit_settles_beside_it_is_fixed_as_well(tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(_ZONES[: _ZONES.index("conduits")], encoding="utf-8")
    _polled_and_written(tmp_path / "c.pcap")
    rules = ("--rule", "undeclared-conduit", "--rule", "write-unauthorised")
    found = _run(str(tmp_path), *rules, "--owner", "A", "--reason", "R")
    assert found.exit_code == 0, found.output
    assert "nothing is known to edit" not in found.output


def _written_and_sampled(path: Path) -> None:
    """One client writes, and a device sends samples."""
    with Wire(path) as wire:
        talk = wire.tcp("10.20.10.11", "10.20.1.5", 502)
        other = wire.tcp("10.20.1.5", "10.20.10.9", 4840)
        for number in range(1, 80):
            pdu = b"\6\0\1\0\7"
            for send in (talk.client, talk.server):
                send(struct.pack(">HHHB", number, 0, 1 + len(pdu), 1) + pdu)
            other.client(b"sample %d" % number)
            other.server(b"ok")
            wire.pause(2)
        talk.close()
        other.close()


@pytest.mark.parametrize(
    ("listed", "heading"),
    [("", "\nconduits:\n"), ("conduits: []  # none yet\n# below\n", "conduits:  # none yet\n")],
)
def test_several_first_conduits_are_one_list(listed: str, heading: str, tmp_path: Path) -> None:
    zones = _ZONES[: _ZONES.index("conduits")]
    policy = tmp_path / "p.yaml"
    policy.write_text(zones + listed, encoding="utf-8")
    _written_and_sampled(tmp_path / "c.pcap")
    rules = ("--rule", "undeclared-conduit", "--rule", "write-unauthorised")
    found = _run(str(tmp_path), *rules, "--owner", "A", "--reason", "R", "--write")
    assert found.exit_code == 0, found.output
    text = policy.read_text(encoding="utf-8")
    added = [line for line in text.splitlines() if line.startswith("  - {id: ") and "owner" in line]
    assert len(added) == 2
    assert text == f"{zones}{heading}{added[0]}\n{added[1]}\n" + listed.partition("\n")[2]
    again = _run(str(tmp_path), *rules, "--owner", "A", "--reason", "R")
    assert again.exit_code == 4, again.output
