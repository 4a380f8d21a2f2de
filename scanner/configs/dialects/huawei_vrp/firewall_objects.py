"""Sets of addresses and services of a USG firewall, and the words by which its rules name them.

Sources: Huawei USG6000, USG6000E and USG9500 Command References (ip address-set, ip service-set, source-address,
destination-address, service).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from scanner.configs import acl_words, acls
from scanner.configs.acl_entries import ANY, NUMBERS
from scanner.configs.acl_objects import MOST_MEMBERS, Network, between, in_words, network, services_in_words, within
from scanner.configs.nodes import Node
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
from scanner.configs.settings import whole
from scanner.configs.tree import Tree
from scanner.intervals import united
from scanner.packet_sets import ALL_PORTS, Span

_WORD = re.compile(r'"([^"]*)"|(\S+)')
_LAST_PORT = 65_535
_PREDEFINED: Mapping[str, tuple[tuple[str, tuple[Span, ...]], ...]] = {  # services that every release has alike
    **{name: (("tcp", ((port, port),)),) for name, port in (("ssh", 22), ("telnet", 23), ("smtp", 25), ("http", 80))},
    **{name: (("tcp", ((port, port),)),) for name, port in (("pop3", 110), ("bgp", 179), ("https", 443))},
    **{name: (("udp", ((port, port),)),) for name, port in (("tftp", 69), ("ntp", 123), ("syslog", 514))},
    **{name: ((name, ()),) for name in ("tcp", "udp", "icmp", "icmpv6", "ospf", "gre", "esp", "ah")},
}


def words_of(text: str) -> list[str]:
    """The words of a line; a name in quotation marks is one."""
    return [quoted or plain for quoted, plain in _WORD.findall(text)]


def words_after(node: Node, command: str) -> list[str]:
    """The words behind a command, without a description."""
    found = words_of(node.text)[len(command.split()) + node.negated :]
    low = [w.lower() for w in found]
    return found[: low.index("description")] if "description" in low else found


class FirewallObjects:
    """The sets of a configuration."""

    def __init__(self, tree: Tree) -> None:
        self.address_sets = self._sets(tree, "ip address-set")
        self.service_sets = self._sets(tree, "ip service-set")
        self._meant: dict[tuple[str, ...], dict[int, PolicyAddresses]] = {}

    @staticmethod
    def _sets(tree: Tree, command: str) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for block in tree.all(command):
            words = words_after(block, command)
            if words and not block.negated:
                found.setdefault(words[0], []).extend(n for n in block.children if not n.negated)
                for node in block.children:
                    node.understood = True
        return found

    # Addresses

    def _members(self, name: str) -> list[str] | None:
        """The members of a set, each as the words of a line; None of what is no set."""
        if not name.startswith("set "):
            return None
        lines = self.address_sets.get(name.removeprefix("set "))
        if lines is None:
            return None
        return [
            m
            for n in lines
            if n.is_("address")
            for m in address_words(_unnumbered(words_after(n, "address")), bare=True)
        ]

    def meant(self, ends: Iterable[str], version: int) -> PolicyAddresses:
        """The addresses of ends as ``address_words`` gives them; all where there is none."""
        key = tuple(ends)
        if version not in self._meant.setdefault(key, {}):
            self._meant[key][version] = self._together(key, version)
        return self._meant[key][version]

    def _together(self, ends: Sequence[str], version: int) -> PolicyAddresses:
        if not ends:
            return every_address(version)
        found = []
        for one in within(ends, self._members):
            networks = _networks(one)
            if one == ANY:
                found.append(every_address(version))
            else:
                found.append(some_address(version) if networks is None else addresses_of(networks, version))
        return all_of(found)

    def ends(self, ends: Sequence[str], version: int) -> str:
        """The same in the words of access lists; empty where they mean nothing of the version."""
        label = " ".join(e.removeprefix("set ").removeprefix("? ") for e in ends)
        found: list[Network] = []
        for one in within(ends, self._members):
            if one == ANY:
                return ANY
            networks = _networks(one)
            if networks is None or len(networks) + len(found) > MOST_MEMBERS:
                return f"group {label}"
            found += [n for n in networks if n.version == version]
        return in_words(found, label) if found else "" if ends else ANY

    # Services

    def _group(self, name: str) -> list[str] | None:
        if not name.startswith("set "):
            return None
        lines = self.service_sets.get(name.removeprefix("set "))
        if lines is None:
            return None
        return [m for n in lines if n.is_("service") for m in service_words(_unnumbered(words_after(n, "service")))]

    def packets(self, names: Sequence[str]) -> PolicyServices:
        """The packets of services as ``service_words`` gives them; all where there is none."""
        if not names or ANY in names:
            return EVERY_SERVICE
        return all_services(map(self._packets, within(names, self._group)))

    def _packets(self, name: str) -> PolicyServices:
        found: list[PolicyService] = []
        for protocol, sources, targets in self._of_service(name):
            numbers = acl_words.protocol(protocol, 4)
            if numbers is None:
                return SOME_SERVICE
            ports = itertools.product(sources or [ALL_PORTS], targets or [ALL_PORTS])
            found += [PolicyService(number, *both) for number, both in itertools.product(numbers, ports)]
        return PolicyServices(tuple(found), tuple(found)) if found else SOME_SERVICE

    def services(self, names: Sequence[str]) -> list[tuple[str, str]]:
        """Protocol and options of each part, in the words of access lists."""
        if not names or ANY in names:
            return [("ip", "")]
        return services_in_words(within(names, self._group), self._parts)

    def _parts(self, name: str) -> list[tuple[str, Sequence[Span]]]:
        """Protocols and destination ports; none where these do not tell all that narrows it."""
        told = self._of_service(name)
        if any(sources not in ([], [ALL_PORTS]) for _, sources, _ in told):
            return []
        return [(protocol, targets or [ALL_PORTS] * (protocol in _WITH_PORTS)) for protocol, _, targets in told]

    def _of_service(self, name: str) -> list[tuple[str, Sequence[Span], Sequence[Span]]]:
        """Protocols, source and destination ports; none where they are not told."""
        if name.startswith("set "):
            known = _PREDEFINED.get(name.removeprefix("set ").lower(), ())
            return [(protocol, [], [*spans]) for protocol, spans in known]
        words = name.split()
        protocol, options = words[0].lower(), words[1:]
        protocol = _NAMES.get(protocol, protocol)
        source, options = _ports(options, "source-port")
        target, options = _ports(options, "destination-port")
        if options or source is None or target is None:
            return []
        return [(protocol, source, target)]


_WITH_PORTS = ("tcp", "udp", "sctp")
_NAMES = {**NUMBERS, "58": "icmpv6", "132": "sctp", "icmp6": "icmpv6"}


def _ports(words: list[str], command: str) -> tuple[list[Span] | None, list[str]]:
    """The ports behind a word, several with ``to`` between two; None where they cannot be told. And the other words."""
    low = [w.lower() for w in words]
    if command not in low:
        return [], words
    at = low.index(command)
    rest = words[at + 1 :]
    found: list[Span] = []
    while rest and whole(rest[0]) and int(rest[0]) <= _LAST_PORT:
        first = last = int(rest[0])
        rest = rest[1:]
        if len(rest) > 1 and rest[0].lower() == "to" and whole(rest[1]) and first <= int(rest[1]) <= _LAST_PORT:
            last, rest = int(rest[1]), rest[2:]
        found.append((first, last))
    return (united(found) if found else None), words[:at] + rest


def _unnumbered(words: list[str]) -> list[str]:
    """Without the number of the member."""
    return words[1:] if words and whole(words[0]) else words


def address_words(words: Sequence[str], *, bare: bool = False) -> list[str]:
    """The ends that a line names: ``any``, ``set NAME``, ``10.0.0.0/8``, ``10.0.0.1-10.0.0.9``, or ``?`` and more.

    bare: a number alone behind an address is a wildcard, as in sets; in rules it is the length of the prefix.
    """
    low = [w.lower() for w in words]
    if low[:1] == ["address-set"] and len(words) > 1:
        return [f"set {name}" for name in words[1:]]
    if low[:1] == ["range"] and len(words) == 3:
        return [f"{words[1]}-{words[2]}"]
    if low[1:2] == ["mask"]:
        bits = acls.prefix_length(low[2]) if len(low) == 3 else None
        told = f"{low[0]}/{bits}" if bits is not None else ""
    elif low == ["any"]:
        told = ANY
    elif len(words) == 2 and words[1].count(".") == 3:
        told = acls.network(words[0], words[1])
    else:
        told = f"{low[0]}/32" if bare and low[1:] == ["0"] else _prefix(low)
    return [told if told and " " not in told else f"? {' '.join(words)}"]


def _prefix(words: Sequence[str]) -> str:
    """``10.0.0.0 8``, ``10.0.0.0 255.0.0.0``, ``2001:db8:: 64`` or ``2001:db8::/64`` as a prefix; else nothing."""
    address, _, length = "/".join(words).partition("/")
    if ":" not in address:
        bits = acls.prefix_length(length) if length else None
        return f"{address}/{bits}" if bits else ""
    return f"{address}/{length}" if network(address, length) else ""


@lru_cache(maxsize=50_000)
def _networks(one: str) -> list[Network] | None:
    """The networks of an end; None where they are not told."""
    if one.startswith(("?", "set ")):
        return None
    first, _, last = one.partition("-")
    return between(first, last) if last else network(*one.split("/")[:2])


def service_words(words: Sequence[str]) -> list[str]:
    """The services that a line names: ``any``, ``set NAME``, or a protocol with its ports."""
    low = [w.lower() for w in words]
    if low == ["any"]:
        return [ANY]
    if low[:1] == ["service-set"]:
        return [f"set {name}" for name in words[1:]]
    if low[:1] == ["protocol"] and len(words) > 1:
        return [" ".join(words[1:])]
    return [f"set {name}" for name in words]
