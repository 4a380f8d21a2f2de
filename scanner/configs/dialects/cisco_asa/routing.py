"""Routing protocols, and what tunnels propose.

Source: Cisco ASA Series command reference (router ospf, router eigrp, router rip, router bgp, crypto ikev1 policy,
crypto ikev2 policy). What is not said of an IKE policy depends on the release.
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_asa.interfaces import checked_sources
from scanner.configs.dialects.cisco_ios.routing import put_bgp, put_by_interface, put_ospf
from scanner.configs.interfaces import addressed
from scanner.configs.nodes import Node, last
from scanner.configs.routes import KEYED, PLAIN, asked_by, kept
from scanner.configs.settings import UNKNOWN, Sheet
from scanner.configs.tree import Tree

_POLICIES = (("crypto ikev1 policy", "1"), ("crypto isakmp policy", "1"), ("crypto ikev2 policy", "2"))


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Authentication of neighbours, and checks of source addresses."""
    interfaces = [b for _, b in addressed(tree, "management-only")]
    own = asked_by(interfaces, "ospf authentication", _kept_by_ospf)
    for block in tree.all("router ospf"):
        put_ospf(sheet, block, own)
    for name, command in (("eigrp", "authentication mode eigrp"), ("rip", "rip authentication mode")):
        own = asked_by(interfaces, command, lambda n: kept(n.key.split(), plain="text"))
        for block in tree.all(f"router {name}"):
            put_by_interface(sheet, block, own, len(interfaces))
    for block in tree.all("router bgp"):
        put_bgp(sheet, block)
    checked_sources(tree, sheet)


def _kept_by_ospf(node: Node) -> str:
    if "null" in node.key.split():
        return ""
    return KEYED if "message-digest" in node.key else PLAIN


def tunnel_settings(tree: Tree, sheet: Sheet) -> None:
    """What IKE and IPsec propose, where an interface takes part in them."""
    for command, version in _POLICIES:
        started = ("crypto isakmp enable", f"crypto ikev{version} enable")
        for block in (b for b in tree.all(command) if not b.negated and any(tree.given(*started))):
            item = f"ike {version} policy {' '.join(block.after(command)[:1])}"
            words = [_ciphers(_said(block, "encryption")), _said(block, "hash"), _said(block, "integrity")]
            sheet.put("vpn", item, "proposals", ",".join(w for w in words if w) or UNKNOWN, block)
            sheet.put("vpn", item, "groups", _said(block, "group") or UNKNOWN, block)
            sheet.put("vpn", item, "version", version, block)
    used = _sets_in_use(tree)
    if used:
        _of_maps(tree, sheet)
    for node, words in tree.given("crypto ipsec ikev1 transform-set", "crypto ipsec transform-set"):
        if len(words) > 1 and words[1].lower() != "mode" and words[0] in used:
            sheet.put("vpn", f"ipsec {words[0]}", "proposals", ",".join(words[1:]).lower(), node)
    for block, words in tree.given("crypto ipsec ikev2 ipsec-proposal"):
        if words and words[0] in used:
            parts = [_ciphers(_said(block, "protocol esp encryption")), _said(block, "protocol esp integrity")]
            sheet.put("vpn", f"ipsec {words[0]}", "proposals", ",".join(w for w in parts if w) or UNKNOWN, block)


def _of_maps(tree: Tree, sheet: Sheet) -> None:
    """Groups of fresh keys, and the mode in which the device begins, of maps that are bound to an interface."""
    lines = [(node, words) for node, words in tree.given("crypto map", "crypto dynamic-map") if "set" in words]
    for node, words in lines:
        item, said = f"map {' '.join(words[:2])}", [w.lower() for w in words[words.index("set") + 1 :]]
        if said[:1] == ["pfs"]:
            sheet.put("vpn", item, "groups", "".join(said[1:2]).removeprefix("group") or UNKNOWN, node)
        elif "phase1-mode" in said:
            sheet.put("vpn", item, "mode", "aggressive" if "aggressive" in said else "main", node)


def _ciphers(told: str) -> str:
    """NULL as a cipher encrypts nothing, whatever else is offered; as a digest it may stand beside GCM."""
    return ",".join("esp-null" if word == "null" else word for word in told.split(","))


def _sets_in_use(tree: Tree) -> set[str]:
    """Names of transform sets and proposals that maps set; none where no map is bound to an interface."""
    maps = [words for _, words in tree.given("crypto map", "crypto dynamic-map")]
    if not any("interface" in words for words in maps):
        return set()
    return {name for words in maps if "set" in words for name in words[words.index("set") + 1 :]}


def _said(block: Node, command: str) -> str:
    node = last(block.children, command)
    return ",".join(node.after(command)).lower() if node and not node.negated else ""
