"""What guards spanning tree between switches: root guard on the switch that is to be its root, and loop guard.

A dialect says by which commands. Ports are trunks as their rows say; a switch without trunks, or whose spanning tree
is off, has no such rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scanner.configs.interfaces import TRUNK
from scanner.configs.nodes import Node, is_on, last
from scanner.configs.settings import ABSENT, YES, Sheet
from scanner.configs.tree import Tree

SOME = "some"
_AS_ROOT = 24_576  # the priority that "root primary" sets, and what comes before it


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
            root = next((n for n in _guarded(trunks, self.root)), None)
            sheet.put("system", "switching", "root_guard", YES if root else ABSENT, root, present=root is not None)

    def _loops(self, tree: Tree, sheet: Sheet, trunks: Sequence[Node]) -> None:
        default = tree.last(*self.loop_default) if self.loop_default else None
        on = next((n for n in _guarded(trunks, self.loop)), None)
        told = YES if is_on(default) else SOME if on else ABSENT
        sheet.put("system", "switching", "loop_guard", told, default if told == YES else on, present=told != ABSENT)

    def _leads(self, tree: Tree) -> bool:
        """The switch is set to be the root of spanning tree, of some VLANs at least."""
        return any(not node.negated and _as_root(node.key.split()) for cmd in self.lead for node in tree.all(cmd))


def _as_root(words: Sequence[str]) -> bool:
    if words[-2:] == ["root", "primary"]:
        return True
    number = words[words.index("priority") + 1 :][:1] if "priority" in words else []
    return bool(number) and number[0].isdecimal() and int(number[0][:6]) <= _AS_ROOT


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


_LEAD = ("spanning-tree vlan", "spanning-tree mst", "spanning-tree vlan-id", "spanning-tree priority")
LIKE_IOS = TreeGuards(
    ("spanning-tree loopguard default", "spanning-tree guard loop default", "udld aggressive"),
    ("spanning-tree guard loop", "udld port aggressive", "spanning-tree port type network"),
    ("spanning-tree guard root",),
    _LEAD,
    _off_by_vlan,
)
LIKE_VRP = TreeGuards(
    (),
    ("stp loop-protection",),
    ("stp root-protection",),
    ("stp instance", "stp vlan", "stp root", "stp priority"),
    _off_at_all,
)
