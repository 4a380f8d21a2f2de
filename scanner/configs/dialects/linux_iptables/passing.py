"""What the tables say of packets of others, beside the chains that filter them: translations, and what is unread.

Source: iptables-extensions(8), "TARGET EXTENSIONS".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.addresses import Network
from scanner.configs.acl_objects import network
from scanner.configs.chains.model import ChainRule, FilterChain
from scanner.configs.chains.study import ChainStudy
from scanner.configs.dialects.linux_iptables.rules import is_target, target_of
from scanner.configs.dialects.linux_iptables.saved import Saved, SavedRule, SavedTable, rules_of
from scanner.configs.linux.forwarding import AddressRewrite, Netfilter, targets_in
from scanner.configs.nodes import Node

_SOURCES = ("SNAT", "MASQUERADE", "NETMAP", "SAME")
_DESTINATIONS = ("DNAT", "REDIRECT", "NETMAP")
_ELSEWHERE = frozenset(("TPROXY", "MIRROR", "TEE", "ROUTE", "SNPT", "DNPT", "RAWDNAT", "RAWSNAT", "CLUSTERIP"))
_DECIDES_NOTHING = ("ACCEPT", "RETURN", "LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "")


def netfilter(saved: Saved, study: ChainStudy, lost: Iterable[Node]) -> Netfilter:
    """lost: lines that are not understood."""
    rules = {id(rule.node) for rule in rules_of(saved)}
    unread = [node for node in lost if id(node) not in rules]
    unread += [rule.node for rule in rules_of(saved) if target_of(rule) in _ELSEWHERE]
    found = Netfilter(
        study,
        tuple(sorted({table.version for table in saved.tables if table.name == "filter"})),
        unread=unread,
        helps=any("--helper" in rule.words for rule in rules_of(saved)),
    )
    for table in saved.tables:
        if table.name == "nat":
            found.translations += _translations(table, study)
    return found


def _translations(table: SavedTable, study: ChainStudy) -> Iterator[AddressRewrite]:
    for own in table.chains.values():
        chain = study.ruleset.chains.get((f"{table.version} {table.name}", own.name))
        for rule, made in zip(own.rules, chain.rules if chain else (), strict=False):
            target = target_of(rule)
            if chain is None or target in table.chains or target in _DECIDES_NOTHING:
                continue
            yield from _translation(chain, made, target, rule)


def _translation(chain: FilterChain, made: ChainRule, target: str, rule: SavedRule) -> Iterator[AddressRewrite]:
    known = is_target(target)
    if target in _SOURCES or not known:
        yield AddressRewrite(chain, made, sources=True)
    if target in _DESTINATIONS or not known:
        yield AddressRewrite(chain, made, sources=False, targets=_targets(target, rule.words))


def _targets(target: str, words: list[str]) -> tuple[Network, ...] | None:
    if target == "REDIRECT":
        return ()  # to the device itself
    option = {"DNAT": "--to-destination", "NETMAP": "--to"}.get(target)
    texts = [words[n + 1] for n, word in enumerate(words[:-1]) if word == option]
    if target == "NETMAP":
        found = [network(*text.split("/", 1)) for text in texts]
        return None if not texts or None in found else tuple(n for own in found for n in own or ())
    return targets_in(texts) if texts else None
