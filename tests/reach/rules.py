"""Rules as no system writes them, drawn at random, and what they do to one packet after another.

The evaluators know nothing of sets of packets; they ask the rules as the manuals of the vendors say. A rule that holds
at times may match or not.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import NamedTuple

from scanner.packet_sets import OnePacket

NETS = (10, 20, 30)  # the third byte of the networks
POLICY = "otaudit_policy: 1\nzones:\n" + "".join(
    f"  - {{id: z{n}, level: {n // 10}, members: {{subnets: [10.0.{n}.0/24]}}}}\n" for n in NETS
)
NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1, "gre": 47}
LAST_PORT = 65_535
_WHOLE = (1 << 32) - 1
_PORTS = (443, 502)
_SOURCE_PORTS = (502, 1_024)


def number(dotted: str) -> int:
    """An address as a number."""
    return functools.reduce(lambda left, byte: left << 8 | int(byte), dotted.split("."), 0)


def dotted(address: int) -> str:
    """A number as an address."""
    return ".".join(str(address >> shift & 255) for shift in (24, 16, 8, 0))


class Part(NamedTuple):
    """Addresses that are the base but for its free bits."""

    base: int
    free: int

    @property
    def text(self) -> str:
        """The base."""
        return dotted(self.base)

    @property
    def wildcard(self) -> str:
        """The free bits."""
        return dotted(self.free)

    @property
    def mask(self) -> str:
        """The others."""
        return dotted(~self.free & _WHOLE)

    @property
    def length(self) -> int:
        """Of the prefix."""
        return 32 - self.free.bit_length()

    @property
    def has_holes(self) -> bool:
        """Its free bits do not all stand at the end."""
        return self.free & (self.free + 1) != 0

    @property
    def prefix(self) -> str:
        """With its length."""
        return f"{self.text}/{self.length}"


@dataclass(frozen=True)
class End:
    """One end of a rule. kind: any, net, host, wild, group."""

    kind: str
    parts: tuple[Part, ...]
    name: str = ""

    def holds(self, address: int) -> bool:
        """The address is one of them."""
        return any((address ^ base) & ~free & _WHOLE == 0 for base, free in self.parts)

    @property
    def part(self) -> Part:
        """The only one."""
        return self.parts[0]


def _net(text: str) -> Part:
    base, _, length = text.partition("/")
    return Part(number(base), (1 << 32 - int(length)) - 1)


def _end(kind: str, base: str, free: str = "0.0.0.0") -> End:  # noqa: S104
    return End(kind, (Part(number(base), number(free)),))


ANY = End("any", (Part(0, _WHOLE),))
G1 = (_net("10.0.10.0/25"), _net("10.0.20.7/32"))
G2 = (*G1, _net("10.0.30.128/25"))  # G1 in a group
RANGE = ("10.0.20.5", "10.0.20.150")
G3 = tuple(  # that range
    _net(f"10.0.20.{n}")
    for n in ("5/32", "6/31", "8/29", "16/28", "32/27", "64/26", "128/28", "144/30", "148/31", "150/32")
)
_ENDS = {
    "net": [
        End("net", (_net(f"10.0.{n}"),)) for n in ("10.0/24", "20.0/24", "30.0/24", "20.128/25", "0.0/16", "20.0/23")
    ],
    "host": [_end("host", f"10.0.{n}.7") for n in NETS],
    "wild": [
        _end("wild", "10.0.0.7", "0.0.30.0"),
        _end("wild", "10.0.10.0", "0.0.20.255"),
        _end("wild", "10.0.20.5", "0.0.0.130"),
    ],
    "group": [End("group", parts, name) for name, parts in (("G1", G1), ("G2", G2), ("G3", G3))],
}


@dataclass(frozen=True)
class Ports:
    """``eq`` and ``neq`` of several, ``gt``, ``lt``, ``range``."""

    operator: str
    of: tuple[int, ...]

    def holds(self, port: int) -> bool:
        """The port is one of them."""
        low, high = self.of[0], self.of[-1]
        if self.operator in ("eq", "neq"):
            return (port in self.of) is (self.operator == "eq")
        return {"gt": port > low, "lt": port < low, "range": low <= port <= high}[self.operator]

    @property
    def spans(self) -> list[tuple[int, int]]:
        """From one to another."""
        edges = (-1, *sorted(self.of), LAST_PORT + 1)
        low, high = self.of[0], self.of[-1]
        return {
            "eq": [(one, one) for one in self.of],
            "neq": [(a + 1, b - 1) for a, b in itertools.pairwise(edges)],
            "gt": [(low + 1, LAST_PORT)],
            "lt": [(0, low - 1)],
            "range": [(low, high)],
        }[self.operator]


EVERY_PORT = Ports("range", (0, LAST_PORT))


@dataclass(frozen=True)
class Rule:
    """start, stop: the networks between which it holds; 0: any. icmp: type, and code or None. timed: it holds at times.

    kind: of rules between zones (PAN-OS); quick, way: of rules in the order of pf.
    """

    permit: bool
    protocol: str = "any"
    source: End = ANY
    target: End = ANY
    source_ports: Ports | None = None
    ports: Ports | None = None
    icmp: tuple[int, int | None] | None = None
    established: bool = False
    timed: bool = False
    on: bool = True
    logs: bool = False
    start: int = 0
    stop: int = 0
    not_source: bool = False
    not_target: bool = False
    kind: str = ""
    quick: bool = True
    way: str = "in"

    def matches(self, packet: OnePacket) -> bool:
        """All but its interfaces."""
        if (
            self.source.holds(packet.source) is self.not_source
            or self.target.holds(packet.destination) is self.not_target
        ):
            return False
        return self.matches_message(packet)

    def matches_message(self, packet: OnePacket) -> bool:
        """Whatever its addresses are."""
        if self.protocol == "any":
            return True
        kind, code = self.icmp or (packet.port >> 8, None)
        return (
            packet.protocol == NUMBERS[self.protocol]
            and (self.source_ports is None or self.source_ports.holds(packet.source_port))
            and (self.ports is None or self.ports.holds(packet.port))
            and packet.port >> 8 == kind
            and code in (None, packet.port & 255)
            and bool(packet.answer or not self.established)
        )


Fate = tuple[bool, bool]  # it may pass, it certainly does


def asked(rules: Iterable[Rule], packet: OnePacket, *, rest: bool) -> Fate:
    """What a list does with a packet. rest: what becomes of it where no rule matches."""
    may, sure = False, True
    for rule in rules:
        if rule.on and rule.matches(packet):
            may, sure = may or rule.permit, sure and rule.permit
            if not rule.timed:
                return may, sure
    return may or rest, sure and rest


def between(rules: Iterable[Rule], start: int, stop: int) -> list[Rule]:
    """Those that hold from one network to another."""
    return [r for r in rules if r.start in (0, start) and r.stop in (0, stop)]


class Can(NamedTuple):
    """What a system can write. operators: about ports; icmp: types, with or without codes."""

    ends: tuple[str, ...] = ("net", "host")
    operators: tuple[str, ...] = ("eq", "neq", "gt", "lt", "range")
    several: bool = False  # ports behind one operator
    icmp: str = "codes"
    gre: bool = True
    established: bool = False
    timed: bool = True
    off: bool = True
    negates: bool = False
    standard: bool = False  # it looks at nothing but the source
    kinds: tuple[str, ...] = ("",)


@dataclass
class Base:
    """lists: by name; places: which of them is asked at a network, on the way in or out. rest: what becomes of what no
    rule matches, where that can be said; levels: of the interfaces; same: they may be alike; whole: a list for what
    comes in anywhere. random: for what may be written in several ways.
    """

    random: Random
    lists: dict[str, list[Rule]]
    places: dict[tuple[int, str], str] = field(default_factory=dict)
    rest: bool = False
    levels: tuple[int, ...] = ()
    same: bool = False
    whole: str = ""

    @property
    def rules(self) -> list[Rule]:
        """Of the only list."""
        return self.lists["policy"]

    def at(self, net: int, way: str) -> list[Rule] | None:
        """The rules of the list there."""
        return self.lists[self.places[net, way]] if (net, way) in self.places else None


def _ports(random: Random, can: Can, ports: tuple[int, ...]) -> Ports:
    operator = random.choice(can.operators)
    if operator == "range":
        return Ports(operator, random.choice(((443, 502), (80, 443), (502, 8080), (1_024, LAST_PORT), (0, LAST_PORT))))
    several = can.several and operator in ("eq", "neq") and random.random() < 0.4
    return Ports(operator, ports if several else (random.choice(ports),))


def rule(random: Random, can: Can) -> Rule:
    """One of those that the system can write."""

    def now_and_then(chance: float, *, possible: bool = True) -> bool:
        return possible and random.random() < chance

    ends = [ANY, ANY, *(end for kind in can.ends for end in _ENDS[kind])]
    source, target = random.choice(ends), ANY if can.standard else random.choice(ends)
    found = Rule(
        now_and_then(0.5),
        source=source,
        target=target,
        timed=now_and_then(0.1, possible=can.timed),
        on=not now_and_then(0.15, possible=can.off),
        logs=now_and_then(0.15),
        not_source=now_and_then(0.12, possible=can.negates and source is not ANY),
        not_target=now_and_then(0.12, possible=can.negates and target is not ANY),
        kind=random.choice(can.kinds),
    )
    if can.standard:
        return found
    protocol = random.choice(["any", "tcp", "tcp", "udp", *["icmp"] * bool(can.icmp), *["gre"] * can.gre])
    if protocol in ("tcp", "udp"):
        found = replace(
            found,
            ports=_ports(random, can, _PORTS) if now_and_then(0.5) else None,
            source_ports=_ports(random, can, _SOURCE_PORTS) if now_and_then(0.2) else None,
            established=now_and_then(0.2, possible=can.established and protocol == "tcp"),
        )
    elif protocol == "icmp" and now_and_then(0.6):
        codes = [(8, 0), (3, 1)] if can.icmp == "codes" else []
        found = replace(found, icmp=random.choice([(8, None), (0, None), (3, None), *codes]))
    return replace(found, protocol=protocol)


def lists(random: Random, can: Can) -> Base:
    """Up to three lists, on both ways through interfaces."""
    names = ("L1", "L2", "L3")[: random.randint(1, 3)]
    found = {name: [rule(random, can) for _ in range(random.randint(1, 6))] for name in names}
    for rules in found.values():  # what a list without entries does differs
        rules[0] = replace(rules[0], on=True)
    places = {(n, way): random.choice(names) for n in NETS for way in ("in", "out") if random.random() < 0.35}
    whole = random.choice(names) if random.random() < 0.2 else ""
    levels = tuple(random.choice((0, 50, 100)) for _ in NETS)
    return Base(random, found, places, random.random() < 0.5, levels, random.random() < 0.5, whole)


def policies(random: Random, can: Can) -> Base:
    """One list between interfaces or zones."""
    rules = []
    for _ in range(random.randint(0, 6)):
        start, stop = (random.choice((*NETS, *NETS, 0)) for _ in "io")
        rules.append(replace(rule(random, can), start=start, stop=stop))
    return Base(random, {"policy": rules}, rest=random.random() < 0.5, same=random.random() < 0.5)


def packets() -> list[tuple[int, int, OnePacket]]:
    """Between all networks; those that answer, too."""
    ports = ((50_000, 443), (50_000, 502), (50_000, 80), (502, 50_000), (1_024, 8_080), (50_000, 50_000))
    types = ((8, 0), (8, 1), (13, 0), (0, 0), (3, 1), (3, 4))
    what = [(protocol, *pair, answer) for protocol in (6, 17) for pair in ports for answer in (0, 1)]
    what += [(47, 0, 0, answer) for answer in (0, 1)]
    what += [
        (1, 0, kind * 256 + code, answer) for kind, code in types for answer in (0, 1) if answer or kind in (8, 13)
    ]
    found = []
    for start, stop in itertools.permutations(NETS, 2):
        for low, high in itertools.product((7, 200, 130), (7, 200)):
            ends = ((10 << 24) + (start << 8) + low, (10 << 24) + (stop << 8) + high)
            found += [(start, stop, OnePacket(*ends, *one)) for one in what]
    return found


def firsts(rules: Sequence[Rule], packet: OnePacket) -> Rule | None:
    """The first rule that certainly matches."""
    return next((r for r in rules if r.matches(packet) and not r.timed), None)
