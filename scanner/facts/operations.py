"""Operations with their outcome: requests joined to the answers that the kernel paired with them.

Captures may hold hundreds of thousands of distinct operations, so they are columns from the start: one row for each
operation of each distinct message, which are then summed up by what they say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from scanner.capture.result import FIRST_FRAMES, CaptureResult, Messages
from scanner.facts.frames import lists
from scanner.facts.rates import busiest, counted, moments
from scanner.facts.understand import Understood
from scanner.protocols.base import WRITES, Kind, Verb

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
_Refusals = dict[int, dict[str, int]]  # row -> reason -> how often

_SAID = ("verb", "function", "code", "unit", "object", "detail", "filter")
_SUMMED = ("count", "accepted", "refused", "unanswered", "unobserved")
_KEYS = ("path", "seen_as", *_SAID)
_AT_ONCE = 65_536  # rows that are summed up together: a grouping by so many texts takes much memory in passing


class Path(NamedTuple):
    """Between whom an operation happened. ``swapped``: the conversation's server is the one who asks."""

    conversation: int  # index into CaptureResult.conversations
    protocol: str
    swapped: bool


def operations(result: CaptureResult, understood: Understood) -> tuple[list[Path], pl.DataFrame]:
    """The distinct operations of a capture, and between whom they happened.

    The frame has the columns of the table ``operations`` that do not say between whom, and ``path``, an index into the
    list of paths.
    """
    rows = understood.operations
    outcomes = _Outcomes(result, rows)
    message = rows["message"].to_numpy()
    paths, path = _paths(result.messages, message, outcomes.request & (rows["verb"] != Verb.SESSION).to_numpy())
    turn = (np.cumsum(np.bincount(path)) // _AT_ONCE)[path]
    written = rows["verb"].is_in(WRITES).to_numpy() & outcomes.own & ~outcomes.notice
    writes = _writes(result.messages, outcomes, np.flatnonzero(written), path, message)
    parts = []
    for number in range(turn.max(initial=0) + 1):  # no two paths have an operation in common
        places = np.flatnonzero(outcomes.own & (turn == number))
        conversation = result.messages.rows["conversation"][message[places]]
        places = places[np.argsort(conversation, kind="stable")]
        frame = rows.select(_SAID)[places].with_columns(
            pl.Series("row", places),
            pl.Series("path", path[places]),
            pl.when(pl.Series(outcomes.request[places]))
            .then(pl.lit("request"))
            .when(pl.Series(outcomes.notice[places]))
            .then(pl.lit("notice"))
            .otherwise(pl.lit("response"))
            .alias("seen_as"),
            *(pl.Series(name, result.messages.rows[name][message[places]]) for name in ("first_time", "last_time")),
            *(pl.Series(name, getattr(outcomes, name)[places]) for name in _SUMMED),
        )
        found = _summed(frame, result.messages, message, outcomes)
        parts.append(found.with_columns(_beside(found, *writes)))
    return paths, pl.concat(parts)


def _writes(
    messages: Messages, outcomes: _Outcomes, places: Numbers, path: Numbers, message: Numbers
) -> tuple[Numbers, Numbers]:
    """The busiest minute of all writes of each path: how many, and which minute. Each message counts once, however
    many objects it writes. places: of the rows that write.
    """
    _, once = np.unique(path[places] << 32 | message[places], return_index=True)
    places = places[once]
    paths = int(path.max(initial=-1)) + 1
    return busiest(messages, message[places], path[places], paths, outcomes.elsewhere[places])


def _beside(found: pl.DataFrame, most: Numbers, at: Numbers) -> Iterator[pl.Series]:
    """``writes_busiest_minute`` and its time of each operation that writes."""
    path = found["path"].to_numpy()
    write = (found["verb"].is_in(WRITES) & (found["seen_as"] != "notice")).to_numpy()
    yield counted("writes_busiest_minute", np.where(write, most[path], 0))
    yield moments("writes_busiest_time", np.where(write, at[path], 0))


def _summed(rows: pl.DataFrame, messages: Messages, message: Numbers, outcomes: _Outcomes) -> pl.DataFrame:
    """The rows that say the same as one."""
    summed = rows.group_by(_KEYS, maintain_order=True).agg(
        *(pl.col(name).sum() for name in _SUMMED),
        pl.col("first_time").min(),
        pl.col("last_time").max(),
        pl.col("row"),
    )
    group = summed.select(pl.int_range(summed.height).alias("group"), "row").explode("row")
    of, place = group["group"].to_numpy(), group["row"].to_numpy()
    most, _ = busiest(messages, message[place], of, summed.height, outcomes.elsewhere[place])
    return summed.drop("row").with_columns(
        first_frames(messages, message[place], of, summed.height),
        *_reasons(outcomes.refusals, group, summed.height),
        counted("busiest_minute", most),
    )


class _Answer(NamedTuple):
    """What one operation of an answer says of success."""

    kind: str
    refusal: str
    function: str


class _Outcomes:
    """What became of each row: arrays as long as the rows. ``own`` are those that are not another one's answer;
    ``elsewhere``: how often the message was one all the same, and so is counted with what it answers, or was a request
    that was only sent again.
    """

    def __init__(self, result: CaptureResult, rows: pl.DataFrame) -> None:
        of = rows["message"].to_numpy()
        messages, pairs = result.messages.rows, result.pairings
        size, counted = len(messages), messages["count"]
        self._first = np.searchsorted(of, np.arange(size + 1))  # row at which each message begins
        self._rows = rows

        def of_kind(kind: Kind) -> Truths:
            return (rows["kind"] == kind).to_numpy()

        order = of_kind(Kind.UNCONFIRMED)
        self.request, self.notice = of_kind(Kind.REQUEST) | order, of_kind(Kind.NOTICE)
        refusal = of_kind(Kind.REFUSAL)
        refusing = np.zeros(size, np.bool_)
        refusing[of[refusal]] = True
        self.refusals: _Refusals = {}

        carrying = np.zeros(size, np.bool_)
        carrying[of] = True
        again = pairs["request"] == pairs["response"]
        repeated = _sums(pairs["request"][again], pairs["count"][again], size)
        pairs = pairs[carrying[pairs["response"]] & ~again]
        asked, answer, times = pairs["request"], pairs["response"], pairs["count"]
        paired, answered = _sums(answer, times, size), _sums(asked, times, size)
        positive = ~refusing[answer]
        accepted = _sums(asked[positive], times[positive], size)

        alone = counted - paired  # answers whose request was not captured
        asks = counted - repeated
        response = ~self.request & ~self.notice
        self.own: Truths = ~response | (alone[of] > 0)
        self.elsewhere: Numbers = np.where(response, paired[of], repeated[of])
        self.count: Numbers = np.where(response, alone[of], asks[of])
        self.accepted: Numbers = np.where(self.request, accepted[of], 0)
        self.refused: Numbers = np.zeros(len(of), np.int64)
        missing = np.maximum(0, asks - answered)[of]
        awaited = _answers_visible(result)[of] & ~order
        self.unanswered: Numbers = np.where(self.request & awaited, missing, 0)
        self.unobserved: Numbers = np.where(self.request & ~awaited, missing, np.where(self.notice, counted[of], 0))

        for request, refuser, count in zip(*(n[~positive].tolist() for n in (asked, answer, times)), strict=True):
            self._answer(request, self._answers(refuser), count)
        refusing_alone = response & self.own & refusing[of]
        self.accepted[response & self.own & ~refusing_alone] = alone[of][response & self.own & ~refusing_alone]
        for row in np.flatnonzero(refusing_alone).tolist():
            index = int(of[row])
            found, place = self._answers(index), row - int(self._first[index])
            answering = [answer.kind != Kind.NOTICE for answer in found]  # what else is reported may stand before it
            self._settle(row, _refusal(found, sum(answering[:place]), sum(answering)), int(alone[index]))

    def _answers(self, message: int) -> list[_Answer]:
        """What the message says of the success of what it answers, row by row."""
        rows = self._rows[self._first[message] : self._first[message + 1]]
        return [_Answer(*row) for row in rows.select(_Answer._fields).iter_rows()]

    def _answer(self, request: int, answer: list[_Answer], count: int) -> None:
        first, end = self._first[request : request + 2].tolist()
        for row in range(first, end):
            if self.request[row]:
                self._settle(row, _refusal(answer, row - first, end - first), count)

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
    """For each message whether the answering side of its conversation was captured at all, wherever."""
    packets = np.array([(c.client_packets, c.server_packets) for c in result.conversations], np.int64).reshape(-1, 2)
    original = np.array([c.copy_of for c in result.conversations], np.int64)
    copies = np.flatnonzero(original >= 0)
    np.add.at(packets, original[copies], packets[copies])
    messages = result.messages.rows
    visible: Truths = packets[messages["conversation"], messages["from_client"].astype(np.int64)] > 0
    return visible


def _paths(messages: Messages, message: Numbers, asks: Truths) -> tuple[list[Path], Numbers]:
    """The distinct paths, and for each row which it is; ``asks``: whoever sends it is the client of its operation."""
    conversation, protocol, from_client = (
        messages.rows[n][message] for n in ("conversation", "protocol", "from_client")
    )
    key = conversation.astype(np.int64) << 32 | protocol << 1 | (asks & ~from_client)
    known, path = np.unique(key, return_inverse=True)
    return [Path(k >> 32, messages.protocols[(k & 0xFFFFFFFF) >> 1], bool(k & 1)) for k in known.tolist()], path


def _refusal(response: list[_Answer], position: int, expected: int) -> str | None:
    """Why the answer refuses the operation at ``position`` of its request; None when it does not.

    An answer with as many rows as the request answers one by one; any other refusal speaks of all. What an answer
    reports besides (notices, behind the others) is no part of this.
    """
    response = [row for row in response if row.kind != Kind.NOTICE]
    rows: Iterable[_Answer] = (response[position],) if len(response) == expected else response
    for row in rows:
        if row.kind == Kind.REFUSAL:
            return row.refusal or row.function
    return None


def first_frames(messages: Messages, message: Numbers, group: Numbers, height: int) -> pl.Series:
    """The first frame numbers of each group below ``height``; a ``message`` (index) is in the ``group`` beside it."""
    counts = np.minimum(messages.rows["count"][message], FIRST_FRAMES)
    frames = messages.rows["frames"][message][np.arange(FIRST_FRAMES) < counts[:, None]]
    seen = np.unique(np.repeat(group, counts) << 32 | frames)  # frames have 32 bits
    of, frame = seen >> 32, seen & 0xFFFFFFFF
    rank = np.arange(len(seen)) - np.searchsorted(of, of)
    first = rank < FIRST_FRAMES
    places = np.zeros((height, FIRST_FRAMES), np.int64)
    places[of[first], rank[first]] = frame[first]
    found = pl.DataFrame({"frames": places, "size": np.bincount(of[first], minlength=height)})
    return found.select(pl.col("frames").arr.to_list().list.head("size")).to_series()


def _reasons(refusals: _Refusals, group: pl.DataFrame, height: int) -> Iterator[pl.Series]:
    """``refusals`` and ``refusal_counts`` of each group."""
    rows = group["row"].to_list() if refusals else []
    told = [(row, reason, count) for row in rows for reason, count in refusals.get(row, {}).items()]
    seen = pl.DataFrame(told, schema={"row": pl.Int64, "reason": pl.String, "count": pl.Int64}, orient="row")
    seen = seen.join(group, on="row").group_by("group", "reason").agg(pl.col("count").sum()).sort("group", "reason")
    seen = seen.rename({"reason": "refusals", "count": "refusal_counts"})
    yield from (lists(seen, "group", name, height) for name in ("refusals", "refusal_counts"))
