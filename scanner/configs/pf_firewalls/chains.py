"""The rules of a firewall as chains: what pf makes of them.

A rule that is quick decides; of the others the last that matches does, and only where no quick one matches. So the
quick ones are tried first, in their order, and then the others backwards. Floating rules come before those of groups,
and these before those of single interfaces. Rules without a direction of their own meet packets that come in; whatever
has come in may go out, unless a rule for that direction stops it. Sources: pf.conf(5), the manuals of both systems.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from scanner.configs.chains import netfilter_words
from scanner.configs.chains.interface_names import LOOPBACK as OWN
from scanner.configs.chains.interface_names import InterfaceNames
from scanner.configs.chains.model import (
    FORWARD,
    INCOMING,
    INPUT,
    OUTGOING,
    ChainRule,
    Does,
    FilterChain,
    Match,
    Ruleset,
    RuleWords,
)
from scanner.configs.chains.narrowing import ICMP, Narrowing, everything
from scanner.configs.chains.study import ChainStudy
from scanner.configs.nodes import Node
from scanner.configs.pf_firewalls.aliases import Meant
from scanner.configs.pf_firewalls.ends import RuleEnds
from scanner.configs.pf_firewalls.interfaces import LOOPBACK, PfInterfaces
from scanner.configs.pf_firewalls.rules import FLOATING, PfRule, PfRules, RuleEnd
from scanner.packet_sets import DESTINATION, PORT, PROTOCOL, SOURCE, SOURCE_PORT, TooManyBoxes

FILTER = "filter"
_ICMP_TYPES = {
    "echoreq": "8", "echorep": "0", "unreach": "3", "squench": "4", "redir": "5", "althost": "6", "routeradv": "9",
    "routersol": "10", "timex": "11", "paramprob": "12", "timereq": "13", "timerep": "14", "inforeq": "15",
    "inforep": "16", "maskreq": "17", "maskrep": "18", "trace": "30",
}  # fmt: skip
_ICMP6_TYPES = {
    "unreach": "1", "toobig": "2", "timex": "3", "paramprob": "4", "echoreq": "128", "echorep": "129",
    "groupqry": "130", "listqry": "130", "grouprep": "131", "listenrep": "131", "groupterm": "132",
    "listendone": "132",
    "routersol": "133", "routeradv": "134", "neighbrsol": "135", "neighbradv": "136", "redir": "137",
    "routrrenum": "138",
}  # fmt: skip
_WITHOUT = {"carp": (112, 112), "pfsync": (240, 240), "etherip": (97, 97), "ipencap": (4, 4), "ipv6": (41, 41)}


@dataclass(frozen=True)
class OwnRule:
    """A rule that the system makes itself: what a switch of the file stands for. ports: of TCP."""

    node: Node
    name: str
    does: Does
    interface: str = ""
    sources: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = ()  # by version; none for everything
    ports: tuple[tuple[int, int], ...] = ()
    to_itself: bool = False
    logs: bool = False
    versions: tuple[int, ...] = (4, 6)


class ChainMaker:
    """Makes the chains of one file. own: the rules that the system makes itself, first ones first."""

    def __init__(self, rules: PfRules, interfaces: PfInterfaces, own: Sequence[OwnRule], rest: OwnRule) -> None:
        self.rules = rules
        self.interfaces = interfaces
        self.own = own
        self.rest = rest
        named = {m for r in (*rules.filters, *rules.passed) for n in r.interfaces for m in interfaces.members(n)}
        self.names = InterfaceNames(_called(n) for n in {*named, *interfaces})

    def study(self, hook: str, ends: RuleEnds, node: Node) -> ChainStudy:
        """What becomes of packets that are passed on (forward), or are for the device itself (input)."""
        ruleset = Ruleset()
        root = FilterChain(FILTER, FILTER, "pf", node, (4, 6), hook=hook, accepts_rest=False)
        ruleset.chains["pf", FILTER] = root
        system = [r for r in self.own if not r.to_itself or hook == INPUT]
        coming = [r for r in self.rules.filters if r.direction != "out"]
        root.rules = [self._made(r, ends, INCOMING) for r in self.rules.passed]
        root.rules += [self._own(r, ends) for r in system]
        root.rules += self._ordered([r for r in coming if r.place == FLOATING and r.quick], ends, INCOMING)
        places = self._places(coming)
        grouped = [p for p in places if p in self.interfaces.groups]
        for place in grouped:
            root.rules += self._ordered([r for r in coming if r.place == place and r.quick], ends, INCOMING)
        for place in places:
            own = [r for r in coming if self._is_at(r, place)]
            if own and place not in self.interfaces.groups:
                chain = self._interface(place, own, ends)
                ruleset.chains["pf", chain.name] = chain
                root.rules += self._jumps(chain, place)
        slow = [r for p in (FLOATING, *grouped) for r in coming if r.place == p and not r.quick]
        root.rules += self._ordered(slow[::-1], ends, INCOMING)
        root.rules.append(self._own(self.rest, ends))
        if hook == FORWARD and (going := [r for r in self.rules.filters if r.direction != "in"]):
            ruleset.chains["pf", "out"] = self._out(going, ends, node)
        return ChainStudy(ruleset, self.names)

    def _places(self, rules: Iterable[PfRule]) -> list[str]:
        rules, order = [r for r in rules if r.place != FLOATING], self.interfaces.group_order
        found = dict.fromkeys(r.place for r in rules)
        if any(r.but and r.place not in self.interfaces.groups for r in rules):
            found |= dict.fromkeys(self.interfaces)
        return sorted(found, key=lambda place: (place not in order, order.get(place, 0)))

    def _is_at(self, rule: PfRule, place: str) -> bool:
        """A rule for all interfaces but one stands among those of each of the others."""
        if rule.but and rule.place != FLOATING and rule.place not in self.interfaces.groups:
            return place != rule.place
        return rule.place == place

    def _interface(self, place: str, rules: list[PfRule], ends: RuleEnds) -> FilterChain:
        first = rules[0].element.node
        chain = FilterChain(f"{FILTER} {place}", place, "pf", first, (4, 6))
        quick = [r for r in rules if r.quick]
        chain.rules = self._ordered([*quick, *[r for r in rules if not r.quick][::-1]], ends, INCOMING)
        return chain

    def _out(self, rules: list[PfRule], ends: RuleEnds, node: Node) -> FilterChain:
        chain = FilterChain(f"{FILTER} out", "out", "pf", node, (4, 6), hook=FORWARD, accepts_rest=True)
        order = self.interfaces.group_order
        rules = sorted(rules, key=lambda r: (r.place != FLOATING, r.place not in order, order.get(r.place, 0)))
        quick = [r for r in rules if r.quick]
        chain.rules = self._ordered([*quick, *[r for r in rules if not r.quick][::-1]], ends, OUTGOING)
        return chain

    def _jumps(self, chain: FilterChain, place: str) -> Iterator[ChainRule]:
        """The rules that lead to those of an interface, for each version of IP that some of these are about; one, too,
        where they are about nothing, as where the interface has no address.
        """
        versions = sorted({v for r in chain.rules for v in r.matches}) or [4][: len(self.interfaces.members(place))]
        for version in versions:
            left = Narrowing(version, self.names)
            left.on(INCOMING, self._spans([place]), f"in {place}")
            name = f"{place}-ipv6" if version == 6 and len(versions) > 1 else place
            match, words = _match(left, self.names), left.words()
            yield ChainRule(chain.node, name, Does.JUMP, {version: match}, {version: words}, target=chain.name)

    def _ordered(self, rules: Iterable[PfRule], ends: RuleEnds, dimension: int) -> list[ChainRule]:
        return [self._made(rule, ends, dimension) for rule in rules]

    def _spans(self, names: Iterable[str]) -> list[tuple[int, int]]:
        return [self.names.span(_called(m)) for name in names for m in self.interfaces.members(name)]

    def _own(self, rule: OwnRule, ends: RuleEnds) -> ChainRule:
        matches, words = {}, {}
        sources = dict(rule.sources)
        for version in rule.versions:
            if sources and version not in sources:
                continue
            left = Narrowing(version, self.names)
            if rule.interface:
                left.on(INCOMING, self._spans([rule.interface]), f"in {rule.interface}")
            if sources:
                left.to(SOURCE, sources[version])
            if rule.ports:
                left.to(PROTOCOL, [(6, 6)])
                left.to_ports(PORT, rule.ports)
            told = left.words()
            if rule.to_itself:
                itself = ends.itself(version)
                left.to_cases(
                    [left.box(destination=s) for s in itself.sure], [left.box(destination=s) for s in itself.most]
                )
                told = told._replace(destination=itself.words)
            matches[version], words[version] = _match(left, self.names), told
        return ChainRule(rule.node, rule.name, rule.does, matches, words, logs=rule.logs, built_in=True)

    def _made(self, rule: PfRule, ends: RuleEnds, dimension: int) -> ChainRule:
        matches, words, ports = {}, {}, {}
        for version in rule.versions:
            left = Narrowing(version, self.names)
            told = self._narrow(left, rule, ends, dimension)
            if told is None:
                words[version] = _as_written(rule, version)
                continue
            source, destination = told
            matches[version] = _match(left, self.names)
            found = left.words()
            words[version] = found._replace(source=source, destination=destination)
            exact = matches[version].sure == matches[version].most
            ports[version] = left.port_count() if exact else None
        name = rule.name if rule.place not in self.interfaces.groups else f"{rule.place}-{rule.name}"
        node = rule.element.node
        return ChainRule(node, name, rule.does, matches, words, logs=rule.logs, ports=ports)

    def _narrow(self, left: Narrowing, rule: PfRule, ends: RuleEnds, dimension: int) -> tuple[str, str] | None:
        """Source and destination in words; None where the rule says nothing of this version of IP."""
        if rule.interfaces:
            way = "in" if dimension == INCOMING else "out"
            told = f"{way} {'not ' * rule.but}{','.join(rule.interfaces)}"
            if not any(self.interfaces.members(n) for n in rule.interfaces):
                return None  # of no interface that is there
            left.on(dimension, self._spans(rule.interfaces), told, but=rule.but)
        protocols = _protocols(rule.protocol, left.version)
        if protocols is None:
            left.unclear(f"protocol {rule.protocol}", narrowed=True)
        elif protocols:
            left.to(PROTOCOL, protocols)
        if rule.icmp and protocols == [(ICMP[left.version],) * 2]:
            _icmp(left, rule.icmp)
        source = self._end(left, rule, rule.source, ends, SOURCE)
        destination = self._end(left, rule, rule.destination, ends, DESTINATION)
        for word in rule.narrowed:
            left.unclear(word, narrowed=True)
        if rule.timed:
            left.unclear("at times")
        if rule.lost:
            left.unclear("what is not understood", untold=True)
        return (source, destination) if source and destination else None

    def _end(self, left: Narrowing, rule: PfRule, end: RuleEnd, ends: RuleEnds, at: int) -> str:
        """The end in words; empty where it has no address of this version of IP."""
        meant = ends.meant(end, left.version, rule.element)
        called = "source" if at == SOURCE else "destination"
        if not meant.most:
            return ""
        if meant.exact:
            left.to(at, meant.most)
        else:
            left.narrowed = left.narrowed or meant.narrowed
            sure = [left.box(**{called: s}) for s in meant.sure]
            left.to_cases(sure, [left.box(**{called: s}) for s in meant.most])
        if end.port:
            self._ports(left, SOURCE_PORT if at == SOURCE else PORT, ends.ports(end.port, rule.element))
        return meant.words

    @staticmethod
    def _ports(left: Narrowing, dimension: int, meant: Meant) -> None:
        if meant.exact:
            left.to_ports(dimension, meant.most)
            return
        name = "port" if dimension == PORT else "source_port"
        left.to_cases([left.box(**{name: s}) for s in meant.sure], [left.box(**{name: s}) for s in meant.most])
        left.also(f"{name.replace('_', ' ')} {meant.words}")


def _called(name: str) -> str:
    """The loopback is the one on which only the device itself speaks."""
    return OWN if name == LOOPBACK else name


def _as_written(rule: PfRule, version: int) -> RuleWords:
    """A rule that says nothing of this version of IP, in its own words."""
    source, destination = (" ".join(end.words) or "any" for end in (rule.source, rule.destination))
    return RuleWords(rule.protocol or ("ip" if version == 4 else "ipv6"), source, destination)


def _match(left: Narrowing, names: InterfaceNames) -> Match:
    try:
        return left.match()
    except TooManyBoxes:
        return Match((), (everything(left.version, names),))


def _protocols(word: str, version: int) -> list[tuple[int, int]] | None:
    """None where it is not understood; empty for all."""
    if word in ("", "any", "all"):
        return []
    if word == "tcp/udp":
        return [(6, 6), (17, 17)]
    if word in ("icmp", "ipv6-icmp", "icmp6"):
        return [(ICMP[version],) * 2]
    if word in _WITHOUT:
        return [_WITHOUT[word]]
    span = netfilter_words.protocol(word)
    return [span] if span else None


def _icmp(left: Narrowing, text: str) -> None:
    spans = []
    for word in text.split(","):
        named = _ICMP_TYPES if left.version == 4 else _ICMP6_TYPES
        if word == "any":
            return
        span = netfilter_words.icmp(named.get(word, word), left.version)
        if span is None:
            left.unclear(f"type {text}", narrowed=True)
            return
        spans.append(span)
    left.to_icmp(spans)
