"""The ports: which VLANs list them, what each is for, and what guards it.

A port stands in the lists of the VLANs that it is in: once at most without a tag. As delivered it is in VLAN 1 without
one, as is a port towards another switch of a network without VLANs: such a port is for a device only where something
else says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from scanner.configs.dialects.hp_procurve.lines import given, text_of, vlan_blocks, words_of
from scanner.configs.dialects.hp_procurve.management import LLDP_SPOKEN, release
from scanner.configs.dialects.hp_procurve.port_lists import ALL, is_list, ports_of, spelt
from scanner.configs.interfaces import (
    DOWN,
    EDGE,
    MEMBER,
    MIRROR,
    PRUNED,
    SPARE,
    TRUNK,
    carries_every_vlan,
    put_address,
    put_edge,
    put_switching,
    put_unknown_port,
    says_spare,
    vlan_list,
)
from scanner.configs.nodes import Node, is_on, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet, whole
from scanner.configs.tree import Tree
from scanner.configs.tree_guards import AS_ROOT, put_root_guard

# Commands for several ports, which stand behind these words.
_ABOUT_PORTS = (
    "spanning-tree",
    "port-security",
    "aaa port-access authenticator",
    "aaa port-access mac-based",
    "aaa port-access local-mac",
    "aaa port-access web-based",
    "aaa port-access",
    "lldp admin-status",
    "dhcp-snooping trust",
    "arp-protect trust",
    "ip source-lockdown",
    "loop-protect",
    "fault-finder broadcast-storm",
    "broadcast-limit",
)
_LIMITS = ("rate-limit bcast in", "rate-limit mcast in", "rate-limit all in")
MOST_LISTED = 1_000_000  # times that ports are named in lists of one configuration
_ROOT = "spanning-tree root-guard"
_STEP = 4_096  # of priorities in spanning tree
_SILENT = ("rxonly", "rx_only", "disable")


@dataclass
class ListedPort:
    """One port: its lines, in the order of the file, with those about several ports; and its VLANs."""

    name: str
    node: Node
    lines: list[Node] = field(default_factory=list)
    about: list[tuple[str, Node]] = field(default_factory=list)
    tagged: set[int] = field(default_factory=set)
    bare: int = 0  # the VLAN without a tag, 0 where it is in none
    use: str = UNKNOWN

    def says(self, command: str) -> Node | None:
        """The last line with the command, in its block or about several ports."""
        told = [node for key, node in self.about if key == command or key.startswith(f"{command} ")]
        found = [n for n in (last(self.lines, command), told[-1] if told else None) if n]
        return max(found, key=lambda n: n.line, default=None)

    def has(self, command: str) -> bool:
        """The command stands there, and nothing takes it back."""
        return is_on(self.says(command))


@dataclass
class ListedPorts:
    """All ports of a device."""

    found: dict[str, ListedPort] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)  # of aggregations
    voices: set[int] = field(default_factory=set)
    listed: int = 0  # how often ports were named in lists
    unread: dict[str, Node] = field(default_factory=dict)  # lists of ports that could not be understood, by VLAN

    @property
    def unsure(self) -> bool:
        """Any port may stand in a list that could not be understood."""
        return bool(self.unread)

    def may(self, count: int, what: str, node: Node) -> bool:
        """So many more may be named; from the first time that they may not, what ports are for is not told."""
        self.listed += count
        if self.listed > MOST_LISTED:
            self.unread.setdefault(what, node)
        return self.listed <= MOST_LISTED

    def at(self, name: str, node: Node) -> ListedPort:
        """The port of this name."""
        return self.found.setdefault(name, ListedPort(name, node))


def ports_in(tree: Tree) -> ListedPorts:
    """The ports that have a block of their own, or stand in a list."""
    every = ListedPorts()
    for_all: list[Node] = []
    for block, words in given(tree.all("interface"), "interface"):
        name = spelt(" ".join(words))
        if name.lower() == ALL:
            for_all += block.children
        elif is_list(name):
            port = every.at(name, block)
            port.lines += block.children
    for node, words in given(tree.all("trunk"), "trunk"):
        group = spelt(words[1]) if len(words) > 1 else ""
        for name in ports_of(words[0]) or () if group else ():
            every.at(name, node)
            every.members[name] = group
            every.at(group, node)
    lines = [(node, int(number)) for number, block in vlan_blocks(tree) for node in block.children]
    for node, number in sorted(lines, key=lambda line: line[0].line):  # a block may be opened again behind others
        _read_vlan(every, node, number)
    for name, group in every.members.items():
        every.found[name].tagged, every.found[name].bare = set(), 0
        every.members[name] = group
    for port in every.found.values() if for_all else ():
        port.lines = sorted((*for_all, *port.lines), key=lambda n: n.line)
    for key, ports, node in _about_several(tree):
        named = every.found.values() if ports == [ALL] else [every.found[p] for p in ports if p in every.found]
        if every.may(len(named), "port lists", node):
            for port in named:
                port.about.append((key, node))
    return every


def _read_vlan(every: ListedPorts, node: Node, vlan: int) -> None:
    """A line of a VLAN; what comes without a tag leaves the VLAN that it was in."""
    words = node.key.split()
    if node.key == "voice" and not node.negated:
        every.voices.add(vlan)
    if words[:1] not in (["untagged"], ["tagged"]):
        return
    names = ports_of(" ".join(words[1:]))
    if names is None or names == [ALL]:
        every.unread.setdefault(f"vlan {vlan} members", node)
        return
    if not every.may(len(names), "port lists", node):
        return
    node.understood = True
    for name in names:
        port = every.at(name, node)
        if port.node.negated and not node.negated:
            port.node = node
        if words[0] == "tagged":
            (port.tagged.discard if node.negated else port.tagged.add)(vlan)
        elif not node.negated:
            port.bare = vlan
        elif port.bare == vlan:
            port.bare = 0


def _about_several(tree: Tree) -> Iterator[tuple[str, list[str], Node]]:
    """Commands about several ports: the command without the ports, and these."""
    taken: set[int] = set()
    for command in _ABOUT_PORTS:
        for node in tree.all(command.split(" ", 1)[0]):
            if id(node) in taken or not (node.key == command or node.key.startswith(command + " ")):
                continue
            words = node.key.split()[len(command.split()) :]
            words = words[1:] if words[:1] == ["ethernet"] else words
            ports = ports_of(words[0]) if words and is_list(words[0]) else None
            if ports:
                taken.add(id(node))
                node.understood = node.understood or command != "spanning-tree" or _known_of_tree(words[1:])
                yield " ".join([command, *words[1:]]), ports, node


def _known_of_tree(words: list[str]) -> bool:
    known = ("admin-edge-port", "auto-edge-port", "bpdu-protection", "bpdu-filter", "root-guard", "tcn-guard")
    others = ("path-cost", "priority", "point-to-point-mac", "hello-time", "mcheck", "loop-guard", "pvst-filter")
    return words[:1] != [] and words[0] in (*known, *others, "pvst-protection")


def port_settings(tree: Tree, sheet: Sheet) -> None:
    """Each port, and the VLANs in which the device has an address."""
    every = ports_in(tree)
    mirrors = _mirrors(tree)
    uses = []
    for port in every.found.values():
        port.use = _use(every, port)
        if port.use != DOWN:
            port.use = MEMBER if port.name in every.members else MIRROR if port.name in mirrors else port.use
        uses.append(port.use)
        _put(tree, sheet, every, port)
    for name, node in every.unread.items():
        uses.append(UNKNOWN)
        sheet.missing("interface", name, "use", UNKNOWN, node)
        put_unknown_port(sheet, name, node)
        for setting in ("trunk_vlans", "native_vlan"):
            sheet.missing("interface", name, setting, UNKNOWN, node)
        node.understood = False
    put_switching(
        sheet,
        uses,
        {"dhcp_snooping": lambda: _snooping(tree), "arp_inspection": lambda: _in_vlans(tree, "arp-protect")},
    )
    trunks = [port for port in every.found.values() if port.use == TRUNK]
    if trunks and not every.unsure and _runs(tree) and _leads(tree):
        put_root_guard(sheet, next((p.says(_ROOT) for p in trunks if p.has(_ROOT)), None))
    for number, block in vlan_blocks(tree):
        _svi(sheet, f"vlan {number}", block)


def _use(every: ListedPorts, port: ListedPort) -> str:
    if is_on(last(port.lines, "disable")) and not _enabled_again(port):
        return DOWN
    if says_spare(text_of(last(port.lines, "name"), "name")):
        return SPARE
    if every.unsure or port.has("lacp active"):
        return UNKNOWN
    if port.tagged - every.voices:
        return TRUNK
    declared = port.has("spanning-tree admin-edge-port") or _access(port)[0] in ("port-security", "dot1x", "mab")
    return EDGE if port.bare and (declared or port.bare != 1) else UNKNOWN


def _enabled_again(port: ListedPort) -> bool:
    off, on = last(port.lines, "disable"), last(port.lines, "enable")
    return off is not None and on is not None and on.line > off.line and not on.negated


def _put(tree: Tree, sheet: Sheet, every: ListedPorts, port: ListedPort) -> None:
    name, block = port.name, port.node
    down, named = last(port.lines, "disable"), last(port.lines, "name")
    sheet.put("interface", name, "kind", "lag" if name.startswith("Trk") else "physical", block)
    shut = port.use == DOWN
    sheet.put("interface", name, "shutdown", YES if shut else NO, down or block, present=down is not None)
    text = text_of(named, "name")
    sheet.put("interface", name, "description", text or ABSENT, named or block, present=bool(text))
    sheet.put("interface", name, "use", port.use, down if shut else block, present=port.use != UNKNOWN)
    if port.name in every.members:
        sheet.put("interface", name, "aggregate", every.members[name], block)
    if port.use == MIRROR:
        sheet.missing("interface", name, "mirror_input", UNKNOWN, block)
    if port.use == UNKNOWN:
        put_unknown_port(sheet, name, block, but=("access_vlan",) if port.bare else ())
        if port.bare and not every.unsure:
            sheet.put("interface", name, "access_vlan", str(port.bare), block)
    if port.use == TRUNK:
        _trunk(tree, sheet, port)
    if port.use in (TRUNK, EDGE):
        sheet.put("interface", name, "mode", "trunk" if port.use == TRUNK else "access", block)
        silent = port.says("spanning-tree bpdu-filter")
        told = YES if is_on(silent) else NO if _runs(tree) else UNKNOWN
        sheet.put("interface", name, "bpdu_filter", told, silent or block, present=silent is not None)
    if port.use == EDGE:
        sheet.put("interface", name, "access_vlan", str(port.bare), block)
        put_edge(sheet, name, block, _guards(tree, port, sheet.version))
    for setting, way in (("acl_in", "in"), ("acl_out", "out")):
        lists = [n for n in port.lines if n.is_("ip access-group") and n.key.endswith(f" {way}") and not n.negated]
        if lists:
            sheet.put("interface", name, setting, words_of(lists[-1], "ip access-group")[0], lists[-1])


def _trunk(tree: Tree, sheet: Sheet, port: ListedPort) -> None:
    learns = tree.exact("gvrp")
    listed = vlan_list(port.tagged | ({port.bare} if port.bare else set()))
    told = UNKNOWN if is_on(learns) else "all" if carries_every_vlan(listed) else listed
    sheet.put("interface", port.name, "trunk_vlans", told, port.node, present=told != UNKNOWN)
    native = str(port.bare) if port.bare else PRUNED
    sheet.put("interface", port.name, "native_vlan", native, port.node)


Guard = tuple[str, Node | None]


def _guards(tree: Tree, port: ListedPort, version: str) -> dict[str, Guard]:
    """What guards a port that faces a device."""
    return {
        "access_control": _access(port, tree),
        "storm_control": _storm(port),
        "edge": _edge(port),
        "bpdu_guard": _guard(tree, port),
        "source_guard": _source(tree, port),
        "discovery": _discovery(tree, port, version),
    }


def _access(port: ListedPort, tree: Tree | None = None) -> Guard:
    """What decides which devices may use the port; tree: where 802.1X is switched on for the device."""
    secure = port.says("port-security")
    if (
        is_on(secure)
        and secure is not None
        and "learn-mode" in secure.key
        and "learn-mode continuous" not in secure.key
    ):
        return "port-security", secure
    guests = port.says("aaa port-access authenticator unauth-vid")
    if guests is not None and is_on(guests) and guests.key.split()[-1] == str(port.bare):
        return "dot1x-open", guests
    open_ = port.says("aaa port-access authenticator control authorized")
    if is_on(open_):
        return "dot1x-open", open_
    for command, told in (
        ("aaa port-access authenticator", "dot1x"),
        ("aaa port-access mac-based", "mab"),
        ("aaa port-access local-mac", "mab"),
        ("aaa port-access web-based", UNKNOWN),
    ):
        node = _plain(port, command)
        if node is None:
            continue
        active = tree.exact("aaa port-access authenticator active") if tree else None
        if told == "dot1x" and tree is not None and not is_on(active):
            return "dot1x-off", node
        return told, node
    return ABSENT, None


def _plain(port: ListedPort, command: str) -> Node | None:
    """The line that puts the port under a command, and not only sets one of its details."""
    told = [node for key, node in port.about if key == command]
    return told[-1] if told and not told[-1].negated else None


def _storm(port: ListedPort) -> Guard:
    told = [n for command in _LIMITS if (n := port.says(command)) is not None and not n.negated]
    limits = [n for n in told if not n.key.endswith(" percent 100")]
    if told:
        return (YES, limits[0]) if limits else (NO, told[0])
    older = port.says("broadcast-limit")
    if is_on(older) and older is not None and older.key.split()[-1] != "0":
        return YES, older
    finder = port.says("fault-finder broadcast-storm")
    if is_on(finder) and finder is not None:
        return (YES if "disable" in finder.key else NO), finder
    return ABSENT, None


def _edge(port: ListedPort) -> Guard:
    """As delivered a port finds out by itself whether a switch is behind it."""
    node = port.says("spanning-tree admin-edge-port")
    if is_on(node):
        return YES, node
    auto = port.says("spanning-tree auto-edge-port")
    return (ABSENT, auto) if auto is not None and auto.negated else (UNKNOWN, None)


def _guard(tree: Tree, port: ListedPort) -> Guard:
    node = port.says("spanning-tree bpdu-protection")
    if node is None or node.negated:
        return ABSENT, node
    return (YES if _runs(tree) else UNKNOWN), node


def _runs(tree: Tree) -> bool:
    """Spanning tree is on."""
    return is_on(tree.exact("spanning-tree", "spanning-tree enable"))


def _leads(tree: Tree) -> bool:
    """It is set to be the root: ``spanning-tree priority 0``, in steps of 4096, and the same of instances or VLANs."""
    for node in tree.all("spanning-tree"):
        words = node.key.split()[1:]
        if node.negated or words[:1] not in (["priority"], ["instance"], ["vlan"]):
            continue
        step = words[words.index("priority") + 1 :][:1] if "priority" in words else []
        if words[-2:] == ["root", "primary"] or (step and whole(step[0]) and int(step[0]) * _STEP <= AS_ROOT):
            return True
    return False


def _source(tree: Tree, port: ListedPort) -> Guard:
    whole_device = tree.exact("ip source-lockdown")
    node = port.says("ip source-lockdown")
    if is_on(whole_device) and is_on(node):
        return YES, node
    return ABSENT, node or whole_device


def _discovery(tree: Tree, port: ListedPort, version: str) -> Guard:
    run = tree.exact("lldp run")
    if run is not None and run.negated:
        return "none", run
    node = port.says("lldp admin-status")
    told = node.key.split()[-1] if node is not None and not node.negated else ""
    if node is None and run is None and release(version) < LLDP_SPOKEN:
        return UNKNOWN, None
    return ("none" if told in _SILENT else "lldp"), node


def _svi(sheet: Sheet, name: str, block: Node) -> None:
    nodes = [n for n in block.children if n.is_("ip address") and not n.negated]
    if not nodes:
        return
    sheet.put("interface", name, "kind", "svi", block)
    words = words_of(nodes[0], "ip address")
    if words and "/" in words[0]:
        sheet.put("interface", name, "address", words[0], nodes[0])
    else:
        put_address(sheet, name, block, nodes[0], ["dhcp"] if words[:1] == ["dhcp-bootp"] else words)
    sheet.put("interface", name, "access_vlan", name.removeprefix("vlan "), nodes[0])
    for setting, ways in (("acl_in", ("in", "vlan", "vlan-in")), ("acl_out", ("out", "vlan-out"))):
        lists = [n for n in block.children if n.is_("ip access-group") and n.key.split()[-1] in ways and not n.negated]
        if lists:
            sheet.put("interface", name, setting, words_of(lists[-1], "ip access-group")[0], lists[-1])


def _mirrors(tree: Tree) -> set[str]:
    """Ports on which traffic is mirrored: ``mirror 1 port 24``, ``mirror-port 24``."""
    found: set[str] = set()
    for node, words in given(tree.all("mirror"), "mirror"):
        if len(words) > 2 and words[1] == "port":
            found.update(ports_of(words[2]) or ())
            node.understood = True
    for node, words in given(tree.all("mirror-port"), "mirror-port"):
        found.update(ports_of(" ".join(words)) or ())
        node.understood = True
    return found


def _snooping(tree: Tree) -> Guard:
    on = tree.exact("dhcp-snooping")
    if not is_on(on):
        return ABSENT, on
    return (YES if _in_vlans(tree, "dhcp-snooping")[0] == YES else "no-vlan"), on


def _in_vlans(tree: Tree, command: str) -> Guard:
    """The function is on, in some VLAN: ``dhcp-snooping vlan 10``, or ``dhcp-snooping`` among the lines of one."""
    on = tree.exact(command)
    lists = [n for n in tree.all(f"{command} vlan") if not n.negated]
    inside = [n for _, b in vlan_blocks(tree) for n in b.children if n.key == command and not n.negated]
    node = next(iter((*lists, *inside)), None)
    for other in inside:
        other.understood = True
    return (YES, node) if is_on(on) and node is not None else (ABSENT, on)
