"""What dialects say of an interface in the same words: whether it is shut down, its description and its address."""

from __future__ import annotations

from collections.abc import Sequence

from scanner.configs import acls
from scanner.configs.settings import ABSENT, NO, Sheet
from scanner.configs.tree import Node, last

LAST_VLAN = 4_094
_LONGEST = 12  # characters of a range, and more
NEARLY_EVERY = 4_000  # VLANs; a list of fewer was made with some thought


def describe(sheet: Sheet, name: str, block: Node, nodes: list[Node]) -> None:
    """``shutdown`` and ``description`` among the commands of the block."""
    sheet.switch("interface", name, "shutdown", last(nodes, "shutdown"), default=NO, block=block)
    text = last(nodes, "description")
    said = " ".join(text.after("description")) if text else ABSENT
    sheet.put("interface", name, "description", said, text or block, present=text is not None)


def carries_every_vlan(listed: str) -> bool:
    """The list of a trunk (``1-99,101-4094``) names so many VLANs that it limits nothing."""
    ranges = []
    for part in listed.split(","):
        first, _, final = part.partition("-")
        if first.isdecimal() and (final or first).isdecimal() and len(part) < _LONGEST:
            ranges.append((int(first), int(final or first)))
    seen, end = 0, 0  # VLANs so far, and the last of them
    for low, high in sorted(ranges):
        low, high = max(low, end + 1), min(high, LAST_VLAN)  # noqa: PLW2901
        if low <= high:
            seen, end = seen + high - low + 1, high
    return seen >= NEARLY_EVERY


def put_address(sheet: Sheet, name: str, block: Node, node: Node | None, words: Sequence[str]) -> None:
    """The address in the words behind ``ip address``: with its mask, or how it is got; absent without words."""
    if len(words) >= 2 and (bits := acls.prefix_length(words[1])) is not None:
        sheet.put("interface", name, "address", f"{words[0]}/{bits}", node)
    elif words:
        sheet.put("interface", name, "address", words[0], node)
    else:
        sheet.missing("interface", name, "address", node=block)
