"""Half words of commands, which devices take, and words that are whole."""

from __future__ import annotations

import pytest

from scanner.configs.dialects.cisco_asa.grammar import GRAMMAR as ASA
from scanner.configs.dialects.cisco_ios.grammar import GRAMMAR as IOS
from scanner.configs.dialects.h3c_comware.grammar import GRAMMAR as COMWARE
from scanner.configs.dialects.huawei_vrp.grammar import GRAMMAR as VRP
from scanner.configs.dialects.ruijie_rgos.grammar import GRAMMAR as RGOS
from scanner.configs.grammar import Grammar
from scanner.configs.half_words import in_full
from tests.configs.dialect_cases import FIXTURES

_SAVED = [
    *((IOS, name) for name in ("ie3300", "stratix5700", "nexus9300", "eos7050")),
    *((VRP, "s5735"), (COMWARE, "s5130"), (ASA, "asa5516"), (RGOS, "s5760")),
]


@pytest.mark.parametrize(
    ("grammar", "written", "meant"),
    [
        (IOS, "int gi1/0/1", "interface gi1/0/1"),
        (IOS, "tran inp tel", "transport input telnet"),
        (IOS, "no exec-t", "no exec-timeout"),
        (IOS, "no shut", "no shutdown"),
        (IOS, "snmp-s comm public RW", "snmp-server community public RW"),
        (IOS, "user adm priv 15 password 0 x", "username adm privilege 15 password 0 x"),
        (IOS, "access-l 120 per ip any any", "access-list 120 permit ip any any"),
        (IOS, "10 perm ip any any", "10 permit ip any any"),
        (IOS, "ip http ser", "ip http server"),
        (IOS, "ip http se", "ip http se"),  # a server, or a secure one
        (IOS, "host 10.0.0.1", "host 10.0.0.1"),  # of a group
        (IOS, "sw tr all vl all", "switchport trunk allowed vlan all"),
        (IOS, "s tr all vl all", "s tr all vl all"),  # too short
        (IOS, "sh", "shutdown"),
        (IOS, "switch trunk allow vlan all", "switchport trunk allowed vlan all"),
        (IOS, "log config", "log config"),
        (IOS, "username interf password 0 x", "username interf password 0 x"),
        (IOS, "description int gi1", "description int gi1"),
        (VRP, "undo telnet ser enab", "undo telnet server enable"),
        (VRP, "rule 5 perm ip", "rule 5 permit ip"),
        (VRP, "user-int vty 0 4", "user-interface vty 0 4"),
        (VRP, "user privilege level 3", "user privilege level 3"),
        (VRP, "port trunk allow vlan all", "port trunk allow-pass vlan all"),
        (VRP, "undo port trunk allow vlan 1", "undo port trunk allow-pass vlan 1"),
        (VRP, "port trunk allow all", "port trunk allow all"),  # of no command that is known
        (IOS, "no ip domain lookup", "no ip domain lookup"),
        (COMWARE, "port trunk perm vlan all", "port trunk permit vlan all"),
        (ASA, "access-l OUT ext perm ip any any", "access-list OUT extended permit ip any any"),
        (RGOS, "en serv ssh-s", "enable service ssh-server"),
        (RGOS, "int ra gi 0/1-4,0/7", "interface range gi 0/1-4,0/7"),
        (RGOS, "sw trunk allowed vlan on 10", "switchport trunk allowed vlan only 10"),
        (RGOS, "switch access vlan 10", "switchport access vlan 10"),
        (RGOS, "no en service telnet-s", "no enable service telnet-server"),
        (ASA, "access-list extended extended deny ip any any", "access-list extended extended deny ip any any"),
    ],
)
def test_half_words(grammar: Grammar, written: str, meant: str) -> None:
    assert in_full(written, grammar.words, grammar.negation) == meant


@pytest.mark.parametrize(("grammar", "name"), _SAVED)
@pytest.mark.parametrize("story", ["good", "bad"])
def test_what_a_device_saves_stays_as_it_is(grammar: Grammar, name: str, story: str) -> None:
    lines = [line.strip() for line in (FIXTURES / name / f"{story}.cfg").read_text("utf-8").split("\n")]
    assert [in_full(line, grammar.words, grammar.negation) for line in lines] == lines
