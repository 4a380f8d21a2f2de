"""What guards spanning tree between switches: root guard on the switch that is to be its root, and loop guard.

A dialect says by which commands, or what it found. Ports are trunks as their rows say; a switch without trunks, or
whose spanning tree is off, has no such rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.configs.interfaces import TRUNK
from scanner.configs.nodes import Node, is_on, last
from scanner.configs.settings import ABSENT, YES, Sheet
from scanner.configs.tree import Tree

SOME = "some"
AS_ROOT = 24_576  # the priority that "root primary" sets, and what comes before it


def put_root_guard(sheet: Sheet, node: Node | None) -> None:
    """Of a switch that is to be the root: the first line that guards its place on a trunk."""
    sheet.put("system", "switching", "root_guard", YES if node else ABSENT, node, present=node is not None)


def put_loop_guard(sheet: Sheet, default: Node | None, one: Node | None) -> None:
    """Of a switch with several trunks: what guards all of them, or one."""
    told = YES if default else SOME if one else ABSENT
    sheet.put("system", "switching", "loop_guard", told, default or one, present=told != ABSENT)


@dataclass(frozen=True)
class TreeGuards:
    """Commands of a system. loop_default: loop guard, or what does the same, on all ports. loop, root: on a port.

    lead: beginnings of lines that say how the switch stands in spanning tree, with a priority or ``root primary``.
    off: whether spanning tree is off, at all or in some VLANs.
    """

    loop_default: tuple[str, ...]
    loop: tuple[str, ...]
    root: tuple[str, ...]
    lead: tuple[str, ...]
    off: Callable[[Tree], bool]

    def settings(self, tree: Tree, sheet: Sheet) -> None:
        """The rows; to be asked when the ports have theirs."""
        lines = {r["line_start"] for r in sheet.rows if r["setting"] == "use" and r["value"] == TRUNK}
        trunks = [block for block in tree.all("interface") if block.line in lines]
        if not trunks or self.off(tree):
            return
        if len(trunks) > 1:  # with one there is no other way that could be blocked
            self._loops(tree, sheet, trunks)
        if self._leads(tree):
            put_root_guard(sheet, next(iter(_guarded(trunks, self.root)), None))

    def _loops(self, tree: Tree, sheet: Sheet, trunks: Sequence[Node]) -> None:
        default = tree.last(*self.loop_default) if self.loop_default else None
        one = next(iter(_guarded(trunks, self.loop)), None)
        put_loop_guard(sheet, default if is_on(default) else None, one)

    def _leads(self, tree: Tree) -> bool:
        """The switch is set to be the root of spanning tree, of some VLANs at least."""
        return any(not node.negated and _as_root(node.key.split()) for cmd in self.lead for node in tree.all(cmd))


def _as_root(words: Sequence[str]) -> bool:
    if words[-2:] == ["root", "primary"]:
        return True
    number = words[words.index("priority") + 1 :][:1] if "priority" in words else []
    return bool(number) and number[0].isdecimal() and int(number[0][:6]) <= AS_ROOT


def _guarded(trunks: Sequence[Node], commands: Sequence[str]) -> list[Node]:
    found = [last(block.children, *commands) for block in trunks]
    return [node for node in found if node is not None and not node.negated]


def _off_by_vlan(tree: Tree) -> bool:
    """``no spanning-tree vlan 1-4094``, and ``spanning-tree mode none``; of some VLANs nobody can tell which trunks."""
    mode = tree.last("spanning-tree mode")
    none = is_on(mode) and mode is not None and mode.key.endswith(" none")
    return none or any(n.negated and (n.key == "spanning-tree" or _a_vlan(n)) for n in tree.all("spanning-tree"))


def _a_vlan(node: Node) -> bool:
    words = node.key.split()
    return len(words) == 3 and words[1].startswith("vlan")


def _off_at_all(tree: Tree) -> bool:
    """``stp disable`` of VRP, ``undo stp global enable`` of Comware; where nobody says, the release's default is on."""
    off = tree.exact("stp disable")
    on = tree.exact("stp enable", "stp global enable")
    return is_on(off) or (on is not None and on.negated)


def _not_started(tree: Tree) -> bool:
    """RGOS runs spanning tree where ``spanning-tree`` starts it."""
    return not is_on(tree.exact("spanning-tree"))


_LEAD = ("spanning-tree vlan", "spanning-tree mst", "spanning-tree vlan-id", "spanning-tree priority")
LIKE_IOS = TreeGuards(
    ("spanning-tree loopguard default", "spanning-tree guard loop default", "udld aggressive"),
    ("spanning-tree guard loop", "udld port aggressive", "spanning-tree port type network"),
    ("spanning-tree guard root",),
    _LEAD,
    _off_by_vlan,
)
LIKE_RGOS = TreeGuards(
    ("spanning-tree loopguard default",),
    ("spanning-tree guard loop",),
    ("spanning-tree guard root",),
    ("spanning-tree mst", "spanning-tree priority"),
    _not_started,
)
LIKE_VRP = TreeGuards(
    (),
    ("stp loop-protection",),
    ("stp root-protection",),
    ("stp instance", "stp vlan", "stp root", "stp priority"),
    _off_at_all,
)
