"""What dialects say of an interface in the same words: what it is for, its description, its address, what guards it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from scanner.configs import acls
from scanner.configs.nodes import Node, is_on, last
from scanner.configs.settings import ABSENT, NO, UNKNOWN, YES, Sheet
from scanner.configs.tree import Tree

LAST_VLAN = 4_094
_LONGEST = 12  # characters of a range, and more
NEARLY_EVERY = 4_000  # VLANs; a list of fewer was made with some thought

# What a port is for, the values of the setting "use".
EDGE, TRUNK, ROUTED, MEMBER, MIRROR, DOWN, SPARE = "edge", "trunk", "routed", "member", "mirror", "down", "spare"
PRUNED = "pruned"  # the untagged VLAN of a trunk that does not carry it
_SPARE = re.compile(  # "Spare parts store" is a place, "spare" alone is none
    r"\W*(?:(?:currently )?(?:un-?used|unassigned|not (?:in use|used|connected|assigned)|unbenutzt"
    r"|unbelegt|nicht belegt)\b"
    r"|空闲|未使用|未用|备用(?:端口|接口)|n/?[cu]\W*$"
    r"|(?:spare|free|vacant|disabled|shut ?down|frei|reserved?|备用)(?: (?:port|interface))?\W*$)",
    re.IGNORECASE,
)
# On a port that faces a device: what is asked of it, in the order of the rows.
EDGE_SETTINGS = ("access_control", "storm_control", "edge", "bpdu_guard", "source_guard", "discovery")


def describe(sheet: Sheet, name: str, block: Node, nodes: list[Node]) -> None:
    """``shutdown`` and ``description`` among the commands of the block."""
    sheet.switch("interface", name, "shutdown", last(nodes, "shutdown"), default=NO, block=block)
    text = last(nodes, "description")
    said = " ".join(text.after("description")) if text else ABSENT
    sheet.put("interface", name, "description", said, text or block, present=text is not None)


def is_down(nodes: list[Node]) -> bool:
    """The interface is administratively down."""
    return is_on(last(nodes, "shutdown"))


def shut_ports(tree: Tree) -> frozenset[str]:
    """The interfaces that are administratively down, in lower case without blanks."""
    shut = (b for b in tree.all("interface") if not b.negated and is_down(b.children))
    return frozenset("".join(b.after("interface")).lower() for b in shut)


def lies_down(block: Node, shut: Collection[str]) -> bool:
    """The interface is down, or a part of one that is. shut: those that are down."""
    name = "".join(block.after("interface")).lower()
    return name in shut or name.rpartition(".")[0] in shut


def is_for_management(nodes: list[Node], *commands: str) -> bool:
    """The interface is in a routing table of its own, for management, which one of the commands names."""
    node = last(nodes, *commands)
    return node is not None and not node.negated and re.search(r"mgmt|management", node.key) is not None


def addressed(tree: Tree, *tables: str, aside: tuple[str, ...] = ()) -> list[tuple[str, Node]]:
    """Interfaces with an address that are up, without loopbacks and ports that are for management alone.

    tables: commands that put an interface into a routing table of its own. aside: how the names of other ports for
    management begin.
    """
    found = []
    for block in tree.all("interface"):
        name, nodes = " ".join(block.after("interface")), block.children
        if block.negated or is_down(nodes) or name.lower().startswith(("loopback", *aside)):
            continue
        if any(n.is_("ip address") and not n.negated for n in nodes) and not is_for_management(nodes, *tables):
            found.append((name, block))
    return found


_SPEAKS_IPV6 = ("ipv6 address", "ipv6 enable")  # the latter: a link-local one


def speaks_ipv6(tree: Tree, *commands: str) -> bool:
    """Some interface has an IPv6 address, by one of the commands that give it one; without any, by the usual ones."""
    inside = (n for b in tree.all("interface") for n in b.children if not n.negated)
    return any(n.is_(command) for n in inside for command in commands or _SPEAKS_IPV6)


def into_own_vlan(nodes: list[Node], access: tuple[str, ...], pattern: re.Pattern[str]) -> Node | None:
    """The line by which whoever does not authenticate gets into the VLAN of the port.

    access: commands that put the port into its VLAN; it is 1 without. pattern: its group names the VLAN of the line;
    where none does, it is that of the port.
    """
    named = last(nodes, *access)
    own = named.key.split()[-1] if named and not named.negated else "1"
    found = ((n, pattern.match(n.key)) for n in nodes if not n.negated)
    return next((n for n, m in found if m and next(filter(None, m.groups()), own) == own), None)


def said_to_be_spare(nodes: list[Node]) -> bool:
    """The description says that nothing is connected."""
    node = last(nodes, "description")
    return node is not None and says_spare(" ".join(node.after("description")))


def says_spare(description: str) -> bool:
    """The text says that nothing is connected."""
    return _SPARE.match(description) is not None


def panel(name: str) -> str:
    """The name without its last number: GigabitEthernet1/0/ of GigabitEthernet1/0/5, the ports beside it."""
    return re.sub(r"\d+$", "", name.strip()).lower()


def switching_panels(ports: Iterable[tuple[str, list[Node]]], commands: Iterable[str]) -> frozenset[str]:
    """The panels on which some port has one of the commands that only a port which switches has."""
    return frozenset(
        panel(name) for name, nodes in ports if any(n.is_(c) and not n.negated for n in nodes for c in commands)
    )


def put_edge(sheet: Sheet, name: str, block: Node | None, said: Mapping[str, tuple[str, Node | None]]) -> None:
    """The rows of a port that faces a device: value and line of each of ``EDGE_SETTINGS``."""
    for setting in EDGE_SETTINGS:
        value, node = said[setting]
        sheet.put("interface", name, setting, value, node or block, present=node is not None)


def put_aggregate(sheet: Sheet, name: str, nodes: list[Node], command: str, kind: str) -> None:
    """The aggregation whose number stands behind the command. kind: how the names of their interfaces begin."""
    node = last(nodes, command)
    words = node.after(command) if node is not None and not node.negated else []
    if words and words[0].isdecimal():
        sheet.put("interface", name, "aggregate", f"{kind}{words[0]}", node)


def put_unknown_port(sheet: Sheet, name: str, block: Node | None, but: Collection[str] = ()) -> None:
    """The rows of a port of which it cannot be told what it is for, or how it is guarded. but: settings left out."""
    for setting in (*EDGE_SETTINGS, "access_vlan"):
        if setting not in but:
            sheet.missing("interface", name, setting, UNKNOWN, block)


def put_switching(
    sheet: Sheet, uses: Sequence[str], guards: Mapping[str, Callable[[], tuple[str, Node | None]]]
) -> None:
    """What guards the switching of the whole device, where some port faces a device; unknown where one may."""
    for setting, guard in guards.items():
        if EDGE in uses:
            value, node = guard()
            sheet.put("system", "switching", setting, value, node, present=node is not None)
        elif UNKNOWN in uses:
            sheet.missing("system", "switching", setting, UNKNOWN)


_NO_LIMIT = re.compile(r"-suppression 100$")  # per cent of the bandwidth


def storm_guard(nodes: list[Node], commands: Sequence[str]) -> tuple[str, Node | None]:
    """Whether one of the commands limits storms on a port, as VRP and Comware have them: the last of each counts."""
    found = [n for command in commands if (n := last(nodes, command)) is not None]
    on = next((n for n in found if not n.negated and not _NO_LIMIT.search(n.key)), None)
    return (YES, on) if on else (NO, found[0]) if found else (UNKNOWN, None)


def put_bpdu_filter(sheet: Sheet, name: str, block: Node, node: Node | None, treeless: Node | None = None) -> None:
    """Whether the command silences spanning tree on the port.

    treeless: the line by which none runs there, as where rings have a protocol of their own: then nothing is told.
    """
    off = node is not None and not node.negated and "disable" not in node.key
    if treeless is not None and not off:
        sheet.put("interface", name, "bpdu_filter", UNKNOWN, treeless, present=False)
        return
    sheet.put("interface", name, "bpdu_filter", YES if off else NO, node or block, present=node is not None)


def put_native_vlan(sheet: Sheet, name: str, block: Node, nodes: list[Node], command: str, *, listed: str) -> None:
    """The untagged VLAN of a trunk, which the command names, else VLAN 1. listed: the VLANs that it carries."""
    node = last(nodes, command)
    words = node.after(command) if node and not node.negated else []
    vlan = words[0] if words else "1"
    value = vlan if vlan != "1" or carries_vlan(listed, vlan) else PRUNED
    sheet.put("interface", name, "native_vlan", value, node or block, present=bool(words))


def carries_every_vlan(listed: str) -> bool:
    """The list of a trunk (``1-99,101-4094``) names so many VLANs that it limits nothing."""
    seen, end = 0, 0  # VLANs so far, and the last of them
    for low, high in _ranges(listed):
        low, high = max(low, end + 1), min(high, LAST_VLAN)  # noqa: PLW2901
        if low <= high:
            seen, end = seen + high - low + 1, high
    return seen >= NEARLY_EVERY


def carries_vlan(listed: str, vlan: str) -> bool:
    """The list of a trunk names the VLAN; ``all`` does."""
    if listed == "all" or not vlan.isdecimal() or len(vlan) > 4:
        return True
    return any(low <= int(vlan) <= high for low, high in _ranges(listed))


def vlans_of(listed: str) -> set[int]:
    """The VLANs of ``1-99,101``; what is no VLAN is left out."""
    ranges = ((max(low, 1), min(high, LAST_VLAN)) for low, high in _ranges(listed))
    return {vlan for low, high in ranges for vlan in range(low, high + 1)}


def vlan_list(vlans: Iterable[int]) -> str:
    """Them as ``1-99,101``; ``none`` without any."""
    ranges: list[list[int]] = []
    for vlan in sorted(vlans):
        if ranges and ranges[-1][1] == vlan - 1:
            ranges[-1][1] = vlan
        else:
            ranges.append([vlan, vlan])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in ranges) or "none"


def _ranges(listed: str) -> list[tuple[int, int]]:
    ranges = []
    for part in listed.split(","):
        first, _, final = part.partition("-")
        if first.isdecimal() and (final or first).isdecimal() and len(part) < _LONGEST:
            ranges.append((int(first), int(final or first)))
    return sorted(ranges)


def put_address(sheet: Sheet, name: str, block: Node, node: Node | None, words: Sequence[str]) -> None:
    """The address in the words behind ``ip address``: with its mask, or how it is got; absent without words."""
    if len(words) >= 2 and (bits := acls.prefix_length(words[1])) is not None:
        sheet.put("interface", name, "address", f"{words[0]}/{bits}", node)
    elif words:
        sheet.put("interface", name, "address", words[0], node)
    else:
        sheet.missing("interface", name, "address", node=block)


def yes_or(default: str, node: Node | None) -> tuple[str, Node | None]:
    """Yes where the command stands, no where it is negated, else the default."""
    return (default, None) if node is None else (NO if node.negated else YES, node)
