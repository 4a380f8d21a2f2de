"""Policies of a firewall as packets meet them between interfaces, and what they translate."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from scanner.addresses import Network
from scanner.configs.acl_objects import between
from scanner.configs.dialects.fortinet_fortios.objects import Objects, virtual_targets
from scanner.configs.dialects.fortinet_fortios.tables import (
    ENABLE,
    Device,
    DomainTable,
    entries,
    inner,
    is_on,
    setting,
    value,
    values,
)
from scanner.configs.forwarding import DoubtKind, Entry, Redirection, SourceTranslation
from scanner.configs.forwarding_lines import ANYWHERE, TRANSLATED, Doubts
from scanner.configs.nodes import Node
from scanner.configs.policy_packets import (
    SOME_SERVICE,
    Budget,
    PolicyAddresses,
    every_packet,
    policy_entry,
    some_address,
)

ANY = "any"
IPV4 = 4
_POLICIES = (("firewall policy", False), ("firewall policy6", True), ("firewall consolidated policy", False))
_NARROWING = re.compile(  # keys that let a policy match less, or later drop some of what it accepts
    r"users|groups|fsso|ntlm|identity-based|ztna|devices|src-vendor-mac|app|url-category|reputation|geoip|vlan-filter"
    r"|tos(?:-mask|-negate)?$|sgt|policy-expiry|auth-|disclaimer|captive|email-collect|learning-mode|permit-|rsso"
    r"|network-service|internet-service|profile-(?:type|group)|schedule-timeout|pcp|dynamic|policy-behaviou?r"
)
_OFF = ("disable", "none", "")


class Names:
    """The interfaces of one virtual domain, by the names that policies give them."""

    def __init__(self, interfaces: Iterable[str], zones: Mapping[str, frozenset[str]], *, alone: bool) -> None:
        """zones: names of several. alone: there is no other domain."""
        self.every = frozenset() if alone else frozenset(interfaces) or None
        self.zones = zones

    def meant(self, names: Iterable[str]) -> frozenset[str] | None:
        """The interfaces; empty for all, None for none."""
        found: set[str] = set()
        for name in names:
            if name == ANY:
                return self.every
            found |= self.zones.get(name, frozenset((name,)))
        return frozenset(found) or None


class FortiosPassing:
    """What the policies of one virtual domain let through."""

    def __init__(self, device: Device, domain: str, names: Names, doubts: Doubts) -> None:
        self.device = device
        self.domain = domain
        self.names = names
        self.doubts = doubts
        self.objects = Objects(device, domain)
        self.translations: list[SourceTranslation] = []
        self.redirections: list[Redirection] = []
        self.encrypting: list[Node] = []
        self.budget = Budget()

    def entries(self) -> dict[int, list[Entry]]:
        """Those for each version of IP, in their order; what none matches is denied."""
        found: dict[int, list[Entry]] = {4: [], 6: []}
        for path, only6 in _POLICIES:
            for _, entry in self._entries(path):
                for version, made in self._policy(entry, only6=only6):
                    found[version].append(self.budget.take(made))
        for version, every in found.items():
            every.extend(self._within_zones(version))
        self._central()
        self._virtual()
        return found

    def _entries(self, path: str) -> Iterator[tuple[str, Node]]:
        for table in self._tables(path):
            for name, entry in entries(table.node):
                if value(entry, "status", ENABLE) == ENABLE:
                    yield name, entry

    def _tables(self, *paths: str) -> Iterator[DomainTable]:
        return (table for table in self.device.tables(*paths) if table.domain == self.domain)

    def _policy(self, entry: Node, *, only6: bool) -> Iterator[tuple[int, Entry]]:
        comes_in, goes_out = (self.names.meant(values(entry, key)) for key in ("srcintf", "dstintf"))
        if comes_in is None or goes_out is None:
            return
        action = value(entry, "action", "deny")
        permit = {"accept": True, "deny": False}.get(action)
        if action == "ipsec":
            self.encrypting.append(entry)
        services = self.objects.packets(values(entry, "service"))
        if is_on(entry, "service-negate") or not services.most:
            services = SOME_SERVICE
        narrowed = value(entry, "schedule", "always") != "always" or any(_narrows(entry))
        for version in (6,) if only6 else (4, 6):
            ends = [self._end(entry, key, version, only6=only6) for key in ("srcaddr", "dstaddr")]
            if ends[0] is None or ends[1] is None:
                continue
            made = policy_entry(
                self.doubts.place(entry),
                permit,
                version,
                (ends[0], ends[1]),
                services,
                narrowed=narrowed,
                comes_in=comes_in,
                goes_out=goes_out,
            )
            if made is not None:
                yield version, made
        if permit and is_on(entry, "nat"):
            doubt = self.doubts.doubt(DoubtKind.REWRITES, TRANSLATED, setting(entry, "nat") or entry)
            self.translations.append(SourceTranslation(doubt, comes_in, goes_out))

    def _end(self, entry: Node, key: str, version: int, *, only6: bool) -> PolicyAddresses | None:
        """One end of a policy; None where it says nothing of the version."""
        service = "internet-service-src" if key == "srcaddr" else "internet-service"
        if is_on(entry, service if version == IPV4 else service.replace("service", "service6")):
            return some_address(version)
        keys = (key,) if only6 else (key, f"{key}4") if version == IPV4 else (f"{key}6",)
        names = [name for one in keys for name in values(entry, one)]
        if not names:
            return None
        meant = self.objects.meant(names, six=version != IPV4)
        negated = any(is_on(entry, f"{one}-negate") for one in (*keys, key))
        return meant.but(version) if negated else meant

    def _within_zones(self, version: int) -> Iterator[Entry]:
        """Zones whose interfaces may speak with one another."""
        for table in self._tables("system zone"):
            for name, entry in entries(table.node):
                members = self.names.zones.get(name, frozenset())
                if value(entry, "intrazone", "deny") == "allow" and members:
                    line = setting(entry, "intrazone") or entry
                    yield every_packet(self.doubts.place(line), True, version, members, members)

    def _central(self) -> None:
        """Sources that are translated by rules of their own."""
        for _, entry in self._entries("firewall central-snat-map"):
            comes_in, goes_out = (self.names.meant(values(entry, key)) for key in ("srcintf", "dstintf"))
            if is_on(entry, "nat", ENABLE):
                doubt = self.doubts.doubt(DoubtKind.REWRITES, TRANSLATED, entry)
                self.translations.append(SourceTranslation(doubt, comes_in or frozenset(), goes_out or frozenset()))

    def _virtual(self) -> None:
        """Addresses behind which others are."""
        for path in ("firewall vip", "firewall vip6", "firewall vip46", "firewall vip64"):
            for _, entry in self._entries(path):
                doubt = self.doubts.doubt(DoubtKind.REWRITES, TRANSLATED, entry)
                targets = tuple(_targets(entry)) or ANYWHERE
                asked = tuple(_networks(values(entry, "extip"))) or ANYWHERE
                on = self.names.meant(values(entry, "extintf") or [ANY]) or frozenset()
                self.redirections.append(Redirection(doubt, asked, targets, on))
                if is_on(entry, "nat-source-vip"):
                    self.translations.append(SourceTranslation(doubt))


def _targets(entry: Node) -> list[Network]:
    """Where a virtual address leads to; none where that is not told."""
    kind = value(entry, "type", "static-nat")
    if kind == "static-nat":
        return [*(virtual_targets(entry) or ())]
    found: list[Network] = []
    for _, server in entries(inner(entry, "realservers")):
        one = _networks(values(server, "ip"))
        if not one or value(server, "type", "ip") != "ip":
            return []
        found += one
    return found


def _networks(texts: Iterable[str]) -> list[Network]:
    """Addresses and ranges; none where one is no address."""
    found: list[Network] = []
    for text in texts:
        first, _, last = text.partition("-")
        one = between(first, last or first)
        if one is None:
            return []
        found += one
    return found


def _narrows(entry: Node) -> Iterator[bool]:
    for node in entry.children:
        if not node.negated and _NARROWING.match(node.key):
            key, _, given = node.key.partition(" ")
            yield given.strip('" ') not in _OFF or not key
