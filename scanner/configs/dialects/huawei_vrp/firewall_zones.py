"""Zones, security policy and NAT of a USG firewall as packets meet them between interfaces.

Sources: Huawei USG6000, USG6000E and USG9500 Command References (firewall zone, security-policy, nat-policy, nat
server, firewall defend). An interface without a zone passes nothing on. Rules meet addresses as ``nat server`` left
them, and before ``nat-policy`` changes sources. What stays in a zone and no rule matches is told by no line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.addresses import Network
from scanner.configs.acl_objects import between
from scanner.configs.dialects.huawei_vrp.firewall_objects import FirewallObjects, address_words, words_after
from scanner.configs.dialects.huawei_vrp.grammar import full_name
from scanner.configs.dialects.huawei_vrp.security_policy import (
    LOCAL,
    NAME,
    ZoneRule,
    default_permits,
    is_followed,
    policy_blocks,
    rules_of,
)
from scanner.configs.forwarding import DoubtKind, Entry, Filter, Redirection, Router, SourceTranslation
from scanner.configs.forwarding_lines import (
    ANYWHERE,
    CHECKED_SOURCE,
    NOT_UNDERSTOOD,
    POLICY_ROUTED,
    SELECTED,
    STATEFUL,
    TRANSLATED,
    Lines,
)
from scanner.configs.nodes import Node, last, walk
from scanner.configs.policy_packets import Budget, every_packet, policy_entry
from scanner.configs.tree import Tree
from scanner.wording import Said

_IN_POLICY = ("rule name", "default", "group name", "rule-group")  # lines of the security policy that are known


def zones_of(tree: Tree) -> dict[str, list[Node]]:
    """Zone -> the lines that add interfaces to it."""
    found: dict[str, list[Node]] = {}
    for block in tree.all("firewall zone"):
        words = [w.lower() for w in words_after(block, "firewall zone")]
        words = words[2:] if words[:1] == ["vpn-instance"] else words
        words = words[1:] if words[:1] == ["name"] else words
        if words and not block.negated:
            block.understood = True
            found.setdefault(words[0], []).extend(n for n in block.children if n.is_("add interface"))
            for node in block.children:
                node.understood = True
    return found


class FirewallZones:
    """What a firewall with a security policy lets through."""

    def __init__(self, tree: Tree, router: Router, lines: Lines) -> None:
        self.tree = tree
        self.router = router
        self.lines = lines
        self.objects = FirewallObjects(tree)
        self.budget = Budget()
        known = {full_name(i.name): i.name for i in router.interfaces}
        self.zones: dict[str, frozenset[str]] = {}
        for zone, nodes in zones_of(tree).items():
            named: dict[str, None] = {}
            for node in nodes:
                name = known.get(full_name(" ".join(words_after(node, "add interface"))), "")
                named.pop(name, None)
                if not node.negated and name:
                    named[name] = None
            self.zones[zone] = frozenset(named)

    def follow(self) -> None:
        """Give the router what the policy lets through and what is translated."""
        block = policy_blocks(self.tree)[0]
        self.router.stateful = not any(i.filters_in or i.filters_out for i in self.router.interfaces)
        if not self.router.stateful:  # filters that know no states meet answers, too
            for interface in self.router.interfaces[:1]:
                interface.doubts.append(self.lines.doubt(DoubtKind.OPENS, STATEFUL, block))
        rules = list(rules_of(self.tree))
        for version in (4, 6):
            found = [self.budget.take(e) for rule in rules for e in self._rule(rule, version)]
            found += self._rest(block, version)
            self.router.filters[version] = [Filter(NAME, self.lines.place(block), tuple(found))]
        self._translate()
        self.router.doubts += [self.lines.doubt(kind, why, node) for kind, why, node in self._others()]

    def _interfaces(self, zones: Iterable[str]) -> frozenset[str]:
        """The interfaces of zones; of all where none is named. The device itself has none."""
        names = [*zones] or [zone for zone in self.zones if zone != LOCAL]
        return frozenset(n for zone in names for n in self.zones.get(zone, ()))

    def _rule(self, rule: ZoneRule, version: int) -> Iterator[Entry]:
        comes_in, goes_out = (self._interfaces(names) for names in rule.zones)
        if any(name not in self.zones for names in rule.zones for name in names if name != LOCAL):
            self.router.doubts.append(self.lines.doubt(DoubtKind.ANYTHING, NOT_UNDERSTOOD, rule.node))
        if not comes_in or not goes_out:
            return
        ends = (self.objects.meant(rule.sources, version), self.objects.meant(rule.destinations, version))
        made = policy_entry(
            self.lines.place(rule.node),
            rule.permit,
            version,
            ends,
            self.objects.packets(rule.services),
            narrowed=bool(rule.narrowed),
            comes_in=comes_in,
            goes_out=goes_out,
        )
        if made is not None:
            yield made

    def _rest(self, block: Node, version: int) -> Iterator[Entry]:
        """What no rule matches."""
        default = default_permits(self.tree)
        every = self._interfaces(())
        if default is not None and every:
            yield every_packet(self.lines.place(default), True, version, every, every)
        elif self.tree.last("default packet-filter intrazone enable") is None and not self._within_denied():
            for names in filter(None, self.zones.values()):
                yield every_packet(self.lines.place(block), None, version, names, names)

    def _within_denied(self) -> bool:
        """What stays in a zone is denied like the rest."""
        inside = [last(b.children, "default packet-filter intrazone enable") for b in policy_blocks(self.tree)]
        return any(node is not None and not node.negated for node in inside)

    # NAT

    def _translate(self) -> None:
        for block in self.tree.all("nat-policy"):
            for rule in block.children if not block.negated else ():
                if rule.is_("rule name") and not rule.negated and last(rule.children, "disable") is None:
                    self._nat_rule(rule)
        for node in self.tree.all("nat server"):
            if not node.negated:
                self._server(node)

    def _nat_rule(self, rule: Node) -> None:
        told = last(rule.children, "action")
        action = told.key.split()[1:] if told else []
        if action[:1] in (["no-nat"], ["no-pat"]) or "no-nat" in action:
            return
        doubt = self.lines.doubt(DoubtKind.REWRITES, TRANSLATED, told or rule)
        if not any(w.startswith("destination-nat") for w in action):
            self.router.translations.append(
                SourceTranslation(
                    doubt, self._side(rule, "source", "ingress"), self._side(rule, "destination", "egress")
                )
            )
        if any(w.startswith("destination-nat") for w in action) or not action or "static-mapping" in action:
            lines = [words_after(n, "destination-address") for n in rule.children if n.is_("destination-address")]
            asked = _networks(e for words in lines for e in address_words(words)) or ANYWHERE
            self.router.redirections.append(Redirection(doubt, asked, ANYWHERE, self._side(rule, "source", "ingress")))

    def _side(self, rule: Node, end: str, way: str) -> frozenset[str]:
        """The interfaces of a side of a rule; empty for any."""
        zones = [w.lower() for n in rule.children if n.is_(f"{end}-zone") for w in words_after(n, f"{end}-zone")]
        if zones and "any" not in zones:
            return self._interfaces(zones)
        known = {full_name(i.name): i.name for i in self.router.interfaces}
        named = [" ".join(words_after(n, f"{way}-interface")) for n in rule.children if n.is_(f"{way}-interface")]
        return frozenset(known[full_name(n)] for n in named if full_name(n) in known)

    def _server(self, node: Node) -> None:
        """``nat server web zone untrust protocol tcp global 192.0.2.9 443 inside 10.0.0.9 443``."""
        words = words_after(node, "nat server")
        low = [w.lower() for w in words]
        zone = low[low.index("zone") + 1 :][:1] if "zone" in low else []
        asked, targets = (_networks(_behind(words, low, word)) or ANYWHERE for word in ("global", "inside"))
        doubt = self.lines.doubt(DoubtKind.REWRITES, TRANSLATED, node)
        self.router.redirections.append(
            Redirection(doubt, asked, targets, self._interfaces(zone) if zone else frozenset())
        )
        if "no-reverse" not in low:
            self.router.translations.append(SourceTranslation(doubt))

    def _others(self) -> Iterator[tuple[DoubtKind, Said, Node]]:
        """What else may become of packets."""
        for block in policy_blocks(self.tree):
            for node in block.children:
                inside = [n for n in node.children if n.is_("rule")] if node.is_("group") else []
                if not node.negated and (inside or not any(map(node.is_, _IN_POLICY))):
                    yield DoubtKind.ANYTHING, NOT_UNDERSTOOD, node
        for node in (n for n in self.tree.all("firewall packet-filter basic-protocol") if n.negated):
            yield DoubtKind.ANYTHING, NOT_UNDERSTOOD, node
        for start, kind, why in (
            ("policy-based-route", DoubtKind.ROUTES, POLICY_ROUTED),
            ("auth-policy", DoubtKind.DROPS, SELECTED),
            ("proxy-policy", DoubtKind.REWRITES, TRANSLATED),
        ):
            for node in (n for b in self.tree.all(start) for n in walk(b) if not n.negated and n.is_("rule name")):
                if last(node.children, "disable") is None:
                    yield kind, why, node
        for start in ("firewall defend ip-spoofing enable", "firewall mac-binding enable", "firewall blacklist enable"):
            for node in (n for n in self.tree.all(start) if not n.negated):
                yield DoubtKind.DROPS, CHECKED_SOURCE, node


def _behind(words: list[str], low: list[str], word: str) -> Iterator[str]:
    """The address or range behind a word, as one end."""
    rest = words[low.index(word) + 1 :] if word in low else []
    rest = rest[1:] if rest[:1] == ["range"] else rest
    if rest:
        second = rest[1] if len(rest) > 1 and rest[1].count(".") == 3 else rest[0]
        yield f"{rest[0]}-{second}"


def _networks(ends: Iterable[str]) -> tuple[Network, ...]:
    """Nothing where one of them is not told."""
    found: list[Network] = []
    for end in ends:
        first, _, second = end.partition("-")
        some = between(first, second or first)
        if not some:
            return ()
        found += some
    return tuple(found)


def follow_zones(tree: Tree, router: Router, lines: Lines) -> bool:
    """Follow the security policy, where there is one; whether it was followed."""
    followed = is_followed(tree)
    if followed:
        FirewallZones(tree, router, lines).follow()
    return followed
