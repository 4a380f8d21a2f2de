"""Commands one after the other, and what is left of them: blocks opened again, ranges, negation, resets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.configs import replay
from scanner.configs.dialects.cisco_ios.grammar import GRAMMAR as IOS
from scanner.configs.dialects.cisco_ios.grammar import full_name
from scanner.configs.dialects.huawei_vrp.grammar import GRAMMAR as VRP
from scanner.configs.grammar import Grammar
from scanner.configs.nodes import Node, walk
from scanner.configs.reader import masker
from scanner.configs.tree import Tree, parse

IOS_LINES = {
    "a block goes on": (
        "interface Gi1/1\n switchport mode trunk\n!\ninterface Gi1/1\n shutdown\n",
        ["interface Gi1/1", " switchport mode trunk", " shutdown"],
    ),
    "in another spelling": (
        "interface GigabitEthernet1/1\n switchport mode trunk\ninterface gi 1/1\n shutdown\n",
        ["interface GigabitEthernet1/1", " switchport mode trunk", " shutdown"],
    ),
    "ten gigabit is no gigabit": (
        "interface Te1/1\n shutdown\ninterface Gi1/1\n mtu 9000\n",
        ["interface Te1/1", " shutdown", "interface Gi1/1", " mtu 9000"],
    ),
    "a range": (
        "interface range Gi1/0/1 - 2 , Gi1/0/9\n shutdown\n",
        ["interface Gi1/0/1", " shutdown", "interface Gi1/0/2", " shutdown", "interface Gi1/0/9", " shutdown"],
    ),
    "a range of which one port is said more": (
        "interface range Gi1/0/1-2\n switchport\ninterface Gi1/0/2\n shutdown\n",
        ["interface Gi1/0/1", " switchport", "interface Gi1/0/2", " switchport", " shutdown"],
    ),
    "a range by its macro": ("interface range macro M\n shutdown\n", ["interface range macro M", " shutdown"]),
    "lines apart": (
        "line vty 0 15\n login local\nline vty 5 15\n transport input ssh\n",
        ["line vty 0 4", " login local", "line vty 5 15", " login local", " transport input ssh"],
    ),
    "lines that differ stay": (
        "line vty 0 4\n login local\nline vty 5 15\n login local\n",
        ["line vty 0 4", " login local", "line vty 5 15", " login local"],
    ),
    "taken away": ("ntp server 10.0.0.1 prefer\nno ntp server 10.0.0.1\n", ["no ntp server 10.0.0.1"]),
    "another stays": (
        "ntp server 10.0.0.1\nntp server 10.0.0.2\nno ntp server 10.0.0.1\n",
        ["ntp server 10.0.0.2", "no ntp server 10.0.0.1"],
    ),
    "a later one stays": (
        "no ntp server 10.0.0.1\nntp server 10.0.0.1\n",
        ["no ntp server 10.0.0.1", "ntp server 10.0.0.1"],
    ),
    "a community is known by itself": (
        "snmp-server community strong1 RO 10\nsnmp-server community public RO\nno snmp-server community public\n",
        ["snmp-server community <masked> RO 10", "no snmp-server community <masked>"],
    ),
    "one of a list takes not the list": (
        "ip dhcp snooping vlan 10,20\nno ip dhcp snooping vlan 10\n",
        ["ip dhcp snooping vlan 10,20", "no ip dhcp snooping vlan 10"],
    ),
    "an interface": (
        "interface Vlan10\n ip address 10.0.0.1 255.0.0.0\nno interface vlan 10\n",
        ["no interface vlan 10"],
    ),
    "an entry by its number": (
        "ip access-list extended X\n 10 permit ip any any\n 20 deny ip any any\n no 10\n",
        ["ip access-list extended X", " 20 deny ip any any", " no 10"],
    ),
    "a reset": (
        "interface Gi1/1\n switchport mode trunk\ndefault interface GigabitEthernet1/1\ninterface Gi1/1\n shutdown\n",
        ["interface Gi1/1", " shutdown"],
    ),
    "a command reset": (
        "line vty 0 4\n no exec-timeout\n default exec-timeout\n",
        ["line vty 0 4"],
    ),
}
VRP_LINES = {
    "a range": (
        "interface range GE0/0/1 to GE0/0/2\n shutdown\n#\n",
        ["interface GE0/0/1", " shutdown", "interface GE0/0/2", " shutdown"],
    ),
    "a block goes on": (
        "aaa\n local-user a level 3\n#\naaa\n undo local-user a\n#\n",
        ["aaa", " undo local-user a"],
    ),
    "lines apart": (
        "user-interface vty 0 14\n idle-timeout 5 0\nuser-interface vty 0 4\n acl 2000 inbound\n#\n",
        ["user-interface vty 0 4", " idle-timeout 5 0", " acl 2000 inbound"]
        + ["user-interface vty 5 14", " idle-timeout 5 0"],
    ),
    "one VLAN of a range": (
        "interface GE0/0/1\n port trunk allow-pass vlan 1 to 10\n undo port trunk allow-pass vlan 1\n#\n",
        ["interface GE0/0/1", " port trunk allow-pass vlan 1 to 10", " undo port trunk allow-pass vlan 1"],
    ),
}


def parsed(grammar: Grammar, text: str) -> Tree:
    whole = f"{grammar.name} a\n{text}{grammar.end}\n"
    return parse(whole.encode(), "sw1.cfg", grammar, masker("cisco-ios" if grammar is IOS else "huawei-vrp").mask)


def outline(node: Node, depth: int = 0) -> list[str]:
    return [line for c in node.children for line in (" " * depth + c.text, *outline(c, depth + 1))]


@pytest.mark.parametrize(("text", "left"), IOS_LINES.values(), ids=IOS_LINES)
def test_ios(text: str, left: list[str]) -> None:
    assert outline(parsed(IOS, text).root)[1:] == left


@pytest.mark.parametrize(("text", "left"), VRP_LINES.values(), ids=VRP_LINES)
def test_vrp(text: str, left: list[str]) -> None:
    assert outline(parsed(VRP, text).root)[1:] == left


def test_lines_keep_their_places_and_blocks() -> None:
    tree = parsed(IOS, "interface range Gi1/1 - 2\n switchport\ninterface Gi1/2\n shutdown\n")
    assert [(n.line, n.end, n.path) for n in walk(tree.root)][2:] == [
        (2, 3, ()),
        (3, 3, ("interface Gi1/1",)),
        (2, 3, ()),
        (3, 3, ("interface Gi1/2",)),
        (5, 5, ("interface Gi1/2",)),
    ]


@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("Gi1/0/1", "gigabitethernet1/0/1"),
        ("TenGigabitEthernet 1/1", "tengigabitethernet1/1"),
        ("te1/1", "tengigabitethernet1/1"),
        ("Vl10", "vlan10"),
        ("Po1.20", "port-channel1.20"),
        ("Wlan-GigabitEthernet8", "wlan-gigabitethernet8"),
        ("", ""),
    ],
)
def test_names_in_full(name: str, full: str) -> None:
    assert full_name(name) == full


def test_ranges_cost_a_bounded_number_of_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay, "MAX_COPIES", 100)
    tree = parsed(IOS, "interface range Gi1/0/1 - 40\n switchport\n" * 30)
    assert sum(1 for _ in walk(tree.root)) < 300
    assert outline(parsed(IOS, "interface range Gi1/1 - 60000\n shutdown\n").root)[1].endswith("60000")


@pytest.mark.parametrize(
    "text",
    [
        "interface range Gi1/0/1 - 40\n switchport\n" * 30,
        "interface range Gi1/0/1 - 40\n service\n" + "  nested\n" * 100,
        "interface range Gi1/0/1 - 40\n" * 30,
        "".join(f"line vty {n}\n login\n" for n in range(0, 40, 2)) + "line vty 0 40\n" + " login\n" * 90,
        "line vty 0 40\n login\n" * 30,
    ],
    ids=["ports", "blocks in the block", "empty blocks", "lines that differ", "the same lines"],
)
def test_blocks_that_are_too_much_work_are_told(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    assert not any("too many ports" in str(p.what) for p in parsed(IOS, text).problems)
    monkeypatch.setattr(replay, "MAX_COPIES", 100)
    tree = parsed(IOS, text)
    assert sum(1 for _ in walk(tree.root)) < 300
    assert len([p for p in tree.problems if "too many ports" in str(p.what)]) == 1


def test_a_command_is_taken_away_by_its_first_words_or_whole() -> None:
    words = " ".join(f"w{n}" for n in range(replay.MAX_WORDS + 2))
    assert outline(parsed(IOS, f"{words}\nno {words}\n").root)[1:] == [f"no {words}"]
    assert outline(parsed(IOS, f"{words}\nno {words.rsplit(' ', 3)[0]}\n").root)[1:] == [
        f"no {words.rsplit(' ', 3)[0]}"
    ]


_COMMANDS = st.sampled_from(
    ["hostname a", "interface Gi1/1", " shutdown", " no shutdown", " switchport", "line vty 0 4", "line vty 3 15"]
    + ["interface range Gi1/1 - 3", "no line vty 0 4", "default interface Gi1/2", " default shutdown", "!", " login"]
)


@given(st.lists(_COMMANDS, max_size=30))
def test_what_a_device_would_save_stays_as_it_is(commands: list[str]) -> None:
    indented = ["interface Vlan1", " mtu 1500"]
    once = outline(parsed(IOS, "".join(f"{c}\n" for c in [*indented, *commands])).root)
    again = outline(parsed(IOS, "".join(f"{c}\n" for c in once[1:])).root)
    assert again == once
