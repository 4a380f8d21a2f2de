"""Distinct messages to rows: each is given to its protocol's dissector, those that say the same once for all."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.capture.kernel.messages.equal_rows import first_equal
from scanner.capture.result import CaptureResult
from scanner.facts.belief import ALIEN, CUT, GOOD, MALFORMED
from scanner.facts.carried import Carried
from scanner.facts.statements import Statements
from scanner.facts.watchdog import Watchdog
from scanner.facts.watched import Watched
from scanner.limits import limits
from scanner.protocols.base import Beside, Malformed, Message, Operation, Protocol, Row, Verb
from scanner.provenance import Defect
from scanner.wording import Said, marked, said

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

SAID = tuple(f.name for f in fields(Operation))
TOLD = ("unit", "detail")  # fields that hold sentences
MOST_PROBLEMS = 10_000  # malformed messages of which it is kept what is wrong with them
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
    "opener",
)
_AT_ONCE = 2048  # messages and operations that are Python objects at one time: few enough for a processor's cache


class _Rows:
    """The rows of messages as they are understood: operations become columns a few thousand at a time."""

    def __init__(self) -> None:
        self._frames: list[pl.DataFrame] = []
        self._operations: list[Operation] = []
        self._messages: list[int] = []
        self._beside: dict[Beside, int] = {}  # most messages say what others said
        self._stated: list[tuple[int, int]] = []  # message and number of the row

    def add(self, index: int, rows: Sequence[Row]) -> None:
        for row in rows:
            if isinstance(row, Operation):
                self._operations.append(row)
                self._messages.append(index)
            else:
                self._stated.append((index, self._beside.setdefault(row, len(self._beside))))
        if len(self._operations) >= _AT_ONCE:
            self._settle()

    def _settle(self) -> None:
        columns = {name: list(map(attrgetter(name), self._operations)) for name in SAID}
        for name in TOLD:
            columns[name] = list(map(marked, columns[name]))
        self._frames.append(pl.DataFrame({"message": self._messages, **columns}, schema=_OPERATIONS))
        self._operations, self._messages = [], []

    def operations(self) -> pl.DataFrame:
        self._settle()
        frames, self._frames = self._frames, []
        return pl.concat(frames).sort("message", maintain_order=True)

    def others(self) -> Statements[Beside]:
        stated = np.array(self._stated, np.int64).reshape(-1, 2)
        message, row = stated[np.argsort(stated[:, 0], kind="stable")].T
        return Statements(message, row, tuple(self._beside))


class Dissection:
    """Every distinct message that a protocol claims, dissected: what each became, and its rows.

    What is known of a message is kept for the one that was dissected in its place: ``like``. That is itself where
    somebody asked between whom it was sent (``Watched``), as readers do that go by what came before.
    """

    def __init__(self, result: CaptureResult, protocols: Mapping[str, Protocol]) -> None:
        self.result, self.protocols = result, protocols
        here = {name: protocols[name] for name in result.messages.protocols if name in protocols}
        self.dissect = {name: (p.reader() if p.reader else p.dissect) for name, p in here.items()}
        self.became = np.zeros(len(result.messages), np.uint8)
        self.cut = result.messages.rows["cut"]
        self.proven = np.zeros(len(result.messages), np.bool_)
        self.like: Numbers = np.arange(len(result.messages))
        self._rows = _Rows()
        self._problems: dict[int, str] = {}  # of malformed messages of industrial protocols
        self._defects: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        self._alike = _alike(result, protocols)

    def read(self, wanted: Truths | None = None, *, probed: bool = False) -> None:
        """Dissect what protocols claim; ``wanted``: of these messages only; ``probed``: without asking whether they are
        of the protocol at all.
        """
        indices = _claimed(self.result, wanted)
        with Watchdog(limits().message_seconds, limits().input_seconds) as watchdog:
            for index, name, message in self._due(indices):
                if watchdog.spent:
                    self._defects[name, f"not looked at after {limits().input_seconds:,} s"].append(index)
                    continue
                watchdog.message = index
                try:
                    self.became[index] = self._look(index, self.protocols[name], message, probed=probed)
                except Malformed as error:
                    self.became[index] = CUT if self.cut[index] else MALFORMED
                    if not self.cut[index]:  # what lacks may be as it should
                        self._problem(index, self.protocols[name], error.what)
                except Exception as error:  # noqa: BLE001 - a dissector's defect must be counted and shown, not end the scan
                    self._defects[name, f"{type(error).__name__}: {error}"].append(index)
        self.became[indices] = self.became[self.like[indices]]
        self.proven[indices] = self.proven[self.like[indices]]

    def explain(self, wanted: Truths) -> None:
        """Find out what is wrong with messages that are not of the protocol that their port suggests."""
        with Watchdog(limits().message_seconds, limits().input_seconds) as watchdog:
            for index, name, message in self._due(_claimed(self.result, wanted)):
                if watchdog.spent:
                    return
                watchdog.message = index
                try:
                    tuple(self.protocols[name].dissect(message))
                except Malformed as error:
                    self._problem(index, self.protocols[name], error.what)
                except Exception:  # noqa: BLE001 - it was never claimed to be one
                    self._problem(index, self.protocols[name], said("not a message of the protocol"))

    def operations(self, of: Truths) -> Carried:
        """The operations of these messages, all of them good."""
        known = self._rows.operations()
        message, text = self._carried(of, known["message"].to_numpy())
        return Carried(message, text, known.drop("message"))

    def others(self, of: Truths) -> Statements[Beside]:
        """All other rows of these messages, all of them good."""
        known = self._rows.others()
        message, place = self._carried(of, known.message)
        return Statements(message, known.row[place], known.rows)

    def _carried(self, of: Truths, known: Numbers) -> tuple[Numbers, Numbers]:
        """Each of these messages as often as it has rows, and which rows. known: the message of each row, in order."""
        messages = np.flatnonzero(of)
        first, end = (np.searchsorted(known, self.like[messages], side) for side in ("left", "right"))
        many = end - first
        return np.repeat(messages, many), np.repeat(first - np.cumsum(many) + many, many) + np.arange(many.sum())

    def problems(self, messages: Numbers) -> dict[str, int]:
        """What is wrong with these messages -> how often; the worst of many only (``MOST_PROBLEMS``)."""
        found: defaultdict[str, int] = defaultdict(int)
        counts = self.result.messages.rows["count"]
        for index, own in _pairs(messages, self.like[messages]):
            if own in self._problems:
                found[self._problems[own]] += int(counts[index])
        return found

    def defects(self) -> Iterator[Defect]:
        """What dissectors could not cope with."""
        counts = np.zeros(len(self.like), np.int64)
        np.add.at(counts, self.like, self.result.messages.rows["count"])
        return (Defect(name, what, int(counts[at].sum())) for (name, what), at in sorted(self._defects.items()))

    def _look(self, index: int, protocol: Protocol, message: Message, *, probed: bool) -> int:
        """What the message is to its protocol; its rows are kept."""
        if not (probed or protocol.probe(message)):
            return ALIEN
        found = self.dissect[protocol.name](message)
        rows = [protocol.meant(r) if isinstance(r, Operation) else r for r in found]
        if self.cut[index] and any(isinstance(r, Operation) and r.verb is Verb.UNKNOWN_FUNCTION for r in rows):
            return CUT  # its function may be in what lacks
        self._rows.add(index, rows)
        self.proven[index] = protocol.proof is not None and protocol.proof(message)
        return GOOD

    def _problem(self, index: int, protocol: Protocol, problem: Said) -> None:
        if protocol.industrial and len(self._problems) < MOST_PROBLEMS:  # what general ones say may hold a secret
            self._problems[index] = sys.intern(problem.marked)

    def _due(self, indices: Numbers) -> Iterator[tuple[int, str, Watched]]:
        """(index, protocol, message) of each message that has to be dissected, in their order, by which readers go.

        Those that say the same as a good one before are like it, unless it was asked between whom it was sent.
        """
        _, first, group = np.unique(self._alike[indices], return_index=True, return_inverse=True)
        known, apart = np.zeros((2, len(first)), np.bool_)  # groups: what they mean whoever sends them, or not
        try:
            for start in range(0, len(indices), _AT_ONCE):
                groups = group[start : start + _AT_ONCE]
                wanted = ~known[groups]
                part, groups = indices[start : start + _AT_ONCE][wanted], groups[wanted]
                due = apart[groups]  # for certain; others only where the first that says the same turns out to be
                due[np.unique(groups, return_index=True)[1]] = True
                rows = _rows(self.result, part[due])
                for index, number, certain in zip(part.tolist(), groups.tolist(), due.tolist(), strict=True):
                    if certain or not known[number]:
                        one = _message(self.result, next(rows if certain else _rows(self.result, np.array([index]))))
                        yield one
                        apart[number] |= bool(one[2].asked) or self.became[index] != GOOD
                        known[number] = not apart[number]
        finally:
            self.like[indices] = np.where(known[group], indices[first[group]], indices)


def claimed(result: CaptureResult) -> Iterator[tuple[int, str, Message]]:
    """(index, protocol, the message as its dissector gets it) of every distinct message that a protocol claims."""
    return messages_at(result, _claimed(result))


def messages_at(result: CaptureResult, indices: Numbers) -> Iterator[tuple[int, str, Message]]:
    """(index, protocol, the message as its dissector gets it) of these distinct messages."""
    return (_message(result, row) for row in _rows(result, indices))


def _claimed(result: CaptureResult, wanted: Truths | None = None) -> Numbers:
    """Messages that some protocol's case met, without those of framings that the kernel tried away from their port and
    gave up.
    """
    rows = result.messages.rows
    met = np.array([bool(name) for name in result.messages.protocols], np.bool_)[rows["protocol"]]
    met &= rows["confirmed"] | rows["by_port"]
    return np.flatnonzero(met if wanted is None else met & wanted)


def _rows(result: CaptureResult, indices: Numbers) -> Iterator[tuple[Any, ...]]:
    """(index, ``_OF_MESSAGE``) of each message."""
    for start in range(0, len(indices), _AT_ONCE):
        part = indices[start : start + _AT_ONCE]
        yield from zip(part.tolist(), *(result.messages.rows[name][part].tolist() for name in _OF_MESSAGE), strict=True)


def _message(result: CaptureResult, row: tuple[Any, ...]) -> tuple[int, str, Watched]:
    """(index, protocol, the message) of a row."""
    messages = result.messages
    index, at, side, framing, protocol, begin, end, length, back, serial, lost, opened = row
    opener = _message(result, next(_rows(result, np.array([opened - 1]))))[2] if 0 < opened <= index else None
    c, data, framed = result.conversations[at], bytes(messages.kept[begin:end]), messages.framings[framing]
    source, target = (c.client, c.server) if side else (c.server, c.client)
    # Positions, not names: there are hundreds of thousands.
    message = Watched(
        data, length, side, c.transport, c.server_port, source, target, framed, back, serial, lost, opener
    )
    return index, messages.protocols[protocol], message


def _alike(result: CaptureResult, protocols: Mapping[str, Protocol]) -> Numbers:
    """A number for each message, the same for those that their dissector may take for the same: all of their bytes are
    where their key does not tell everything. Some look the same in two protocols.
    """
    rows = result.messages.rows
    loose = np.array([bool(name) and bool(protocols[name].beyond_key) for name in result.messages.protocols], np.bool_)
    content = rows["content"].copy()
    places = np.flatnonzero(loose[rows["protocol"]])
    words = content[places].astype(np.uint64)[:, None]
    same = first_equal(words, result.messages.kept, rows["start"][places], rows["end"][places])
    content[places] = places[same]
    kinds: dict[tuple[str, int], int] = {}
    kind = np.array(
        [kinds.setdefault((c.transport, c.server_port), len(kinds)) for c in result.conversations], np.int64
    )
    apart = kind[rows["conversation"]] * max(1, len(result.messages.protocols)) + rows["protocol"]
    alike: Numbers = content * max(1, len(kinds) * len(result.messages.protocols)) + apart
    return alike


def _pairs(some: Numbers, others: Numbers) -> Iterator[tuple[int, int]]:
    return zip(some.tolist(), others.tolist(), strict=True)
