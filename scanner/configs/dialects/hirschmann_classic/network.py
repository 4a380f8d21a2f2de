"""The device itself, log servers, time, and what ports are for."""

from __future__ import annotations

import re

from scanner.configs import acls
from scanner.configs.dialects.hirschmann_hios_commands.lines import is_on, text_of
from scanner.configs.dialects.hirschmann_hios_commands.network import put_device
from scanner.configs.dialects.hirschmann_hios_commands.ports import HiosPort, vlans_of_port
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    PRUNED,
    SPARE,
    TRUNK,
    carries_every_vlan,
    put_switching,
    put_unknown_port,
    says_spare,
    vlan_list,
)
from scanner.configs.log_levels import LEVELS
from scanner.configs.nodes import given, last, walk
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree

_UNREAD = (  # what lines are about of which no more is read
    (re.compile(r"(?:ip |mac )?access-(?:list|group)\b"), "acl"),
    (re.compile(r"router \S|ip (?:ospf|rip|vrrp)\b"), "routing"),
)
_PORT = re.compile(r"\d+(?:/\d+)+")


def version_of(tree: Tree) -> str:
    """The release, of ``!System Software Version "L2P-09.0.00"``."""
    return tree.about.text.split('"')[1] if tree.about and tree.about.text.count('"') > 1 else ""


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, release, gateway and VLANs."""
    put_device(tree, sheet, "snmp-server sysname")
    for block in tree.all("vlan database"):
        for node, after in given(block.children, "vlan name"):
            if len(after) > 1 and whole(after[0]):
                sheet.put("system", f"vlan {after[0]}", "vlan_name", " ".join(after[1:]).strip('"'), node)
    vlan = tree.last("network mgmt_vlan")
    told = text_of(vlan, "network mgmt_vlan")
    if whole(told):
        sheet.put("interface", "management", "access_vlan", told, vlan)


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Log servers, which count where sending is on."""
    lines = [(words, node) for node, words in tree.given("logging host") if words]
    hosts = [(words, node) for words, node in lines if words[0][:1].isdigit()]
    taken_away = any(words[0].lower() in ("remove", "reconfigure") for words, _ in lines)  # by the number of an entry
    if taken_away or not hosts or not is_on(tree.last("logging syslog")):
        sheet.missing("logging", "device", "remote_hosts", UNKNOWN, number=0)
        return
    names = list(dict.fromkeys(words[0] for words, _ in hosts))
    sheet.put("logging", "device", "remote_hosts", ",".join(names), hosts[0][1], number=len(names))
    levels = [(_level(words[2]), node) for words, node in hosts if len(words) > 2]
    if levels and all(level >= 0 for level, _ in levels):
        finest, node = max(levels, key=lambda pair: pair[0])
        sheet.put("logging", "device", "level", LEVELS[finest], node)
    else:
        sheet.missing("logging", "device", "level", UNKNOWN)


def _level(word: str) -> int:
    """Which of the levels a word or number is; -1 for none."""
    if word.lower() in LEVELS:
        return LEVELS.index(word.lower())
    return int(word) if len(word) == 1 and word in "01234567" else -1


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Servers that the SNTP client asks, where it is said to be on."""
    kinds = {words[0].lower(): (words[1], node) for node, words in tree.given("sntp client server") if len(words) > 1}
    servers = [(name, node) for name, node in kinds.values() if name != "0.0.0.0"]  # noqa: S104 - that is none
    running = tree.exact("sntp operation on", "sntp operation off")
    if running is not None and running.key.endswith(" off"):
        sheet.put("time", "device", "sources", ABSENT, running, number=0)
        return
    if not servers or running is None:
        sheet.missing("time", "device", "sources", UNKNOWN, number=0)
        return
    names = list(dict.fromkeys(name for name, _ in servers))
    sheet.put("time", "device", "sources", ",".join(names), servers[0][1], number=len(names))
    for name, node in dict(reversed(servers)).items():
        sheet.put("time", f"server {name}", "key", NO, node)  # SNTP has none
        sheet.put("time", f"server {name}", "place", place_of(name), node)


def port_settings(tree: Tree, sheet: Sheet) -> None:
    """Each port that has lines: its VLANs tell what it is for, and nothing how it is guarded."""
    uses = []
    for block in tree.all("interface"):
        name = " ".join(block.after("interface")).lower()
        if block.negated or not _PORT.fullmatch(name):
            continue
        port = HiosPort(name, block, *vlans_of_port(block))
        port.use = _use(port)
        uses.append(port.use)
        _put(sheet, port)
    put_switching(sheet, uses, {"dhcp_snooping": lambda: (UNKNOWN, None), "arp_inspection": lambda: (UNKNOWN, None)})


def _use(port: HiosPort) -> str:
    if is_on(last(port.block.children, "shutdown")):
        return DOWN
    if says_spare(text_of(port.last("name"), "name")):
        return SPARE
    if port.tagged:
        return TRUNK
    return EDGE if port.untagged and 1 not in port.untagged else UNKNOWN


def _put(sheet: Sheet, port: HiosPort) -> None:
    name, block = port.name, port.block
    down, named = port.last("shutdown"), port.last("name")
    description = text_of(named, "name")
    sheet.put("interface", name, "kind", "physical", block)
    sheet.switch("interface", name, "shutdown", down, default=NO, block=block)
    sheet.put("interface", name, "description", description or ABSENT, named or block, present=bool(description))
    sheet.put("interface", name, "use", port.use, down if port.use == DOWN else block, present=port.use != UNKNOWN)
    for setting, command in (("proxy_arp", "ip proxy-arp"), ("directed_broadcast", "ip netdirbcast")):
        if (node := port.last(command)) is not None:
            sheet.put("interface", name, setting, YES if is_on(node) else NO, node)
    if port.use == TRUNK:
        listed = vlan_list(port.tagged | port.untagged)
        sheet.put("interface", name, "trunk_vlans", "all" if carries_every_vlan(listed) else listed, block)
        sheet.put("interface", name, "native_vlan", port.own_vlan() or PRUNED, port.last("vlan pvid") or block)
    if port.use == EDGE:
        sheet.put("interface", name, "access_vlan", port.own_vlan(), port.last("vlan pvid") or block)
        put_unknown_port(sheet, name, block, but=("access_vlan",))
    if port.use == UNKNOWN:
        put_unknown_port(sheet, name, block)


def read_access_lists(_: Tree) -> acls.Acls:
    """None is read."""
    return acls.Acls()


def bind_access_lists(tree: Tree, lists: acls.Acls) -> None:
    """None is read."""


def unread_lists(tree: Tree, _: Sheet) -> None:
    """Of what lines are about that are not read, such as access lists, nothing is told."""
    lines = [n for n in walk(tree.root) if n is not tree.root and not n.negated]
    tree.open |= {category for about, category in _UNREAD if any(about.match(n.key) for n in lines)}
