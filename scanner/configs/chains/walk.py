"""What becomes of packets in a chain: accepted, denied or left over, at most and for certain, rule by rule.

Three sets are carried along. ``here``: the packets that may still be in the chain. ``not_denied``: those that are here
or were accepted, for certain; ``not_accepted``: those that are here or were denied. So a packet that an unclear rule
may accept, and a later one accepts for certain, is accepted for certain.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from scanner.configs.chains.model import NEW, ChainRule, Does, FilterChain, Match, Ruleset
from scanner.packet_sets import ANSWER, MAX_BOXES, Boxes, TooManyBoxes, difference, intersection, union

MAX_JUMPS = 16  # chains in chains; the kernel has the same limit
MAX_SPARE = 60_000  # pairs of boxes in a walk, of rules that nothing is left for
MAX_WORK = 600_000  # pairs of boxes that are compared in all walks through a ruleset


class Underway(NamedTuple):
    """The packets on their way. scope: those for which the jumps to here were made, whatever was decided before.

    unlogged: those of ``here`` that no rule logged.
    """

    here: Boxes
    not_denied: Boxes
    not_accepted: Boxes
    scope: Boxes
    scope_most: Boxes
    unlogged: Boxes


NOWHERE = Underway((), (), (), (), (), ())


@dataclass
class Meeting:
    """What one rule met, in all the ways to it.

    hits: it may decide about some. entered: it may match some of the packets for which the jumps were made. asked:
    those that come into the chain, of rules that accept or deny and decide about none. Of rules that accept only, own:
    what it certainly matches of these packets; own_most: may match of them; begins: what it may accept that begins a
    conversation. doubted: some of these may have been denied before.
    """

    hits: bool = False
    entered: bool = False
    asked: Boxes = ()
    own: Boxes = ()
    own_most: Boxes = ()
    begins: Boxes = ()
    doubted: bool = False


@dataclass
class ChainOutcome:
    """What a chain does with the packets that got in. unlogged: of those that were denied, what no rule logged.

    cut: of rules that nothing is left for it is not told which packets they ask for.
    """

    may_accept: Boxes = ()
    accepts: Boxes = ()
    may_deny: Boxes = ()
    denies: Boxes = ()
    left: Underway = NOWHERE
    unlogged: Boxes = ()
    cut: bool = False
    met: dict[int, Meeting] = field(default_factory=dict)  # by id of the rule


@dataclass
class Work:
    """What all walks through a ruleset may still cost."""

    left: int = MAX_WORK

    def take(self, ones: Boxes, others: Boxes) -> None:
        """Two sets are compared; TooManyBoxes when it is enough."""
        self.left -= len(ones) * len(others) + 1
        if self.left < 0:
            raise TooManyBoxes


class _Walk:
    """One walk through a chain and those that it jumps to."""

    def __init__(self, ruleset: Ruleset, version: int, work: Work) -> None:
        self._ruleset = ruleset
        self._version = version
        self._work = work
        self._spare = MAX_SPARE
        self.found = ChainOutcome()

    def through(self, chain: FilterChain, state: Underway, depth: int = 0) -> Underway:
        """What comes out at the end of the chain, or by a return."""
        returned, entering = NOWHERE, state.scope_most
        for at, rule in enumerate(chain.rules):
            match = rule.matches.get(self._version)
            if match is None:
                continue
            self._work.take(state.here, match.most)
            hits = intersection(state.here, match.most)
            self._meet(rule, match, state, hits, entering)
            if rule.logs:
                state = state._replace(unlogged=difference(state.unlogged, match.most))
            if rule.does is Does.JUMP:
                state = self._jump(chain, rule, match, state, depth)
            elif rule.does is Does.GOTO:
                gone = self._gone(chain, rule, match, state, depth)
                returned, state = _both(returned, gone, match), _without(state, match)
            elif rule.does is Does.RETURN:
                returned, state = _both(returned, _within(state, match), match), _without(state, match)
            elif rule.does is not Does.GO_ON:
                state = self._decide(rule.does, match, state, hits)
            if not state.here:
                self._never(chain.rules[at + 1 :], chain, entering, depth)
                break
        return _both(returned, state)

    def _meet(self, rule: ChainRule, match: Match, state: Underway, hits: Boxes, entering: Boxes) -> None:
        met = self.found.met.setdefault(id(rule), Meeting())
        met.hits = met.hits or bool(hits)
        asked = intersection(state.scope_most, match.most)
        met.entered = met.entered or bool(asked)
        if rule.does in (Does.ACCEPT, Does.DENY) and not met.hits:
            asked = asked if entering is state.scope_most else intersection(entering, match.most)
            met.asked = _more(met.asked, asked)
        if rule.does in (Does.ACCEPT, Does.UNTOLD):
            met.own = _more(met.own, intersection(state.scope, match.sure))
            met.own_most = _more(met.own_most, asked)
            begins = tuple((*b[:ANSWER], NEW, *b[ANSWER + 1 :]) for b in hits if b[ANSWER][0] == NEW[0])
            met.begins = _more(met.begins, begins)
            self._work.take(begins, self.found.may_deny)
            met.doubted = met.doubted or bool(intersection(begins, self.found.may_deny))

    def _never(self, rules: Sequence[ChainRule], chain: FilterChain, entering: Boxes, depth: int) -> None:
        """Rules that nothing is left for, and those that they lead to."""
        for rule in rules:
            match = rule.matches.get(self._version)
            if match is None or rule.does not in (Does.ACCEPT, Does.DENY, Does.JUMP, Does.GOTO):
                continue
            self._spare -= len(entering) * len(match.most) + 1
            if self._spare < 0 or depth > MAX_JUMPS:
                self.found.cut = True
                return
            asked = intersection(entering, match.most)
            if rule.does in (Does.ACCEPT, Does.DENY):
                met = self.found.met.setdefault(id(rule), Meeting())
                met.asked = _more(met.asked, asked)
            elif asked and (target := self._ruleset.target(chain, rule.target)) is not None:
                self._never(target.rules, target, asked, depth + 1)

    def _decide(self, does: Does, match: Match, state: Underway, hits: Boxes) -> Underway:
        found, sure, most = self.found, match.sure, match.most
        if does is not Does.DENY:
            found.may_accept = _more(found.may_accept, hits)
        if does is not Does.ACCEPT:
            found.may_deny = _more(found.may_deny, hits)
        if does is Does.UNTOLD:
            not_denied = difference(state.not_denied, most)
            return state._replace(not_denied=not_denied, not_accepted=difference(state.not_accepted, most))
        if does is Does.ACCEPT:
            found.accepts = _more(found.accepts, intersection(state.not_denied, sure))
        else:
            found.denies = _more(found.denies, intersection(state.not_accepted, sure))
            found.unlogged = _more(found.unlogged, intersection(state.unlogged, most))
        here = difference(state.here, sure)
        return Underway(
            here,
            _less(state, state.not_denied, sure if does is Does.ACCEPT else most, match, here),
            _less(state, state.not_accepted, most if does is Does.ACCEPT else sure, match, here),
            state.scope,
            state.scope_most,
            _less(state, state.unlogged, sure, match, here),
        )

    def _enter(self, chain: FilterChain, rule: ChainRule, match: Match, state: Underway, depth: int) -> Underway:
        """What comes back from the chain that the rule leads to, if all that it may match goes there."""
        target = self._ruleset.target(chain, rule.target)
        here = intersection(state.here, match.most)
        scope = intersection(state.scope, match.sure)
        inside = Underway(
            here,
            here if state.not_denied is state.here else intersection(state.not_denied, match.most),
            here if state.not_accepted is state.here else intersection(state.not_accepted, match.most),
            scope,
            scope
            if state.scope is state.scope_most and match.sure is match.most
            else intersection(state.scope_most, match.most),
            here if state.unlogged is state.here else intersection(state.unlogged, match.most),
        )
        if not here:
            self._never(target.rules if target else (), target or chain, inside.scope_most, depth + 1)
            return NOWHERE
        if depth >= MAX_JUMPS or target is None:  # nobody knows what is there
            self.found.may_accept = _more(self.found.may_accept, here)
            self.found.may_deny = _more(self.found.may_deny, here)
            return inside._replace(not_denied=(), not_accepted=())
        return self.through(target, inside, depth + 1)

    def _jump(self, chain: FilterChain, rule: ChainRule, match: Match, state: Underway, depth: int) -> Underway:
        kept = self._outcomes()
        back = self._enter(chain, rule, match, state, depth)
        if match.sure is match.most:
            self._settle(kept, ())
            here = difference(state.here, match.most)
            beside = Underway(
                here,
                _less(state, state.not_denied, match.most, match, here),
                _less(state, state.not_accepted, match.most, match, here),
                state.scope,
                state.scope_most,
                _less(state, state.unlogged, match.most, match, here),
            )
            return _both(back, beside, match)
        unsure = difference(match.most, match.sure)
        accepted, denied = self._settle(kept, unsure)
        return Underway(
            union(difference(state.here, match.sure), back.here),
            union(difference(state.not_denied, match.most), union(back.not_denied, accepted)),
            union(difference(state.not_accepted, match.most), union(back.not_accepted, denied)),
            state.scope,
            state.scope_most,
            union(difference(state.unlogged, match.most), union(back.unlogged, intersection(state.unlogged, unsure))),
        )

    def _gone(self, chain: FilterChain, rule: ChainRule, match: Match, state: Underway, depth: int) -> Underway:
        kept = self._outcomes()
        back = self._enter(chain, rule, match, state, depth)
        if match.sure is match.most:
            self._settle(kept, ())
            return back
        self._settle(kept, difference(match.most, match.sure))
        not_denied, not_accepted = (intersection(s, match.sure) for s in (back.not_denied, back.not_accepted))
        return Underway(back.here, not_denied, not_accepted, (), (), back.unlogged)

    def _outcomes(self) -> tuple[Boxes, Boxes]:
        kept = self.found.accepts, self.found.denies
        self.found.accepts = self.found.denies = ()
        return kept

    def _settle(self, kept: tuple[Boxes, Boxes], unsure: Boxes) -> tuple[Boxes, Boxes]:
        """Take over what was decided where the rule led to; what may not have gone there is not decided, but known to
        be decided in no other way.
        """
        found = self.found
        if not unsure:
            found.accepts, found.denies = _more(kept[0], found.accepts), _more(kept[1], found.denies)
            return (), ()
        accepted, denied = intersection(found.accepts, unsure), intersection(found.denies, unsure)
        found.accepts = _more(kept[0], difference(found.accepts, unsure))
        found.denies = _more(kept[1], difference(found.denies, unsure))
        return accepted, denied


def walk(ruleset: Ruleset, chain: FilterChain, version: int, whole: Boxes, work: Work) -> ChainOutcome:
    """What the chain does with all these packets; TooManyBoxes when that is too ragged."""
    going = _Walk(ruleset, version, work)
    left = going.through(chain, Underway(whole, whole, whole, whole, whole, whole))
    found = going.found
    found.left = left
    if not chain.hook:
        return found
    if chain.accepts_rest is not False:
        found.may_accept = _more(found.may_accept, left.here)
    if chain.accepts_rest is not True:
        found.may_deny = _more(found.may_deny, left.here)
    if chain.accepts_rest is True:
        found.accepts = _more(found.accepts, left.not_denied)
    if chain.accepts_rest is False:
        found.denies = _more(found.denies, left.not_accepted)
        found.unlogged = _more(found.unlogged, left.unlogged)
    return found


def _more(ones: Boxes, others: Boxes) -> Boxes:
    """The packets of either set, as boxes that may overlap."""
    if len(ones) + len(others) > MAX_BOXES:
        raise TooManyBoxes
    return (*ones, *others) if ones and others else ones or others


def _less(state: Underway, boxes: Boxes, others: Boxes, match: Match, here: Boxes) -> Boxes:
    """The packets without others; ``here`` is that already where the sets are the same as what is here."""
    return (
        here
        if boxes is state.here and (others is match.sure or match.sure is match.most)
        else difference(boxes, others)
    )


def calls(ruleset: Ruleset, chain: FilterChain) -> Iterator[tuple[ChainRule, FilterChain | None]]:
    """The rules of a chain that lead to others, each with the chain."""
    for rule in chain.rules:
        if rule.does in (Does.JUMP, Does.GOTO):
            yield rule, ruleset.target(chain, rule.target)


def _without(state: Underway, match: Match) -> Underway:
    """The state without what surely went, and without what may have gone where only what is certain counts."""
    sure, most = match.sure, match.most
    here = difference(state.here, sure)
    scope = difference(state.scope, most)
    return Underway(
        here,
        _less(state, state.not_denied, most, match, here),
        _less(state, state.not_accepted, most, match, here),
        scope,
        scope if state.scope is state.scope_most and sure is most else difference(state.scope_most, sure),
        _less(state, state.unlogged, sure, match, here),
    )


def _within(state: Underway, match: Match) -> Underway:
    here = intersection(state.here, match.most)
    exact = match.sure is match.most
    return Underway(
        here,
        here if exact and state.not_denied is state.here else intersection(state.not_denied, match.sure),
        here if exact and state.not_accepted is state.here else intersection(state.not_accepted, match.sure),
        (),
        (),
        here if state.unlogged is state.here else intersection(state.unlogged, match.most),
    )


def _both(one: Underway, other: Underway, match: Match | None = None) -> Underway:
    """What comes together again. The scopes are those of the second. match: what tells the two apart."""
    add = _more if match is not None and match.sure is match.most else union
    here = add(one.here, other.here)

    def joined(ones: Boxes, others: Boxes) -> Boxes:
        return here if ones is one.here and others is other.here else add(ones, others)

    return Underway(
        here,
        joined(one.not_denied, other.not_denied),
        joined(one.not_accepted, other.not_accepted),
        other.scope,
        other.scope_most,
        joined(one.unlogged, other.unlogged),
    )
