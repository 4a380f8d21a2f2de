"""Switches that only bridge: with an image of layer 2 (HiOS-2A, L2P) and without a line about routing.

Of others a script does not tell how they forward: lists of routers and their interfaces are in no manual that prints
what scripts have. Routing is off in the state of delivery, so whoever routes has a line that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.configs.acls import Acls
from scanner.configs.dialects.hirschmann_hios_commands.ports import HiosPort, vlans_of_port
from scanner.configs.forwarding import Router
from scanner.configs.forwarding_lines import PORT_UNTOLD, Lines, join_vlans, note_bridged, unfinished
from scanner.configs.nodes import is_on, last, walk
from scanner.configs.settings import whole
from scanner.configs.tree import Tree
from scanner.configs.understood import not_understood

_LAYER_TWO = re.compile(r"\bHiOS-2[A-Z]-|\"L2[A-Z]-", re.IGNORECASE)
_ROUTES = re.compile(
    r"(?:ip (?:routing|address|route|default-route|rip|ospf|vrrp|mcast|irdp|udp-helper|router-id|helper|dhcp-relay)"
    r"|routing|router|vrrp|l3|nat|track add interface|interface (?:vlan|loopback|tunnel)/)(?: |/|$)"
)
_CHANGES_VLAN = re.compile(
    r"(?:network )?vlan (?:protocol|association|unaware|mapping|translation)|.*\bvlan-?unaware\b|vlan0"
)
_MAY_DROP = re.compile(r".*\b(?:acl|access-list|access-group|dhcp-snooping|arp-inspection|source-guard|private-edge)\b")


def forwarding(tree: Tree) -> Router | None:
    """The switch as packets meet it; None where that is not told."""
    if tree.about is None or not _LAYER_TWO.search(tree.about.text):
        return None
    nodes = [node for node in walk(tree.root) if not node.negated]
    if any(_ROUTES.match(node.key) for node in nodes):
        return None
    lines = Lines(tree, Acls(), {}, lambda _: False)
    router = Router(tree.name, tree.source, {4: False, 6: False})
    router.doubts += unfinished(tree, lines)
    for node in not_understood(tree)[:1]:
        join_vlans(router, (), node, lines, PORT_UNTOLD)
    for node in nodes:
        if _CHANGES_VLAN.match(node.key):
            join_vlans(router, (), node, lines)
        elif _MAY_DROP.match(node.key):
            note_bridged(router, 0, [node], lines)
    for port in _ports(tree):
        between = _between(port)
        if len(between) > 1:
            join_vlans(router, between, port.block, lines)
    return router


def _ports(tree: Tree) -> Iterator[HiosPort]:
    for block in tree.all("interface"):
        if not block.negated and not is_on(last(block.children, "shutdown")):
            yield HiosPort(" ".join(block.after("interface")).lower(), block, *vlans_of_port(block))


def _between(port: HiosPort) -> set[int]:
    """VLANs that a port joins: it takes what has no tag for one, and sends others without a tag."""
    node = port.last("vlan pvid")
    words = node.after("vlan pvid")[:1] if node is not None and is_on(node) else []
    takes = int(words[0]) if words and whole(words[0]) else 1
    return {takes, *port.untagged} if port.untagged else set()
