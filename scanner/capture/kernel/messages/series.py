"""Series of numbered messages: what one sender publishes to one target under one name, followed one by one.

A series with states (GOOSE: stNum, sqNum) counts its messages from 0 with each state; one without (Sampled Values:
smpCnt) counts samples by a step of its own, round and round. Networks and captures show a message twice (PRP and HSR,
a mirror of two ports), so a number that was there a moment ago is a copy, which nothing else counts.

Two series that run under one name at once, because somebody publishes in another's name, are seen as one that is left
and gone on with: the place where it was left is ``other_*``.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.decode.packet import FRAME, Packet
    from scanner.capture.kernel.hashing import mix
    from scanner.capture.kernel.messages.matcher import Matcher
    from scanner.framing.layout import LIFETIME, STATE

    # scanner.capture.result has their names
    NEXT_STATE, SKIPPED, BEGUN_ANEW, SET_BACK, OTHER_SERIES = range(5)
    NO_NUMBER: cython.ulonglong = 0xFFFFFFFFFFFFFFFF  # no number
    LONGEST_LEAP: cython.ulonglong = 0x100000000  # what one leap is taken to have left out at most
    HIGHEST: cython.ulonglong = 0xFFFFFFFF  # after which numbers of 32 bits begin with 1 again

    # Nanoseconds in which a lower number may be a copy that came by another way; messages remembered for that;
    # nanoseconds in a millisecond
    SETTLED, LATEST, MS, NO_SERIES = 100_000_000, 16, 10**6, -1
    # of the messages since the last change of state: some are missing, none is, the message is the change itself
    IN_PART, SINCE_CHANGE, TURNS = range(3)
    SPANS = 12
    GOES_ON: cython.ulonglong = 64  # messages by which a series goes on, where some are lost
    LEFT: cython.ulonglong = 8  # messages by which another one does not
    SeriesPointer = Any

SERIES = np.dtype(
    [
        *((name, "u8") for name in ("hash", "state", "sequence", "expected", "step", "modulus")),
        *((name, "i8") for name in ("time", "since", "gap_time", "lifetime")),
        *((name, "u8") for name in ("other_state", "other_expected")),
        *((name, "i8") for name in ("other_time", "other_lifetime")),
        *((name, "u8") for name in ("first_state", "first_sequence")),
        *((name, "i8") for name in ("first_time", "last_time", "messages", "copies", "late", "states", "skipped")),
        *((name, "i8") for name in ("starts", "set_back", "alternations", "gaps", "missing", "repeated")),
        *((name, "i8") for name in ("least", "most", "intervals", "spaced", "steady", "steadies")),
        *((name, "i8") for name in ("expired", "expired_missing", "expired_time", "expired_frame")),
        *((name, "i8") for name in ("lifetime_least", "lifetime_most")),
        *((name, "i4") for name in ("begun", "parked", "whole", "with_states", "kept", "next")),
    ],
    align=True,
)
CHANGE = np.dtype(
    [
        ("time", "i8"),
        ("frame", "i8"),
        ("state", "u8"),
        ("before", "u8"),
        ("sequence", "u8"),
        ("series", "i4"),
        ("kind", "i4"),
    ],
    align=True,
)
_COUNTED_OF_SERIES = (
    *("messages", "copies", "late", "states", "skipped", "starts", "set_back", "alternations", "gaps", "missing"),
    *("repeated", "least", "most", "intervals", "spaced", "steady", "steadies", "expired", "expired_missing"),
    *("expired_time", "expired_frame", "lifetime_least", "lifetime_most", "kept"),
)


@cython.final
@cython.cclass
class Series:
    """Rows in the order first seen. ``left_out`` counts messages of series that found the table full.

    spans, span_counts: for each row SPANS sums of intervals in ns, of the first repetitions after a change of state of
    which none was missed. recent_*: for each row of one with states the numbers of the LATEST latest messages.
    changes: where the state was another than in the message before; the first of each series, and of all.
    """

    def __init__(self, matcher: Matcher, limits: Limits) -> None:
        self.matcher = matcher
        self.out = matcher.keys.out
        self.secret = SECRET
        self.seed = SEED
        self.limit = limits.series
        self.change_limit = limits.changes
        self.each_limit = limits.changes_each
        self.rows = table(64, SERIES)
        self.buckets = np.full(128, -1, np.int32)
        self.mask = 127
        self.size = 0
        self.left_out = 0
        self.spans = np.zeros(64 * SPANS, np.int64)
        self.span_counts = np.zeros(64 * SPANS, np.int64)
        self.recent_states = np.zeros(64 * LATEST, np.uint64)
        self.recent_sequences = np.zeros(64 * LATEST, np.uint64)
        self.recent_times = np.zeros(64 * LATEST, np.int64)
        self.changes = table(64, CHANGE)
        self.changed = 0

    def renew(self) -> None:
        """Count from nothing for the next capture, in which the series go on."""
        rows = np.asarray(self.rows)
        for name in _COUNTED_OF_SERIES:
            rows[name] = 0
        np.asarray(self.spans)[:] = 0
        np.asarray(self.span_counts)[:] = 0
        self.changed = self.left_out = 0

    def find(self, packet: Packet, side: cython.ulonglong) -> cython.int:
        """The series of the message whose key was gathered last; NO_SERIES when the table is full."""
        ahead: cython.Py_ssize_t = self.matcher.keys.ahead
        digest: cython.ulonglong
        i: cython.Py_ssize_t
        row: cython.int
        digest = mix(self.seed ^ side, cython.cast(cython.ulonglong, packet.tunnel_id), self.secret)
        digest ^= cython.cast(cython.ulonglong, packet.tunnel) << 32
        digest = mix(digest, cython.cast(cython.ulonglong, packet.vlan + 1) << 8 | packet.kind, self.secret)
        if packet.kind == FRAME:
            digest = mix(mix(digest, packet.source_mac, self.secret), packet.target_mac, self.secret)
        else:
            digest = mix(mix(digest, packet.source_high, self.secret), packet.source_low, self.secret)
            digest = mix(mix(digest, packet.target_high, self.secret), packet.target_low, self.secret)
        for i in range(ahead >> 3):
            digest = mix(digest, self.out[i], self.secret)
        if ahead & 7:
            digest = mix(digest, self.out[ahead >> 3] << (64 - 8 * (ahead & 7)), self.secret)
        digest = mix(digest, cython.cast(cython.ulonglong, ahead), self.secret)
        row = self.buckets[digest & self.mask]
        while row >= 0:
            if self.rows[row].hash == digest:
                return row
            row = self.rows[row].next
        return self.add(digest)

    def add(self, digest: cython.ulonglong) -> cython.int:
        """A series not seen before."""
        row: cython.int = self.size
        if row >= self.limit:
            self.left_out += 1
            return NO_SERIES
        if row == self.rows.shape[0]:
            self.grow()
        self.size += 1
        self.rows[row].hash = digest
        self.rows[row].expected = NO_NUMBER
        self.rows[row].next = self.buckets[digest & self.mask]
        self.buckets[digest & self.mask] = row
        return row

    def grow(self) -> None:
        """Twice the rows and buckets."""
        row: cython.int
        size: cython.Py_ssize_t = 2 * self.rows.shape[0]
        self.rows = table(size, SERIES, self.rows)
        self.spans = table(size * SPANS, np.int64, self.spans)
        self.span_counts = table(size * SPANS, np.int64, self.span_counts)
        self.recent_states = table(size * LATEST, np.uint64, self.recent_states)
        self.recent_sequences = table(size * LATEST, np.uint64, self.recent_sequences)
        self.recent_times = table(size * LATEST, np.int64, self.recent_times)
        self.buckets = np.full(2 * self.buckets.shape[0], -1, np.int32)
        self.mask = self.buckets.shape[0] - 1
        for row in range(self.size):
            self.rows[row].next = self.buckets[self.rows[row].hash & self.mask]
            self.buckets[self.rows[row].hash & self.mask] = row

    @cython.boundscheck(False)
    def take(self, row: cython.int, packet: Packet) -> cython.bint:
        """The next message of the series, as the matcher have its numbers; whether its state was set back."""
        known: SeriesPointer = cython.address(self.rows[row])
        sequence: cython.ulonglong = self.matcher.keys.sequence
        state: cython.ulonglong = 0
        if self.matcher.keys.numbers & STATE:
            state = self.matcher.keys.state
        if not known.messages:
            self.open(known, packet.time, state, sequence)
        if sequence == known.expected and state == known.state:
            self.follow(row, packet, sequence, 0)
            return False
        if not known.begun:
            return self.begin(row, packet, state, sequence)
        if known.with_states:
            return self.turn(row, packet, state, sequence)
        return self.leap(row, packet, sequence)

    def open(
        self, known: SeriesPointer, time: cython.longlong, state: cython.ulonglong, sequence: cython.ulonglong
    ) -> cython.int:
        """The first message in this capture."""
        if not known.copies:
            known.first_time = known.last_time = time
            known.first_state = state
            known.first_sequence = sequence
        return 0

    def begin(
        self, row: cython.int, packet: Packet, state: cython.ulonglong, sequence: cython.ulonglong
    ) -> cython.bint:
        """The first message of all."""
        known: SeriesPointer = cython.address(self.rows[row])
        known.begun = 1
        known.with_states = self.matcher.keys.numbers & STATE != 0
        known.since = packet.time
        known.step = 1 if known.with_states else 0
        known.whole = SINCE_CHANGE if known.with_states and sequence == 0 else IN_PART
        known.time = packet.time
        self.stand(row, packet, state, sequence)
        return False

    @cython.boundscheck(False)
    def stand(self, row: cython.int, packet: Packet, state: cython.ulonglong, sequence: cython.ulonglong) -> cython.int:
        """The series is at these numbers now, without an interval to what came before."""
        known: SeriesPointer = cython.address(self.rows[row])
        at: cython.Py_ssize_t
        known.state = state
        known.sequence = sequence
        known.expected = sequence + known.step if known.step else NO_NUMBER
        known.messages += 1
        known.time = packet.time
        known.last_time = max(known.last_time, packet.time)
        if known.with_states:
            at = cython.cast(cython.Py_ssize_t, row) * LATEST + (known.messages & (LATEST - 1))
            self.recent_states[at] = state
            self.recent_sequences[at] = sequence
            self.recent_times[at] = packet.time
        if self.matcher.keys.numbers & LIFETIME:
            known.lifetime = cython.cast(cython.longlong, self.matcher.keys.lifetime) * MS
            if known.lifetime_most == 0 or known.lifetime < known.lifetime_least:
                known.lifetime_least = known.lifetime
            known.lifetime_most = max(known.lifetime_most, known.lifetime)
        return 0

    @cython.boundscheck(False)
    def follow(
        self, row: cython.int, packet: Packet, sequence: cython.ulonglong, missing: cython.ulonglong
    ) -> cython.int:
        """A message that goes on where the series was left, but for as many ``missing`` ones."""
        known: SeriesPointer = cython.address(self.rows[row])
        interval: cython.longlong = packet.time - known.time
        at: cython.Py_ssize_t
        if missing:
            known.gaps += 1
            known.missing += cython.cast(cython.longlong, min(missing, LONGEST_LEAP))
            known.gap_time = packet.time
            known.whole = IN_PART
        if interval >= 0:
            if known.intervals == 0 or interval < known.least:
                known.least = interval
            known.most = max(known.most, interval)
            known.intervals += 1
            known.spaced += interval
            if missing == 0 and known.whole != TURNS:
                if known.whole == SINCE_CHANGE and 0 < sequence <= SPANS:
                    at = cython.cast(cython.Py_ssize_t, row) * SPANS + cython.cast(cython.Py_ssize_t, sequence) - 1
                    self.spans[at] += interval
                    self.span_counts[at] += 1
                else:
                    known.steady += interval
                    known.steadies += 1
            if known.lifetime and interval > known.lifetime:
                self.expire(known, packet, missing != 0)
        return self.stand(row, packet, known.state, sequence)

    def expire(self, known: SeriesPointer, packet: Packet, missing: cython.bint) -> cython.int:
        """The message comes later than the one before allowed."""
        if missing:
            known.expired_missing += 1
            return 0
        if known.expired == 0:
            known.expired_time = packet.time
            known.expired_frame = packet.frame
        known.expired += 1
        return 0

    # --- series with states -------------------------------------------------------------------------------------------

    def turn(self, row: cython.int, packet: Packet, state: cython.ulonglong, sequence: cython.ulonglong) -> cython.bint:
        """A message that is not the next repetition of the state; whether its state was set back."""
        known: SeriesPointer = cython.address(self.rows[row])
        lower: cython.bint = 1 < state < known.state
        if self.was_there(row, state, sequence, packet.time):
            known.copies += 1
            return False
        if lower and packet.time - known.since <= SETTLED:
            known.late += 1
            return False
        if self.was_missing(known, state, sequence, packet.time):
            known.missing -= 1
            known.late += 1
            return False
        if known.parked and self.goes_on(known, state, sequence):
            return self.go_back(row, packet, state, sequence, lower)
        if state == known.state:
            self.repeat(row, packet, sequence)
        elif state > known.state or (state <= 1 and known.state >= HIGHEST):
            self.change(row, packet, state, sequence, SKIPPED if state > known.state + 1 else NEXT_STATE)
        elif lower:
            known.set_back += 1
            self.park(known)
            self.change(row, packet, state, sequence, SET_BACK)
        else:
            self.park(known)
            self.change(row, packet, state, sequence, BEGUN_ANEW)
        return lower

    @cython.boundscheck(False)
    def was_there(
        self, row: cython.int, state: cython.ulonglong, sequence: cython.ulonglong, time: cython.longlong
    ) -> cython.bint:
        """A message with the same numbers was there a moment ago."""
        i: cython.Py_ssize_t
        first: cython.Py_ssize_t = cython.cast(cython.Py_ssize_t, row) * LATEST
        for i in range(first, first + LATEST):
            if (
                self.recent_sequences[i] == sequence
                and self.recent_states[i] == state
                and time - self.recent_times[i] <= SETTLED
                and self.recent_times[i]
            ):
                return True
        return False

    def was_missing(
        self, known: SeriesPointer, state: cython.ulonglong, sequence: cython.ulonglong, time: cython.longlong
    ) -> cython.bint:
        """A moment ago a message of the state was missing, and this can be it."""
        found: cython.bint = (
            state == known.state
            and sequence < known.sequence
            and known.sequence - sequence < LATEST
            and known.missing > 0
            and time - known.gap_time <= SETTLED
        )
        return found

    def goes_on(self, known: SeriesPointer, state: cython.ulonglong, sequence: cython.ulonglong) -> cython.bint:
        """The message is the next one of the series that was left, or near it where some are lost, and not near the one
        that is followed.
        """
        near: cython.bint
        if state != known.other_state:
            return state == known.other_state + 1 and state != known.state and sequence == 0
        if sequence == known.other_expected:
            return True
        near = known.other_expected < sequence <= known.other_expected + GOES_ON
        if near and state == known.state and sequence > known.sequence:
            near = known.other_expected > known.sequence and sequence - known.sequence > LEFT
        return near

    def park(self, known: SeriesPointer) -> cython.int:
        """The series is left where it is, and may be gone on with."""
        known.parked = 1
        known.other_state = known.state
        known.other_expected = known.expected
        known.other_time = known.time
        known.other_lifetime = known.lifetime
        return 0

    def go_back(
        self,
        row: cython.int,
        packet: Packet,
        state: cython.ulonglong,
        sequence: cython.ulonglong,
        lower: cython.bint,
    ) -> cython.bint:
        """The series that was left goes on, so there are two; whether the state was set back."""
        known: SeriesPointer = cython.address(self.rows[row])
        before: cython.ulonglong = known.state
        other_state: cython.ulonglong = known.other_state
        other_time: cython.longlong = known.other_time
        other_lifetime: cython.longlong = known.other_lifetime
        missing: cython.ulonglong = sequence - known.other_expected if state == other_state else 0
        known.alternations += 1
        self.park(known)
        known.state = other_state
        known.time = other_time
        known.lifetime = other_lifetime
        known.whole = IN_PART
        if state != before:
            known.states += 1
            known.since = packet.time
            self.keep(row, packet, state, before, sequence, SET_BACK if lower else OTHER_SERIES)
        known.set_back += lower
        known.state = state
        self.follow(row, packet, sequence, missing)
        return lower

    def repeat(self, row: cython.int, packet: Packet, sequence: cython.ulonglong) -> cython.int:
        """Another message of the same state."""
        known: SeriesPointer = cython.address(self.rows[row])
        if sequence > known.sequence:
            self.park(known)
            return self.follow(row, packet, sequence, sequence - known.sequence - 1)
        if sequence == known.sequence:
            known.repeated += 1
            known.whole = IN_PART
            return self.stand(row, packet, known.state, sequence)
        if known.sequence >= HIGHEST and sequence <= 1:
            return self.follow(row, packet, sequence, 0)
        known.whole = SINCE_CHANGE if sequence <= 1 else IN_PART
        self.park(known)
        if known.state == 1 and sequence <= 1:
            known.starts += 1
            self.keep(row, packet, known.state, known.state, sequence, BEGUN_ANEW)
        else:
            known.repeated += 1
        return self.stand(row, packet, known.state, sequence)

    def change(
        self,
        row: cython.int,
        packet: Packet,
        state: cython.ulonglong,
        sequence: cython.ulonglong,
        kind: cython.int,
    ) -> cython.int:
        """A message of another state."""
        known: SeriesPointer = cython.address(self.rows[row])
        before: cython.ulonglong = known.state
        known.states += 1
        known.since = packet.time
        self.keep(row, packet, state, before, sequence, kind)
        if kind in (NEXT_STATE, SKIPPED):
            if state > before:
                known.skipped += cython.cast(cython.longlong, min(state - before - 1, LONGEST_LEAP))
            self.park(known)
            known.state = state
            known.whole = TURNS
            self.follow(row, packet, sequence, sequence - (sequence > 0) + (kind == SKIPPED))  # some begin with 1
        else:
            known.starts += kind == BEGUN_ANEW
            self.stand(row, packet, state, sequence)
        known.whole = SINCE_CHANGE if sequence <= 1 else IN_PART
        return 0

    def keep(
        self,
        row: cython.int,
        packet: Packet,
        state: cython.ulonglong,
        before: cython.ulonglong,
        sequence: cython.ulonglong,
        kind: cython.int,
    ) -> cython.int:
        """Note when the state changed, while there is room."""
        known: SeriesPointer = cython.address(self.rows[row])
        if known.kept >= self.each_limit or self.changed >= self.change_limit:
            return 0
        if self.changed == self.changes.shape[0]:
            self.changes = table(2 * self.changed, CHANGE, self.changes)
        known.kept += 1
        self.changes[self.changed].series = row
        self.changes[self.changed].kind = kind
        self.changes[self.changed].time = packet.time
        self.changes[self.changed].frame = packet.frame
        self.changes[self.changed].state = state
        self.changes[self.changed].before = before
        self.changes[self.changed].sequence = sequence
        self.changed += 1
        return 0

    # --- series of samples --------------------------------------------------------------------------------------------

    def leap(self, row: cython.int, packet: Packet, sequence: cython.ulonglong) -> cython.bint:
        """A message whose number is not the next one; the numbers of samples tell nobody that a state was set back."""
        known: SeriesPointer = cython.address(self.rows[row])
        if sequence == known.sequence and packet.time - known.time > SETTLED:
            known.repeated += 1
            self.stand(row, packet, 0, sequence)
        elif self.was_a_moment_ago(known, packet.time, sequence):
            known.copies += 1
        elif sequence > known.sequence and (known.step == 0 or sequence - known.sequence < known.step):
            known.step = sequence - known.sequence
            self.follow(row, packet, sequence, 0)
        elif known.parked and sequence == known.other_expected:
            known.alternations += 1
            self.swap(row, packet, sequence)
        elif sequence > known.sequence:
            self.park(known)
            self.follow(row, packet, sequence, (sequence - known.sequence) // known.step - 1)
        else:
            self.wrap(row, packet, sequence)
        return False

    def was_a_moment_ago(self, known: SeriesPointer, time: cython.longlong, sequence: cython.ulonglong) -> cython.bint:
        """Samples are clocks: how long ago the number was due tells whether this can be a copy that took longer."""
        behind: cython.ulonglong = known.sequence - sequence
        if sequence > known.sequence:
            if known.modulus <= sequence - known.sequence:
                return False
            behind = known.modulus - (sequence - known.sequence)
        if known.step == 0 or known.intervals == 0:
            recent: cython.bint = sequence <= known.sequence and time - known.time <= SETTLED
            return recent
        ago: cython.double = cython.cast(cython.double, behind // known.step) * known.spaced
        close: cython.bint = ago <= cython.cast(cython.double, SETTLED) * known.intervals
        return close

    def swap(self, row: cython.int, packet: Packet, sequence: cython.ulonglong) -> cython.int:
        """The series of samples that was left goes on."""
        known: SeriesPointer = cython.address(self.rows[row])
        other_time: cython.longlong = known.other_time
        self.park(known)
        known.time = other_time
        return self.follow(row, packet, sequence, 0)

    def wrap(self, row: cython.int, packet: Packet, sequence: cython.ulonglong) -> cython.int:
        """A lower number: the count begins again, perhaps with something missing, or was set back."""
        known: SeriesPointer = cython.address(self.rows[row])
        step: cython.ulonglong = max(known.step, cython.cast(cython.ulonglong, 1))
        behind: cython.ulonglong = known.sequence - sequence
        top: cython.ulonglong
        if sequence < step:
            top = behind + step
            known.modulus = max(known.modulus, top)
            return self.follow(row, packet, sequence, (known.modulus - top) // step)
        if behind < known.modulus < 2 * behind:
            return self.follow(row, packet, sequence, (known.modulus - behind) // step - 1)
        self.park(known)
        if known.modulus == 0 and sequence < behind:
            return self.follow(row, packet, sequence, sequence // step)
        known.set_back += 1
        return self.stand(row, packet, 0, sequence)

    def table(self) -> Any:
        """The rows as a record array."""
        return np.asarray(self.rows)[: self.size].view(np.recarray)

    def spans_table(self) -> Any:
        """Sums of intervals and their numbers, [row, kind, repetition]."""
        found = np.stack((np.asarray(self.spans), np.asarray(self.span_counts)))[:, : self.size * SPANS]
        return found.reshape(2, -1, SPANS).swapaxes(0, 1)

    def changes_table(self) -> Any:
        """The changes of state as a record array."""
        return np.asarray(self.changes)[: self.changed].view(np.recarray)
