"""What a whole ruleset does: each chain walked once for each version of IP, and what several chains let through."""

from __future__ import annotations

from collections.abc import Iterator

from scanner.configs.chains.interface_names import InterfaceNames
from scanner.configs.chains.model import (
    FORWARD,
    INGRESS,
    INPUT,
    OUTPUT,
    PREROUTING,
    ChainRule,
    FilterChain,
    Ruleset,
)
from scanner.configs.chains.narrowing import everything
from scanner.configs.chains.walk import ChainOutcome, Meeting, Work, calls, walk
from scanner.packet_sets import Boxes, TooManyBoxes, intersection

VERSIONS = (4, 6)
_WAYS = {FORWARD: (INGRESS, PREROUTING, FORWARD), INPUT: (INGRESS, PREROUTING, INPUT)}


class ChainStudy:
    """The walks through a ruleset, made when they are asked for."""

    def __init__(self, ruleset: Ruleset, names: InterfaceNames) -> None:
        self.ruleset = ruleset
        self.names = names
        self._walked: dict[tuple[int, int], ChainOutcome | None] = {}
        self._work = Work()
        self._roots: dict[int, list[FilterChain]] = {}
        for chain in ruleset.chains.values():
            if chain.hook:
                for reached in self._reached(chain):
                    self._roots.setdefault(id(reached), []).append(chain)

    def _reached(self, root: FilterChain) -> list[FilterChain]:
        found, left = {id(root): root}, [root]
        while left:
            for _, target in calls(self.ruleset, left.pop()):
                if target is not None and id(target) not in found:
                    found[id(target)] = target
                    left.append(target)
        return list(found.values())

    def roots(self, chain: FilterChain) -> list[FilterChain]:
        """The chains with a hook from which packets get into this one; itself, if it has one."""
        return self._roots.get(id(chain), [])

    def whole(self, version: int) -> Boxes:
        """All packets."""
        return (everything(version, self.names),)

    def walked(self, chain: FilterChain, version: int) -> ChainOutcome | None:
        """What the chain does; None when that is too ragged to tell."""
        key = (id(chain), version)
        if key not in self._walked:
            try:
                self._walked[key] = walk(self.ruleset, chain, version, self.whole(version), self._work)
            except TooManyBoxes:
                self._walked[key] = None
        return self._walked[key]

    def meetings(self, chain: FilterChain, rule: ChainRule) -> Iterator[tuple[FilterChain, int, Meeting | None]]:
        """Where the rule is met: the chain with the hook, the version of IP, and what it meets there; None: nothing is
        known. A chain that nothing leads to is looked at by itself.
        """
        for root in self.roots(chain) or [chain]:
            for version in root.versions:
                if version not in rule.matches:
                    continue
                walked = self.walked(root, version)
                yield root, version, walked.met.get(id(rule), Meeting()) if walked else None

    def others_let(self, root: FilterChain, version: int) -> Boxes | None:
        """What the other chains on the way of its packets may let through; None when that cannot be told."""
        found = self.whole(version)
        for other in self.on_the_way(root.hook, version):
            if other is root:
                continue
            walked = self.walked(other, version)
            if walked is None:
                return None
            if walked.may_deny and not other.partly:
                both = self.common(found, walked.may_accept)
                if both is None:
                    return None
                found = both
        return found

    def common(self, ones: Boxes, others: Boxes) -> Boxes | None:
        """The packets of both sets; None when that is too ragged to tell."""
        try:
            self._work.take(ones, others)
            return intersection(ones, others)
        except TooManyBoxes:
            return None

    def on_the_way(self, hook: str, version: int) -> list[FilterChain]:
        """The chains that filter the packets which get to the hook."""
        ways = _WAYS.get(hook, (hook,))
        return [
            chain
            for chain in self.ruleset.chains.values()
            if chain.hook in ways and version in chain.versions and chain.filters
        ]

    def lets_in(self, hook: str, version: int) -> tuple[Boxes, Boxes] | None:
        """What all chains on the way let through: at most, and for certain; None when that cannot be told."""
        most = sure = self.whole(version)
        for chain in self.on_the_way(hook, version):
            walked = self.walked(chain, version)
            if walked is None:
                return None
            if chain.partly:
                sure = () if walked.may_deny else sure
                continue
            both = self.common(most, walked.may_accept), self.common(sure, walked.accepts)
            if both[0] is None or both[1] is None:
                return None
            most, sure = both[0], both[1]
        return most, sure

    def permitted(self, chain: FilterChain, rule: ChainRule) -> Iterator[tuple[int, Boxes, Boxes]]:
        """Version, what the rule itself certainly lets through where packets come from networks, and at most."""
        for root, version, met in self.meetings(chain, rule):
            if root.hook not in (OUTPUT, ""):
                others = self.others_let(root, version)
                most = self.common(met.own_most, others) if met is not None and others is not None else None
                if met is None or others is None or most is None:
                    yield version, (), rule.matches[version].most
                elif met.hits:
                    unsure = any(c.partly and c is not root for c in self.on_the_way(root.hook, version))
                    yield version, () if unsure else self.common(met.own, others) or (), most
