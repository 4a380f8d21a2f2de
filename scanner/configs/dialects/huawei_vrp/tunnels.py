"""Tunnels of IPsec, as VRP and Comware write them: what they propose, where one is in use.

Sources: Huawei AR and USG command references (IKE, IPsec), H3C security command reference (IPsec, IKE). What a proposal
does not say is the release's default. One of IPsec takes effect where a policy, template, profile or association names
it.
"""

from __future__ import annotations

from collections.abc import Collection

from scanner.configs.nodes import Node, every, given, last
from scanner.configs.settings import UNKNOWN, Sheet
from scanner.configs.tree import Tree
from scanner.configs.tunnels import has_tunnels, put_ikev2, put_proposal

_IN_USE = ("ipsec policy", "ipsec profile", "ipsec apply", "tunnel protection")
_ESP = ("esp encryption-algorithm", "esp authentication-algorithm")
_WITH_PFS = ("ipsec policy", "ipsec policy-template", "ipsec profile", "ipsec proposal", "ipsec transform-set")
_NAMING = (*_WITH_PFS[:3], "ipsec ipv6-policy", "ipsec ipv6-policy-template", "ipsec sa")
_AH = ("ah authentication-algorithm",)


def tunnel_settings(tree: Tree, sheet: Sheet) -> None:
    """What IKE and IPsec propose; nothing where no interface has a tunnel."""
    if not has_tunnels(tree, _IN_USE):
        return
    own = {" ".join(words[:1]).lower(): b for b, words in tree.given("ike proposal")}
    for name, block in own.items():
        _put(sheet, f"ike proposal {name}", "proposals", block, ("encryption-algorithm", "authentication-algorithm"))
        _put(sheet, f"ike proposal {name}", "groups", block, ("dh",))
    _first(tree, sheet, own)
    _second(tree, sheet)
    _third(tree, sheet)
    for command in _WITH_PFS:
        for block in (b for b in tree.all(command) if not b.negated):
            kept = last(block.children, "pfs")
            if kept is not None and not kept.negated:
                item = f"{command} {' '.join(block.after(command)[:2])}"
                sheet.put("vpn", item, "groups", kept.key.split()[-1].removeprefix("dh-group"), kept)
    for command in ("ike peer", "ike profile"):
        for block in (b for b in tree.all(command) if not b.negated):
            _peer(sheet, f"ike peer {' '.join(block.after(command)[:1])}", block)


def _first(tree: Tree, sheet: Sheet, own: dict[str, Node]) -> None:
    """A peer that names no proposal that is there takes the release's own too (for long DES and group 1)."""
    peers = [b for b, _ in tree.given("ike peer", "ike profile")]
    there = {" ".join(words[:1]).lower() for _, words in tree.given("ike peer", "ike profile")}
    bare = [b for b in _policies(tree) if b.children and not _has_key(b, there)]
    for block in peers + bare:
        lines = [words for command in ("ike-proposal", "proposal") for _, words in given(block.children, command)]
        if block in bare or not lines or any(name.lower() not in own for words in lines for name in words):
            for setting in ("proposals", "groups"):
                sheet.missing("vpn", "ike proposal default", setting, UNKNOWN, block)
            return


def _has_key(policy: Node, there: Collection[str]) -> bool:
    """It names a peer or profile; those of the first version are there."""
    lines = [line for command in ("ike-peer", "ike-profile") for line in given(policy.children, command)]
    named = any(given(policy.children, "ikev2-profile"))
    return (named or bool(lines)) and all(" ".join(words[:1]).lower() in there for _, words in lines)


def _third(tree: Tree, sheet: Sheet) -> None:
    """How packets are protected, by the proposals that something names; by all where nothing would name any."""
    own = {" ".join(words[:1]).lower(): b for b, words in tree.given("ipsec proposal", "ipsec transform-set")}
    users = [b for b, _ in tree.given(*_NAMING)]
    lines = [line for b in users for command in ("proposal", "transform-set") for line in given(b.children, command)]
    named = {name.lower(): node for node, words in lines for name in words}
    for name, block in own.items() if not users else ((n, own[n]) for n in named if n in own):
        only = last(block.children, "transform", "protocol")
        kinds = _AH if only and only.key.split()[-1] == "ah" else _ESP
        _put(sheet, f"ipsec {name}", "proposals", block, kinds)
    for name in sorted(named.keys() - own):
        sheet.missing("vpn", f"ipsec {name}", "proposals", UNKNOWN, named[name])


def _policies(tree: Tree) -> list[Node]:
    """What says how packets are protected, keys that somebody typed left out."""
    blocks = tree.given("ipsec policy", "ipsec policy-template", "ipsec profile")
    return [b for b, _ in blocks if not b.key.endswith(" manual")]


def _second(tree: Tree, sheet: Sheet) -> None:
    """Proposals of IKEv2 that policies name; where none holds for every end of a tunnel the release's: AES or 3DES,
    groups 5 and 2.
    """
    own = {" ".join(words[:1]): b for b, words in tree.given("ikev2 proposal")}
    policies = [b for b, _ in tree.given("ikev2 policy") if any(given(b.children, "proposal"))]
    named = {name: node for b in policies for node, words in given(b.children, "proposal") for name in words[:1]}
    users = [n for b in _policies(tree) for n, _ in given(b.children, "ikev2-profile")]
    bounded = all(any(n.key != "match vrf any" for n, _ in given(b.children, "match")) for b in policies)
    if bounded and (own or users or policies):
        named.setdefault("default", (policies or users or list(own.values()))[0])

    def put(item: str, block: Node) -> None:
        _put(sheet, item, "proposals", block, ("encryption", "integrity"))
        _put(sheet, item, "groups", block, ("dh",))

    put_ikev2(sheet, named, own, put)


def comware_tunnel_settings(tree: Tree, sheet: Sheet) -> None:
    """The same of Comware, whose profiles and peers of IKE are of its first version; the second has its own."""
    tunnel_settings(tree, sheet)
    used = has_tunnels(tree, _IN_USE)
    for command in ("ike profile", "ike peer") if used else ():
        for block in (b for b in tree.all(command) if not b.negated):
            sheet.put("vpn", f"ike peer {' '.join(block.after(command)[:1])}", "version", "1", block)


def _peer(sheet: Sheet, item: str, block: Node) -> None:
    mode = last(block.children, "exchange-mode")
    if mode and not mode.negated:
        kind = mode.key.split()[-1]
        sheet.put("vpn", item, "mode", kind if kind in ("main", "aggressive") else UNKNOWN, mode)
    told = {n.key.split()[-1]: n for n in every(block.children, "version")}  # both are on until one is taken back
    off = {number for number, node in told.items() if node.negated}
    if len(off) == 1 and off <= {"1", "2"}:
        sheet.put("vpn", item, "version", "1" if "2" in off else "2", told["".join(off)])


def _put(sheet: Sheet, item: str, setting: str, block: Node, commands: tuple[str, ...]) -> None:
    """What lines of these commands say; the release's default where one is missing."""
    nodes = [last(block.children, command) for command in commands]
    found = [n for n in nodes if n is not None and not n.negated]
    told = [
        word.removeprefix("group")
        for node, command in zip(nodes, commands, strict=True)
        for word in (node.key.split()[len(command.split()) :] if node and not node.negated else ())
        if setting == "groups" or not word.isdecimal()  # the size of a key
    ]
    if commands == _AH and told:
        told.append("esp-null")  # a header that only proves
    whole = len(found) == len(nodes) or any("gcm" in word for word in told)
    put_proposal(sheet, item, setting, told, found[0] if found else block, whole=whole)
