"""What names in security rules mean: addresses and their groups, services and theirs, in the words of access lists.

Sources: PAN-OS Administrator's Guide ("Policy Objects", "Objects > Addresses, Address Groups, Services"), CLI
Reference (address, address-group, service, service-group). A name of a virtual system goes before the same of all.
A group that tags fill, a name of DNS, a region and a list from elsewhere are not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import ip_network

from scanner.configs.acl_cover import PORTS, Span
from scanner.configs.acl_entries import ANY
from scanner.configs.acl_objects import Network, between, in_words, services_in_words, with_holes, within
from scanner.configs.policy_packets import (
    EVERY_SERVICE,
    SOME_SERVICE,
    PolicyAddresses,
    PolicyService,
    PolicyServices,
    addresses_of,
    all_of,
    all_services,
    some_address,
)
from scanner.configs.statements.statement import TreeStatement, at, inside, one, value, words

MOST_NAMES = 2_000  # that one end of a rule is looked up as
DEFAULT = "application-default"
_NUMBERS = {"tcp": 6, "udp": 17, "sctp": 132}
_PREDEFINED = {"service-http": ("tcp", "80,8080"), "service-https": ("tcp", "443")}
_SPAN = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_LITERAL = re.compile(r"[\da-fA-F.:]+(?:/\d+|-[\da-fA-F.:]+)?")


class PanosObjects:
    """The objects that rules of one scope may name. scopes: the nearest first."""

    def __init__(self, scopes: Sequence[TreeStatement]) -> None:
        self._scopes = scopes
        self._known: dict[str, list[Network] | None] = {}
        self._groups: dict[str, list[str] | None] = {}
        self._written: dict[tuple[tuple[str, ...], int, bool], str] = {}
        self._meant: dict[tuple[tuple[str, ...], int], PolicyAddresses] = {}
        self._services: dict[tuple[str, ...], PolicyServices] = {}

    def _find(self, kind: str, name: str) -> TreeStatement | None:
        return next((s for top in self._scopes if (s := at(top, kind, name)) is not None), None)

    def ends(self, names: Sequence[str], version: int, *, out: bool) -> str:
        """What names of addresses mean in one version of IP: any, networks, or a group by its name; empty where they
        mean nothing of it. out: all but these.
        """
        key = (tuple(names), version, out)
        if key not in self._written:
            self._written[key] = self._ends(names, version, out=out)
        return self._written[key]

    def _ends(self, names: Sequence[str], version: int, *, out: bool) -> str:
        label = " ".join(names)
        if ANY in names:
            return "" if out else ANY
        told = self.networks(names)
        if told is None:
            return f"group {'not ' * out}{label}"
        own = [n for n in told if n.version == version]
        if out:
            rest = _without(own, version)
            return f"group not {label}" if rest is None or not own else in_words(rest, f"not {label}")
        return in_words(own, label) if own else ""

    def networks(self, names: Iterable[str]) -> list[Network] | None:
        """The networks that names mean together; None where one is not told."""
        found: list[Network] = []
        for number, name in enumerate(within(names, self._members)):
            if number >= MOST_NAMES:
                return None
            if name not in self._known:
                self._known[name] = self._of(name)
            told = self._known[name]
            if told is None:
                return None
            found += told
        return found

    def meant(self, names: Iterable[str], version: int) -> PolicyAddresses:
        """The addresses that names mean together, for certain and at most."""
        key = (tuple(names), version)
        if key not in self._meant:
            self._meant[key] = self._together(*key)
        return self._meant[key]

    def _together(self, names: Sequence[str], version: int) -> PolicyAddresses:
        found = []
        for number, name in enumerate(within(names, self._members)):
            if number >= MOST_NAMES:
                return some_address(version)
            if name not in self._known:
                self._known[name] = self._of(name)
            told = self._known[name]
            found.append(some_address(version) if told is None else addresses_of(told, version))
        return all_of(found)

    def packets(self, names: Sequence[str]) -> PolicyServices:
        """The packets that services mean; all where none is named."""
        if not names or ANY in names:
            return EVERY_SERVICE
        key = tuple(names)
        if key not in self._services:
            self._services[key] = all_services(self._packets(name) for name in within(names, self._service_group))
        return self._services[key]

    def _packets(self, name: str) -> PolicyServices:
        found = self._find("service", name)
        told: list[PolicyService] = []
        if found is None:
            protocol, ports = _PREDEFINED.get(name, ("", ""))
            told = [PolicyService((6, 6), ports=span) for span in spans_of(ports) or ()] if protocol else []
        for protocol, number in _NUMBERS.items():
            part = at(found, "protocol", protocol)
            spans = spans_of(value(part, "port")) if part is not None else ()
            sources = spans_of(value(part, "source-port") or "0-65535") if part is not None else ()
            if spans is None or sources is None:
                return SOME_SERVICE
            told += [PolicyService((number, number), s, t) for s in sources for t in spans]
        return PolicyServices(tuple(told), tuple(told)) if told else SOME_SERVICE

    def _members(self, name: str) -> list[str] | None:
        if name not in self._groups:
            self._groups[name] = self._listed(name)
        return self._groups[name]

    def _listed(self, name: str) -> list[str] | None:
        """The members of a group of addresses that lists them."""
        if self._find("address", name) is not None:
            return None
        group = self._find("address-group", name)
        return None if group is None or at(group, "static") is None else words(group, "static")

    def _of(self, name: str) -> list[Network] | None:
        """The networks of an address, which may be written as it is."""
        found = self._find("address", name)
        if found is None:
            if self._find("address-group", name) is not None or not _LITERAL.fullmatch(name):
                return None
            return _networks(name)
        if (mask := one(found, "ip-netmask")) is not None:
            return _networks(mask.word)
        if (span := one(found, "ip-range")) is not None:
            return _networks(span.word)
        if (wild := one(found, "ip-wildcard")) is not None:
            address, _, free = wild.word.partition("/")
            return with_holes(address, free)
        inside(found, "fqdn")
        return None

    def services(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Protocol and options of each part; what is not told is any protocol, narrowed by a name."""
        if not names or ANY in names:
            return [("ip", "")]
        return services_in_words(within(names, self._service_group), self._service)

    def _service_group(self, name: str) -> list[str] | None:
        if self._find("service", name) is not None:
            return None
        group = self._find("service-group", name)
        return None if group is None else words(group, "members") or words(group)

    def _service(self, name: str) -> list[tuple[str, list[Span]]]:
        found = self._find("service", name)
        if found is None:
            protocol, ports = _PREDEFINED.get(name, ("", ""))
            return [(protocol, spans_of(ports) or [])] if protocol else []
        told = []
        for protocol in ("tcp", "udp", "sctp"):
            part = at(found, "protocol", protocol)
            if part is None:
                continue
            spans = spans_of(value(part, "port"))
            sources = spans_of(value(part, "source-port") or "1-65535")
            if not spans or sources is None or not any(a <= 1 and b >= PORTS - 1 for a, b in sources):
                return []
            told.append((protocol, spans))
        return told


def spans_of(text: str) -> list[Span] | None:
    """``80,443,8000-8080`` as ports; None when it is none."""
    found = []
    for part in text.split(","):
        told = _SPAN.fullmatch(part.strip())
        if told is None:
            return None
        low, high = int(told[1]), int(told[2] or told[1])
        if not low <= high < PORTS:
            return None
        found.append((low, high))
    return found


def _networks(text: str) -> list[Network] | None:
    first, dash, last = text.partition("-")
    if dash:
        return between(first, last)
    try:
        return [ip_network(text, strict=False)]
    except ValueError:
        return None


def _without(networks: Sequence[Network], version: int) -> list[Network] | None:
    """All addresses of a version but those; None where there are too many."""
    last = (1 << (32 if version == 4 else 128)) - 1
    kind = type(ip_network("0.0.0.0/0" if version == 4 else "::/0").network_address)
    found: list[Network] = []
    begin = 0
    for low, high in sorted((int(n.network_address), int(n.broadcast_address)) for n in networks):
        if low > begin:
            found += between(str(kind(begin)), str(kind(low - 1))) or []
        begin = max(begin, high + 1)
        if len(found) > MOST_NAMES:
            return None
    if begin <= last:
        found += between(str(kind(begin)), str(kind(last))) or []
    return found
