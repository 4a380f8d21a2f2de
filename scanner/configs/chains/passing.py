"""The chains of the firewall as packets between interfaces meet them.

What a chain does with all packets is known as sets (``chains``); here they become entries between interfaces: for each
rule what is accepted by it for certain, then what may be accepted, and everything else is denied, by which rule as far
as that can be told. A rule that lets answers through in general makes the device one that knows conversations.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from scanner.configs.chains.interface_names import InterfaceNames
from scanner.configs.chains.model import (
    ESTABLISHED,
    FORWARD,
    INCOMING,
    NEW,
    OUTGOING,
    RELATED,
    Does,
    FilterChain,
    Match,
)
from scanner.configs.chains.narrowing import everything
from scanner.configs.chains.study import ChainStudy
from scanner.configs.chains.walk import ChainOutcome, Work, walk
from scanner.configs.forwarding import Entry, Filter, Place
from scanner.configs.forwarding_lines import Doubts
from scanner.configs.policy_packets import PARTLY, every_packet
from scanner.packet_sets import ANSWER, BEGINS, EITHER, Boxes, TooManyBoxes, difference, intersection, is_within

_FASTTRACK = "fasttrack"
MOST_WORK = 4_000_000  # pairs of boxes that are compared in walks between interfaces


class Chains:
    """What the chains on the way of forwarded packets do. interfaces: all names there are.

    related_begins: related packets may begin conversations, since somebody expects these (helpers for FTP, SIP).
    """

    def __init__(
        self, study: ChainStudy, interfaces: Iterable[str], doubts: Doubts, *, related_begins: bool = False
    ) -> None:
        self.study = study
        self.doubts = doubts
        self.known = list(interfaces)
        self._work = Work(MOST_WORK)
        self._may_begin = RELATED[1] if related_begins else NEW[0]

    def filters(self, version: int) -> list[Filter]:
        """One for each chain."""
        return [self._filter(chain, version) for chain in self.study.on_the_way(FORWARD, version)]

    def knows_conversations(self, version: int) -> bool:
        """Answers pass every chain in general."""
        return all(_lets_answers(chain, version, self.study.names) for chain in self.study.on_the_way(FORWARD, version))

    def _filter(self, chain: FilterChain, version: int) -> Filter:
        place = self.doubts.place(chain.node)
        outcome = self.study.walked(chain, version)
        entries = self._all_of(chain, outcome, version) if outcome is not None else None
        if entries is None:
            entries = [entry for ends in self._pairs() for entry in self._from_to(chain, version, *ends)]
        return Filter(chain.label, place, tuple(entries), permits_rest=False, at=place)

    def _all_of(self, chain: FilterChain, outcome: ChainOutcome, version: int) -> list[Entry] | None:
        """None when that is too ragged to tell."""
        try:
            entries = list(self._entries(chain, outcome))
            if chain.partly:  # what it denies may not have come into it
                return [*entries, every_packet(self.doubts.place(chain.node), None, version)]
            return [*entries, *self._denials(chain, outcome, version)]
        except TooManyBoxes:
            return None

    def _pairs(self) -> Iterator[tuple[int, int]]:
        """Places of interfaces that packets come in on and go out of."""
        places = sorted({self.study.names.place(name) for name in self.known})
        yield from ((comes, goes) for comes in places for goes in places)

    def _from_to(self, chain: FilterChain, version: int, comes: int, goes: int) -> list[Entry]:
        """Of packets between interfaces at two places that begin a conversation: these are far fewer than all."""
        whole = everything(version, self.study.names)
        box = (*whole[:ANSWER], (NEW[0], self._may_begin), (comes, comes), (goes, goes))
        try:
            outcome = walk(self.study.ruleset, chain, version, (box,), self._work)
            entries = self._all_of(chain, outcome, version)
        except TooManyBoxes:
            entries = None
        if entries is None:
            entries = list(self._between(self.doubts.place(chain.node), (box,), permit=None))
        return entries

    def _entries(self, chain: FilterChain, outcome: ChainOutcome) -> Iterator[Entry]:
        left = _beginning(outcome.accepts)
        for one in [chain, *self._below(chain)]:
            for rule in one.rules:
                met = outcome.met.get(id(rule))
                if met is None or rule.does is not Does.ACCEPT or not left:
                    continue
                own = intersection(left, _beginning(met.own))
                left = difference(left, own)
                yield from self._between(self.doubts.place(rule.node), own, permit=True)
        default = Place(self.doubts.place(chain.node).source, 0)  # no line says that the rest is accepted
        yield from self._between(default, left, permit=True)
        most = _beginning(outcome.may_accept, self._may_begin)
        yield from self._between(self.doubts.place(chain.node), most, permit=None)

    def _denials(self, chain: FilterChain, outcome: ChainOutcome, version: int) -> Iterator[Entry]:
        """What the rules deny of what is denied for certain, so that the lines that close a way are told."""
        left = _beginning(outcome.denies)
        for one in [chain, *self._below(chain)]:
            for rule in one.rules:
                match = rule.matches.get(version)
                if not left or match is None or rule.does is not Does.DENY or id(rule) not in outcome.met:
                    continue
                own = intersection(left, _beginning(match.sure))
                left = difference(left, own)
                yield from self._between(self.doubts.place(rule.node), own, permit=False)

    def _below(self, chain: FilterChain) -> Iterator[FilterChain]:
        for other in self.study.ruleset.chains.values():
            if other is not chain and chain in self.study.roots(other):
                yield other

    def _between(self, place: Place, boxes: Boxes, *, permit: bool | None) -> Iterator[Entry]:
        """Entries by the interfaces that the packets come in on and go out of."""
        found: dict[tuple[frozenset[str], frozenset[str]], list[tuple[tuple[int, int], ...]]] = {}
        for box in boxes:
            ends = (self._named(box[INCOMING]), self._named(box[OUTGOING]))
            if ends[0] is not None and ends[1] is not None:
                answer = EITHER if permit is False else BEGINS
                found.setdefault((ends[0], ends[1]), []).append((*box[:ANSWER], answer))
        for (comes_in, goes_out), some in found.items():
            most = tuple(some)
            sure, doubt = (most, None) if permit is not None else ((), PARTLY)
            yield Entry(place, permit, sure, most, doubt, comes_in, goes_out)

    def _named(self, span: tuple[int, int]) -> frozenset[str] | None:
        """The interfaces; empty for all, None for none."""
        if span == self.study.names.every:
            return frozenset()
        names = frozenset(n for n in self.known if span[0] <= self.study.names.place(n) <= span[1])
        return names or None


def _beginning(boxes: Boxes, last: int = NEW[0]) -> Boxes:
    """Those of the states up to ``last``, as packets that begin a conversation."""
    return tuple((*b[:ANSWER], NEW, *b[ANSWER + 1 :]) for b in boxes if b[ANSWER][0] <= last)


def _lets_answers(chain: FilterChain, version: int, names: InterfaceNames) -> bool:
    """Some rule accepts whatever answers, and none before it may drop it. What is put on a faster way is accepted."""
    for rule in chain.rules:
        match = rule.matches.get(version)
        if match is None or rule.does is Does.GO_ON or _FASTTRACK in rule.node.key:
            continue
        answers = _answering(match.most)
        if rule.does is Does.ACCEPT and _is_every_answer(match, version, names):
            return True
        if answers and rule.does is not Does.ACCEPT:
            return False
    return chain.accepts_rest is True


def _answering(boxes: Boxes) -> Boxes:
    return tuple(b for b in boxes if b[ANSWER][0] <= ESTABLISHED[1] and b[ANSWER][1] >= ESTABLISHED[0])


def _is_every_answer(match: Match, version: int, names: InterfaceNames) -> bool:
    whole = everything(version, names)
    wanted: Sequence[tuple[tuple[int, int], ...]] = [(*whole[:ANSWER], ESTABLISHED, *whole[ANSWER + 1 :])]
    return is_within(wanted, match.sure)
