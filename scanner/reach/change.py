"""What a change of configurations opens and closes between zones."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from scanner.address_spans import Ranges, spans, without
from scanner.packet_sets import Boxes, TooManyBoxes, beginning, difference, disjoint, union
from scanner.reach.confront import Disagreement
from scanner.reach.proofs import VERSIONS, Proof, ReachState
from scanner.reach.study import Study


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


def changes(before: Study, after: Study) -> Iterator[FlowChange]:
    """Every change. Certain is what certainly was one way, and certainly is the other."""
    for pair, new in after.proofs.items():
        old = before.proofs[pair]
        for certain, perhaps, one, other, taken in (
            (FlowTurn.OPENS, FlowTurn.MAY_OPEN, new, old, without(before.own, after.own)),
            (FlowTurn.CLOSES, FlowTurn.MAY_CLOSE, old, new, without(after.own, before.own)),
        ):
            found = _turned(one, _with_hosts(other, taken))
            if found is not None:
                sure, packets = found
                yield FlowChange(certain if sure else perhaps, *pair, packets, old, new)


def still_unknown(before: Study, after: Study) -> list[Proof]:
    """The pairs of zones of which a change cannot tell what it does beyond what is told: they were and are unknown."""
    both = (proof for proof in after.proofs.values() if proof.state is ReachState.UNKNOWN)
    return [proof for proof in both if before.proofs[proof.client, proof.server].state is ReachState.UNKNOWN]


def contradictions(before: Study, after: Study) -> tuple[list[Disagreement], list[Disagreement]]:
    """What contradicts the policy after the change alone, and what did before it alone."""
    was, now = ({_about(one): one for one in found.contradictions} for found in (before, after))
    return [now[key] for key in now if key not in was], [was[key] for key in was if key not in now]


def _about(one: Disagreement) -> tuple[str, ...]:
    return one.kind.value, one.client, one.server, one.conduit["conduit"] if one.conduit else "", one.protocol


def _with_hosts(proof: Proof, taken: Ranges) -> Proof:
    """As if hosts had these addresses, which devices have: what gets through for others does for them.

    That a device takes or leaves an address opens and closes nothing.
    """
    if not taken:
        return proof
    try:
        may, sure = ({v: _for_all(held.get(v, ()), taken, v) for v in VERSIONS} for held in (proof.may, proof.sure))
    except TooManyBoxes:
        return proof
    return replace(proof, may=may, sure=sure)


def _for_all(boxes: Boxes, taken: Ranges, version: int) -> Boxes:
    own = spans(taken, version)
    boxes = union(boxes, disjoint((span, *box[1:]) for box in boxes for span in own))
    return union(boxes, disjoint((box[0], span, *box[2:]) for box in boxes for span in own))


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
