"""The device itself, VLANs by name, log servers and time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.configs import acls
from scanner.configs.acl_entries import ANY, AclEntry
from scanner.configs.dialects.hirschmann_hios_commands.lines import is_on, options, text_of
from scanner.configs.log_levels import LEVELS
from scanner.configs.nodes import Node, given, walk
from scanner.configs.places import place_of
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, put_software, whole
from scanner.configs.tree import Tree

_OF_LISTS = re.compile(r"(?:^| )(?:acl|access-list|access-group)\b")


def system_settings(tree: Tree, sheet: Sheet) -> None:
    """Name, release, gateway, VLANs and spanning tree."""
    put_device(tree, sheet, "system name")
    for route, after in tree.given("ip default-route add"):
        if after:
            sheet.put("system", "device", "default_route", after[0], route)
            break
    for block in tree.all("vlan database"):
        for node, after in given(block.children, "name"):
            if after and whole(after[0]):
                sheet.put("system", f"vlan {after[0]}", "vlan_name", " ".join(after[1:]).strip('"'), node)
    guard = tree.last("spanning-tree bpdu-guard")
    sheet.put(
        "system",
        "spanning-tree",
        "bpdu_guard_default",
        YES if is_on(guard) else ABSENT,
        guard,
        present=guard is not None,
    )
    backup, target = tree.last("config remote-backup operation"), tree.last("config remote-backup destination")
    url = text_of(target, "config remote-backup destination") if is_on(backup) else ""
    sheet.put("system", "device", "archive", url or ABSENT, target if url else backup, present=bool(url))


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Protocols with neighbours; what these must prove is not read."""
    for protocol in ("ospf", "rip", "vrrp"):
        node = tree.last(f"ip {protocol} operation")
        if is_on(node):
            sheet.missing("routing", protocol, "authentication", UNKNOWN, node)


def put_device(tree: Tree, sheet: Sheet, naming: str) -> None:
    """Name, which the command ``naming`` gives, release, whether the file is complete, and gateway."""
    named = tree.last(naming)
    tree.name = text_of(named, naming) or tree.name
    sheet.put("system", "device", "hostname", tree.name, named, present=named is not None)
    sheet.put("system", "device", "version", sheet.version or ABSENT, tree.about, present=bool(sheet.version))
    put_software(sheet, "Hirschmann", "HiOS", tree.about)
    sheet.put("system", "device", "complete", YES if tree.complete else NO)
    parms = tree.last("network parms")
    words = parms.after("network parms") if parms and not parms.negated else []
    if len(words) > 2 and words[2] != "0.0.0.0":  # noqa: S104
        sheet.put("system", "device", "default_route", words[2], parms)


def version_of(tree: Tree) -> str:
    """The release, of ``! Version: HiOS-3A-09.4.04``."""
    return tree.about.text.rpartition("-")[2].strip() if tree.about else ""


def log_settings(tree: Tree, sheet: Sheet) -> None:
    """Log servers, which count where sending is on."""
    switch, hosts = tree.last("logging syslog operation"), _log_hosts(tree)
    if not is_on(switch) or not hosts:
        sheet.put("logging", "device", "remote_hosts", ABSENT, switch, number=0, present=switch is not None)
        return
    names = list(dict.fromkeys(options_["addr"] for _, options_ in hosts))
    sheet.put("logging", "device", "remote_hosts", ",".join(names), hosts[0][0], number=len(names))
    levels = [(LEVELS.index(o["severity"]), n) for n, o in hosts if o.get("severity") in LEVELS]
    if levels:
        finest, node = max(levels, key=lambda pair: pair[0])
        sheet.put("logging", "device", "level", LEVELS[finest], node)
    for name in names:
        node, held = next((n, o) for n, o in hosts if o["addr"] == name)
        told = held.get("transport", "")
        value = told if told in ("udp", "tls", "tcp") else "udp"
        sheet.put("logging", f"host {name}", "transport", value, node, present=bool(told))


def _log_hosts(tree: Tree) -> list[tuple[Node, dict[str, str]]]:
    """The servers, as their lines leave them one after another."""
    found: dict[str, tuple[Node, dict[str, str]]] = {}
    for node, words in tree.given("logging host"):
        if len(words) < 2 or words[0].lower() not in ("add", "modify", "delete", "disable"):
            continue
        number = words[1]
        if words[0].lower() in ("delete", "disable"):
            found.pop(number, None)
        elif words[0].lower() == "add" or number in found:
            before = found.get(number, (node, {}))[1]
            found[number] = (node, before | {k: v.lower() for k, v in options(words[2:]).items()})
    return [pair for pair in found.values() if "addr" in pair[1]]


def time_settings(tree: Tree, sheet: Sheet) -> None:
    """Servers that the SNTP or NTP client asks; PTP may set the clock in their place."""
    found = [*_sntp(tree), *_ntp(tree)]
    names = list(dict.fromkeys(name for name, _ in found))
    precise = tree.last("ptp operation")
    if not names:
        clients = [tree.last(f"{kind} client operation") for kind in ("sntp", "ntp")]
        node = next((n for n in clients if n), None)
        told = UNKNOWN if is_on(precise) else ABSENT
        at = precise if is_on(precise) else node
        sheet.put("time", "device", "sources", told, at, number=0, present=at is not None)
    else:
        sheet.put("time", "device", "sources", ",".join(names), found[0][1], number=len(names))
    for name in names:
        node = next(n for s, n in found if s == name)
        sheet.put("time", f"server {name}", "key", YES if "key" in node.key.split() else NO, node)
        sheet.put("time", f"server {name}", "place", place_of(name), node)
    zone = tree.last("clock timezone offset")
    value = text_of(zone, "clock timezone offset")
    sheet.put("time", "device", "timezone", value or ABSENT, zone, present=bool(value))


def _sntp(tree: Tree) -> Iterator[tuple[str, Node]]:
    """``sntp client server add 1 10.0.0.1 port 123`` where ``sntp client server mode 1 enable`` stands too."""
    if not is_on(tree.last("sntp client operation")):
        return
    modes = {w[0]: is_on(n) for n in tree.all("sntp client server mode") if (w := n.after("sntp client server mode"))}
    for number, (words, node) in _added(tree, "sntp client server").items():
        if modes.get(number):
            yield words[0], node


def _ntp(tree: Tree) -> Iterator[tuple[str, Node]]:
    """``ntp peers add 1 ip 10.0.0.1``."""
    if not is_on(tree.last("ntp client operation")):
        return
    for words, node in _added(tree, "ntp peers").values():
        if address := options(words).get("ip"):
            yield address, node


def _added(tree: Tree, command: str) -> dict[str, tuple[list[str], Node]]:
    """The entries that lines leave which add and delete them by number: the words behind it, and the line."""
    found: dict[str, tuple[list[str], Node]] = {}
    for node, after in tree.given(command):
        what, *words = after or [""]
        if what.lower() == "delete" and words:
            found.pop(words[0], None)
        elif what.lower() == "add" and len(words) > 1:
            found[words[0]] = words[1:], node
    return found


def read_access_lists(tree: Tree) -> acls.Acls:
    """Lists of IP as far as their entries are known; of the others it is not told what they match."""
    lists = acls.Acls()
    for node, words in tree.given("ip access-list extended name"):
        if len(words) < 4:
            continue
        acl = lists.open(words[0].strip('"'), node)
        behind = [w.lower() for w in words[1:]]
        number = behind[1] if behind[:1] == ["index"] else str(len(acl.entries) + 1)
        rest = behind[2:] if behind[:1] == ["index"] else behind
        action = rest[0] if rest[:1] in (["permit"], ["deny"]) else "permit"
        every = rest[1:] == ["every"]
        ends = (ANY, ANY) if every else ("", "")
        acl.entries.append(AclEntry(node, number, action, "ip" if every else "other", *ends, unsure=not every))
        node.understood = every
    return lists


def bind_access_lists(tree: Tree, lists: acls.Acls) -> None:
    """How lists are put on ports is not known: a line that names one may do so."""


def unread_lists(tree: Tree, _: Sheet) -> None:
    """Where lines are about access lists in other words, it is not told what these let through."""
    told = (n for n in walk(tree.root) if not n.negated and not n.is_("ip access-list extended name"))
    if any(_OF_LISTS.search(n.key) for n in told):
        tree.open.add("acl")
