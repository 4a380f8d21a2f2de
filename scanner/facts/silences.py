"""Conversations in which one end is polled, and when they fell silent.

A conversation is polled when what is read in it most often came at a steady rate: in its busiest minute hardly more
often than on average. It was silent when the longest time without its packets, counted as far as the recording had
others, is ten times as long as every other but one or two, with which it is shorter than what remains of the
conversation. Who of its ends was seen elsewhere meanwhile tells whether somebody has gone, or only the place of the
recording.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from scanner.capture.columns import Columns
    from scanner.capture.result import CaptureResult

Numbers = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]

FEWEST_POLLS = 30
TIMES = 10  # as long as all other times without packets
MOST_TIMES = 3  # that a conversation falls silent: what pauses more often does so as a rule
MOST_SILENCES = 4_096  # of a capture that are looked at: the longest
_STEADY = 0.5  # of what would have come had all minutes been as the busiest
_MINUTE = 60_000_000_000
_AT_ONCE = 4096  # conversations whose slots are unpacked at one time
_CLIENT, _SERVER = 0, 1


class Silences(NamedTuple):
    """Of each conversation. polls: how often, 0 when it is not polled. lasted: ns, 0 for no silence; start: ns since
    1970, of the last packet before it. who: who was silent.
    """

    polls: Numbers
    lasted: Numbers
    start: Numbers
    who: list[str]


class _Gaps(NamedTuple):
    """Of some conversations: the longest time without packets (ns, in which others had some), the slots that it begins
    and ends with, and how long the others are at most.
    """

    lasted: Numbers
    begin: Numbers
    end: Numbers
    usual: Numbers


def silences(result: CaptureResult, reads: Truths) -> Silences:
    """reads: of each message whether it reads something."""
    size = len(result.conversations)
    found = Silences(np.zeros(size, np.int64), np.zeros(size, np.int64), np.zeros(size, np.int64), [""] * size)
    rows = result.messages.rows
    often = reads & (rows["count"] >= FEWEST_POLLS) & (rows["in_minutes"].max(axis=1) > 0)
    own = np.array([c.copy_of < 0 for c in result.conversations], np.bool_)
    messages = np.flatnonzero(often)
    messages = messages[own[rows["conversation"][messages]]]
    if not len(messages) or not result.info.slot or not len(result.slots):
        return found
    timeline = _Timeline(result)
    asked = np.unique(rows["conversation"][messages].astype(np.int64))
    gaps = timeline.gaps(asked)
    polls = _polls(rows.at(messages), asked, gaps, timeline)
    found.polls[asked] = polls
    silent = list(_silent(result, timeline, asked[polls > 0], _Gaps(*(g[polls > 0] for g in gaps))))
    longest = sorted(silent, key=lambda silence: -silence.lasted)[:MOST_SILENCES]
    for silence, who in zip(longest, _Elsewhere(result, timeline, longest).who(), strict=True):
        found.lasted[silence.conversation], found.start[silence.conversation] = silence.lasted, silence.start
        found.who[silence.conversation] = who
    return found


class _Timeline:
    """The slots of a capture, and how much traffic it had up to each."""

    def __init__(self, result: CaptureResult) -> None:
        self._slots = result.slots
        self._length = result.info.slot
        self._origin = result.info.first_time
        self._until = np.concatenate([[0], np.cumsum(np.array(result.info.activity, np.int64))])
        self.last = self.slot(result.info.last_time)

    def slot(self, time: int) -> int:
        return min(max(0, (time - self._origin) // self._length), len(self._until) - 2)

    def begins(self, slot: int) -> int:
        """When, in ns since 1970."""
        return self._origin + slot * self._length

    def between(self, begin: int, end: int) -> int:
        """Traffic in the slots from one to before the other, ns."""
        return int(self._until[max(begin, end)] - self._until[begin])

    def gaps(self, asked: Numbers) -> _Gaps:
        """Of these conversations."""
        parts = [self._gaps(asked[at : at + _AT_ONCE]) for at in range(0, len(asked), _AT_ONCE)]
        return _Gaps(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def _gaps(self, asked: Numbers) -> _Gaps:
        occupied = np.unpackbits(self._slots[asked], axis=1, bitorder="little").astype(bool)
        occupied = np.pad(occupied[:, : self.last + 1], ((0, 0), (0, 1)), constant_values=True)  # the capture's end
        here = np.arange(occupied.shape[1])
        upto = np.maximum.accumulate(np.where(occupied, here, -1), axis=1)
        begin = np.pad(upto[:, :-1], ((0, 0), (1, 0)), constant_values=-1) + 1
        between = occupied & (begin > 0)
        lasted = np.where(between, self._until[here] - self._until[begin], 0)
        longest = np.argmax(lasted, axis=1)
        each = np.arange(len(asked))
        others = np.where(between, here - begin, 0)
        others[each, longest] = 0
        usual = (_usual(here[longest] - begin[each, longest], others, occupied[:, :-1].sum(axis=1)) + 1) * self._length
        return _Gaps(lasted[each, longest], begin[each, longest], longest, usual)


def _usual(longest: Numbers, others: Numbers, busy: Numbers) -> Numbers:
    """The longest of the other times without packets, in slots, but for a few that may be silences, too.

    busy: slots with packets.
    """
    ranked = -np.sort(-np.pad(others, ((0, 0), (0, MOST_TIMES))), axis=1)[:, :MOST_TIMES]
    quiet = longest[:, None] + np.cumsum(ranked[:, :-1], axis=1)
    silences = np.sum(quiet <= busy[:, None], axis=1)
    usual: Numbers = np.take_along_axis(ranked, silences[:, None], axis=1)[:, 0]
    return usual


def _polls(rows: Columns, asked: Numbers, gaps: _Gaps, timeline: _Timeline) -> Numbers:
    """How often each conversation was asked what it is asked most often at a steady rate."""
    place = np.searchsorted(asked, rows["conversation"])
    silent = gaps.lasted >= TIMES * gaps.usual
    begins = np.array([timeline.begins(slot) for slot in gaps.begin.tolist()], np.int64)
    within = silent[place] & (begins[place] > rows["first_time"]) & (begins[place] < rows["last_time"])
    covered = rows["last_time"] - rows["first_time"] - np.where(within, gaps.lasted[place], 0)
    expected = (rows["in_minutes"].max(axis=1) - 1) * covered / _MINUTE
    steady = (rows["count"] >= _STEADY * expected) & (covered >= _MINUTE)
    polls = np.zeros(len(asked), np.int64)
    np.maximum.at(polls, place[steady], rows["count"][steady])
    return polls


class _Silence(NamedTuple):
    """Of one conversation. asked: its client was there meanwhile."""

    conversation: int
    lasted: int
    start: int
    begin: int  # slots
    end: int
    asked: bool


def _silent(result: CaptureResult, timeline: _Timeline, asked: Numbers, gaps: _Gaps) -> Iterator[_Silence]:
    for conversation, lasted, begin, end, usual in zip(
        asked.tolist(), *(column.tolist() for column in gaps), strict=True
    ):
        client, server = (int(result.sights[conversation, side]["last_time"]) for side in (_CLIENT, _SERVER))
        missing = int(result.sights[conversation, _SERVER]["missing"])
        alone, until = timeline.slot(server) + 1, timeline.slot(client)
        unanswered = timeline.between(alone, until) if server else 0
        if unanswered >= max(lasted, TIMES * usual) and not missing:
            yield _Silence(conversation, unanswered, server, alone, until, asked=True)
        elif lasted >= TIMES * usual:
            start = max(client, server) if end > timeline.last else timeline.begins(begin)
            yield _Silence(conversation, lasted, start, begin, end, asked=False)


class _Elsewhere:
    """Where else the ends of silent conversations are seen."""

    def __init__(self, result: CaptureResult, timeline: _Timeline, silent: Iterable[_Silence]) -> None:
        self._result, self._timeline, self._silent = result, timeline, list(silent)
        ends = {
            getattr(result.conversations[s.conversation], end) for s in self._silent for end in ("client", "server")
        }
        found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, conversation in enumerate(result.conversations if ends else ()):
            for side, address in ((_CLIENT, conversation.client), (_SERVER, conversation.server)):
                if address in ends:
                    found[address].append((number, side))
        self._of = {address: np.array(rows, np.int64) for address, rows in found.items()}

    def who(self) -> Iterator[str]:
        """Of each silence who was silent."""
        for silence in self._silent:
            conversation = self._result.conversations[silence.conversation]
            client = silence.asked or self._heard(conversation.client, silence)
            server = self._heard(conversation.server, silence)
            yield {(True, True): "polls", (True, False): "server", (False, True): "client"}.get(
                (client, server), "unknown"
            )

    def _heard(self, address: str, silence: _Silence) -> bool:
        """The address sent something in another conversation, not only when the silence began."""
        begin = silence.begin + (silence.end - silence.begin) // 4
        mask = np.zeros(8 * self._result.slots.shape[1], np.bool_)
        mask[begin : silence.end] = True
        rows, sides = self._of[address].T
        late = self._result.sights["last_time"][rows, sides] > self._timeline.begins(begin)
        there = (self._result.slots[rows] & np.packbits(mask, bitorder="little")).any(axis=1)
        return bool((late & there & (rows != silence.conversation)).any())
