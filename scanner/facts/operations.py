"""Operations with their outcome: requests joined to the answers that the kernel paired with them.

Captures may hold hundreds of thousands of distinct operations, so they are columns from the start: one row for each
operation of each distinct message, which are then summed up by what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.capture.result import FIRST_FRAMES, CaptureResult, DistinctMessage
from scanner.facts.frames import lists
from scanner.facts.understand import Understood
from scanner.protocols.base import Kind, Operation, Verb

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

_SAID = ("verb", "function", "code", "unit", "object", "detail", "filter")
_SUMMED = ("count", "accepted", "refused", "unanswered", "unobserved")
_KEYS = ("path", "seen_as", *_SAID)


class Path(NamedTuple):
    """Between whom an operation happened. ``swapped``: the conversation's server is the one who asks."""

    conversation: int  # index into CaptureResult.conversations
    protocol: str
    swapped: bool


@dataclass(slots=True)
class _Rows:
    """One row for each operation of each message, in the order of the messages."""

    operations: list[Operation] = field(default_factory=list)
    messages: list[int] = field(default_factory=list)  # index of the message that carries it
    first: dict[int, int] = field(default_factory=dict)  # message -> its first row
    size: dict[int, int] = field(default_factory=dict)  # message -> how many rows it has

    @classmethod
    def of(cls, understood: Understood) -> _Rows:
        rows = cls()
        operations, messages = rows.operations, rows.messages
        for index, found in understood.rows.items():
            before = len(operations)
            operations += [row for row in found if type(row) is Operation]
            size = len(operations) - before
            if size:
                rows.first[index] = before
                rows.size[index] = size
                messages += [index] * size
        return rows

    def of_message(self, index: int) -> Sequence[Operation]:
        start = self.first.get(index, 0)
        return self.operations[start : start + self.size.get(index, 0)]

    def of_kind(self, kind: Kind) -> Truths:
        return np.fromiter((o.kind is kind for o in self.operations), np.bool_, len(self.operations))


def operations(result: CaptureResult, understood: Understood) -> tuple[list[Path], pl.DataFrame]:
    """The distinct operations of a capture, and between whom they happened.

    The frame has the columns of the table ``operations`` that do not say between whom, and ``path``, an index into the
    list of paths.
    """
    rows = _Rows.of(understood)
    outcomes = _Outcomes(result, rows)
    paths, path = _paths(result.messages, rows, outcomes.request)
    seen_as = np.where(outcomes.request, "request", np.where(outcomes.notice, "notice", "response"))
    frame = pl.DataFrame(
        {
            "row": np.arange(len(rows.operations)),
            "path": path,
            "seen_as": pl.Series(seen_as.astype(object), dtype=pl.String),
            **{name: pl.Series([getattr(o, name) for o in rows.operations], dtype=pl.String) for name in _SAID},
            **{name: getattr(outcomes, name) for name in _SUMMED},
            "message": np.array(rows.messages, np.int64),
        }
    ).filter(pl.Series(outcomes.told))
    messages = [result.messages[index] for index in frame["message"].to_list()]
    frame = frame.with_columns(
        pl.Series("first_time", [m.first_time for m in messages], dtype=pl.Int64),
        pl.Series("last_time", [m.last_time for m in messages], dtype=pl.Int64),
    )
    summed = frame.group_by(_KEYS, maintain_order=True).agg(
        *(pl.col(name).sum() for name in _SUMMED),
        pl.col("first_time").min(),
        pl.col("last_time").max(),
        pl.col("row"),
    )
    group = summed.with_row_index("group").select(pl.col("group").cast(pl.Int64), "row").explode("row")
    return paths, summed.drop("row").with_columns(
        _frames(frame, messages, group, summed.height), _refusals(outcomes.refusals, group, summed.height)
    )


class _Outcomes:
    """What became of each row: arrays as long as the rows. ``told`` are those that are not another one's answer."""

    def __init__(self, result: CaptureResult, rows: _Rows) -> None:
        size = len(result.messages)
        of = np.array(rows.messages, np.int64)
        counted = np.fromiter((m.count for m in result.messages), np.int64, size)
        order = rows.of_kind(Kind.ORDER)
        self.request, self.notice = rows.of_kind(Kind.REQUEST) | order, rows.of_kind(Kind.NOTICE)
        refusal = rows.of_kind(Kind.REFUSAL)
        refusing = np.zeros(size, np.bool_)
        refusing[of[refusal]] = True
        self.refusals: dict[int, dict[str, int]] = {}  # row -> reason -> how often

        carrying = np.zeros(size, np.bool_)
        carrying[of] = True
        pairs = [p for p in result.pairings if carrying[p.response]]
        asked, answer, times = (
            np.fromiter(numbers, np.int64, len(pairs))
            for numbers in ((p.request for p in pairs), (p.response for p in pairs), (p.count for p in pairs))
        )
        paired, answered = _sums(answer, times, size), _sums(asked, times, size)
        positive = ~refusing[answer]
        accepted = _sums(asked[positive], times[positive], size)

        alone = counted - paired  # answers whose request was not captured
        response = ~self.request & ~self.notice
        self.told: Truths = ~response | (alone[of] > 0)
        self.count: Numbers = np.where(response, alone[of], counted[of])
        self.accepted: Numbers = np.where(self.request, accepted[of], 0)
        self.refused: Numbers = np.zeros(len(of), np.int64)
        missing = np.maximum(0, counted - answered)[of]
        awaited = _answers_visible(result)[of] & ~order
        self.unanswered: Numbers = np.where(self.request & awaited, missing, 0)
        self.unobserved: Numbers = np.where(self.request & ~awaited, missing, np.where(self.notice, counted[of], 0))

        for request, refuser, count in zip(*(n[~positive].tolist() for n in (asked, answer, times)), strict=True):
            self._answer(rows, request, rows.of_message(refuser), count)
        refusing_alone = response & self.told & refusing[of]
        self.accepted[response & self.told & ~refusing_alone] = alone[of][response & self.told & ~refusing_alone]
        for row in np.flatnonzero(refusing_alone).tolist():
            index = rows.messages[row]
            found, place = rows.of_message(index), row - rows.first[index]
            answering = [o.kind is not Kind.NOTICE for o in found]  # what else is reported may stand before it
            self._settle(row, _refusal(found, sum(answering[:place]), sum(answering)), int(alone[index]))

    def _answer(self, rows: _Rows, request: int, answer: Sequence[Operation], count: int) -> None:
        size = rows.size.get(request, 0)
        for position in range(size):
            row = rows.first[request] + position
            if self.request[row]:
                self._settle(row, _refusal(answer, position, size), count)

    def _settle(self, row: int, refusal: str | None, count: int) -> None:
        if refusal is None:
            self.accepted[row] += count
        else:
            self.refused[row] += count
            reasons = self.refusals.setdefault(row, {})
            reasons[refusal] = reasons.get(refusal, 0) + count


def _sums(places: Numbers, numbers: Numbers, size: int) -> Numbers:
    """``numbers`` added up by place."""
    total = np.zeros(size, np.int64)
    np.add.at(total, places, numbers)
    return total


def _answers_visible(result: CaptureResult) -> Truths:
    """For each message whether the answering side of its conversation was captured at all."""
    packets = np.array([(c.client_packets, c.server_packets) for c in result.conversations], np.int64).reshape(-1, 2)
    place = np.fromiter((m.conversation for m in result.messages), np.int64, len(result.messages))
    side = np.fromiter((m.from_client for m in result.messages), np.int64, len(result.messages))
    return packets[place, side] > 0


def _paths(messages: Sequence[DistinctMessage], rows: _Rows, request: Truths) -> tuple[list[Path], Numbers]:
    """The distinct paths, and for each row which it is."""
    known: dict[tuple[int, str, bool], int] = {}
    numbers = []
    for index, operation, asks in zip(rows.messages, rows.operations, request.tolist(), strict=True):
        message = messages[index]
        swapped = asks and not message.from_client and operation.verb is not Verb.SESSION
        numbers.append(known.setdefault((message.conversation, message.protocol, swapped), len(known)))
    return [Path(*path) for path in known], np.array(numbers, np.int64)


def _refusal(response: Sequence[Operation], position: int, expected: int) -> str | None:
    """Why the answer refuses the operation at ``position`` of its request; None when it does not.

    An answer with as many rows as the request answers one by one; any other refusal speaks of all. What an answer
    reports besides (notices, behind the others) is no part of this.
    """
    response = [row for row in response if row.kind is not Kind.NOTICE]
    rows: Iterable[Operation] = (response[position],) if len(response) == expected else response
    for row in rows:
        if row.kind is Kind.REFUSAL:
            return row.refusal or row.function
    return None


def _frames(rows: pl.DataFrame, messages: Sequence[DistinctMessage], group: pl.DataFrame, height: int) -> pl.Series:
    """The first frame numbers of each group."""
    numbers = rows["row"].to_list()
    seen = pl.DataFrame(
        {
            "row": pl.Series([n for n, m in zip(numbers, messages, strict=True) for _ in m.frames], dtype=pl.Int64),
            "frames": pl.Series([f for m in messages for f in m.frames], dtype=pl.Int64),
        }
    )
    seen = seen.join(group, on="row").select("group", "frames").unique().sort("group", "frames")
    return lists(seen.group_by("group", maintain_order=True).head(FIRST_FRAMES), "group", "frames", height)


def _refusals(reasons: dict[int, dict[str, int]], group: pl.DataFrame, height: int) -> pl.Series:
    """The reasons of each group with their counts."""
    told = [(row, reason, count) for row, counts in reasons.items() for reason, count in counts.items()]
    seen = pl.DataFrame(told, schema={"row": pl.Int64, "reason": pl.String, "count": pl.Int64}, orient="row")
    seen = seen.join(group, on="row").group_by("group", "reason").agg(pl.col("count").sum()).sort("group", "reason")
    seen = seen.select("group", pl.format("{} ({})", "reason", "count").alias("refusals"))
    return lists(seen, "group", "refusals", height)
