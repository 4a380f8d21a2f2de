"""Tunnels of IPsec: what they propose, where one is in use.

Source: IOS XE command reference (security: ``crypto isakmp policy``, ``crypto ikev2 proposal`` and ``policy``,
``crypto ipsec transform-set``, ``crypto isakmp aggressive-mode``). What a policy does not say is the release's default:
DES, SHA and group 1 for long, others since. A proposal of IKEv2 counts where a policy names it; without a policy the
default one holds, with the proposal ``default``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scanner.configs.nodes import Node, given, last, walk
from scanner.configs.settings import UNKNOWN, Sheet
from scanner.configs.tree import Tree
from scanner.configs.tunnels import has_tunnels, put_ikev2, put_proposal, put_unread

_USERS = ("crypto map", "crypto ipsec profile", "crypto dynamic-map")
_ENCRYPTS = re.compile(r"esp-(?!(?:sha|md5|gmac)\b|sha\d)")
_WITHOUT_SETS = (" ipsec-manual", " gdoi")  # keys that somebody typed, or that a server gives
_IN_USE = ("crypto map", "tunnel protection", "crypto engine")


def tunnel_settings(tree: Tree, sheet: Sheet) -> None:
    """What IKE and IPsec propose; nothing where no interface has a tunnel."""
    if not has_tunnels(tree, _IN_USE):
        return
    off = tree.last("crypto isakmp enable")
    for block in (b for b in tree.all("crypto isakmp policy") if not b.negated and not (off and off.negated)):
        item = f"ike policy {' '.join(block.after('crypto isakmp policy')[:1])}"
        _put(sheet, item, "proposals", [last(block.children, *_ENCRYPTION), last(block.children, "hash")], block)
        _put(sheet, item, "groups", [last(block.children, "group")], block)
        sheet.put("vpn", item, "version", "1", block)
    users = _users(tree)
    _defaults(users, sheet, {"1": any(tree.given("crypto isakmp policy")), "2": _ikev2(tree, sheet)})
    _sets(tree, sheet, users)
    for block in users:
        kept = last(block.children, "set pfs")
        if kept is not None and not kept.negated:
            item = " ".join(block.text.split()[1:4])
            groups = [w.removeprefix("group") for w in kept.key.split()[2:]]
            put_proposal(sheet, item, "groups", groups, kept, whole=bool(groups))


def _users(tree: Tree) -> list[Node]:
    """Maps and profiles whose name stands in some other line, which may put them to use."""
    found = []
    for command in _USERS:
        blocks = [(b, " ".join(b.after(command)[:1])) for b in tree.all(command) if not b.negated]
        names = {name for _, name in blocks}
        own = {id(b) for b, _ in blocks}
        words = {w for n in walk(tree.root) if id(n) not in own and not n.negated for w in n.text.split()[1:]} & names
        found += [b for b, name in blocks if name in words]
    return found


def _sets(tree: Tree, sheet: Sheet, users: list[Node]) -> None:
    """The transform sets that maps and profiles set; the release's own where one sets none, or none that is there."""
    used = {name: node for node, names in _sets_in_use(users) for name in names}
    own = {words[0]: (node, words[1:]) for node, words in tree.given("crypto ipsec transform-set") if len(words) > 1}
    for name, (node, words) in own.items():
        if name in used:
            told = [w.lower() for w in _joined(words)]
            if not any(_ENCRYPTS.match(w) for w in told):
                told.append("esp-null")  # what a set without a cipher amounts to
            sheet.put("vpn", f"ipsec {name}", "proposals", ",".join(told), node)
    for name in sorted(used.keys() - own):
        sheet.missing("vpn", f"ipsec {name or 'defaults'}", "proposals", UNKNOWN, used[name])


def _ikev2(tree: Tree, sheet: Sheet) -> bool:
    """The proposals that policies name, the release's where no policy holds for every end of a tunnel; whether any."""
    own = {" ".join(words[:1]): b for b, words in tree.given("crypto ikev2 proposal")}
    policies = [b for b, _ in tree.given("crypto ikev2 policy") if any(given(b.children, "proposal"))]
    named = {name: node for b in policies for node, words in given(b.children, "proposal") for name in words}
    bounded = policies and all(any(map(_bounds, b.children)) for b in policies)
    if (own or bounded) and (not policies or bounded):
        named.setdefault("default", (policies or list(own.values()))[0])

    def put(item: str, block: Node) -> None:
        _put(sheet, item, "proposals", [last(block.children, "encryption"), last(block.children, "integrity")], block)
        _put(sheet, item, "groups", [last(block.children, "group")], block)

    put_ikev2(sheet, named, own, put)
    return bool(named)


def _bounds(node: Node) -> bool:
    """A policy holds for some local addresses or one VRF only."""
    return node.is_("match") and not node.negated and node.key.split()[1:] != ["fvrf", "any"]


def _defaults(users: list[Node], sheet: Sheet, own: dict[str, bool]) -> None:
    """Where a tunnel has no policy of its own for its version of IKE, the release's defaults hold."""
    users = [b for b in users if b.children and not b.key.endswith(" ipsec-manual")]  # keys that somebody typed
    for version, item in (("1", "ike defaults"), ("2", "ikev2 defaults")):
        of_it = [b for b in users if any(n.is_("set ikev2-profile") for n in b.children) == (version == "2")]
        if of_it and not own[version]:
            put_unread(sheet, item, of_it[0])


_ENCRYPTION = ("encr", "encryption")


def _put(sheet: Sheet, item: str, setting: str, nodes: list[Node | None], block: Node) -> None:
    """What the lines say after their first word; the release's default where one that narrows it is missing."""
    found = [n for n in nodes if n is not None and not n.negated]
    told = [word for n in found for word in _joined(n.key.split()[1:])]
    whole = len(found) == len(nodes) or any("gcm" in word for word in told)
    put_proposal(sheet, item, setting, told, found[0] if found else block, whole=whole)


def _joined(words: list[str]) -> Iterator[str]:
    """``aes 256`` as one word; sizes of keys tell nothing else."""
    kept: list[str] = []
    for word in words:
        if word.isdecimal() and kept and kept[-1].rstrip("-0123456789").endswith("aes"):
            kept[-1] = f"{kept[-1]}-{word}"
        else:
            kept.append(word)
    yield from kept


def _sets_in_use(users: list[Node]) -> Iterator[tuple[Node, list[str]]]:
    """The lines by which maps and profiles set transform sets, with their names; that of one which sets none."""
    for block in (b for b in users if b.children):
        lines = list(given(block.children, "set transform-set"))
        yield from lines
        if not lines and not block.key.endswith(_WITHOUT_SETS):
            yield block, [""]
