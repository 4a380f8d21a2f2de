"""What a change of configurations opens and closes between zones."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from scanner.packet_sets import Boxes, TooManyBoxes, beginning, difference
from scanner.reach.proofs import VERSIONS, Proof, ReachState


class FlowTurn(enum.StrEnum):
    """What becomes of some packets. The last two: it cannot be ruled out."""

    OPENS = "opens"
    CLOSES = "closes"
    MAY_OPEN = "may-open"
    MAY_CLOSE = "may-close"


class FlowChange(NamedTuple):
    """Of an ordered pair of zones, with the packets that it is about."""

    turn: FlowTurn
    client: str
    server: str
    packets: Mapping[int, Boxes]
    before: Proof
    after: Proof


_Sets = dict[int, Boxes]


def changes(before: Mapping[tuple[str, str], Proof], after: Mapping[tuple[str, str], Proof]) -> Iterator[FlowChange]:
    """Every change. Certain is what certainly was one way, and certainly is the other."""
    for pair, new in after.items():
        old = before[pair]
        for certain, perhaps, one, other in (
            (FlowTurn.OPENS, FlowTurn.MAY_OPEN, new, old),
            (FlowTurn.CLOSES, FlowTurn.MAY_CLOSE, old, new),
        ):
            found = _turned(one, other)
            if found is not None:
                sure, packets = found
                yield FlowChange(certain if sure else perhaps, *pair, packets, old, new)


def still_unknown(
    before: Mapping[tuple[str, str], Proof], after: Mapping[tuple[str, str], Proof]
) -> list[tuple[str, str]]:
    """The pairs of zones of which a change cannot tell what it does beyond what is told: they were and are unknown."""
    both = (pair for pair, proof in after.items() if proof.state is ReachState.UNKNOWN)
    return [pair for pair in both if before[pair].state is ReachState.UNKNOWN]


def _turned(one: Proof, other: Proof) -> tuple[bool, _Sets] | None:
    """Packets that arrive with the one and not with the other, and whether both are certain."""
    try:
        surely = {v: difference(beginning(one.sure.get(v, ())), other.may.get(v, ())) for v in VERSIONS}
        if any(surely.values()) and not other.lost:
            return True, surely
        more = {v: difference(beginning(one.may.get(v, ())), beginning(other.may.get(v, ()))) for v in VERSIONS}
        less = {v: difference(beginning(one.sure.get(v, ())), beginning(other.sure.get(v, ()))) for v in VERSIONS}
    except TooManyBoxes:
        return False, {}
    if any(more.values()):
        return False, more
    if any(less.values()):
        return False, less
    return (False, {}) if one.lost and not other.lost else None
