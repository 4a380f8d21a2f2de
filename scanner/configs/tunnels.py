"""What dialects say of tunnels of IPsec alike: whether one is in use, and what a proposal leaves to the release."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from scanner.configs.nodes import Node
from scanner.configs.settings import UNKNOWN, Sheet
from scanner.configs.tree import Tree

GROUPS = {  # Diffie-Hellman: the word of strongSwan and RouterOS -> its number
    "modp768": "1",
    "modp1024": "2",
    "modp1536": "5",
    "modp2048": "14",
    "modp3072": "15",
    "modp4096": "16",
    "modp6144": "17",
    "modp8192": "18",
    "ecp256": "19",
    "ecp384": "20",
    "ecp521": "21",
    "modp1024s160": "22",
    "modp2048s224": "23",
    "modp2048s256": "24",
    "ecp192": "25",
    "ecp224": "26",
    "ecp224bp": "27",
    "ecp256bp": "28",
    "ecp384bp": "29",
    "ecp512bp": "30",
    "x25519": "31",
    "curve25519": "31",
    "x448": "32",
    "curve448": "32",
}


def has_tunnels(tree: Tree, commands: tuple[str, ...]) -> bool:
    """An interface has one by one of the commands."""
    inside = (node for block in tree.all("interface") if not block.negated for node in block.children)
    return any(not node.negated and any(map(node.is_, commands)) for node in inside)


def put_unread(sheet: Sheet, item: str, node: Node | None) -> None:
    """A tunnel is there, and what it proposes is not read."""
    for setting in ("proposals", "groups", "version"):
        sheet.missing("vpn", item, setting, UNKNOWN, node)


def put_ikev2(
    sheet: Sheet, named: Mapping[str, Node], own: Mapping[str, Node], put: Callable[[str, Node], None]
) -> None:
    """The proposals of IKEv2 that hold, by the line that names each, out of those that the file has: ``put`` says what
    one proposes. One that is not there, or is empty, is the release's own.
    """
    for name, node in named.items():
        item, block = f"ikev2 proposal {name}", own.get(name)
        if block is None or not block.children:
            put_unread(sheet, item, node)
            continue
        put(item, block)
        sheet.put("vpn", item, "version", "2", block)


def put_proposal(sheet: Sheet, item: str, setting: str, told: list[str], node: Node, *, whole: bool) -> None:
    """What is said of a proposal, which counts, and that the rest is the release's default."""
    if told:
        sheet.put("vpn", item, setting, ",".join(told), node)
    if not told or not whole:
        sheet.missing("vpn", f"{item} otherwise" if told else item, setting, UNKNOWN, node)
