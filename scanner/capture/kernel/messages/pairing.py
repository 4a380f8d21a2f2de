"""Which response answers which request: the requests that wait, and how often each pair was seen.

A request waits under its owner (the connection and side, or the requester's address) and the bytes that its response
repeats. Requests that wait under the same identifier stand in a queue, and servers answer in the order in which they
were asked; when there are fewer answers than requests it has to be told which requests were given up (``settle``). All
waiting requests form a ring, so that the oldest makes room when it is full.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED
from scanner.limits.capture import Limits

if not cython.compiled:
    from scanner.capture.kernel.hashing import mix
    from scanner.capture.kernel.messages.matcher import Matcher
    from scanner.capture.kernel.record_index import otaudit_prefetch

    BytesPointer = Any
    PAIR_WORDS = 4  # words of pair bytes; a longer identifier is folded into the last one
    STRAYS = 64  # answers that are remembered without a request, which the capture may have behind them
    # whether a row waits, and how
    FREE = 0
    ONCE = 1  # for one answer
    STAYS = 2  # for any number of them
    QUEUED = 3  # behind others with the same identifier
    # marks of a request
    UNREPEATED = 1  # nothing below it repeats what is lost
    REPEATED = 2  # an equal one that waited at the same time was answered
    IN_ORDER = 4  # of a head: the last request was not answered so soon
    NOT_WAITED = 8  # of a head: its sender does not wait for answers
    AHEAD = -2  # in place of a time: several requests were on the way at once, and all were answered
    GIVEN_UP: cython.longlong = 100000000  # ns: nobody uses an identifier again sooner because no answer has come
    FORGOTTEN: cython.longlong = 5000000000  # ns after which one that was given up is not answered either

    PendingPointer = Any

PENDING = np.dtype(
    [
        ("hash", "u8"),
        *((f"owner{i}", "u8") for i in range(3)),
        *((f"pair{i}", "u8") for i in range(4)),
        ("time", "i8"),  # when it was asked, ns
        ("answered", "i8"),  # when ``response`` came, ns
        *((name, "i4") for name in ("size", "request", "next", "waits")),
        ("later", "i4"),  # the one behind it in its queue, -1 none
        ("last", "i4"),  # of the queue, where this is its head
        ("first", "i4"),  # the head, where this is not
        ("depth", "i4"),  # how many wait, where this is the head
        ("marks", "i4"),
        ("answers", "i4"),  # how many have come for the queue of this head
        ("response", "i4"),  # the answer noted here, -1 none
        ("unused", "i4"),
    ],
    align=True,
)
PAIR = np.dtype([("count", "i8"), ("request", "i4"), ("response", "i4"), ("next", "i4"), ("unused", "i4")], align=True)


STRAY = np.dtype([("hash", "u8"), ("time", "i8"), ("response", "i4"), ("unused", "i4")], align=True)


@cython.final
@cython.cclass
class Pairing:
    """``ask`` and ``answer`` meet under an identifier: the owner, and the bytes that were put into ``out``.

    A pair whose request and response are one and the same row counts how often that request was only sent again:
    datagrams that were equal, waited at the same time, and got one answer.

    took: ns that the request answered last had waited, when nothing else waited under its identifier; AHEAD when it was
    one of several that were all answered, so that its sender does not wait for answers; else -1. asked: that request.
    left_out: pairs that found the table of pairs full.
    latest_pairs: for each request the row of the pair that was counted last, plus one; it is nearly always that again.
    """

    def __init__(self, matcher: Matcher, limits: Limits) -> None:
        self.ring = max(16, limits.pending)
        self.most = max(1, limits.queued)
        self.order = np.zeros(self.most + 1, np.int32)
        self.pair_limit = limits.pairs
        self.secret = SECRET
        self.seed = SEED
        self.words = matcher.keys.out
        self.renew()

    def renew(self) -> None:
        """Begin anew, for the next capture: what waits was asked in the one before."""
        self.pending = table(min(1024, self.ring), PENDING)
        self.buckets = np.full(2048, -1, np.int32)
        self.mask = 2047
        self.hand = self.size = 0
        self.free = -1
        self.pairs = table(1024, PAIR)
        self.pair_buckets = np.full(2048, -1, np.int32)
        self.pair_mask = 2047
        self.latest_pairs = np.zeros(1024, np.int32)
        self.strays = np.zeros(STRAYS, STRAY)
        self.stray = 0
        self.latest = 0
        self.took = -1
        self.asked = -1
        self.left_out = 0

    @cython.boundscheck(False)
    def ask(
        self,
        owner0: cython.ulonglong,
        owner1: cython.ulonglong,
        owner2: cython.ulonglong,
        size: cython.Py_ssize_t,
        row: cython.int,
        stays: cython.bint,
        datagram: cython.bint,
        time: cython.longlong,
    ) -> cython.int:
        """The request ``row`` waits from now on under the identifier of its owner and the ``size`` bytes in ``out``,
        behind those that wait there already. A request that was sent to a group ``stays`` for any number of answers,
        until the next one.
        """
        place: cython.int
        head: cython.int
        known: PendingPointer
        digest: cython.ulonglong = self.identify(owner0, owner1, owner2, size)
        if time < self.latest:
            if not stays and self.came_first(digest, row, time):
                return 0
        else:
            self.latest = time
        head = self.find(digest, owner0, owner1, owner2, size)
        if head >= 0 and self.pending[head].answers and not self.settle(head):
            head = -1
        if head >= 0 and (stays or self.pending[head].waits == STAYS):
            self.drop(head)
            head = -1
        if head >= 0:
            return self.queue(head, row, datagram, time)
        place = self.room()
        known = cython.address(self.pending[place])
        known.hash = digest
        known.owner0 = owner0
        known.owner1 = owner1
        known.owner2 = owner2
        known.pair0 = self.words[0]
        known.pair1 = self.words[1]
        known.pair2 = self.words[2]
        known.pair3 = self.words[3]
        known.size = cython.cast(cython.int, size)
        known.next = self.buckets[digest & self.mask]
        known.request = row
        known.time = time
        known.later = -1
        known.last = place
        known.depth = 1
        known.answers = 0
        known.response = -1
        known.marks = datagram
        known.waits = ONCE + stays
        self.buckets[digest & self.mask] = place
        return 0

    @cython.boundscheck(False)
    def answer(
        self,
        owner0: cython.ulonglong,
        owner1: cython.ulonglong,
        owner2: cython.ulonglong,
        size: cython.Py_ssize_t,
        row: cython.int,
        time: cython.longlong,
        quickest: cython.longlong,
    ) -> cython.int:
        """The response ``row`` answers one that waits under the identifier.

        quickest: ns after which an answer has come when only one request waited, 0 if not known; AHEAD as ``took``.
        """
        known: PendingPointer
        digest: cython.ulonglong = self.identify(owner0, owner1, owner2, size)
        place: cython.int = self.find(digest, owner0, owner1, owner2, size)
        self.took = -1
        self.latest = max(self.latest, time)
        if place < 0:
            self.strays[self.stray].hash = digest
            self.strays[self.stray].time = time
            self.strays[self.stray].response = row
            self.stray = (self.stray + 1) % STRAYS
            return 0
        known = cython.address(self.pending[place])
        if known.waits == ONCE:
            if known.later >= 0:
                return self.answer_queued(place, row, time, quickest)
            self.took = max(0, time - known.time)
            self.asked = known.request
            self.unlink(place)
            known.next = self.free
            self.free = place
        return self.pair(known.request, row)

    # --- queues -----------------------------------------------------------------------------------------------------
    # The head is in its bucket, with the identifier; those behind it are reached from it by ``later`` and know it as
    # ``first``. ``last`` of the head is the end of the queue, ``depth`` how many they are, ``next`` of its bucket.
    # Answers that came for a queue are noted with its first requests, until another request or the end shows whether
    # there are as many: ``answers`` of the head, ``response`` and its time ``answered`` of each.

    def queue(self, head: cython.int, row: cython.int, datagram: cython.bint, time: cython.longlong) -> cython.int:
        """Another request waits under the identifier of ``head``."""
        place: cython.int
        if self.pending[head].depth >= self.most:
            self.give_up(head)
            self.leave(head, head)
        place = self.room(head)
        self.pending[place].request = row
        self.pending[place].time = time
        self.pending[place].later = -1
        self.pending[place].first = head
        self.pending[place].marks = datagram
        self.pending[place].response = -1
        self.pending[place].waits = QUEUED
        self.pending[self.pending[head].last].later = place
        self.pending[head].last = place
        self.pending[head].depth += 1
        return 0

    def answer_queued(
        self, head: cython.int, row: cython.int, time: cython.longlong, quickest: cython.longlong
    ) -> cython.int:
        """An answer comes while several requests wait."""
        i: cython.int
        at: cython.int = head
        for i in range(self.pending[head].answers):  # noqa: B007 - Cython has no name for nothing
            at = self.pending[at].later
        self.pending[at].response = row
        self.pending[at].answered = time
        self.pending[head].answers += 1
        if quickest == AHEAD:
            self.pending[head].marks |= NOT_WAITED
        elif 2 * (time - self.pending[self.pending[head].last].time) < quickest:
            self.pending[head].marks |= IN_ORDER
        if self.pending[head].answers == self.pending[head].depth:
            self.settle(head)
            self.took = AHEAD
        return 0

    def settle(self, head: cython.int) -> cython.int:
        """Pair the answers that came for a queue with its requests; gives how many of them wait still.

        There are fewer answers than requests. A sender that waits for each answer has given up the requests ahead of
        the last so many, but not when its server never answered so soon. One that does not wait has given up only those
        that waited much longer than the last one.
        """
        i: cython.int
        at: cython.int = head
        skip: cython.int
        left: cython.int = 0
        many: cython.int = self.pending[head].depth
        answers: cython.int = self.pending[head].answers
        first: cython.longlong = self.pending[head].answered
        least: cython.longlong = first - self.pending[self.pending[head].last].time
        for i in range(many):
            self.order[i] = at
            at = self.pending[at].later
        skip = many - answers
        if self.pending[head].marks & IN_ORDER:
            skip = 0
        elif self.pending[head].marks & NOT_WAITED:
            i = 0
            while i < skip and self.overtaken(first - self.pending[self.order[i]].time, least):
                i += 1
            skip = i
        for i in range(answers):
            self.pair(self.pending[self.order[skip + i]].request, self.pending[self.order[i]].response)
        self.repeats(many, skip, answers)
        for i in range(many):
            at = self.order[i]
            if not skip <= i < skip + answers and first - self.pending[at].time <= FORGOTTEN:
                self.move(at, self.order[left])
                left += 1
            elif not skip <= i < skip + answers:
                self.give_up(at)
        self.shorten(head, many, left)
        return left

    def overtaken(self, waited: cython.longlong, least: cython.longlong) -> cython.bint:
        """Whoever waits so long when the last one has waited only so long was given up."""
        return waited >= GIVEN_UP and waited >= 10 * least

    def repeats(self, many: cython.int, first: cython.int, answers: cython.int) -> cython.int:
        """Mark the datagrams in ``order`` that were not answered and are equal to one that was, and near to it."""
        i: cython.int
        j: cython.int
        one: PendingPointer
        two: PendingPointer
        for i in range(first, first + answers):
            one = cython.address(self.pending[self.order[i]])
            if not one.marks & UNREPEATED:
                return 0
            for j in range(many):
                two = cython.address(self.pending[self.order[j]])
                if (
                    not first <= j < first + answers
                    and one.request == two.request
                    and one.time - FORGOTTEN <= two.time <= one.time + FORGOTTEN
                ):
                    two.marks |= REPEATED
        return 0

    def move(self, source: cython.int, target: cython.int) -> cython.int:
        """Let the request wait in another row of its queue."""
        self.pending[target].request = self.pending[source].request
        self.pending[target].time = self.pending[source].time
        self.pending[target].marks = self.pending[source].marks & ~(IN_ORDER | NOT_WAITED)
        self.pending[target].response = -1
        return 0

    def shorten(self, head: cython.int, many: cython.int, left: cython.int) -> cython.int:
        """The first ``left`` of the ``many`` rows in ``order`` are the queue now."""
        i: cython.int
        if left == 0:
            self.unlink(head)
        for i in range(left, many):
            self.pending[self.order[i]].waits = FREE
            self.pending[self.order[i]].next = self.free
            self.free = self.order[i]
        if left:
            self.pending[self.order[left - 1]].later = -1
            self.pending[head].last = self.order[left - 1]
        self.pending[head].depth = left
        self.pending[head].answers = 0
        return 0

    def leave(self, head: cython.int, place: cython.int) -> cython.int:
        """Take a request out of a queue of several. The head stays where it is: whoever follows takes its place."""
        before: cython.int = head
        freed: cython.int = place
        if place == head:
            freed = self.pending[head].later
            self.pending[head].request = self.pending[freed].request
            self.pending[head].time = self.pending[freed].time
            self.pending[head].marks = self.pending[freed].marks
            self.pending[head].later = self.pending[freed].later
        else:
            while self.pending[before].later != place:
                before = self.pending[before].later
            self.pending[before].later = self.pending[place].later
        if self.pending[head].last == freed:
            self.pending[head].last = before
        self.pending[freed].waits = FREE
        self.pending[freed].next = self.free
        self.free = freed
        self.pending[head].depth -= 1
        return 0

    def drop(self, head: cython.int) -> cython.int:
        """Nobody waits under the identifier of ``head`` any longer."""
        at: cython.int
        after: cython.int
        if self.pending[head].answers and not self.settle(head):
            return 0
        at = self.pending[head].later
        self.give_up(head)
        self.unlink(head)
        self.pending[head].next = self.free
        self.free = head
        while at >= 0:
            after = self.pending[at].later
            self.give_up(at)
            self.pending[at].waits = FREE
            self.pending[at].next = self.free
            self.free = at
            at = after
        return 0

    def give_up(self, place: cython.int) -> cython.int:
        """No answer will be taken for the one of this request. Was it only sent again, this is no new request."""
        if self.pending[place].marks & REPEATED:
            self.pending[place].marks = 0
            self.pair(self.pending[place].request, self.pending[place].request)
        return 0

    def came_first(self, digest: cython.ulonglong, row: cython.int, time: cython.longlong) -> cython.bint:
        """The capture has the answer, which is later by its time, ahead of this request: they are a pair."""
        i: cython.int
        place: cython.int
        for i in range(STRAYS):
            place = (self.stray + i) % STRAYS
            if self.strays[place].hash == digest and self.strays[place].time > time:
                self.strays[place].hash = 0
                self.pair(row, self.strays[place].response)
                return True
        return False

    @cython.cfunc
    @cython.inline
    @cython.exceptval(0xFFFFFFFFFFFFFFFF, check=True)
    @cython.boundscheck(False)
    def identify(
        self, owner0: cython.ulonglong, owner1: cython.ulonglong, owner2: cython.ulonglong, size: cython.Py_ssize_t
    ) -> cython.ulonglong:
        """Hash of an identifier; its words are PAIR_WORDS afterwards, whatever its size."""
        i: cython.int
        words: cython.int = cython.cast(cython.int, (size + 7) >> 3)
        digest: cython.ulonglong = self.seed ^ cython.cast(cython.ulonglong, size) << 56
        digest = mix(digest ^ owner0 << 20, owner2, self.secret)
        if owner1:
            digest = mix(digest, owner1, self.secret)
        for i in range(words, PAIR_WORDS):
            self.words[i] = 0
        for i in range(PAIR_WORDS, words):
            self.words[PAIR_WORDS - 1] = mix(self.words[PAIR_WORDS - 1], self.words[i], self.secret)
        for i in range(min(words, PAIR_WORDS)):
            digest = mix(digest, self.words[i], self.secret)
        return digest

    @cython.cfunc
    @cython.inline
    @cython.exceptval(-2, check=False)
    @cython.boundscheck(False)
    def find(
        self,
        digest: cython.ulonglong,
        owner0: cython.ulonglong,
        owner1: cython.ulonglong,
        owner2: cython.ulonglong,
        size: cython.Py_ssize_t,
    ) -> cython.int:
        """Where the identifier waits, or -1. Inline: a request finds nothing and a response something, nearly always,
        and the processor foresees both when they are not the same place in the program.
        """
        known: PendingPointer
        place: cython.int = self.buckets[digest & self.mask]
        while place >= 0:
            known = cython.address(self.pending[place])
            if (
                known.hash == digest
                and known.owner0 == owner0
                and known.owner1 == owner1
                and known.owner2 == owner2
                and known.pair0 == self.words[0]
                and known.pair1 == self.words[1]
                and known.pair2 == self.words[2]
                and known.pair3 == self.words[3]
                and known.size == size
            ):
                return place
            place = known.next
        return -1

    def room(self, but: cython.int = -1) -> cython.int:
        """A free row, the one freed last if any (it is in the cache); the oldest that waits makes room if none is, but
        not the head ``but``.
        """
        head: cython.int
        row: cython.int = self.free
        if row >= 0:
            self.free = self.pending[row].next
            return row
        row = self.hand
        if row >= len(self.pending) or row < 0:
            row = 0
        if self.pending[row].waits and len(self.pending) < self.ring:
            row = cython.cast(cython.int, len(self.pending))
            self.grow()
        if row == but:
            row = (row + 1) % cython.cast(cython.int, len(self.pending))
        self.hand = row + 1
        if self.pending[row].waits:
            head = self.pending[row].first if self.pending[row].waits == QUEUED else row
            if self.pending[head].answers:
                self.settle(head)
                return self.room()
        if self.pending[row].waits == QUEUED:
            self.give_up(row)
            self.leave(self.pending[row].first, row)
        elif self.pending[row].waits and self.pending[row].later >= 0:
            self.give_up(row)
            self.leave(row, row)
        elif self.pending[row].waits:
            self.give_up(row)
            self.unlink(row)
            return row
        else:
            return row
        row = self.free
        self.free = self.pending[row].next
        return row

    def unlink(self, row: cython.int) -> cython.int:
        """Take a waiting request out of its bucket."""
        bucket: cython.Py_ssize_t = self.pending[row].hash & self.mask
        before: cython.int = self.buckets[bucket]
        self.pending[row].waits = FREE
        if before == row:
            self.buckets[bucket] = self.pending[row].next
            return 0
        while self.pending[before].next != row:
            before = self.pending[before].next
        self.pending[before].next = self.pending[row].next
        return 0

    def grow(self) -> None:
        """Twice the ring. It stays small while answers come, and so in the processor's cache."""
        row: cython.int
        old: cython.int = cython.cast(cython.int, self.pending.shape[0])
        bucket: cython.Py_ssize_t
        self.pending = table(min(self.ring, 2 * self.pending.shape[0]), PENDING, self.pending)
        self.buckets = np.full(2 * self.buckets.shape[0], -1, np.int32)
        self.mask = self.buckets.shape[0] - 1
        for row in range(old):
            if self.pending[row].waits in (ONCE, STAYS):
                bucket = self.pending[row].hash & self.mask
                self.pending[row].next = self.buckets[bucket]
                self.buckets[bucket] = row

    @cython.boundscheck(False)
    def pair(self, request: cython.int, response: cython.int) -> cython.int:
        """Count the pair."""
        word: cython.ulonglong = cython.cast(cython.ulonglong, request) << 32 | cython.cast(cython.ulonglong, response)
        bucket: cython.Py_ssize_t
        row: cython.int = -1
        if request < self.latest_pairs.shape[0]:
            row = self.latest_pairs[request] - 1
        if row >= 0 and self.pairs[row].response == response:
            self.pairs[row].count += 1
            return 0
        bucket = mix(self.seed, word, self.secret) & self.pair_mask
        row = self.pair_buckets[bucket]
        while row >= 0:
            if self.pairs[row].request == request and self.pairs[row].response == response:
                self.pairs[row].count += 1
                return self.lately(request, row)
            row = self.pairs[row].next
        if self.size >= self.pair_limit:
            self.left_out += 1
            return 0
        row = self.size
        if row == self.pairs.shape[0]:
            self.pairs = table(2 * row, PAIR, self.pairs)
        self.size += 1
        self.pairs[row].request = request
        self.pairs[row].response = response
        self.pairs[row].count = 1
        self.pairs[row].next = self.pair_buckets[bucket]
        self.pair_buckets[bucket] = row
        if self.size > self.pair_buckets.shape[0]:
            self.rehash()
        return self.lately(request, row)

    def lately(self, request: cython.int, row: cython.int) -> cython.int:
        """The pair that was counted last of those of the request."""
        if request >= self.latest_pairs.shape[0]:
            self.latest_pairs = table(2 * request, np.int32, self.latest_pairs)
        self.latest_pairs[request] = row + 1
        return 0

    @cython.cfunc
    @cython.inline
    @cython.exceptval(check=False)
    @cython.boundscheck(False)
    def foresee(self, request: cython.int) -> cython.int:
        """Have the pair fetched that the request will soon be half of, as far as that is known."""
        row: cython.int
        if cython.compiled and 0 <= request < self.latest_pairs.shape[0]:
            row = self.latest_pairs[request] - 1
            if row >= 0:
                otaudit_prefetch(cython.cast(BytesPointer, cython.address(self.pairs[row])))
        return 0

    def rehash(self) -> None:
        """Twice as many buckets for pairs."""
        row: cython.int
        bucket: cython.Py_ssize_t
        word: cython.ulonglong
        self.pair_buckets = np.full(2 * self.pair_buckets.shape[0], -1, np.int32)
        self.pair_mask = self.pair_buckets.shape[0] - 1
        for row in range(self.size):
            word = cython.cast(cython.ulonglong, self.pairs[row].request) << 32
            word |= cython.cast(cython.ulonglong, self.pairs[row].response)
            bucket = mix(self.seed, word, self.secret) & self.pair_mask
            self.pairs[row].next = self.pair_buckets[bucket]
            self.pair_buckets[bucket] = row

    def table(self) -> Any:
        """The pairs as a record array, when the capture is over."""
        row: cython.int
        for row in range(cython.cast(cython.int, self.pending.shape[0])):
            if self.pending[row].waits in (ONCE, STAYS) and self.pending[row].answers:
                self.settle(row)
        for row in range(cython.cast(cython.int, self.pending.shape[0])):
            if self.pending[row].waits:
                self.give_up(row)
        return np.asarray(self.pairs)[: self.size].view(np.recarray)
