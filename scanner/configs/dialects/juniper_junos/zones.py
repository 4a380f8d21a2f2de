"""Security policies and NAT of SRX firewalls as packets meet them between the interfaces of zones.

Sources: Junos OS Security Policies, Security Zones and NAT User Guides. Policies between two zones are asked before the
global ones, those within a zone as well; what none matches is denied unless the default policy says otherwise. An
interface without a zone passes nothing on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from scanner.addresses import Network
from scanner.configs.acl_objects import between
from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.policies import NARROWS, AddressBooks, in_order
from scanner.configs.dialects.juniper_junos.prefixes import entries, prefix
from scanner.configs.forwarding import DoubtKind, Entry, Filter, ForwardingDoubt, Redirection, Router, SourceTranslation
from scanner.configs.forwarding_lines import ANYWHERE, ENCRYPTED, NOT_UNDERSTOOD, STATEFUL, TRANSLATED
from scanner.configs.policy_packets import Budget, every_packet, policy_entry
from scanner.configs.source_checks import check_sources
from scanner.configs.statements.statement import TreeStatement, at, inside, leaf, one, value, words
from scanner.wording import Said

_MATCHES = frozenset(
    ("source-address", "destination-address", "application", "from-zone", "to-zone", "source-address-excluded")
    + ("destination-address-excluded", *NARROWS)
)
_POLICY = frozenset(("match", "then", "description", "scheduler-name", "apply-groups", "apply-groups-except"))
_PERMITS = frozenset(("tcp-options",))  # what may stand behind "then permit" and changes nothing
_SAFE = frozenset(  # parts of "security" that leave packets alone, or are read here
    (
        "log",
        "pki",
        "ssh-known-hosts",
        "authentication-key-chains",
        "certificates",
        "macsec",
        "zones",
        "policies",
        "nat",
        "address-book",
        "screen",
        "alg",
        "utm",
        "idp",
        "flow",
        "analysis",
        "ike",
        "ipsec",
    )
    + ("application-tracking", "traceoptions", "datapath-debug", "apply-groups", "apply-groups-except")
)
Doubting = Callable[[DoubtKind, Said, TreeStatement | None], ForwardingDoubt]


def is_firewall(device: JunosDevice) -> bool:
    """It has zones."""
    return at(device.top, "security", "zones") is not None


def _is_followed(statement: TreeStatement) -> bool:
    """A part of ``security`` that is followed here, or that does nothing to packets."""
    return statement.word in _SAFE or (
        statement.word == "forwarding-options"
        and all(value(family, "mode") in ("flow-based", "drop") for family in inside(statement, "family"))
    )


class Zones:
    """The zones of a firewall. doubting: makes a doubt of a statement."""

    def __init__(self, device: JunosDevice, router: Router, doubting: Doubting) -> None:
        self.device = device
        self.router = router
        self.doubting = doubting
        self.security = at(device.top, "security")
        self.books = AddressBooks(device)
        self.budget = Budget()
        known = {i.name for i in router.interfaces}
        self.zones: dict[str, frozenset[str]] = {}
        for zone in entries(self.security, "zones", "security-zone"):
            named = words(zone, "interfaces")
            self.zones[zone.word] = frozenset(known if "all" in named else (self._unit(n) for n in named))

    @staticmethod
    def _unit(name: str) -> str:
        return name if "." in name else f"{name}.0"

    def follow(self) -> None:
        """Give the router what they let through."""
        top = at(self.security, "policies") or at(self.security, "zones")
        place = self.doubting(DoubtKind.DROPS, STATEFUL, top).place
        self.router.stateful = not any(i.filters_in or i.filters_out for i in self.router.interfaces)
        if not self.router.stateful:  # filters that know no states meet answers, too
            for interface in self.router.interfaces[:1]:
                interface.doubts.append(self.doubting(DoubtKind.OPENS, STATEFUL, top))
        permits = value(self.security, "policies", "default-policy") == "permit-all"
        for version in (4, 6):
            found = [e for policy in in_order(at(self.security, "policies")) for e in self._policy(*policy, version)]
            if permits:
                every = frozenset(n for names in self.zones.values() for n in names)
                found.append(every_packet(place, True, version, every, every))
            self.router.filters[version] = [Filter("security policies", place, tuple(found))]
        self._translate()
        self._screens()

    def _interfaces(self, zones: Iterable[str]) -> frozenset[str]:
        names = list(zones)
        kept = self.zones if "any" in names or not names else names
        return frozenset(n for zone in kept for n in self.zones.get(zone, ()))

    def _policy(self, start: str, stop: str, policy: TreeStatement, version: int) -> Iterator[Entry]:
        comes_in, goes_out = (self._interfaces(zones.split(",")) for zones in (start, stop))
        node = leaf(policy)
        if node is None or not comes_in or not goes_out:
            return
        then, match = at(policy, "then"), at(policy, "match")
        known = [w for w in ("permit", "deny", "reject") if at(then, w) is not None]
        permit = {"permit": True, "deny": False, "reject": False}[known[0]] if len(known) == 1 else None
        narrowed = one(policy, "scheduler-name") is not None or any(s.word not in _POLICY for s in policy)
        narrowed |= any((told := words(match, word)) and told != ["any"] for word in NARROWS)
        narrowed |= any(s.word not in _MATCHES for s in match or ())
        narrowed |= bool(permit) and any(s.word not in _PERMITS for s in at(then, "permit") or ())
        ends = [
            self.books.meant(words(match, f"{end}-address"), zone, version)
            for end, zone in (("source", start), ("destination", stop))
        ]
        excluded = [at(match, f"{end}-address-excluded") is not None for end in ("source", "destination")]
        source, destination = (m.but(version) if out else m for m, out in zip(ends, excluded, strict=True))
        made = policy_entry(
            self.doubting(DoubtKind.DROPS, STATEFUL, policy).place,
            permit,
            version,
            (source, destination),
            self.books.packets(words(match, "application")),
            narrowed=narrowed,
            comes_in=comes_in,
            goes_out=goes_out,
        )
        if made is not None:
            yield self.budget.take(made)
        if at(then, "permit", "tunnel") is not None:
            self.router.doubts.append(self.doubting(DoubtKind.ANYTHING, ENCRYPTED, policy))

    # NAT

    def _translate(self) -> None:
        nat = at(self.security, "nat")
        for kind in nat or ():
            if kind.word in ("proxy-arp", "proxy-ndp", "traceoptions"):
                continue
            if kind.word not in ("source", "destination", "static"):
                self.router.doubts.append(self.doubting(DoubtKind.REWRITES, TRANSLATED, kind))
                continue
            for rules in entries(kind, "rule-set"):
                for rule in entries(rules, "rule"):
                    self._rule(kind, rules, rule)

    def _side(self, rules: TreeStatement, word: str) -> frozenset[str]:
        """The interfaces of ``from`` or ``to`` of a set of rules; empty for any."""
        side = at(rules, word)
        if zones := words(side, "zone"):
            return self._interfaces(zones)
        return frozenset(self._unit(n) for n in words(side, "interface"))

    def _rule(self, kind: TreeStatement, rules: TreeStatement, rule: TreeStatement) -> None:
        doubt = self.doubting(DoubtKind.REWRITES, TRANSLATED, rule)
        then = at(rule, "then")
        comes_in = self._side(rules, "from")
        if kind.word == "source":
            if at(then, "source-nat", "off") is None:
                self.router.translations.append(SourceTranslation(doubt, comes_in, self._side(rules, "to")))
            return
        asked = self._networks(words(rule, "match", "destination-address"))
        if kind.word == "destination":
            if at(then, "destination-nat", "off") is not None:
                return
            pool = at(kind, "pool", value(then, "destination-nat", "pool"))
            targets = self._networks(words(pool, "address"))
        else:
            targets = self._networks(words(then, "static-nat", "prefix"))
            self.router.translations.append(SourceTranslation(doubt, frozenset(), comes_in))
        self.router.redirections.append(Redirection(doubt, asked, targets, comes_in))

    @staticmethod
    def _networks(names: list[str]) -> tuple[Network, ...]:
        """Anything where that is not told."""
        found: list[Network] = []
        for name in names:
            network = prefix(name)
            one_ = [network] if network is not None else between(name, name)
            if not one_:
                return ANYWHERE
            found += one_
        return tuple(found) or ANYWHERE

    def _screens(self) -> None:
        """Sources that are checked at a zone."""
        for zone in entries(self.security, "zones", "security-zone"):
            name = value(zone, "screen")
            check = at(self.security, "screen", "ids-option", name, "ip", "spoofing") if name else None
            for interface in self.router.interfaces if check is not None else ():
                if interface.name in self.zones[zone.word]:
                    check_sources(self.router, interface, self.doubting(DoubtKind.DROPS, STATEFUL, check).place)

    def odd(self) -> Iterator[ForwardingDoubt]:
        """Parts of ``security`` that are not followed."""
        for statement in self.security or ():
            if not _is_followed(statement):
                yield self.doubting(DoubtKind.ANYTHING, NOT_UNDERSTOOD, statement)
