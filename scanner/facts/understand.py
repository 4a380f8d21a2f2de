"""Distinct messages to meaning: each is given once to its protocol's dissector, and each conversation is believed to
speak a protocol only when its messages bear that out.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.capture.result import CaptureResult
from scanner.facts.belief import ALIEN, GOOD, MALFORMED, Belief, Claim, believe
from scanner.facts.frames import Defect
from scanner.facts.watchdog import Watchdog
from scanner.limits import limits
from scanner.protocols.base import (
    Beside,
    Kind,
    Malformed,
    Message,
    Operation,
    Protocol,
    Row,
    Session,
    Verb,
)
from scanner.wording import Said, marked, said

_OPEN = {Verb.SESSION, Verb.IDENTIFY, Verb.UNKNOWN, Verb.UNKNOWN_FUNCTION}  # may be in clear beside encrypted messages

SAID = tuple(f.name for f in fields(Operation))
TOLD = ("unit", "detail")  # fields that hold sentences
_OPERATIONS = {"message": pl.Int64(), **dict.fromkeys(SAID, pl.String())}
_OF_MESSAGE = (
    "conversation",
    "from_client",
    "framing",
    "protocol",
    "start",
    "end",
    "length",
    "set_back",
    "connection",
    "lost",
)
MOST_PROBLEMS = 10_000  # malformed messages of which it is kept what is wrong with them
MOST_SHOWN = 5  # of these, for one conversation and protocol
_AT_ONCE = 2048  # messages and operations that are Python objects at one time: few enough for a processor's cache


class MalformedGroup(NamedTuple):
    """The malformed messages of one conversation and protocol, and what is wrong with them."""

    claim: Claim
    messages: npt.NDArray[np.int64]
    problems: list[str]


@dataclass
class Understood:
    """What one capture's messages mean; of messages of accepted protocols only.

    was_understood: for each message whether it was understood.
    operations: a row for each, in the order of messages: ``message``, the index of the one that carries it, and the
        fields of Operation, since there may be hundreds of thousands. others: (message, row), in the same order.
    spoken: conversation index -> accepted protocol names, the most used first; of a copy those of its original.
    suggested: the same of protocols that only the port suggests.
    malformed: messages of accepted protocols that break their specification.
    midway: what is known of each session of which nothing captured shows its protection, or of which the protocol
        never tells all, and the messages it is known from.
    """

    was_understood: npt.NDArray[np.bool_]
    operations: pl.DataFrame
    others: list[tuple[int, Beside]]
    spoken: dict[int, tuple[str, ...]] = field(default_factory=dict)
    suggested: dict[int, tuple[str, ...]] = field(default_factory=dict)
    malformed: list[MalformedGroup] = field(default_factory=list)
    midway: list[tuple[Session, npt.NDArray[np.int64]]] = field(default_factory=list)
    defects: tuple[Defect, ...] = ()

    @cached_property
    def rows(self) -> dict[int, tuple[Row, ...]]:
        """Message index -> its rows, operations first; made when somebody asks, for pages about few messages."""
        found: dict[int, tuple[Row, ...]] = dict.fromkeys(np.flatnonzero(self.was_understood).tolist(), ())
        for index, verb, function, kind, *more in self.operations.iter_rows():
            operation = Operation(Verb(verb), function, Kind(kind), *more)
            found[index] += (replace(operation, unit=Said(operation.unit), detail=Said(operation.detail)),)
        for index, row in self.others:
            found[index] += (row,)
        return found


class _Rows:
    """The rows of messages as they are understood: operations become columns a few thousand at a time."""

    def __init__(self) -> None:
        self.others: list[tuple[int, Beside]] = []
        self._frames: list[pl.DataFrame] = []
        self._operations: list[Operation] = []
        self._messages: list[int] = []

    def add(self, index: int, rows: Sequence[Row]) -> None:
        for row in rows:
            if isinstance(row, Operation):
                self._operations.append(row)
                self._messages.append(index)
            else:
                self.others.append((index, row))
        if len(self._operations) >= _AT_ONCE:
            self._settle()

    def _settle(self) -> None:
        columns = {name: list(map(attrgetter(name), self._operations)) for name in SAID}
        for name in TOLD:
            columns[name] = list(map(marked, columns[name]))
        self._frames.append(pl.DataFrame({"message": self._messages, **columns}, schema=_OPERATIONS))
        self._operations, self._messages = [], []

    def operations(self, believed: npt.NDArray[np.bool_]) -> pl.DataFrame:
        """Those of messages that are ``believed``."""
        self._settle()
        frames, self._frames = self._frames, []
        return pl.concat([f.filter(pl.Series(believed[f["message"].to_numpy()])) for f in frames])


def claimed(result: CaptureResult, wanted: npt.NDArray[np.bool_] | None = None) -> Iterator[tuple[int, str, Message]]:
    """(index, protocol, the message as its dissector gets it) of every distinct message that some protocol's case met,
    without those of framings that the kernel tried away from their port and gave up. ``wanted``: of these only.
    """
    messages, conversations = result.messages, result.conversations
    rows, kept, framings, protocols = messages.rows, messages.kept, messages.framings, messages.protocols
    met = np.array([bool(name) for name in protocols], np.bool_)[rows["protocol"]]
    met &= rows["confirmed"] | rows["by_port"]
    indices = np.flatnonzero(met if wanted is None else met & wanted)
    for start in range(0, len(indices), _AT_ONCE):
        part = indices[start : start + _AT_ONCE]
        columns = (rows[name][part].tolist() for name in _OF_MESSAGE)
        for index, at, side, framing, protocol, begin, end, length, back, serial, lost in zip(
            part.tolist(), *columns, strict=True
        ):
            c, data, framed = conversations[at], bytes(kept[begin:end]), framings[framing]
            source, target = (c.client, c.server) if side else (c.server, c.client)
            # Positions, not names: there are hundreds of thousands.
            message = Message(
                data, length, side, c.transport, c.server_port, source, target, framed, back, serial, lost
            )
            yield index, protocols[protocol], message


class _Reading:
    """Every distinct message that a protocol claims, dissected: what each became, and its rows."""

    def __init__(self, result: CaptureResult, protocols: Mapping[str, Protocol]) -> None:
        self.result, self.protocols = result, protocols
        self.rows = _Rows()
        self.dissect = {name: (p.reader() if p.reader else p.dissect) for name, p in protocols.items()}
        self.became = np.zeros(len(result.messages), np.uint8)
        self.proven = np.zeros(len(result.messages), np.bool_)
        self.problems: dict[int, str] = {}  # of malformed messages of industrial protocols
        self.defects: defaultdict[tuple[str, str], int] = defaultdict(int)

    def read(self, messages: Iterable[tuple[int, str, Message]], *, probed: bool) -> None:
        """Dissect the messages; ``probed``: without asking whether they are of the protocol at all."""
        counts = self.result.messages.rows["count"]
        with Watchdog(limits().message_seconds, limits().input_seconds) as watchdog:
            for index, name, message in messages:
                if watchdog.spent:
                    self.defects[name, f"not looked at after {limits().input_seconds:,} s"] += int(counts[index])
                    continue
                protocol = self.protocols[name]
                watchdog.message = index
                try:
                    if not (probed or protocol.probe(message)):
                        self.became[index] = ALIEN
                        continue
                    found = [protocol.meant(r) if isinstance(r, Operation) else r for r in self.dissect[name](message)]
                    self.rows.add(index, found)
                    self.became[index] = GOOD
                    self.proven[index] = protocol.proof is not None and protocol.proof(message)
                except Malformed as error:
                    self._broken(index, protocol, error.what)
                except Exception as error:  # noqa: BLE001 - a dissector's defect must be counted and shown, not end the scan
                    self.defects[name, f"{type(error).__name__}: {error}"] += int(counts[index])

    def explain(self, messages: Iterable[tuple[int, str, Message]]) -> None:
        """What is wrong with messages that are not of the protocol that their port suggests."""
        with Watchdog(limits().message_seconds, limits().input_seconds) as watchdog:
            for index, name, message in messages:
                if watchdog.spent:
                    return
                watchdog.message = index
                try:
                    tuple(self.protocols[name].dissect(message))
                except Malformed as error:
                    self._problem(index, self.protocols[name], error.what)
                except Exception:  # noqa: BLE001 - it was never claimed to be one
                    self._problem(index, self.protocols[name], said("not a message of the protocol"))

    def _broken(self, index: int, protocol: Protocol, problem: Said) -> None:
        self.became[index] = MALFORMED
        self._problem(index, protocol, problem)

    def _problem(self, index: int, protocol: Protocol, problem: Said) -> None:
        if protocol.industrial and len(self.problems) < MOST_PROBLEMS:  # what general ones say may hold a secret
            self.problems[index] = sys.intern(problem.marked)


def understand(result: CaptureResult, protocols: Mapping[str, Protocol]) -> Understood:
    """Dissect every distinct message that a protocol claims; say which protocols each conversation really speaks."""
    reading = _Reading(result, protocols)
    reading.read(claimed(result), probed=False)
    belief = believe(result, protocols, reading.became, reading.proven)
    if _second_look(reading, belief):
        belief = believe(result, protocols, reading.became, reading.proven)
    understood = _understood(reading, belief)
    understood.defects = tuple(sorted(Defect(n, w, c) for (n, w), c in reading.defects.items()))
    return understood


def _second_look(reading: _Reading, belief: Belief) -> bool:
    """Messages that alone would not have been recognised, in conversations that are known to speak an industrial
    protocol: an unusual function among usual ones. Whether there are any.
    """
    wanted, doubtful = (np.zeros(len(reading.became), np.bool_) for _ in range(2))
    for claim in belief.claims:
        if reading.protocols[claim.protocol].industrial:
            (doubtful if claim.guessed else wanted)[claim.messages] = True
    alien = reading.became == ALIEN
    if (doubtful & alien).any():
        reading.explain(claimed(reading.result, doubtful & alien))
    if not (wanted & alien).any():
        return False
    reading.read(claimed(reading.result, wanted & alien), probed=True)
    return True


def _understood(reading: _Reading, belief: Belief) -> Understood:
    result, became = reading.result, reading.became
    operations = reading.rows.operations(belief.believed).sort("message", maintain_order=True)
    others = sorted((o for o in reading.rows.others if belief.believed[o[0]]), key=lambda o: o[0])
    understood = Understood(belief.believed & (became == GOOD), operations, others)
    claims = [c for c in belief.claims if len(c.messages)]
    group = np.full(len(became), -1, np.int64)
    for number, claim in enumerate(claims):
        group[claim.messages] = number
    verbs = _verbs(understood, group)
    secured = {int(group[index]) for index, row in others if isinstance(row, Session)}
    for number, claim in enumerate(claims):
        transport = result.conversations[claim.conversation].transport
        known = None if number in secured else _midway(verbs[number], reading.protocols[claim.protocol], transport)
        told = claim.messages[understood.was_understood[claim.messages]]
        if known and len(told):
            understood.midway.append((known, told))
        unread = reading.protocols[claim.protocol].unread
        if unread and len(told):
            understood.midway.append((Session(unread=unread), told))
    for at, found in belief.by_conversation.items():
        for claim in found:
            names = understood.suggested if claim.guessed else understood.spoken
            names[at] = (*names.get(at, ()), claim.protocol)
    for index, copy in enumerate(result.conversations):  # whose messages are with the original
        for names in (understood.spoken, understood.suggested):
            if copy.copy_of in names:
                names.setdefault(index, names[copy.copy_of])
    understood.malformed = [_broken(c, reading) for c in belief.claims if c.broken or c.strays]
    return understood


def _broken(claim: Claim, reading: _Reading) -> MalformedGroup:
    bad = (MALFORMED, ALIEN) if reading.protocols[claim.protocol].industrial else (MALFORMED,)
    messages = claim.messages[np.isin(reading.became[claim.messages], bad)]
    problems: defaultdict[str, int] = defaultdict(int)
    counts = reading.result.messages.rows["count"]
    for index in messages.tolist():
        if index in reading.problems:
            problems[reading.problems[index]] += int(counts[index])
    if claim.strays:
        problems[said("does not begin as a message of the protocol").marked] += claim.strays
    return MalformedGroup(claim, messages, sorted(problems, key=lambda p: (-problems[p], p))[:MOST_SHOWN])


def _verbs(understood: Understood, group: npt.NDArray[np.int64]) -> Mapping[int, set[str]]:
    """The verbs of the operations of each group of messages."""
    of = group[understood.operations["message"].to_numpy()]
    found: defaultdict[int, set[str]] = defaultdict(set)
    for number, verb in pl.DataFrame({"group": of, "verb": understood.operations["verb"]}).unique().iter_rows():
        found[number].add(verb)
    return found


def _midway(verbs: set[str], protocol: Protocol, transport: str) -> Session | None:
    """What messages show that say nothing of their session: what could be read was not encrypted. Datagrams that only
    look for others are no session; every protocol sends them in clear.
    """
    searches = transport != "tcp" and verbs <= {Verb.IDENTIFY}
    if not protocol.midway or searches:
        return None
    return Session(encrypted=False if verbs - _OPEN else None, detail=said(protocol.midway))
