"""Entries that are said never to match, or to say the opposite of what happens, against every kind of packet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.configs import reader
from scanner.packet_sets import OnePacket
from tests.reach.rules import NETS, Base, Rule, firsts, number
from tests.reach.test_reach_rulebases import SYSTEMS
from tests.reach.written_policies import between_zones

_CHAINS = ("routeros", "pfsense", "opnsense", "iptables", "nftables")  # which have tests of their own
_SYSTEMS = [s for s in SYSTEMS if s not in _CHAINS]
_ADDRESSES = [
    *(
        (10 << 24) + (net << 8) + host
        for net in (10, 14, 20, 21, 26, 30)
        for host in (0, 5, 7, 8, 127, 135, 150, 151, 200)
    ),
    number("10.1.0.7"),
    number("192.0.2.1"),
]
_PORTS = (1, 79, 80, 442, 443, 444, 501, 502, 503, 1_023, 1_024, 1_025, 8_080, 8_081)
_MESSAGES = [
    *(OnePacket(0, 0, protocol, one, other, 0) for protocol in (6, 17) for one in _PORTS for other in _PORTS),
    *(OnePacket(0, 0, 1, 0, kind * 256 + code, 0) for kind in (0, 3, 5, 8) for code in (0, 1, 2)),
    *(OnePacket(0, 0, protocol, 0, 0, 0) for protocol in (47, 50)),
]
_MESSAGES += [one._replace(answer=1) for one in _MESSAGES]


def _kinds(of: Iterable[OnePacket], told: Callable[[OnePacket], tuple[bool, ...]]) -> list[OnePacket]:
    """One packet for each answer."""
    return [*{told(one): one for one in of}.values()]


def _apart(rules: list[Rule]) -> Iterator[OnePacket]:
    """A packet of each kind that the rules tell apart."""
    blank = OnePacket(0, 0, 0, 0, 0, 0)
    sources = _kinds(
        (blank._replace(source=a) for a in _ADDRESSES), lambda p: tuple(r.source.holds(p.source) for r in rules)
    )
    targets = _kinds(
        (blank._replace(destination=a) for a in _ADDRESSES),
        lambda p: tuple(r.target.holds(p.destination) for r in rules),
    )
    for message in _kinds(_MESSAGES, lambda p: tuple(r.matches_message(p) for r in rules)):
        for source in sources:
            yield from (message._replace(source=source.source, destination=t.destination) for t in targets)


def _between(name: str, base: Base, rules: list[Rule]) -> Iterator[list[Rule]]:
    """The rules that are asked together, in their order."""
    if "policy" not in base.lists:
        yield rules
        return
    for start in NETS:
        for stop in NETS:
            if name == "panos":
                yield [r for r in between_zones(base, start, stop) if r.on]
            else:
                yield [r for r in rules if r.start in (0, start) and r.stop in (0, stop)]


def _fates(name: str, base: Base, rules: list[Rule]) -> list[set[int]]:
    """Of each rule the places of those that certainly decide first about packets that it matches."""
    places = {id(rule): at for at, rule in enumerate(rules)}
    found: list[set[int]] = [set() for _ in rules]
    for asked in _between(name, base, rules):
        for packet in _apart(asked):
            met = [r for r in asked if r.matches(packet)]
            first = firsts(met, packet)
            for rule in met:
                at = places[id(rule)]
                found[at].add(at if first is None else min(at, places[id(first)]))
    return found


_PLACE = re.compile(r"/p(\d)$")  # of a policy of SRX, whose policies between two zones stand together


def _told(text: str) -> list[list[dict[str, str]]]:
    """What is said of each entry of each list, in their order; of one that is written as several, of all of these."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for row in reader.read(text.encode(), "device.cfg").rows:
        item = re.fullmatch(r"acl (\S+) entry (?!default)(\S+)", row["item"])
        if row["category"] == "acl" and item and row["setting"] in ("shadowed", "overruled"):
            found.setdefault(item[1], {}).setdefault(item[2], {})[row["setting"]] = row["value"]
    in_order = [sorted(entries.items(), key=lambda one: _PLACE.findall(one[0])) for entries in found.values()]
    return [[entry for _, entry in entries] for entries in in_order]


def _repeated(random: Random, base: Base) -> None:
    """Let some rules come again, wider or doing the opposite."""
    for rules in base.lists.values():
        if len(rules) > 1:
            again = rules[random.randrange(len(rules) - 1)]
            wider = {"ports": None, "source_ports": None, "icmp": None, "established": False}
            rules[-1] = replace(again, permit=random.random() < 0.5, **(wider if random.random() < 0.5 else {}))


@pytest.mark.parametrize("name", _SYSTEMS)
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(random=st.randoms(use_true_random=False))
def test_what_is_said_of_entries_that_are_hidden(name: str, random: Random) -> None:
    system = SYSTEMS[name]
    base = system.draws(random, system.can)
    _repeated(random, base)
    for rules in base.lists.values():
        rules[:] = [r for r in rules if r.on] or [replace(rules[0], on=True)] if rules else []
    if name == "srx":  # which asks the global policies last
        base.lists["policy"].sort(key=lambda r: not (r.start and r.stop))
    lists = [rules for rules in base.lists.values() if rules]
    for entries in _told(system.writes(base)):
        rules = next((some for some in lists if len(some) == len(entries)), None)
        if rules is None or sum(len(some) == len(entries) for some in lists) > 1:
            continue  # which list it is cannot be told, or rules are written as several entries
        for at, (fate, entry) in enumerate(zip(_fates(name, base, rules), entries, strict=True)):
            if entry["shadowed"].startswith("entry "):
                assert at not in fate, (rules[at], entry)
            if entry["overruled"] in ("yes", "partly"):
                assert any(rules[one].permit is not rules[at].permit for one in fate) or not fate, (rules[at], entry)
