"""Security policies of SRX firewalls as one access list, in which each entry holds between the zones that it names.

Sources: Junos OS Security Policies User Guide (from-zone, to-zone, global, match, then, default-policy), Address Books
and Address Sets, Predefined and custom policy applications. What no policy matches is denied and leaves no message,
unless the default policy says otherwise. Policies between two zones are asked before those for all of them.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Mapping, Sequence

from scanner.code_tables import rows_table
from scanner.configs import acl_words
from scanner.configs.acl_cover import PORTS, Span
from scanner.configs.acl_entries import ANY, NUMBERS, AclEntry
from scanner.configs.acl_objects import MOST_MEMBERS, Network, between, in_words, services_in_words, with_holes, within
from scanner.configs.acls import Acls
from scanner.configs.dialects.juniper_junos.configuration import JunosDevice
from scanner.configs.dialects.juniper_junos.filters import MESSAGES, families, messages_of, span
from scanner.configs.dialects.juniper_junos.prefixes import entries, prefix
from scanner.configs.policy_packets import (
    EVERY_SERVICE,
    SOME_SERVICE,
    PolicyAddresses,
    PolicyService,
    PolicyServices,
    addresses_of,
    all_of,
    all_services,
    every_address,
    some_address,
)
from scanner.configs.statements.statement import TreeStatement, at, has, inside, leaf, one, value, words
from scanner.configs.wildcards import inverse
from scanner.packet_sets import ALL_PORTS

NAME = "security-policies"
_ANY = {"any": (4, 6), "any-ipv4": (4,), "any-ipv6": (6,)}
NARROWS = ("source-identity", "dynamic-application", "url-category", "source-end-user-profile")
_PROTOCOLS = {**NUMBERS, "58": "icmpv6", "icmp6": "icmpv6", "esp": "esp", "ah": "ahp"}
_MOST_ENTRIES = 200  # that one policy is written out as


def read_policies(device: JunosDevice, lists: Acls) -> str:
    """Put the policies among the lists; what becomes of what none of them matches."""
    security = device.part("security", "policies")
    device.part("applications")
    objects = AddressBooks(device)
    acl = None
    for start, stop, policy in in_order(security):
        node = leaf(policy)
        if node is None:
            continue
        if acl is None:
            acl = lists.open(NAME, node)
            acl.uses.append("all interfaces")
        acl.entries += _entries(policy, start, stop, objects)
    default = one(security, "default-policy")
    permits = default is not None and default.word == "permit-all"
    if acl is None and permits and (node := leaf(default)) is not None:
        acl = lists.open(NAME, node)
        acl.uses.append("all interfaces")
        acl.entries.append(AclEntry(node, "default-policy", "permit", "ip", ANY, ANY))
    return "permit" if permits else "deny"


def in_order(security: TreeStatement | None) -> Iterator[tuple[str, str, TreeStatement]]:
    """(from zone, to zone, policy), in the order in which they are asked."""
    for first in entries(security, "from-zone"):
        for second in inside(first, "to-zone"):
            for policy in entries(second, "policy"):
                yield first.word, second.word, policy
    for policy in entries(security, "global", "policy"):
        match = at(policy, "match")
        zones = [",".join(words(match, word)) or "any" for word in ("from-zone", "to-zone")]
        yield zones[0], zones[1], policy


def _entries(policy: TreeStatement, start: str, stop: str, objects: AddressBooks) -> Iterator[AclEntry]:
    """A policy as entries, one for each protocol and version of IP that it is about."""
    then, match = at(policy, "then"), at(policy, "match")
    node = leaf(policy)
    known = [w for w in ("permit", "deny", "reject") if at(then, w)]
    if node is None:
        return
    line = node
    scheduled = one(policy, "scheduler-name")
    name = f"{start}/{stop}/{policy.word}" if (start, stop) != ("any", "any") else f"global/{policy.word}"
    zones = "" if (start, stop) == ("any", "any") else f"from {start} to {stop}"
    if len(known) != 1:
        yield AclEntry(line, name, "permit", "other", "", "", "what it does is not told", zones, unsure=True)
        return
    log = at(then, "log")
    for each in (s for told in (at(then, known[0]), log) if told for s in told.below()):
        each.understand()
    action = "permit" if known[0] == "permit" else "deny"
    narrowed = [w for w in NARROWS if (told := words(match, w)) and told != ["any"]]
    parts = list(itertools.islice(_parts(match, start, stop, objects), _MOST_ENTRIES + 1))
    if len(parts) > _MOST_ENTRIES:
        more = "more than is written out"
        yield AclEntry(line, name, action, "other", "", "", more, zones, unsure=action == "permit")
        return
    for number, (protocol, options, source, destination) in enumerate(parts):
        said = " ".join(w for w in (options, *narrowed) if w)
        own = name if not number else f"{name}/{number + 1}"
        logs = has(log, "session-init") or has(log, "session-close")
        yield AclEntry(line, own, action, protocol, source, destination, said, zones, logs, scheduled is not None)


def _parts(
    match: TreeStatement | None, start: str, stop: str, objects: AddressBooks
) -> Iterator[tuple[str, str, str, str]]:
    services = objects.services(words(match, "application"))
    sources, destinations = words(match, "source-address"), words(match, "destination-address")
    out = [has(match, f"{end}-address-excluded") for end in ("source", "destination")]
    for version in (4, 6) if objects.six else (4,):
        ends = [
            objects.ends(names, zone, version, out=o)
            for names, zone, o in ((sources, start, out[0]), (destinations, stop, out[1]))
        ]
        if "" in ends:
            continue
        for protocol, options in services:
            family = "ipv6" if protocol == "ip" and version == 6 else protocol
            if (protocol, version) in (("icmp", 6), ("icmpv6", 4)):
                continue
            yield family, options, ends[0], ends[1]


class AddressBooks:
    """The address books and applications of a device."""

    def __init__(self, device: JunosDevice) -> None:
        security = device.part("security")
        self.six = any(family.word == "inet6" for _, _, _, family in families(device))
        self.books: dict[str, list[TreeStatement]] = {}
        for book in entries(security, "address-book"):
            for attached in words(book, "attach", "zone") or [""]:
                self.books.setdefault(attached if book.word != "global" else "", []).append(book)
        for zone in entries(security, "zones", "security-zone"):
            if (own := at(zone, "address-book")) is not None:
                self.books.setdefault(zone.word, []).append(own)
        self.applications = at(device.top, "applications")
        self._known: dict[tuple[str, str], list[Network] | None] = {}
        self._meant: dict[tuple[tuple[str, ...], str, int], PolicyAddresses] = {}

    def ends(self, names: Sequence[str], zone: str, version: int, *, out: bool) -> str:
        """What names of addresses mean in one version of IP; empty where they mean nothing of it."""
        if not names:
            return ""
        label = " ".join(names)
        if out:
            return f"group not {label}"
        found: list[Network] = []
        for name in within(names, lambda n: self._members(n, zone)):
            if name in _ANY:
                if version in _ANY[name]:
                    return ANY
                continue
            networks = self._named(name, zone)
            if networks is None or len(networks) + len(found) > MOST_MEMBERS:
                return f"group {label}"
            found += [n for n in networks if n.version == version]
        return in_words(found, label) if found else ""

    def meant(self, names: Sequence[str], zone: str, version: int) -> PolicyAddresses:
        """The addresses that names mean together, for certain and at most."""
        key = (tuple(names), zone, version)
        if key not in self._meant:
            self._meant[key] = self._together(*key)
        return self._meant[key]

    def _together(self, names: Sequence[str], zone: str, version: int) -> PolicyAddresses:
        found = []
        for name in within(names, lambda n: self._members(n, zone)):
            if name in _ANY:
                found += [every_address(version)] if version in _ANY[name] else []
                continue
            networks = self._named(name, zone)
            found.append(some_address(version) if networks is None else addresses_of(networks, version))
        return all_of(found)

    def packets(self, names: Sequence[str]) -> PolicyServices:
        """The packets that applications mean; all where none is named."""
        if not names or "any" in names:
            return EVERY_SERVICE
        return all_services(map(self._packets, within(names, self._group)))

    def _packets(self, name: str) -> PolicyServices:
        told = []
        for protocol, sources, targets in self._of_service(name):
            numbers = acl_words.protocol(protocol, 4)
            if numbers is None:
                return SOME_SERVICE
            ports = itertools.product(sources or [ALL_PORTS], targets or [ALL_PORTS])
            told += [PolicyService(number, *both) for number, both in itertools.product(numbers, ports)]
        return PolicyServices(tuple(told), tuple(told)) if told else SOME_SERVICE

    def _members(self, name: str, zone: str) -> list[str] | None:
        """The members of a set of addresses; None of what is none."""
        for book in self._of(zone):
            if at(book, "address", name) is not None:
                return None
            group = at(book, "address-set", name)
            if group is not None:
                return [member for kind in ("address", "address-set") for member in words(group, kind)]
        return None

    def _of(self, zone: str) -> Iterator[TreeStatement]:
        """The books that hold for a zone, or for several."""
        for one_ in zone.split(","):
            yield from self.books.get(one_, ())
        yield from self.books.get("", ())

    def _named(self, name: str, zone: str) -> list[Network] | None:
        """The networks of an address; None where they are not told."""
        if (zone, name) not in self._known:
            known = (a for b in self._of(zone) if (a := at(b, "address", name)) is not None)
            address = next(known, None)
            self._known[zone, name] = None if address is None else _networks(address)
        return self._known[zone, name]

    def services(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Protocol and options of each part; what is not told is any protocol, narrowed by a name."""
        if not names or "any" in names:
            return [("ip", "")]
        return services_in_words(within(names, self._group), self._parts)

    def _group(self, name: str) -> list[str] | None:
        group = at(self.applications, "application-set", name)
        return None if group is None else [m for kind in ("application", "application-set") for m in words(group, kind)]

    def _parts(self, name: str) -> list[tuple[str, list[Span]]]:
        """Protocols and destination ports; none where these do not tell all that narrows it."""
        told = self._of_service(name)
        narrowed = any(sources not in ([], [ALL_PORTS], [(1, PORTS - 1)]) for _, sources, _ in told)
        return [] if narrowed else [(protocol, targets) for protocol, _, targets in told]

    def _of_service(self, name: str) -> list[tuple[str, list[Span], list[Span]]]:
        """Protocols, source and destination ports; none where they are not told."""
        application = at(self.applications, "application", name)
        if application is None:
            return [(protocol, [], spans) for protocol, spans in _predefined().get(name, ())]
        found = []
        for term in entries(application, "term") or [application]:
            protocol = value(term, "protocol")
            name_ = _PROTOCOLS.get(protocol, protocol)
            sources, targets = ([span(p) for p in words(term, word)] for word in ("source-port", "destination-port"))
            types, codes = (words(term, word) for word in MESSAGES)
            messages = messages_of(name_, types, codes) if types or codes else []
            odd = any(words(term, w) for w in ("rpc-program-number", "uuid"))
            if not protocol or not all((*sources, *targets)) or messages is None or odd:
                return []
            all_of_it = [ALL_PORTS] if name_ in ("tcp", "udp") else []
            found.append((name_, [s for s in sources if s], messages or [s for s in targets if s] or all_of_it))
        return found


def _networks(address: TreeStatement) -> list[Network] | None:
    """What an address of a book is: a prefix, a range, a wildcard; a name is not told."""
    if (first := one(address, "range-address")) is not None:
        last = value(first, "to")
        return between(first.word, last or first.word)
    if (wild := one(address, "wildcard-address")) is not None:
        first_, _, mask = wild.word.partition("/")
        return with_holes(first_, inverse(mask))
    if at(address, "dns-name"):
        for each in address.below():
            each.understand()
        return None
    one(address, "description")
    for child in address:
        if child.word not in ("description", "apply-groups"):
            child.understand()
            network = prefix(child.word)
            return [network] if network is not None else None
    return []


@functools.cache
def _predefined() -> Mapping[str, list[tuple[str, list[Span]]]]:
    found: dict[str, list[tuple[str, list[Span]]]] = {}
    for name, protocol, ports in rows_table(__package__, "applications.tsv"):
        told = span(ports) if ports != "any" else None
        found.setdefault(name, []).append((_PROTOCOLS.get(protocol, protocol), [told] if told else []))
    return found
