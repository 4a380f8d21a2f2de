"""Distinct messages to meaning: each is given once to its protocol's dissector, and each conversation is believed to
speak a protocol only when its messages bear that out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from operator import attrgetter

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.capture.result import CaptureResult
from scanner.facts.frames import Defect
from scanner.facts.watchdog import Watchdog
from scanner.protocols.base import (
    Identity,
    Kind,
    Malformed,
    Message,
    Operation,
    Protocol,
    Publication,
    Row,
    Session,
    Verb,
)

# Shares of messages (weighted by how often they were seen) that must bear a protocol out. On its own port a protocol
# is expected and damage is a finding; away from it, a recognition must be nearly perfect.
AT_PORT = 0.5
AWAY_FROM_PORT = 0.9
_OPEN = {Verb.SESSION, Verb.IDENTIFY, Verb.UNKNOWN}  # may be in clear beside encrypted messages

SAID = tuple(f.name for f in fields(Operation))
_OPERATIONS = {"message": pl.Int64(), **dict.fromkeys(SAID, pl.String())}
_OF_MESSAGE = ("conversation", "from_client", "framing", "protocol", "start", "end", "length", "set_back")
_AT_ONCE = 2048  # messages and operations that are Python objects at one time: few enough for a processor's cache


@dataclass
class Understood:
    """What one capture's messages mean; of messages of accepted protocols only.

    told: for each message whether it was understood.
    operations: a row for each, in the order of messages: ``message``, the index of the one that carries it, and the
        fields of Operation, since there may be hundreds of thousands. others: (message, row), in the same order.
    spoken: conversation index -> accepted protocol names, the most used first.
    malformed: conversation index -> messages of accepted protocols that break their specification.
    midway: what is known of each session of which nothing captured shows its protection, and the messages it is known
        from.
    """

    told: npt.NDArray[np.bool_]
    operations: pl.DataFrame
    others: list[tuple[int, Identity | Session | Publication]]
    spoken: dict[int, tuple[str, ...]] = field(default_factory=dict)
    malformed: dict[int, int] = field(default_factory=dict)
    midway: list[tuple[Session, npt.NDArray[np.int64]]] = field(default_factory=list)
    defects: tuple[Defect, ...] = ()

    @cached_property
    def rows(self) -> dict[int, tuple[Row, ...]]:
        """Message index -> its rows, operations first; made when somebody asks, for pages about few messages."""
        found: dict[int, tuple[Row, ...]] = dict.fromkeys(np.flatnonzero(self.told).tolist(), ())
        for index, verb, function, kind, *more in self.operations.iter_rows():
            found[index] += (Operation(Verb(verb), function, Kind(kind), *more),)
        for index, row in self.others:
            found[index] += (row,)
        return found


class _Rows:
    """The rows of messages as they are understood: operations become columns a few thousand at a time."""

    def __init__(self) -> None:
        self.others: list[tuple[int, Identity | Session | Publication]] = []
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
        self._frames.append(pl.DataFrame({"message": self._messages, **columns}, schema=_OPERATIONS))
        self._operations, self._messages = [], []

    def operations(self, believed: npt.NDArray[np.bool_]) -> pl.DataFrame:
        """Those of messages that are ``believed``."""
        self._settle()
        frames, self._frames = self._frames, []
        return pl.concat([f.filter(pl.Series(believed[f["message"].to_numpy()])) for f in frames])


def claimed(result: CaptureResult) -> Iterator[tuple[int, str, Message]]:
    """(index, protocol, the message as its dissector gets it) of every distinct message that some protocol's case met,
    without those of framings that the kernel tried away from their port and gave up.
    """
    messages, conversations = result.messages, result.conversations
    rows, kept, framings, protocols = messages.rows, messages.kept, messages.framings, messages.protocols
    met = np.array([bool(name) for name in protocols], np.bool_)[rows["protocol"]]
    indices = np.flatnonzero(met & (rows["confirmed"] | rows["by_port"]))
    for start in range(0, len(indices), _AT_ONCE):
        part = indices[start : start + _AT_ONCE]
        columns = (rows[name][part].tolist() for name in _OF_MESSAGE)
        for index, at, side, framing, protocol, begin, end, length, back in zip(part.tolist(), *columns, strict=True):
            c, data, framed = conversations[at], bytes(kept[begin:end]), framings[framing]
            source, target = (c.client, c.server) if side else (c.server, c.client)
            # Positions, not names: there are hundreds of thousands.
            message = Message(data, length, side, c.transport, c.server_port, source, target, framed, back)
            yield index, protocols[protocol], message


_GOOD, _MALFORMED, _ALIEN = 1, 2, 3  # what a message was to its protocol; 0: not looked at, or a defect


def understand(result: CaptureResult, protocols: Mapping[str, Protocol]) -> Understood:
    """Dissect every distinct message that a protocol claims; say which protocols each conversation really speaks."""
    defects: defaultdict[tuple[str, str], int] = defaultdict(int)
    speech = {name: (protocol.probe, protocol.dissect) for name, protocol in protocols.items()}
    rows = _Rows()
    became = bytearray(len(result.messages))
    with Watchdog() as watchdog:
        for index, protocol, message in claimed(result):
            probe, dissect = speech[protocol]
            watchdog.message = index
            try:
                if not probe(message):
                    became[index] = _ALIEN
                    continue
                rows.add(index, tuple(dissect(message)))
                became[index] = _GOOD
            except Malformed:
                became[index] = _MALFORMED
            except Exception as error:  # noqa: BLE001 - a dissector's defect must be counted and shown, not end the scan
                defects[protocol, f"{type(error).__name__}: {error}"] += int(result.messages.rows["count"][index])
    understood = _accepted(result, protocols, rows, np.frombuffer(became, np.uint8))
    understood.defects = tuple(sorted(Defect(n, w, c) for (n, w), c in defects.items()))
    return understood


def _accepted(
    result: CaptureResult, protocols: Mapping[str, Protocol], rows: _Rows, became: npt.NDArray[np.uint8]
) -> Understood:
    """Of the messages of one conversation that one protocol claims all are believed or none."""
    messages, names = result.messages.rows, result.messages.protocols
    claims, group = np.unique(
        messages["conversation"].astype(np.int64) << 32 | messages["protocol"], return_inverse=True
    )

    def total(which: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        counts = np.zeros(len(claims), np.int64)
        np.add.at(counts, group[which], messages["count"][which])
        return counts

    good, malformed, alien = (total(became == outcome) for outcome in (_GOOD, _MALFORMED, _ALIEN))
    share = np.where(total(messages["by_port"]) > 0, AT_PORT, AWAY_FROM_PORT)
    accepted = (good > 0) & (good >= share * (good + malformed + alien))

    believed = accepted[group]
    others = [(index, row) for index, row in rows.others if believed[index]]
    understood = Understood(believed & (became == _GOOD), rows.operations(believed), others)
    spoken: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    verbs, told = _verbs(understood, group), _by_group(np.flatnonzero(understood.told), group, len(claims))
    secured = {int(group[index]) for index, row in others if isinstance(row, Session)}
    for claim in np.flatnonzero(accepted).tolist():
        conversation, protocol = int(claims[claim]) >> 32, names[int(claims[claim]) & 0xFFFFFFFF]
        transport = result.conversations[conversation].transport
        known = None if claim in secured else _midway(verbs[claim], protocols[protocol], transport)
        if known:
            understood.midway.append((known, told[claim]))
        spoken[conversation].append((-int(good[claim]), protocol))
        if malformed[claim]:
            understood.malformed[conversation] = understood.malformed.get(conversation, 0) + int(malformed[claim])
    understood.spoken = {
        conversation: tuple(name for _, name in sorted(found)) for conversation, found in spoken.items()
    }
    return understood


def _verbs(understood: Understood, group: npt.NDArray[np.int64]) -> Mapping[int, set[str]]:
    """The verbs of the operations of each group of messages."""
    of = group[understood.operations["message"].to_numpy()]
    found: defaultdict[int, set[str]] = defaultdict(set)
    for number, verb in pl.DataFrame({"group": of, "verb": understood.operations["verb"]}).unique().iter_rows():
        found[number].add(verb)
    return found


def _by_group(indices: npt.NDArray[np.int64], group: npt.NDArray[np.int64], groups: int) -> list[npt.NDArray[np.int64]]:
    """The indices of each group."""
    order = indices[np.argsort(group[indices], kind="stable")]
    return np.split(order, np.searchsorted(group[order], np.arange(1, groups)))


def _midway(verbs: set[str], protocol: Protocol, transport: str) -> Session | None:
    """What messages show that say nothing of their session: what could be read was not encrypted. Datagrams that only
    look for others are no session; every protocol sends them in clear.
    """
    searches = transport != "tcp" and verbs <= {Verb.IDENTIFY}
    if not protocol.midway or searches:
        return None
    return Session(encrypted=False if verbs - _OPEN else None, detail=protocol.midway)
