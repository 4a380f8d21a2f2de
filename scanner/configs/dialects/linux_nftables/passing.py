"""What a ruleset says of packets of others, beside the chains that filter them: translations, and what is unread.

Source: nft(8), "NAT statements", "Packet statements", "Payload expressions".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.addresses import Network
from scanner.configs.chains.study import ChainStudy
from scanner.configs.dialects.linux_nftables.blocks import NftFile, NftTable
from scanner.configs.dialects.linux_nftables.tokens import Token
from scanner.configs.linux.forwarding import AddressRewrite, Netfilter, targets_in
from scanner.configs.nodes import Node

_SOURCES = ("snat", "masquerade")
_DESTINATIONS = ("dnat", "redirect")
_ELSEWHERE = ("fwd", "tproxy", "dup")  # and what is after a chain without a name
_SETS_NO_ADDRESS = frozenset(
    (
        *("dscp", "ttl", "ecn", "hoplimit", "flowlabel", "size", "mark", "priority", "nftrace", "label", "event"),
        *("helper", "timeout", "expectation", "secmark", "pkttype", "rtclassid", "cpu"),
    )
)
_OTHER_LAYER = ("bridge", "arp")


def netfilter(file: NftFile, study: ChainStudy, lost: Iterable[Node]) -> Netfilter:
    """lost: lines that are not understood."""
    statements = [(t, c, s) for t in file.tables.values() for c in t.chains.values() for s in c.rules]
    words = {id(s.node): file.variables.expand(s.words) for _, _, s in statements}
    unread = [node for node in lost if id(node) not in words]
    unread += [s.node for _, _, s in statements if _goes_elsewhere(words[id(s.node)])]
    found = Netfilter(study, unread=unread, helps=any(_has(w, ("helper",)) for w in words.values()))
    for table in file.tables.values():
        if table.family in _OTHER_LAYER:
            found.drops += [s.node for t, _, s in statements if t is table][:1]
        else:
            found.translations += _translations(table, file, study)
    return found


def _has(words: Sequence[Token], wanted: Iterable[str]) -> bool:
    return any(w.text in wanted and not w.quoted for w in words)


def _goes_elsewhere(words: Sequence[Token]) -> bool:
    """It sends packets elsewhere, or rewrites them otherwise than by translation of whole conversations."""
    if _has(words, _ELSEWHERE):
        return True
    sets = (n for n, w in enumerate(words) if w.text == "set" and not w.quoted and n)
    return any(words[n - 1].text not in _SETS_NO_ADDRESS for n in sets)


def _translations(table: NftTable, file: NftFile, study: ChainStudy) -> Iterator[AddressRewrite]:
    for own in table.chains.values():
        chain = study.ruleset.chains.get((f"{table.family} {table.name}", own.name))
        nodes = {id(s.node): file.variables.expand(s.words) for s in own.rules}
        for rule in chain.rules if chain else ():
            words = nodes.get(id(rule.node), [])
            if chain is not None and _has(words, _SOURCES):
                yield AddressRewrite(chain, rule, sources=True)
            if chain is not None and _has(words, _DESTINATIONS):
                yield AddressRewrite(chain, rule, sources=False, targets=_targets(words))


def _targets(words: Sequence[Token]) -> tuple[Network, ...] | None:
    at = next(n for n, w in enumerate(words) if w.text in _DESTINATIONS and not w.quoted)
    if words[at].text == "redirect":
        return ()  # to the device itself
    behind = [w.text for w in words[at + 1 :]]
    behind = behind[1:] if behind[:1] in (["ip"], ["ip6"]) else behind
    behind = behind[1:] if behind[:1] == ["to"] else behind
    if not behind or any(w in ("{", "map", "@", "$", ".", "numgen", "jhash", "symhash") for w in behind):
        return None
    return targets_in(behind[:1])
