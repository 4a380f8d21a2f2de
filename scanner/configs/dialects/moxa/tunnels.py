"""Tunnels of IPsec: what their two phases propose. ``ipsec NAME``, in it ``phase1`` and ``phase2``."""

from __future__ import annotations

import re

from scanner.configs.nodes import Node, last
from scanner.configs.settings import UNKNOWN, Sheet
from scanner.configs.tree import Tree

_PHASES = ("phase1", "phase2")
_GROUPS = {"768": "1", "1024": "2", "1536": "5", "2048": "14", "3072": "15", "4096": "16"}  # by bits of the prime
_GROUP = re.compile(r"(?:modp)?(\d{3,4})", re.IGNORECASE)
_MODES = ("main", "aggressive")


def tunnel_settings(tree: Tree, sheet: Sheet) -> None:
    """Each tunnel that has lines."""
    for block in tree.all("ipsec"):
        if block.negated or not block.children:
            continue
        for phase in _PHASES:
            inner = last(block.children, phase)
            _proposals(sheet, f"{block.text} {phase}", block, inner)
            if phase == _PHASES[0]:
                _exchange(sheet, block.text, block, inner)


def _proposals(sheet: Sheet, item: str, block: Node, phase: Node | None) -> None:
    """Encryption and integrity, and the group where a line says it."""
    found = [(n, n.after(c)) for c in ("encryption", "hash") if (n := _line(phase, c)) is not None]
    words = [after[0].lower() for _, after in found if len(after) == 1]
    known = len(words) == len(found) == 2
    at = found[0][0] if found else phase or block
    sheet.put("vpn", item, "proposals", ",".join(words) if words else UNKNOWN, at, present=known)
    if not known and words:
        sheet.missing("vpn", f"{item} otherwise", "proposals", UNKNOWN, at)
    group = _line(phase, "dh-group") or _line(phase, "pfs")
    told = _GROUP.fullmatch(group.text.split()[-1]) if group is not None else None
    number = _GROUPS.get(told[1]) if told else None
    sheet.put("vpn", item, "groups", number or UNKNOWN, group or at, present=number is not None)


def _exchange(sheet: Sheet, item: str, block: Node, phase: Node | None) -> None:
    """Version of IKE; how keys are exchanged says something of version 1 alone."""
    version = _line(phase, "ike-version")
    number = version.key.split()[-1].removeprefix("ikev").removeprefix("v") if version is not None else ""
    told = number if number in ("1", "2") else UNKNOWN
    sheet.put("vpn", item, "version", told, version or phase or block, present=told != UNKNOWN)
    mode = _line(phase, "ike-mode")
    if mode is not None and told != "2" and mode.key.split()[-1] in _MODES:
        sheet.put("vpn", item, "mode", mode.key.split()[-1], mode)


def _line(phase: Node | None, command: str) -> Node | None:
    node = last(phase.children, command) if phase is not None else None
    return None if node is None or node.negated else node
