"""Cyclic publications: who publishes which control block, how its messages follow each other, when its state changed.

The kernel follows the numbers of the messages (``CaptureResult.series``); what they are called says the protocol.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from scanner.addresses import is_group_mac
from scanner.capture.result import CHANGES, CaptureResult
from scanner.facts.operations import Path
from scanner.facts.seen import first_frames
from scanner.facts.understand import Understood
from scanner.protocols.base import Publication

_MS, _SECOND = 1_000_000, 1_000_000_000
_MOST = (1 << 63) - 1
_AIMED, _TO_GROUPS = "one device", "groups"  # no addresses
MOST_OTHERS = 64  # publishers of the same control block that each publication names
_ALIKE = 0.1  # intervals that differ by less are one in the pattern of repetition


class _Key(NamedTuple):
    """What makes two messages be of one publication."""

    series: int  # -1 where the kernel did not follow it; then the rest tells
    path: Path
    function: str
    unit: str
    block: str
    data_set: str
    name: str
    simulated: bool


@dataclass(slots=True)
class _Published:
    """One publication: what its distinct messages say of it, and which these are."""

    messages: list[int] = field(default_factory=list)
    said: list[Publication] = field(default_factory=list)

    def texts(self, name: str) -> list[Any]:
        """What the messages say, each once, in their order."""
        return list(dict.fromkeys(v for s in self.said if (v := getattr(s, name)) not in (None, "")))

    def ever(self, name: str) -> bool | None:
        """Whether any of them says so; None when none says."""
        known = [v for s in self.said if (v := getattr(s, name)) is not None]
        return any(known) if known else None


def publications(result: CaptureResult, understood: Understood) -> tuple[list[Path], dict[str, Any], dict[str, Any]]:
    """Between whom each publication goes, and its other columns of the table ``publications``; the columns of
    ``state_changes`` with ``row``, which publication each is of.
    """
    found = _found(result, understood)
    paths = [key.path for key in found]
    columns: dict[str, Any] = {
        "function": [key.function for key in found],
        "unit": [key.unit for key in found],
        "object": [key.block for key in found],
        "data_set": [key.data_set for key in found],
        "identifier": [key.name for key in found],
        "simulated": [key.simulated for key in found],
        "revisions": [[min(v, _MOST) for v in p.texts("revision")] for p in found.values()],
        "different_revisions": [len(p.texts("revision")) for p in found.values()],
        "test": [p.ever("test") for p in found.values()],
        "needs_commissioning": [p.ever("commissioning") for p in found.values()],
        "signed": [all(s.signed for s in p.said) for p in found.values()],
        "synchronised": [p.texts("synchronised") for p in found.values()],
        "sample_rates": [[min(v, _MOST) for v in p.texts("rate")] for p in found.values()],
        "samples": [max((s.samples for s in p.said if s.samples is not None), default=None) for p in found.values()],
        "other_publishers": _others(result, list(found)),
        "filter": [p.said[0].filter for p in found.values()],
        "frames": _frames(result, list(found.values())),
    }
    return paths, columns | _followed(result, found), _changes(result, list(found))


def _found(result: CaptureResult, understood: Understood) -> dict[_Key, _Published]:
    said = understood.others.of(Publication)
    messages = result.messages.at(said.message)
    found: defaultdict[_Key, _Published] = defaultdict(_Published)
    paths: dict[int, Path] = {}  # of each series: a publisher may use several ports
    for (index, row), message in zip(said, messages, strict=True):
        path = Path(message.conversation, message.protocol, not message.from_client)
        series = int(result.messages.rows["series"][index])
        if series >= 0:
            path = paths.setdefault(series, path)
        key = _Key(series, path, row.function, row.unit, row.block, row.data_set, row.name, row.simulated)
        found[key].messages.append(index)
        found[key].said.append(row)
    return dict(found)


def _frames(result: CaptureResult, found: Sequence[_Published]) -> pl.Series:
    sizes = [len(p.messages) for p in found]
    messages = np.array([m for p in found for m in p.messages], np.int64)
    return first_frames(result.messages, messages, np.repeat(np.arange(len(found)), sizes), len(found))


def _others(result: CaptureResult, keys: Sequence[_Key]) -> list[list[str]]:
    """Who else publishes the same control block to the same target. Frames with a priority but no VLAN are in none; a
    test set that says so simulates, which is for subscribers to tell. A frame to one device reaches a subscriber as
    those to its group do: it is beside all of them.
    """
    who: defaultdict[tuple[Any, ...], set[str]] = defaultdict(set)
    blocks = []
    for key in keys:
        c = result.conversations[key.path.conversation]
        publisher, target = (c.server, c.client) if key.path.swapped else (c.client, c.server)
        aimed = c.transport == "ethernet" and not is_group_mac(target)
        block = max(c.vlan, 0), c.tunnel, c.tunnel_id, key.function, key.unit, key.block, key.simulated
        reached, others = (_AIMED, _TO_GROUPS) if aimed else (_TO_GROUPS, _AIMED)
        blocks.append((publisher, (*block, target), (*block, others)))
        for place in (target, reached):
            who[(*block, place)].add(publisher)
    named = {place: heapq.nsmallest(MOST_OTHERS + 1, publishers) for place, publishers in who.items()}
    return [
        sorted({*named[own], *named.get(beside, ())} - {publisher})[:MOST_OTHERS] for publisher, own, beside in blocks
    ]


def _followed(result: CaptureResult, found: dict[_Key, _Published]) -> dict[str, Any]:
    """What the kernel noted of each series; of messages without one, how many there are."""
    rows = result.messages.rows
    places = np.array([key.series for key in found], np.int64)
    known = places >= 0
    series = (
        result.series[np.where(known, places, 0)] if len(result.series) else np.zeros(len(found), result.series.dtype)
    )

    def numbers(name: str, when: Any = True, divisor: int = 1) -> list[Any]:
        there = known & when
        values = series[name] / divisor if divisor > 1 else series[name]
        return [v if t else None for v, t in zip(values.tolist(), there.tolist(), strict=True)]

    spaced = series["intervals"] > 0
    lasting = series["lifetime_most"] > 0
    states = np.array([bool(f) for f in series["first_state"] + series["state"] + series["states"]], np.bool_)
    counts = [int(rows["count"][p.messages].sum()) for p in found.values()]
    first = [int(rows["first_time"][p.messages].min()) for p in found.values()]
    last = [int(rows["last_time"][p.messages].max()) for p in found.values()]
    ended = result.info.last_time - np.array(last, np.int64)
    return {
        "count": [n if t else c for n, c, t in zip(series["messages"].tolist(), counts, known.tolist(), strict=True)],
        "first_time": first,
        "last_time": last,
        "copies": numbers("copies"),
        "late": numbers("late"),
        "first_state": numbers("first_state", states),
        "last_state": numbers("state", states),
        "state_changes": numbers("states", states),
        "states_skipped": numbers("skipped", states),
        "begun_anew": numbers("starts", states),
        "set_back": numbers("set_back"),
        "alternations": numbers("alternations"),
        "gaps": numbers("gaps"),
        "missing": numbers("missing"),
        "repeated": numbers("repeated"),
        "shortest_interval": numbers("least", spaced, _SECOND),
        "longest_interval": numbers("most", spaced, _SECOND),
        "repetition": [_pattern(s) if t else "" for s, t in zip(series, known.tolist(), strict=True)],
        "shortest_lifetime": numbers("lifetime_least", lasting, _SECOND),
        "longest_lifetime": numbers("lifetime_most", lasting, _SECOND),
        "expired": numbers("expired", lasting),
        "expired_missing": numbers("expired_missing", lasting),
        "expired_time": numbers("expired_time", series["expired"] > 0),
        "expired_frame": numbers("expired_frame", series["expired"] > 0),
        "ended": [
            seconds / _SECOND if t and seconds > life > 0 else None
            for seconds, life, t in zip(ended.tolist(), series["lifetime"].tolist(), known.tolist(), strict=True)
        ],
        "samples_in_a_round": numbers("modulus", series["modulus"] > 0),
    }


def _pattern(series: Any) -> str:
    """The intervals after a change of state and, behind the dots, the one that lasts: "2, 4, 8 … 1000 ms"."""
    steady = float(series["steady"] / series["steadies"] / _MS) if series["steadies"] else 0.0
    spans: list[float] = []
    for total, count in zip(series["span_sums"].tolist(), series["span_counts"].tolist(), strict=True):
        if count:
            spans.append(total / count / _MS)
            if len(spans) > 1 and _alike(*spans[-2:]):
                steady = steady or spans[-1]
                break
    while spans and steady and _alike(spans[-1], steady):
        spans.pop()
    parts = [text for text in (", ".join(map(_milliseconds, spans)), _milliseconds(steady) if steady else "") if text]
    return " … ".join(parts) + " ms" if parts else ""


def _alike(one: float, other: float) -> bool:
    return abs(one - other) <= _ALIKE * max(one, other)


def _milliseconds(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _changes(result: CaptureResult, keys: Sequence[_Key]) -> dict[str, Any]:
    """The changes of state of believed publications, in their order."""
    row_of = np.full(len(result.series) + 1, -1, np.int64)
    for row, key in reversed(list(enumerate(keys))):
        row_of[key.series] = row
    row_of[-1] = -1
    rows = row_of[result.changes["series"]]
    changes, rows = result.changes[rows >= 0], rows[rows >= 0]
    return {
        "row": rows.tolist(),
        "kind": [CHANGES[kind] for kind in changes["kind"].tolist()],
        "state": changes["state"].tolist(),
        "previous_state": changes["before"].tolist(),
        "sequence": changes["sequence"].tolist(),
        "time": changes["time"].tolist(),
        "frame": changes["frame"].tolist(),
    }
