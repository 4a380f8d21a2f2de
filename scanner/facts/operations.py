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

from scanner.capture.result import CaptureResult, Messages
from scanner.facts.carried import Carried, DistinctOperations, dense, numbered
from scanner.facts.frames import lists
from scanner.facts.operands import folded
from scanner.facts.rates import busiest, counted, moments
from scanner.facts.seen import first_frames
from scanner.facts.understand import Understood
from scanner.protocols.base import WRITES, Kind, Sign, Verb

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
_Refusals = dict[int, dict[str, int]]  # row -> reason -> how often

_SAID = ("verb", "function", "code", "unit", "object", "detail", "filter")
_SUMMED = ("count", "accepted", "refused", "unanswered", "unobserved")
_SEEN_AS = ("request", "notice", "response")
WORTH_A_WORD = 200  # different ones (names of a domain), fewer of which are not told of


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
    rows, messages = understood.operations, result.messages
    outcomes = _Outcomes(result, rows)
    paths, path = _paths(messages, rows.message, outcomes.request & rows.where(pl.col("verb") != Verb.SESSION))
    written = rows.where(pl.col("verb").is_in(WRITES)) & outcomes.own & ~outcomes.notice
    writes = _writes(messages, outcomes, np.flatnonzero(written), path, rows.message)
    own = np.flatnonzero(outcomes.own)
    own = own[np.argsort(messages.rows["conversation"][rows.message[own]], kind="stable")]
    seen_as = np.where(outcomes.request, 0, np.where(outcomes.notice, 1, 2))[own]
    said, number = _once(rows.texts.select(_SAID))
    found = DistinctOperations(path[own] * len(_SEEN_AS) + seen_as, number[rows.text[own]], said)
    found, group = _groups(found)
    found, group = _without_few(found, rows, own, group)
    sums = _sums_of(outcomes, own, group, len(found))
    signs = {sign.object for sign in understood.others.of(Sign).rows}
    found, into = folded(found, sums["accepted"], sums["refused"], signs)
    if into is not None:
        group = into[group]
        sums = _sums_of(outcomes, own, group, len(found))
    summed = found.said[found.text].with_columns(
        pl.Series("path", found.between // len(_SEEN_AS)),
        pl.Series("seen_as", found.between % len(_SEEN_AS)),
        *(pl.Series(name, sums[name]) for name in _SUMMED),
    )
    summed = summed.with_columns(
        _different(rows.texts, rows.text[own], group, summed.height),
        pl.col("seen_as").replace_strict(dict(enumerate(_SEEN_AS)), return_dtype=pl.String),
        *_when(messages, rows.message[own], group, summed.height),
        first_frames(messages, rows.message[own], group, summed.height),
        *_reasons(outcomes.refusals, own, group, summed.height),
        counted(
            "busiest_minute",
            busiest(messages, rows.message[own], group, summed.height, outcomes.elsewhere[own])[0],
        ),
    )
    return paths, summed.with_columns(_beside(summed, *writes))


def _once(said: pl.DataFrame) -> tuple[pl.DataFrame, Numbers]:
    """The different rows, and which of them each row is."""
    _, first, number = np.unique(numbered(said, said.columns), return_index=True, return_inverse=True)
    return said[first], number


def _groups(every: DistinctOperations) -> tuple[DistinctOperations, Numbers]:
    """The different ones, in the order in which they begin, and which of them each is."""
    keys = dense(every.between) << 32 | every.text
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    first = first[order]
    return DistinctOperations(every.between[first], every.text[first], every.said), place[which]


def _sums_of(outcomes: _Outcomes, own: Numbers, group: Numbers, size: int) -> dict[str, Numbers]:
    """What became of the rows, by group."""
    return {name: _sums(group, getattr(outcomes, name)[own], size) for name in _SUMMED}


def _different(texts: pl.DataFrame, text: Numbers, group: Numbers, height: int) -> pl.Series:
    """How many different ones each group is about."""
    found = np.zeros(height, np.int64)
    among = texts.select(pl.when(pl.col("among") != "").then("among").otherwise("among_many")).to_series()
    named = (among != "").to_numpy()
    if named.any():
        which = named[text]
        numbers = numbered(among.to_frame(), [among.name])[text[which]]
        groups, counts = np.unique(np.unique(group[which] << 32 | numbers) >> 32, return_counts=True)
        found[groups] = counts
    return pl.Series("different", found)


def _without_few(
    found: DistinctOperations, rows: Carried, own: Numbers, group: Numbers
) -> tuple[DistinctOperations, Numbers]:
    """The operations, those about fewer different ones than are worth a word with all others that say neither object
    nor detail, and which of them each row is.
    """
    many = (rows.texts["among_many"] != "").to_numpy()[rows.text[own]]
    if not many.any():
        return found, group
    counted_only = np.zeros(len(found), np.bool_)
    counted_only[group[many]] = True
    few = counted_only & (_different(rows.texts, rows.text[own], group, len(found)) < WORTH_A_WORD).to_numpy()
    blank = found.said.with_columns(pl.lit("").alias(name) for name in ("object", "detail"))
    said, number = _once(pl.concat([found.said, blank]))
    found, into = _groups(DistinctOperations(found.between, number[found.text + few * found.said.height], said))
    return found, into[group]


def _when(messages: Messages, message: Numbers, group: Numbers, height: int) -> Iterator[pl.Series]:
    """``first_time`` and ``last_time`` of each group."""
    for name, extreme in (("first_time", np.minimum), ("last_time", np.maximum)):
        times = messages.rows[name][message]
        found = np.zeros(height, times.dtype)
        found[group] = times  # any of its own to begin with
        extreme.at(found, group, times)
        yield pl.Series(name, found)


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

    def __init__(self, result: CaptureResult, rows: Carried) -> None:
        of = rows.message
        messages, pairs = result.messages.rows, result.pairings
        size, counted = len(messages), messages["count"]
        self._first = np.searchsorted(of, np.arange(size + 1))  # row at which each message begins
        self._rows = rows

        def of_kind(kind: Kind) -> Truths:
            return rows.where(pl.col("kind") == kind)

        order = of_kind(Kind.UNCONFIRMED)
        self.request, self.notice = of_kind(Kind.REQUEST) | order, of_kind(Kind.NOTICE)
        refusal = of_kind(Kind.REFUSAL)
        refusing = np.zeros(size, np.bool_)
        refusing[of[refusal]] = True
        texts = np.unique(rows.text[refusing[of]])
        said = rows.texts.select(_Answer._fields)[texts].iter_rows()
        self._said = dict(zip(texts.tolist(), (_Answer(*row) for row in said), strict=True))  # by messages that refuse
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
        """What a message that refuses says of the success of what it answers, row by row."""
        texts = self._rows.text[self._first[message] : self._first[message + 1]]
        return [self._said[text] for text in texts.tolist()]

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


def _reasons(refusals: _Refusals, own: Numbers, group: Numbers, height: int) -> Iterator[pl.Series]:
    """``refusals`` and ``refusal_counts`` of each group."""
    places = zip(own.tolist(), group.tolist(), strict=True) if refusals else ()
    told = [(of, reason, count) for row, of in places for reason, count in refusals.get(row, {}).items()]
    seen = pl.DataFrame(told, schema={"group": pl.Int64, "reason": pl.String, "count": pl.Int64}, orient="row")
    seen = seen.group_by("group", "reason").agg(pl.col("count").sum()).sort("group", "reason")
    seen = seen.rename({"reason": "refusals", "count": "refusal_counts"})
    yield from (lists(seen, "group", name, height) for name in ("refusals", "refusal_counts"))
