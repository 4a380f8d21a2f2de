# cython: boundscheck=True, wraparound=False, initializedcheck=False, cdivision=True, show_performance_hints=False
"""Which response answers which request: the requests that wait, and how often each pair was seen.

A request waits under its owner (the connection and side, or the requester's address) and the bytes that its response
repeats. Waiting requests form a ring, so that the oldest makes room when it is full.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.capture.kernel.hashing import SECRET, SEED
from scanner.capture.limits import Limits

if not cython.compiled:
    from scanner.capture.kernel.descriptors import Descriptors
    from scanner.capture.kernel.hashing import mix

    PAIR_WORDS = 4
    PendingPointer = Any

PENDING = np.dtype(
    [
        ("hash", "u8"),
        *((f"owner{i}", "u8") for i in range(3)),
        *((f"pair{i}", "u8") for i in range(4)),
        ("size", "i4"),
        ("request", "i4"),
        ("next", "i4"),
        ("waits", "i4"),
    ],
    align=True,
)
PAIR = np.dtype([("count", "i8"), ("request", "i4"), ("response", "i4"), ("next", "i4"), ("unused", "i4")], align=True)


@cython.final
@cython.cclass
class Pairing:
    """``ask`` and ``answer`` meet under an identifier: the owner, and the bytes that were put into ``out``.

    left_out: pairs that found the table of pairs full.
    """

    def __init__(self, descriptors: Descriptors, limits: Limits) -> None:
        self.ring = max(16, limits.pending)
        self.pair_limit = limits.pairs
        self.secret = SECRET
        self.seed = SEED
        self.words = descriptors.out
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
    ) -> cython.int:
        """The request ``row`` waits from now on under the identifier of its owner and the ``size`` bytes in ``out``.

        An equal identifier that still waits was never answered. A request that was sent to a group ``stays`` for any
        number of answers.
        """
        place: cython.int
        known: PendingPointer
        digest: cython.ulonglong = self.identify(owner0, owner1, owner2, size)
        place = self.find(digest, owner0, owner1, owner2, size)
        if place < 0:
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
            self.buckets[digest & self.mask] = place
        known = cython.address(self.pending[place])
        known.request = row
        known.waits = 1 + stays
        return 0

    @cython.boundscheck(False)
    def answer(
        self,
        owner0: cython.ulonglong,
        owner1: cython.ulonglong,
        owner2: cython.ulonglong,
        size: cython.Py_ssize_t,
        row: cython.int,
    ) -> cython.int:
        """The response ``row`` answers what waits under the identifier."""
        known: PendingPointer
        place: cython.int = self.find(self.identify(owner0, owner1, owner2, size), owner0, owner1, owner2, size)
        if place >= 0:
            known = cython.address(self.pending[place])
            self.pair(known.request, row)
            if known.waits == 1:
                self.unlink(place)
                known.next = self.free
                self.free = place
        return 0

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

    def room(self) -> cython.int:
        """A free row, the one freed last if any (it is in the cache); the oldest that waits makes room if none is."""
        row: cython.int = self.free
        if row >= 0:
            self.free = self.pending[row].next
            return row
        row = self.hand
        if row >= len(self.pending):
            row = 0
        if self.pending[row].waits and len(self.pending) < self.ring:
            row = cython.cast(cython.int, len(self.pending))
            self.grow()
        self.hand = row + 1
        if self.pending[row].waits:
            self.unlink(row)
        return row

    def unlink(self, row: cython.int) -> cython.int:
        """Take a waiting request out of its bucket."""
        bucket: cython.Py_ssize_t = self.pending[row].hash & self.mask
        before: cython.int = self.buckets[bucket]
        self.pending[row].waits = 0
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
            if self.pending[row].waits:
                bucket = self.pending[row].hash & self.mask
                self.pending[row].next = self.buckets[bucket]
                self.buckets[bucket] = row

    @cython.boundscheck(False)
    def pair(self, request: cython.int, response: cython.int) -> cython.int:
        """Count the pair."""
        word: cython.ulonglong = cython.cast(cython.ulonglong, request) << 32 | cython.cast(cython.ulonglong, response)
        bucket: cython.Py_ssize_t = mix(self.seed, word, self.secret) & self.pair_mask
        row: cython.int = self.pair_buckets[bucket]
        while row >= 0:
            if self.pairs[row].request == request and self.pairs[row].response == response:
                self.pairs[row].count += 1
                return 0
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
        """The pairs as a record array."""
        return np.asarray(self.pairs)[: self.size].view(np.recarray)
