"""Distinct messages to meaning: each is given once to its protocol's dissector, and each conversation is believed to
speak a protocol only when its messages bear that out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from scanner.capture.result import CaptureResult
from scanner.facts.belief import ALIEN, CUT, GOOD, MALFORMED, Belief, Claim, believe
from scanner.facts.carried import Carried, distinct, numbered
from scanner.facts.dissection import Dissection
from scanner.facts.shared_frames import assign
from scanner.facts.signatures import proved_by
from scanner.facts.statements import Statements
from scanner.protocols.base import (
    OPENING,
    Beside,
    Kind,
    Operation,
    Protocol,
    Row,
    Session,
    Verb,
)
from scanner.provenance import Defect
from scanner.wording import Said, said

MOST_SHOWN = 5  # of these, for one conversation and protocol


class MalformedGroup(NamedTuple):
    """The malformed messages of one conversation and protocol, and what is wrong with them."""

    claim: Claim
    messages: npt.NDArray[np.int64]
    problems: list[str]


@dataclass
class Understood:
    """What one capture's messages mean; of messages of accepted protocols only.

    was_understood: for each message whether it was understood. broken: whether it breaks its specification, or is too
    short to be read. operations: there may be hundreds of thousands. others: (message, row), in the order of messages.
    spoken: conversation index -> accepted protocol names, the most used first; of a copy those of its original.
    suggested: the same of protocols that only the port suggests.
    malformed: messages of accepted protocols that break their specification.
    midway: what is known of each session of which nothing captured shows its protection, or of which the protocol
        never tells all, and the messages it is known from.
    """

    was_understood: npt.NDArray[np.bool_]
    broken: npt.NDArray[np.bool_]
    operations: Carried
    others: Statements[Beside]
    spoken: dict[int, tuple[str, ...]] = field(default_factory=dict)
    suggested: dict[int, tuple[str, ...]] = field(default_factory=dict)
    malformed: list[MalformedGroup] = field(default_factory=list)
    midway: list[tuple[Session, npt.NDArray[np.int64]]] = field(default_factory=list)
    defects: tuple[Defect, ...] = ()

    @cached_property
    def rows(self) -> dict[int, tuple[Row, ...]]:
        """Message index -> its rows, operations first; made when somebody asks, for pages about few messages."""
        found: dict[int, tuple[Row, ...]] = dict.fromkeys(np.flatnonzero(self.was_understood).tolist(), ())
        said = [_operation(*row) for row in self.operations.texts.iter_rows()]
        for index, text in zip(self.operations.message.tolist(), self.operations.text.tolist(), strict=True):
            found[index] += (said[text],)
        for index, row in self.others:
            found[index] += (row,)
        return found


def _operation(verb: str, function: str, kind: str, *more: str) -> Operation:
    operation = Operation(Verb(verb), function, Kind(kind), *more)
    return replace(operation, unit=Said(operation.unit), detail=Said(operation.detail))


def understand(result: CaptureResult, protocols: Mapping[str, Protocol]) -> Understood:
    """Dissect every distinct message that a protocol claims; say which protocols each conversation really speaks."""
    assign(result, protocols)
    dissection = Dissection(result, protocols)
    dissection.read()
    belief = believe(result, protocols, dissection.became, dissection.proven)
    if _second_look(dissection, belief):
        belief = believe(result, protocols, dissection.became, dissection.proven)
    understood = _understood(dissection, belief)
    understood.defects = tuple(sorted(dissection.defects()))
    return understood


def _second_look(dissection: Dissection, belief: Belief) -> bool:
    """Messages that alone would not have been recognised, in conversations that are known to speak an industrial
    protocol: an unusual function among usual ones. Whether there are any.
    """
    wanted, doubtful = (np.zeros(len(dissection.became), np.bool_) for _ in range(2))
    for claim in belief.claims:
        if dissection.protocols[claim.protocol].industrial:
            (doubtful if claim.guessed else wanted)[claim.messages] = True
    alien = dissection.became == ALIEN
    if (doubtful & alien).any():
        dissection.explain(doubtful & alien)
    if not (wanted & alien).any():
        return False
    dissection.read(wanted & alien, probed=True)
    return True


def _understood(dissection: Dissection, belief: Belief) -> Understood:
    result, became = dissection.result, dissection.became
    good = belief.believed & (became == GOOD)
    others = dissection.others(good)
    broken = belief.believed & ((became == MALFORMED) | (became == CUT))
    understood = Understood(good, broken, dissection.operations(good), others)
    claims = [c for c in belief.claims if len(c.messages)]
    group = np.full(len(became), -1, np.int64)
    for number, claim in enumerate(claims):
        group[claim.messages] = number
    verbs = _verbs(understood, group)
    secured = set(distinct(group[others.of(Session).message]).tolist())
    for number, claim in enumerate(claims):
        transport = result.conversations[claim.conversation].transport
        known = None if number in secured else _midway(verbs[number], dissection.protocols[claim.protocol], transport)
        told = claim.messages[understood.was_understood[claim.messages]]
        if known and len(told):
            understood.midway.append((known, told))
        protocol = dissection.protocols[claim.protocol]
        if protocol.unread and len(told):
            understood.midway.append((Session(unread=protocol.unread), told))
        if protocol.signed_by_tcp and len(told):
            understood.midway.append((proved_by(result.sights["signatures"][claim.conversation].tolist()), told))
    for at, found in belief.by_conversation.items():
        for claim in found:
            names = understood.suggested if claim.guessed else understood.spoken
            names[at] = (*names.get(at, ()), claim.protocol)
    for index, copy in enumerate(result.conversations):  # whose messages are with the original
        for names in (understood.spoken, understood.suggested):
            if copy.copy_of in names:
                names.setdefault(index, names[copy.copy_of])
    understood.malformed = [_broken(c, dissection) for c in belief.claims if c.broken or c.strays]
    return understood


def _broken(claim: Claim, dissection: Dissection) -> MalformedGroup:
    bad = (MALFORMED, ALIEN) if dissection.protocols[claim.protocol].industrial else (MALFORMED,)
    messages = claim.messages[np.isin(dissection.became[claim.messages], bad) & ~dissection.cut[claim.messages]]
    problems = dissection.problems(messages)
    if claim.strays:
        problems[said("does not begin as a message of the protocol").marked] = claim.strays
    return MalformedGroup(claim, messages, sorted(problems, key=lambda p: (-problems[p], p))[:MOST_SHOWN])


def _verbs(understood: Understood, group: npt.NDArray[np.int64]) -> Mapping[int, set[str]]:
    """The verbs of the operations of each group of messages."""
    carried = understood.operations
    kinds = numbered(carried.texts, ["verb"])
    names = dict(zip(kinds.tolist(), carried.texts["verb"].to_list(), strict=True))
    found: defaultdict[int, set[str]] = defaultdict(set)
    for pair in distinct(group[carried.message] << 32 | kinds[carried.text]).tolist():
        found[pair >> 32].add(names[pair & 0xFFFFFFFF])
    return found


def _midway(verbs: set[str], protocol: Protocol, transport: str) -> Session | None:
    """What messages show that say nothing of their session: what could be read was not encrypted. Datagrams that only
    look for others are no session; every protocol sends them in clear.
    """
    searches = transport != "tcp" and verbs <= {Verb.IDENTIFY}
    if not protocol.midway or searches:
        return None
    return Session(encrypted=False if verbs - OPENING else None, detail=said(protocol.midway))
