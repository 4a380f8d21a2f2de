"""Routing protocols, and what tunnels propose.

Source: Cisco ASA Series command reference (router ospf, router eigrp, router rip, router bgp, crypto ikev1 policy,
crypto ikev2 policy). What is not said of an IKE policy depends on the release.
"""

from __future__ import annotations

from scanner.configs.dialects.cisco_asa.interfaces import checked_sources
from scanner.configs.dialects.cisco_ios.routing import has_ospf_keys, put_bgp, put_by_interface, put_ospf
from scanner.configs.interfaces import addressed
from scanner.configs.nodes import Node, last
from scanner.configs.routes import KEYED, PLAIN, asked_by, kept
from scanner.configs.routes_ipv6 import IOS, put_routing_ipv6
from scanner.configs.settings import UNKNOWN, Sheet
from scanner.configs.tree import Tree
from scanner.configs.tunnels import put_proposal, put_unread

_POLICIES = (("crypto ikev1 policy", "1"), ("crypto isakmp policy", "1"), ("crypto ikev2 policy", "2"))
_STARTS_EITHER = "crypto isakmp enable"  # of releases that do not say which version of IKE


def routing_settings(tree: Tree, sheet: Sheet) -> None:
    """Authentication of neighbours, and checks of source addresses."""
    interfaces = [b for _, b in addressed(tree, "management-only")]
    own = asked_by(interfaces, "ospf authentication", _kept_by_ospf)
    for block in tree.all("router ospf"):
        put_ospf(sheet, block, own, keys=has_ospf_keys(interfaces, "ospf"))
    for name, command in (("eigrp", "authentication mode eigrp"), ("rip", "rip authentication mode")):
        own = asked_by(interfaces, command, lambda n: kept(n.key.split(), plain="text"))
        for block in tree.all(f"router {name}"):
            put_by_interface(sheet, block, own, len(interfaces))
    for block in tree.all("router bgp"):
        put_bgp(sheet, block)
    put_routing_ipv6(tree, sheet, IOS)
    checked_sources(tree, sheet)


def _kept_by_ospf(node: Node) -> str:
    if "null" in node.key.split():
        return ""
    return KEYED if "message-digest" in node.key else PLAIN


def tunnel_settings(tree: Tree, sheet: Sheet) -> None:
    """What IKE and IPsec propose, where an interface takes part in them."""
    profiles = _profiles(tree)
    used = _sets_in_use(tree, profiles)
    starts = {v: [n for n, _ in tree.given(_STARTS_EITHER, f"crypto ikev{v} enable")] for v in ("1", "2")}
    own = set()
    for command, version in _POLICIES:
        for block, words in tree.given(command) if starts[version] else ():
            item = f"ike {version} policy {' '.join(words[:1])}"
            _put(sheet, item, block, "encryption", "integrity" if version == "2" else "hash")
            group = _said(block, "group")
            put_proposal(sheet, item, "groups", [group] if group else [], block, whole=True)
            sheet.put("vpn", item, "version", version, block)
            own.add(version)
    for version, lines in starts.items():
        if lines and version not in own and not (own and lines[-1].is_(_STARTS_EITHER)):
            put_unread(sheet, f"ike {version} defaults", lines[-1])
    if used:
        _of_maps(tree, sheet)
        _of_profiles(profiles, sheet)
    for node, words in tree.given("crypto ipsec ikev1 transform-set", "crypto ipsec transform-set"):
        if len(words) > 1 and words[1].lower() != "mode" and words[0] in used:
            sheet.put("vpn", f"ipsec {words[0]}", "proposals", ",".join(words[1:]).lower(), node)
    for block, words in tree.given("crypto ipsec ikev2 ipsec-proposal"):
        if words and words[0] in used:
            _put(sheet, f"ipsec {words[0]}", block, "protocol esp encryption", "protocol esp integrity")


def _put(sheet: Sheet, item: str, block: Node, cipher: str, digest: str) -> None:
    """What a policy or proposal says, and the release's default where it says only one of the two."""
    told = [word for word in (_ciphers(_said(block, cipher)), _said(block, digest)) if word]
    whole = len(told) == 2 or (len(told) == 1 and "gcm" in told[0])
    put_proposal(sheet, item, "proposals", told, block, whole=whole)


def _of_maps(tree: Tree, sheet: Sheet) -> None:
    """Groups of fresh keys, and the mode in which the device begins, of maps that are bound to an interface."""
    lines = [(node, words) for node, words in tree.given("crypto map", "crypto dynamic-map") if "set" in words]
    for node, words in lines:
        item, said = f"map {' '.join(words[:2])}", [w.lower() for w in words[words.index("set") + 1 :]]
        if said[:1] == ["pfs"]:
            sheet.put("vpn", item, "groups", "".join(said[1:2]).removeprefix("group") or UNKNOWN, node)
        elif "phase1-mode" in said:
            sheet.put("vpn", item, "mode", "aggressive" if "aggressive" in said else "main", node)


def _of_profiles(profiles: dict[str, Node], sheet: Sheet) -> None:
    """Groups of fresh keys."""
    for name, block in profiles.items():
        kept = last(block.children, "set pfs")
        if kept is not None and not kept.negated:
            group = "".join(kept.key.split()[2:3]).removeprefix("group")
            sheet.put("vpn", f"profile {name}", "groups", group or UNKNOWN, kept)


def _profiles(tree: Tree) -> dict[str, Node]:
    """Profiles of IPsec that protect a tunnel interface, by name."""
    inside = (n for b in tree.all("interface") if not b.negated for n in b.children)
    named = {n.text.split()[-1] for n in inside if n.is_("tunnel protection ipsec profile") and not n.negated}
    return {words[0]: block for block, words in tree.given("crypto ipsec profile") if words and words[0] in named}


def _ciphers(told: str) -> str:
    """NULL as a cipher encrypts nothing, whatever else is offered; as a digest it may stand beside GCM."""
    return ",".join("esp-null" if word == "null" else word for word in told.split(","))


def _sets_in_use(tree: Tree, profiles: dict[str, Node]) -> set[str]:
    """Names of transform sets and proposals that maps bound to an interface, and profiles of tunnels, set."""
    maps = [words for _, words in tree.given("crypto map", "crypto dynamic-map")]
    bound = maps if any("interface" in words for words in maps) else []
    of_profiles = [n.text.split() for b in profiles.values() for n in b.children if n.is_("set")]
    said = [words for words in bound + of_profiles if "set" in words]
    return {name for words in said for name in words[words.index("set") + 1 :]}


def _said(block: Node, command: str) -> str:
    node = last(block.children, command)
    return ",".join(node.after(command)).lower() if node and not node.negated else ""
