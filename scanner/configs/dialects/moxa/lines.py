"""Texts behind commands, ports that a line names, and the VLANs of a list."""

from __future__ import annotations

import re

from scanner.configs.interfaces import LAST_VLAN
from scanner.configs.nodes import Node
from scanner.configs.settings import NO, UNKNOWN, YES

_PORT = re.compile(r"(?<![\d./])\d{1,2}/\d{1,2}(?![\d./])")
_VLANS = re.compile(r"\d{1,4}(?:-\d{1,4})?(?:[ ,]+\d{1,4}(?:-\d{1,4})?)*")

Ranges = list[tuple[int, int]]


def text_of(node: Node | None, command: str) -> str:
    """What stands behind the command, without quotation marks; nothing where it is taken back."""
    words = node.after(command) if node is not None and not node.negated else []
    return " ".join(words).strip('"').strip()


def answer(node: Node | None) -> str:
    """Yes where the command stands there, no where it is taken back; else nothing tells."""
    return UNKNOWN if node is None else NO if node.negated else YES


def ports_in(text: str) -> list[str]:
    """The ports that a line names: ``1/3``."""
    return _PORT.findall(text)


def vlans_in(words: list[str]) -> Ranges | None:
    """The VLANs of a list, as ranges; None where it is none."""
    text = re.sub(r"\s*-\s*", "-", " ".join(words))
    if not _VLANS.fullmatch(text):
        return None
    parts = (part.partition("-") for part in text.replace(",", " ").split())
    found = [(int(low), int(high or low)) for low, _, high in parts]
    return found if all(1 <= low <= high <= LAST_VLAN for low, high in found) else None


def vlan_text(ranges: Ranges) -> str:
    """The VLANs of several lists as one: ``1-99,101``."""
    merged: Ranges = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(high, merged[-1][1])
        else:
            merged.append((low, high))
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in merged)
