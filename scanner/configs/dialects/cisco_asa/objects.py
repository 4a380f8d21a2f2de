"""What names stand for: names of addresses, network and service objects and their groups.

Source: Cisco ASA Series Firewall CLI Configuration Guide, "Objects for Access Control".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from scanner.configs.acl_cover import Span
from scanner.configs.acl_entries import ANY, NUMBERS
from scanner.configs.acl_objects import Network, between, in_words, network, ports_in_words
from scanner.configs.acl_words import OPERATORS, port, spans
from scanner.configs.nodes import Node
from scanner.configs.tree import Tree
from scanner.packet_sets import ALL_PORTS

_ZERO = "0"  # short for 0.0.0.0, as address and as mask
_DEEPEST = 10  # groups in groups
MOST_NETWORKS = 2_000  # members of a group with those of the groups in it
_NAMED = (  # ports, beside those that every system knows
    "aol/5190 cifs/3020 citrix-ica/1494 ctiqbe/2748 h323/1720 imap4/143 ldap/389 ldaps/636 lotusnotes/1352 nfs/2049"
    " pcanywhere-data/5631 pcanywhere-status/5632 pptp/1723 radius/1645 radius-acct/1646 rsh/514 rtsp/554"
    " secureid-udp/5510 sip/5060 sqlnet/1521"
)
_ALL: tuple[Span, ...] = (ALL_PORTS,)
_PORTS = {name: int(number) for name, _, number in (pair.partition("/") for pair in _NAMED.split())}
_BOTH = ("tcp", "udp")


class ServicePart(NamedTuple):
    """A protocol with what narrows it. ports: destination ports; None: in another way, which ``other`` names."""

    protocol: str
    ports: tuple[Span, ...] | None = None
    other: str = ""

    @property
    def options(self) -> str:
        """What narrows it, in words."""
        ports = "" if self.ports is None else ports_in_words(self.protocol, self.ports)
        return " ".join(w for w in (self.other, ports) if w)


class Families(NamedTuple):
    """One end of an entry for IPv4 and IPv6, in words; None where it is not about that version."""

    four: str | None
    six: str | None


EVERYBODY = Families(ANY, ANY)


class NamedObjects:
    """The names of one configuration."""

    def __init__(self, tree: Tree) -> None:
        self._names = {words[1]: words[0] for _, words in tree.given("name") if len(words) > 1}
        self._networks = _blocks(tree, "object network")
        self._services = _blocks(tree, "object service")
        self._groups = _blocks(tree, "object-group network")
        self._service_groups = _blocks(tree, "object-group service")
        self._protocols = _blocks(tree, "object-group protocol")
        self._messages = _blocks(tree, "object-group icmp-type")

    def address(self, word: str) -> str:
        """The address that a word is or that ``name`` calls so."""
        return self._names.get(word, word)

    def network(self, words: Sequence[str]) -> list[Network] | None:
        """The network of ``ADDRESS MASK``, ``host ADDRESS`` or ``ADDRESS/LENGTH``; None when it is none."""
        if words[:1] in (["host"], ["subnet"]):
            words = words[1:]
        if len(words) == 2 and ("." in words[1] or words[1] == _ZERO):
            address, mask = ("0.0.0.0" if word == _ZERO else word for word in words)  # noqa: S104 - nothing is bound
            return network(self.address(address), mask)
        return network(*self.address(words[0]).split("/", 1)) if len(words) == 1 else None

    def group(self, name: str, *, kind: str) -> Families:
        """What an object or a group of networks means; kind: object or object-group."""
        found = self._members(name, kind, 0)
        if found is None:
            return Families(f"group {name}", None)
        families = ([n for n in found if n.version == version] for version in (4, 6))
        return Families(*(in_words(some, name) if some else None for some in families))

    def networks(self, name: str, *, kind: str) -> list[Network] | None:
        """The networks of an object or a group; None where that is not told."""
        return self._members(name, kind, 0)

    def _members(self, name: str, kind: str, depth: int) -> list[Network] | None:
        """The networks of an object or group; None where something in it is not understood."""
        block = (self._networks if kind == "object" else self._groups).get(name)
        if block is None or depth > _DEEPEST:
            return None
        found: list[Network] = []
        for words in _lines(block, ("nat",)):
            some = self._member(words, depth)
            if some is None or len(found) > MOST_NETWORKS:
                return None
            found += some
        return found or None

    def _member(self, words: list[str], depth: int) -> list[Network] | None:
        head, rest = words[0].lower(), words[1:]
        if head == "group-object" and rest:
            return self._members(rest[0], "object-group", depth + 1)
        if head == "network-object":
            if rest[:1] == ["object"] and len(rest) > 1:
                return self._members(rest[1], "object", depth + 1)
            return self.network(rest)
        if head == "range" and len(rest) == 2:
            return between(self.address(rest[0]), self.address(rest[1]))
        return self.network(words) if head in ("host", "subnet") else None

    def protocols(self, name: str) -> list[ServicePart]:
        """The protocols of a group of protocols, else the services of an object or group of services."""
        if name in self._protocols:
            return _joined(self._protocol_group(name, 0, set())) or [_unknown(name)]
        return _joined(self._service(name, 0, set())) or [_unknown(name)]

    def _protocol_group(self, name: str, depth: int, seen: set[str]) -> Iterator[ServicePart]:
        """seen: groups whose parts were told."""
        block = self._protocols.get(name)
        if block is None or depth > _DEEPEST:
            yield _unknown(name)
        elif name not in seen:
            seen.add(name)
            for words in _lines(block):
                if words[0].lower() == "protocol-object" and len(words) > 1:
                    yield ServicePart(NUMBERS.get(words[1].lower(), words[1].lower()))
                elif words[0].lower() == "group-object" and len(words) > 1:
                    yield from self._protocol_group(words[1], depth + 1, seen)

    def _service(self, name: str, depth: int, seen: set[str]) -> Iterator[ServicePart]:
        """seen: as of a group of protocols."""
        block = self._services.get(name) or self._service_groups.get(name)
        if block is None or depth > _DEEPEST:
            yield _unknown(name)
            return
        if name in seen:
            return
        seen.add(name)
        protocol = _protocol_of(block)
        for words in _lines(block):
            head, rest = words[0].lower(), words[1:]
            if head == "group-object" and rest:
                yield from self._service(rest[0], depth + 1, seen)
            elif head == "service-object" and rest[:1] == ["object"] and len(rest) > 1:
                yield from self._service(rest[1], depth + 1, seen)
            elif head in ("service", "service-object") and rest:
                yield from service(rest)
            elif head == "port-object" and protocol:
                told = ports(rest)
                for one in _BOTH if protocol == "tcp-udp" else (protocol,):
                    yield _unknown(name) if told is None else ServicePart(one, told)
            else:
                yield _unknown(name)

    def messages(self, name: str) -> list[str]:
        """The types of ICMP in a group, with those of groups in it; none where that is not told."""
        found: dict[str, None] = {}
        names = [name]
        for each in names:
            if each not in self._messages:
                return []
            for words in _lines(self._messages[each]):
                if len(words) != 2 or words[0].lower() not in ("icmp-object", "group-object"):
                    return []
                if words[0].lower() == "icmp-object":
                    found[words[1].lower()] = None
                elif words[1] not in names:
                    names.append(words[1])
        return list(found)

    def ports(self, name: str) -> tuple[Span, ...] | None:
        """The ports of a group of services that names its protocol at its head; None where that is not understood."""
        block = self._service_groups.get(name)
        if block is None or not _protocol_of(block):
            return None
        told = [s.ports for s in self._service(name, 0, set())]
        return tuple(span for some in told if some for span in some) if None not in told else None


def _blocks(tree: Tree, command: str) -> dict[str, Node]:
    return {words[0]: node for node, words in tree.given(command) if words}


def _lines(block: Node | None, aside: Iterable[str] = ()) -> Iterator[list[str]]:
    """The members of an object or group, each in words."""
    for node in block.children if block else ():
        node.understood = True
        words = node.text.split()
        if not node.negated and words[0].lower() not in ("description", *aside):
            yield words


def _protocol_of(block: Node) -> str:
    """The protocol at the head of a group of ports: ``object-group service WEB tcp``."""
    words = block.key.split()
    return words[3] if len(words) > 3 else ""


def service(words: Sequence[str]) -> list[ServicePart]:
    """``tcp source eq 20 destination range 1 5``, ``icmp echo``, ``tcp-udp``, ``ip``."""
    protocol, rest = NUMBERS.get(words[0], words[0].lower()), list(words[1:])
    found: dict[str, tuple[Span, ...] | None] = {"source": None, "destination": None}
    other: list[str] = []
    while rest:
        side = rest[0].lower()
        count = 2 + (rest[1:2] == ["range"])
        told = ports(rest[1 : 1 + count]) if side in found else None
        if told is None:
            other += rest
            break
        found[side], rest = told, rest[1 + count :]
    if some := ports_in_words("tcp", found["source"] or _ALL):
        other.insert(0, f"source {some}")
    default = _ALL if protocol in (*_BOTH, "tcp-udp", "sctp") else None
    parts = _BOTH if protocol == "tcp-udp" else (protocol,)
    return [ServicePart(one, found["destination"] or default, " ".join(other)) for one in parts]


def ports(words: Sequence[str]) -> tuple[Span, ...] | None:
    """``eq www``, ``range 1 5``: the ports; None when it is not understood."""
    if not words or words[0].lower() not in OPERATORS:
        return None
    numbers = [_PORTS.get(word.lower(), port(word.lower())) for word in words[1:]]
    if None in numbers:
        return None
    told = spans(words[0].lower(), [n for n in numbers if n is not None])
    return tuple(told) if told else None


def _unknown(name: str) -> ServicePart:
    return ServicePart("ip", None, f"service {name}")


def _joined(services: Iterable[ServicePart]) -> list[ServicePart]:
    """Services of one protocol as one, with the ports of all."""
    found: dict[tuple[str, str], tuple[Span, ...] | None] = {}
    for one in services:
        key = (one.protocol, one.other)
        known: Mapping[tuple[str, str], tuple[Span, ...] | None] = found
        found[key] = (*(known.get(key) or ()), *one.ports) if one.ports is not None else None
    if ("ip", "") in found:
        return [ServicePart("ip")]
    return [ServicePart(protocol, some, other) for (protocol, other), some in found.items()]
