"""Security and NAT rules as packets meet them between interfaces.

Sources: PAN-OS Administrator's Guide ("Security Policy", "Intrazone and Interzone Default Rules"), Networking
Administrator's Guide ("NAT Policy Rules"). Rules name zones, whose interfaces they hold between; what none matches is
allowed within a zone and denied between zones. An interface without a zone passes nothing on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scanner.addresses import Network
from scanner.configs.acl_entries import ANY
from scanner.configs.dialects.paloalto_panos.configuration import PanosDevice
from scanner.configs.dialects.paloalto_panos.objects import DEFAULT, PanosObjects
from scanner.configs.forwarding import DoubtKind, Entry, Redirection, SourceTranslation
from scanner.configs.forwarding_lines import ANYWHERE, TRANSLATED, Doubts
from scanner.configs.nodes import Node
from scanner.configs.policy_packets import (
    SOME_SERVICE,
    Budget,
    PolicyAddresses,
    PolicyServices,
    every_address,
    every_packet,
    policy_entry,
)
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, one, value, words

BASES = ("pre-rulebase", "rulebase", "post-rulebase")
_KNOWN = frozenset(
    (
        *("from", "to", "source", "destination", "application", "service", "action", "disabled", "negate-source"),
        *("negate-destination", "rule-type", "log-start", "log-end", "log-setting", "description", "tag", "group-tag"),
        *("profile-setting", "option", "qos", "icmp-unreachable", "target", "uuid", "disable-inspect", "audit-comment"),
        *("source-user", "category", "hip-profiles", "source-hip", "destination-hip", "schedule"),
    )
)
_NARROWS = ("source-user", "category", "hip-profiles", "source-hip", "destination-hip", "application")
_MUST = ("from", "to", "source", "destination", "application")
_ACTIONS = {"allow": True, "deny": False, "drop": False, "reset-client": False, "reset-server": False}
Between = tuple[frozenset[str], frozenset[str]]


class PanosPassing:
    """What the rules of one virtual system let through."""

    def __init__(self, device: PanosDevice, scope: TreeStatement, doubts: Doubts) -> None:
        shared = at(device.top, "shared")
        outer = [shared] if shared is not None else []
        self.device = device
        self.scope = scope
        self.doubts = doubts
        self.objects = PanosObjects([scope, *outer])
        self.zones = {z.word: frozenset(words(z, "network", "layer3")) for z in inside(scope, "zone")}
        self.bases = [s for top in (*outer, scope) if (s := at(top, BASES[0])) is not None]
        self.bases += [s for s in (at(scope, BASES[1]),) if s is not None]
        self.bases += [s for top in (scope, *outer) if (s := at(top, BASES[2])) is not None]
        self.budget = Budget()
        self.translations: list[SourceTranslation] = []
        self.redirections: list[Redirection] = []

    @property
    def every(self) -> frozenset[str]:
        """All interfaces that have a zone."""
        return frozenset(name for names in self.zones.values() for name in names)

    def rules(self, kind: str) -> Iterator[TreeStatement]:
        """Those that are not switched off, in their order."""
        for base in self.bases:
            for rule in inside(base, kind, "rules"):
                if value(rule, "disabled") != "yes":
                    yield rule

    def entries(self, version: int) -> Iterator[Entry]:
        """Those of an IP version, with what the default rules say; what none matches is denied."""
        for rule in self.rules("security"):
            yield from self._rule(rule, version)
        yield from self._defaults(version)

    def _rule(self, rule: TreeStatement, version: int) -> Iterator[Entry]:
        node = leaf(rule)
        if node is None:
            return
        permit = _ACTIONS.get("deny" if value(rule, "action") == "reset-both" else value(rule, "action"))
        odd = any(child.word not in _KNOWN for child in rule)
        if any(not words(rule, word) for word in _MUST):
            yield from (every_packet(self.doubts.place(node), None, version, *b) for b in self._between(rule))
            return
        named = any(words(rule, w) and ANY not in words(rule, w) for w in _NARROWS)
        services = self._services(words(rule, "service"))
        narrowed = odd or named or one(rule, "schedule") is not None
        ends = [self._end(rule, end, version) for end in ("source", "destination")]
        for comes_in, goes_out in self._between(rule):
            made = policy_entry(
                self.doubts.place(node),
                permit,
                version,
                (ends[0], ends[1]),
                services,
                narrowed=narrowed,
                comes_in=comes_in,
                goes_out=goes_out,
            )
            if made is not None:
                yield self.budget.take(made)

    def _services(self, names: list[str]) -> PolicyServices:
        if DEFAULT not in names:
            return self.objects.packets(names)
        others = [n for n in names if n != DEFAULT]
        return PolicyServices(self.objects.packets(others).sure if others else (), SOME_SERVICE.most)

    def _end(self, rule: TreeStatement, end: str, version: int) -> PolicyAddresses:
        names = words(rule, end)
        meant = every_address(version) if ANY in names else self.objects.meant(names, version)
        return meant.but(version) if value(rule, f"negate-{end}") == "yes" else meant

    def _of(self, names: Iterable[str]) -> list[str]:
        names = list(names)
        return list(self.zones) if ANY in names or not names else [n for n in names if n in self.zones]

    def _interfaces(self, zones: Iterable[str]) -> frozenset[str]:
        return frozenset(name for zone in zones for name in self.zones.get(zone, ()))

    def _between(self, rule: TreeStatement) -> Iterator[Between]:
        """The interfaces that a rule holds between."""
        start, stop = (self._of(words(rule, word)) for word in ("from", "to"))
        kind = value(rule, "rule-type")
        ways: list[tuple[list[str], list[str]]] = [(start, stop)]
        if kind == "intrazone":
            ways = [([zone], [zone]) for zone in start]
        elif kind == "interzone":
            ways = [([zone], [other for other in stop if other != zone]) for zone in start]
        for begin, end in ways:
            comes_in, goes_out = self._interfaces(begin), self._interfaces(end)
            if comes_in and goes_out:
                yield comes_in, goes_out

    def _defaults(self, version: int) -> Iterator[Entry]:
        for name, usual in (("intrazone-default", "allow"), ("interzone-default", "deny")):
            found = [r for b in self.bases if (r := at(b, "default-security-rules", "rules", name)) is not None]
            told = next((value(r, "action") for r in found if value(r, "action")), usual)
            node = (leaf(found[0]) if found else None) or self.device.tree.root
            permit = _ACTIONS.get("deny" if told == "reset-both" else told)
            ways = [(i, i) for i in self.zones.values()] if usual == "allow" else [(self.every, self.every)]
            for comes_in, goes_out in ways:
                if comes_in and (found or permit is not False):  # the end of the list denies as well
                    yield every_packet(self.doubts.place(node), permit, version, comes_in, goes_out)

    def translate(self) -> None:
        """Note what NAT rules rewrite."""
        for rule in self.rules("nat"):
            node = leaf(rule) or self.device.tree.root
            doubt = self.doubts.doubt(DoubtKind.REWRITES, TRANSLATED, node)
            comes_in, goes_out = (self._interfaces(self._of(words(rule, w))) for w in ("from", "to"))
            kind = value(rule, "nat-type") or "ipv4"
            if kind != "ipv4":
                self.translations.append(SourceTranslation(doubt))
                self.redirections.append(Redirection(doubt, ANYWHERE, ANYWHERE))
            if (source := at(rule, "source-translation")) is not None:
                self.translations.append(SourceTranslation(doubt, comes_in, goes_out))
                fixed = at(source, "static-ip")
                if fixed is not None and value(fixed, "bi-directional") == "yes":
                    asked = self._networks(words(fixed, "translated-address"))
                    self.redirections.append(Redirection(doubt, asked, self._networks(words(rule, "source"))))
                    self.translations.append(SourceTranslation(doubt, goes_out, comes_in))
            for word in ("destination-translation", "dynamic-destination-translation"):
                if (target := at(rule, word)) is not None:
                    asked = self._networks(words(rule, "destination"))
                    targets = self._networks(words(target, "translated-address"))
                    self.redirections.append(Redirection(doubt, asked, targets, comes_in))

    def _networks(self, names: list[str]) -> tuple[Network, ...]:
        """Anything where that is not told."""
        told = None if ANY in names or not names else self.objects.networks(names)
        return tuple(told) if told else ANYWHERE

    def first(self, kind: str) -> Node | None:
        """The first rule of a kind."""
        return next((leaf(rule) for rule in self.rules(kind)), None)

    def has_other_zones(self) -> TreeStatement | None:
        """A zone that leads to another virtual system."""
        return next((z for z in inside(self.scope, "zone") if has(z, "network", "external")), None)
