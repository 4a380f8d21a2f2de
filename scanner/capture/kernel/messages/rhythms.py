"""What is usual in each conversation, and how far what came later was from it: how long answers take, how many segments
come again in a minute, how far away its ends are, and packets that come round again.

Answers are compared of one request alone, which is asked again and again: another one may always take longer. Of each
group of answers in a row the middle one counts, so that a late one among many says nothing.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.messages.recent import Recent
from scanner.capture.result import ANSWER_CLASSES, ANSWER_FINEST, ANSWER_GROUP

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import TCP, Packet
    from scanner.capture.kernel.hashing import mix

    ANSWER_MIDDLE = 8  # of a group, whose answers four bits count
    OTHER_ANSWERS = 64  # answers to others after which the request that is followed was no poll
    REGULAR_ANSWERS = 30  # answers after which it is
    REMEMBERED_ROUNDS = 1024  # packets that are looked for again
    ROUND_TRIP: cython.longlong = 1000000000  # ns within which the same packet comes round again
    ROUNDS = 5  # times that one packet was there with less to live each time, as in no two places of a recording
    HOPS_APART = 16  # hops by which two initial values differ at least

    RhythmPointer = Any
    DelayPointer = Any
    RecentPointer = Any

# again: segments repeated in the minute that is being counted. hops: of the first packet with payload, other: of the
# first whose initial value must have been another. looped: packets that came round. delays: row of DELAY, 0 for none.
RHYTHM = np.dtype(
    [
        *((name, "i8") for name in ("other_frame", "looped", "looped_frame")),
        *((name, "i4") for name in ("again_minute", "again", "again_most", "again_most_at")),
        *((name, "i4") for name in ("client_hops", "server_hops", "client_other", "server_other")),
        *((name, "i4") for name in ("delays", "unused")),
    ],
    align=True,
)
# request: the message that is followed; others: answers to others since. group: how many of the answers in the present
# group took how long, four bits each, begun: when it began. slowest: the class of the slowest group.
DELAY = np.dtype(
    [
        ("group", "u8"),
        *((name, "i8") for name in ("begun", "slowest_at")),
        *((name, "i4") for name in ("request", "others", "answers", "held", "slowest", "unused")),
    ],
    align=True,
)
_MINUTE = cython.declare(cython.longlong, 60_000_000_000)


@cython.cfunc
@cython.inline
@cython.exceptval(check=False)
def initial(hops: cython.int) -> cython.int:
    """What systems begin with: the next of 32, 64, 128 and 255."""
    if hops <= 64:
        return 64 if hops > 32 else 32
    return 255 if hops > 128 else 128


@cython.final
@cython.cclass
class Rhythms:
    """A row for each row of the conversations, by the same number."""

    def __init__(self) -> None:
        self.rows = table(256, RHYTHM)
        self.delays = table(64, DELAY)
        self.groups = np.zeros((64, ANSWER_CLASSES), np.uint32)
        self.used = 1
        self.blank = table(1, RHYTHM)
        self.rounds = Recent(REMEMBERED_ROUNDS)

    @cython.boundscheck(False)
    def of(self, conversation: cython.int) -> RhythmPointer:
        """The row of a conversation."""
        while conversation >= self.rows.shape[0]:
            self.rows = table(2 * self.rows.shape[0], RHYTHM, self.rows)
        return cython.address(self.rows[conversation])

    # --- answers ---

    @cython.boundscheck(False)
    def answered(
        self, conversation: cython.int, request: cython.int, took: cython.longlong, time: cython.longlong
    ) -> cython.int:
        """The request, which alone was waiting, has got its answer after ``took`` ns."""
        row: RhythmPointer = self.of(conversation)
        known: DelayPointer
        if row.delays == 0:
            if self.used == self.delays.shape[0]:
                self.widen()
            row.delays = self.used
            self.used += 1
            self.follow(row.delays, request)
        known = cython.address(self.delays[row.delays])
        if known.request != request:
            known.others += 1
            if known.answers >= REGULAR_ANSWERS or known.others <= OTHER_ANSWERS:
                return 0
            self.follow(row.delays, request)
        known.others = 0
        known.answers += 1
        if known.held == 0:
            known.begun = time
        known.group += cython.cast(cython.ulonglong, 1) << 4 * self.length(took)
        known.held += 1
        if known.held == ANSWER_GROUP:
            self.close(row.delays)
        return 0

    def widen(self) -> cython.int:
        """Room for twice as many."""
        groups: Any = np.zeros((2 * self.used, ANSWER_CLASSES), np.uint32)
        groups[: self.used] = np.asarray(self.groups)
        self.groups = groups
        self.delays = table(2 * self.used, DELAY, self.delays)
        return 0

    def follow(self, place: cython.int, request: cython.int) -> cython.int:
        """Compare answers to this request from now on."""
        known: DelayPointer = cython.address(self.delays[place])
        i: cython.int
        for i in range(ANSWER_CLASSES):
            self.groups[place, i] = 0
        known.request = request
        known.group = 0
        known.others = known.answers = known.held = 0
        known.slowest = -1
        return 0

    def length(self, took: cython.longlong) -> cython.int:
        """The class of a time."""
        left: cython.longlong = took >> ANSWER_FINEST
        found: cython.int = 0
        while left and found < ANSWER_CLASSES - 1:
            left >>= 1
            found += 1
        return found

    def close(self, place: cython.int) -> cython.int:
        """The group is complete: its middle answer counts."""
        known: DelayPointer = cython.address(self.delays[place])
        counts: cython.ulonglong = known.group
        middle: cython.int = 0
        so_far: cython.int = cython.cast(cython.int, counts & 15)
        while so_far < ANSWER_MIDDLE and middle < ANSWER_CLASSES - 1:
            counts >>= 4
            middle += 1
            so_far += cython.cast(cython.int, counts & 15)
        self.groups[place, middle] += 1
        if middle > known.slowest:
            known.slowest = middle
            known.slowest_at = known.begun
        known.group = 0
        known.held = 0
        return 0

    # ---

    def repeated(self, conversation: cython.int, time: cython.longlong) -> cython.int:
        """A segment came again."""
        row: RhythmPointer = self.of(conversation)
        minute: cython.int = cython.cast(cython.int, time // _MINUTE)
        if row.again_minute != minute:
            row.again_minute = minute
            row.again = 0
        row.again += 1
        if row.again > row.again_most:
            row.again_most = row.again
            row.again_most_at = minute
        return 0

    # --- ways ---

    @cython.boundscheck(False)
    def hopped(self, conversation: cython.int, packet: Packet, from_client: cython.bint) -> cython.int:
        """A packet has another number of hops left than the one before it from the same end of its connection."""
        row: RhythmPointer = self.of(conversation)
        first: cython.int = row.client_hops if from_client else row.server_hops
        if packet.wire_end > packet.at and first == 0:
            first = packet.hops
            if from_client:
                row.client_hops = first
            else:
                row.server_hops = first
        elif packet.wire_end > packet.at and self.elsewhere(first, packet.hops):
            if row.client_other == 0 and row.server_other == 0:
                row.other_frame = packet.frame
            if from_client and row.client_other == 0:
                row.client_other = packet.hops
            elif not from_client and row.server_other == 0:
                row.server_other = packet.hops
        if self.around(packet):
            row.looped += 1
            if row.looped_frame == 0:
                row.looped_frame = packet.frame
        return 0

    def elsewhere(self, one: cython.int, other: cython.int) -> cython.bint:
        """Packets with these hops left began with different numbers of them."""
        return initial(one) != initial(other) and (one - other >= HOPS_APART or other - one >= HOPS_APART)

    @cython.boundscheck(False)
    def around(self, packet: Packet) -> cython.bint:
        """The packet has come round so often now that it is in a loop."""
        digest: cython.ulonglong = self.digest(packet)
        known: RecentPointer = cython.address(self.rounds.rows[self.rounds.place(digest)])
        if known.hash == digest and 0 <= packet.time - known.time <= ROUND_TRIP and packet.hops < known.hops:
            known.balance += 1
        else:
            known.balance = 1
        known.hash = digest
        known.time = packet.time
        known.hops = packet.hops
        rounds: cython.int = known.balance
        return rounds == ROUNDS

    @cython.boundscheck(False)
    def digest(self, packet: Packet) -> cython.ulonglong:
        """Of all that a router leaves as it is."""
        digest: cython.ulonglong = self.rounds.with_ends(self.rounds.seed, packet)
        word: cython.ulonglong = cython.cast(cython.ulonglong, packet.source_port) << 16
        word |= cython.cast(cython.ulonglong, packet.target_port)
        word |= cython.cast(cython.ulonglong, packet.identifier) << 32
        digest = mix(digest, word, self.rounds.secret)
        word = cython.cast(cython.ulonglong, packet.wire_end - packet.at) << 8
        word |= cython.cast(cython.ulonglong, packet.protocol)
        if packet.kind == TCP:
            digest = mix(digest, word, self.rounds.secret)
            word = cython.cast(cython.ulonglong, packet.sequence) << 32 | packet.acknowledgement
        digest = mix(digest, word, self.rounds.secret)
        return self.rounds.with_payload(digest, packet, packet.end)

    def forget(self, conversation: cython.int) -> cython.int:
        """Nothing was seen of a conversation."""
        if conversation < self.rows.shape[0]:
            self.rows[conversation] = self.blank[0]
        return 0

    def renew(self) -> None:
        """The next capture begins."""
        self.rows = table(self.rows.shape[0], RHYTHM)
        self.used = 1

    def table(self, conversations: int) -> Any:
        """The rows of so many conversations as a record array."""
        while conversations > self.rows.shape[0]:
            self.rows = table(2 * self.rows.shape[0], RHYTHM, self.rows)
        return np.asarray(self.rows)[:conversations].view(np.recarray)

    def delays_table(self) -> tuple[Any, Any]:
        """Of each request that was followed what is known, and how many groups of answers took how long; the first row
        is nobody's.
        """
        return np.asarray(self.delays)[: self.used].view(np.recarray), np.asarray(self.groups)[: self.used]
