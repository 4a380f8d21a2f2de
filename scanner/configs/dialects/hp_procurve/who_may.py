"""Who may manage the device: authorised managers, each for some ways of access, and a VLAN for management alone.

Each way of access has a list of its own; without an entry everybody may use it.
"""

from __future__ import annotations

from dataclasses import dataclass

from scanner.configs.acls import prefix_length
from scanner.configs.dialects.hp_procurve.lines import given
from scanner.configs.nodes import Node, walk
from scanner.configs.settings import ABSENT, UNKNOWN
from scanner.configs.tree import Tree

_NOBODY = "0.0.0.0"  # noqa: S104 - as the only address it admits nobody
_COMMAND = {4: "ip authorized-managers", 6: "ipv6 authorized-managers"}


@dataclass(frozen=True)
class Manager:
    """Addresses that may manage the device. share: of all; None: they cannot be told."""

    node: Node
    method: str
    share: float | None


def managers(tree: Tree, version: int) -> list[Manager]:
    """The entries of a version of IP."""
    found = []
    for node, words in given(tree.all(_COMMAND[version]), _COMMAND[version]):
        lower = [word.lower() for word in words]
        at = lower.index("access-method") + 1 if "access-method" in lower else len(lower)
        method = lower[at] if at < len(lower) else "all"
        found.append(Manager(node, method, _share(lower, version)))
    return found


def _share(words: list[str], version: int) -> float | None:
    if not words:
        return None
    address, mask = words[0], words[1] if len(words) > 1 and words[1] not in ("access", "access-method") else ""
    if "/" in address:
        address, _, mask = address.partition("/")
    if not mask:
        return 0.0
    if version == 6:
        groups = mask.split(":")
        return 0.0 if groups[0] and any(set(g) - {"0"} for g in groups) else None
    length = prefix_length(mask)
    if length is None:
        return None
    return 0.5**length if address != _NOBODY or length < 32 else 0.0


def who_may(tree: Tree, method: str) -> tuple[str, Node | None]:
    """What limits who may use a way of access: absent where nothing does, unknown-default where that is not told."""
    inside = tree.last("management-vlan")
    if inside is not None and not inside.negated:
        return "management-vlan", inside
    four, six = _limit(tree, 4, method), _limit(tree, 6, method)
    if four[0] == ABSENT and six[0] in (ABSENT, UNKNOWN):
        return four
    if not _speaks_ipv6(tree):
        return four
    if four[0] == ABSENT:
        return "ipv6-only", six[1]
    return ("ipv4-only", four[1]) if six[0] == ABSENT else four if six[0] != UNKNOWN else six


def _limit(tree: Tree, version: int, method: str) -> tuple[str, Node | None]:
    every = managers(tree, version)
    own = [m for m in every if m.method in ("all", method)]
    if not own:
        return (UNKNOWN, every[0].node) if every else (ABSENT, None)
    if any(m.share is None for m in own):
        return UNKNOWN, own[0].node
    whole = next((m for m in own if (m.share or 0) >= 1), None)
    if whole is not None:
        return ABSENT, whole.node
    shares = sum(m.share or 0 for m in own)
    return (UNKNOWN if shares >= 1 else "authorized-managers"), own[0].node  # several may be everybody together


def _speaks_ipv6(tree: Tree) -> bool:
    return any(
        n.key.startswith(("ipv6 address", "ipv6 enable")) and not n.negated
        for block in (*tree.all("vlan"), *tree.all("oobm"), *tree.all("interface"))
        for n in walk(block)
    )
