"""When each conversation was busy: a bounded series of stretches of whole seconds, with what was counted in each.

A stretch begins as one second. When a conversation has as many as it may, neighbours that are alike become one: steady
traffic is well told by its count and its busiest second, and bursts keep their own. Every count stays true of its
stretch, and a rule about any span of time can say what it holds at least and at most.
"""

from __future__ import annotations

from typing import Any

import cython
import numpy as np

from scanner.capture.kernel.growing import table
from scanner.limits.capture import Limits

if not cython.compiled:
    StretchRow = Any
    StretchPointer = Any
    TrackPointer = Any

# Seconds since 1970, the last included; the two sides are told apart as the conversation has them. Peaks: the most that
# came in one second and in one calendar minute of the stretch, or more where packets are out of order. Heads and tails:
# what came in its first and in its last calendar minute.
STRETCH = np.dtype(
    [
        (name, "u4")
        for name in (
            *("start", "end", "client", "server", "opened", "client_peak", "server_peak", "opened_peak"),
            *("client_minute", "server_minute", "opened_minute", "client_head", "server_head", "opened_head"),
            *("client_tail", "server_tail", "opened_tail"),
        )
    ],
    align=True,
)
# until: the end (ns) of the second that is being counted, with its numbers ``now_*``; 0 before the first. front: what
# was counted and is not yet in the list (at[0:size] of the pool), where its heads and tails are right.
# kinds: types of ICMP messages from the client and from the server, a bit each.
TRACK = np.dtype(
    [
        ("until", "i8"),
        *((name, "u4") for name in ("now_client", "now_server", "now_opened")),
        ("front", STRETCH),
        *((name, "i4") for name in ("at", "size", "room")),
        *((name, "u8") for name in ("client_kinds", "server_kinds")),
    ],
    align=True,
)
_FIRST_ROOM = cython.declare(cython.int, 8)
MOST = cython.declare(cython.int, 64)  # stretches of one conversation, besides the one that is being counted
# stretches that are left when neighbours were made one, so that this is not done each second
_ENOUGH = cython.declare(cython.int, 32)
_SECOND = cython.declare(cython.longlong, 1_000_000_000)
_OPENING = cython.declare(cython.longlong, 16)  # packets that a new connection is worth when stretches are compared


@cython.cfunc
@cython.exceptval(check=False)
def uncertain(one: StretchPointer) -> cython.longlong:
    """How much more the stretch would hold if all of its seconds were its busiest."""
    peak: cython.longlong = cython.cast(cython.longlong, one.client_peak) + one.server_peak
    held: cython.longlong = cython.cast(cython.longlong, one.client) + one.server
    peak += _OPENING * one.opened_peak
    held += _OPENING * one.opened
    seconds: cython.longlong = cython.cast(cython.longlong, one.end) - one.start + 1
    return peak * seconds - held


@cython.cfunc
@cython.exceptval(check=False)
def loss(one: StretchPointer, two: StretchPointer) -> cython.longlong:
    """How much less is known of the two as one."""
    whole: StretchRow = one[0]
    join(cython.address(whole), two)
    return uncertain(cython.address(whole)) - uncertain(one) - uncertain(two)


@cython.cfunc
@cython.exceptval(check=False)
def join(one: StretchPointer, two: StretchPointer) -> cython.int:
    """Make the first stretch both; the second follows it."""
    minute: cython.uint = one.end // 60
    one.client_minute = max(one.client_minute, two.client_minute)
    one.server_minute = max(one.server_minute, two.server_minute)
    one.opened_minute = max(one.opened_minute, two.opened_minute)
    if minute == two.start // 60:
        one.client_minute = max(one.client_minute, one.client_tail + two.client_head)
        one.server_minute = max(one.server_minute, one.server_tail + two.server_head)
        one.opened_minute = max(one.opened_minute, one.opened_tail + two.opened_head)
        if one.start // 60 == minute:
            one.client_head += two.client_head
            one.server_head += two.server_head
            one.opened_head += two.opened_head
    if minute == two.end // 60:
        one.client_tail += two.client_tail
        one.server_tail += two.server_tail
        one.opened_tail += two.opened_tail
    else:
        one.client_tail = two.client_tail
        one.server_tail = two.server_tail
        one.opened_tail = two.opened_tail
    one.start = min(one.start, two.start)
    one.end = max(one.end, two.end)
    one.client += two.client
    one.server += two.server
    one.opened += two.opened
    one.client_peak = max(one.client_peak, two.client_peak)
    one.server_peak = max(one.server_peak, two.server_peak)
    one.opened_peak = max(one.opened_peak, two.opened_peak)
    return 0


@cython.final
@cython.cclass
class Activity:
    """A track for each row of the conversations, by the same number."""

    def __init__(self, limits: Limits) -> None:
        self.tracks = table(256, TRACK)
        self.pool = table(256, STRETCH)
        self.used = 0
        self.limit = max(1, limits.stretches)
        self.coarse = 0
        self.blank = table(1, TRACK)

    @cython.boundscheck(False)
    def beat(self, conversation: cython.int, time: cython.longlong, from_client: cython.bint) -> cython.int:
        """Count a packet; one without a time (ns since 1970) is not counted."""
        track: TrackPointer = cython.address(self.tracks[conversation])
        if cython.cast(cython.ulonglong, track.until - 1 - time) >= cython.cast(cython.ulonglong, _SECOND):
            if time <= 0:
                return 0
            self.tick(conversation, time)
            track = cython.address(self.tracks[conversation])
        if from_client:
            track.now_client += 1
        else:
            track.now_server += 1
        return 0

    def opened(self, conversation: cython.int, time: cython.longlong) -> cython.int:
        """Count a connection that begins, and make room for its conversation."""
        if conversation >= self.tracks.shape[0]:
            self.tracks = table(2 * max(conversation, self.tracks.shape[0]), TRACK, self.tracks)
        if time > 0:
            self.tick(conversation, time)
            self.tracks[conversation].now_opened += 1
        return 0

    def tick(self, conversation: cython.int, time: cython.longlong) -> cython.int:
        """Another second begins; or a packet belongs to one before, and counts in this one, which begins earlier."""
        track: TrackPointer = cython.address(self.tracks[conversation])
        second: cython.uint = cython.cast(cython.uint, time // _SECOND)
        if track.until == 0:
            track.front.start = track.front.end = second
            track.until = (cython.cast(cython.longlong, second) + 1) * _SECOND
        elif time < track.until:
            track.front.start = min(track.front.start, second)
        else:
            self.turn(conversation)
            track = cython.address(self.tracks[conversation])
            if track.front.client == 0 and track.front.server == 0 and track.front.opened == 0:
                track.front.start = second
            track.front.end = second
            track.until = (cython.cast(cython.longlong, second) + 1) * _SECOND
        return 0

    def fold(self, conversation: cython.int) -> cython.int:
        """Add the second that was counted to the stretch in front."""
        track: TrackPointer = cython.address(self.tracks[conversation])
        track.front.client += track.now_client
        track.front.server += track.now_server
        track.front.opened += track.now_opened
        track.front.client_peak = max(track.front.client_peak, track.now_client)
        track.front.server_peak = max(track.front.server_peak, track.now_server)
        track.front.opened_peak = max(track.front.opened_peak, track.now_opened)
        track.front.client_minute += track.now_client
        track.front.server_minute += track.now_server
        track.front.opened_minute += track.now_opened
        track.now_client = track.now_server = track.now_opened = 0
        return 0

    def turn(self, conversation: cython.int) -> cython.int:
        """Put the stretch in front into the list, as far as there is room."""
        track: TrackPointer = cython.address(self.tracks[conversation])
        self.fold(conversation)
        if track.size == track.room and track.room < MOST:
            self.widen(conversation)
            track = cython.address(self.tracks[conversation])
        if track.room == 0:
            self.coarse += 1
            return 0
        if track.size == track.room:
            self.merge(conversation)
            track = cython.address(self.tracks[conversation])
        front: StretchPointer = cython.address(track.front)
        front.client_head = front.client_tail = front.client_minute
        front.server_head = front.server_tail = front.server_minute
        front.opened_head = front.opened_tail = front.opened_minute
        self.pool[track.at + track.size] = track.front
        track.size += 1
        front.client = front.server = front.opened = 0
        front.client_peak = front.server_peak = front.opened_peak = 0
        front.client_minute = front.server_minute = front.opened_minute = 0
        return 0

    def widen(self, conversation: cython.int) -> cython.int:
        """A longer list for the track, elsewhere in the pool; none when the pool is full."""
        track: TrackPointer = cython.address(self.tracks[conversation])
        room: cython.int = MOST if track.room else _FIRST_ROOM
        i: cython.int
        if self.used + room > self.limit:
            return 0
        if self.used + room > self.pool.shape[0]:
            self.pool = table(2 * (self.used + room), STRETCH, self.pool)
        for i in range(track.size):
            self.pool[self.used + i] = self.pool[track.at + i]
        track.at = self.used
        track.room = room
        self.used += room
        return 0

    @cython.boundscheck(False)
    def merge(self, conversation: cython.int) -> cython.int:
        """Make neighbours one, those first by which least is lost, until enough places of the list are free."""
        track: TrackPointer = cython.address(self.tracks[conversation])
        allowed: cython.longlong = 0
        i: cython.int
        last: cython.int
        one: StretchPointer
        two: StretchPointer
        while track.size > _ENOUGH or track.size == track.room:
            last = 0
            for i in range(1, track.size):
                one = cython.address(self.pool[track.at + last])
                two = cython.address(self.pool[track.at + i])
                if loss(one, two) <= allowed:
                    join(one, two)
                else:
                    last += 1
                    if last != i:
                        self.pool[track.at + last] = self.pool[track.at + i]
            track.size = last + 1
            allowed = 2 * allowed + 1
        return 0

    @cython.boundscheck(False)
    def icmp(
        self, conversation: cython.int, version: cython.int, kind: cython.int, from_client: cython.bint
    ) -> cython.int:
        """Note the type of an ICMP message by its bit; of ICMPv6 that is the type less 128, and 60 to 63 are errors."""
        track: TrackPointer = cython.address(self.tracks[conversation])
        bit: cython.ulonglong = 1
        if version == 6:
            kind = kind - 128 if kind >= 128 else 60 + (kind & 3)
        if kind < 64:
            bit <<= kind
            if from_client:
                track.client_kinds |= bit
            else:
                track.server_kinds |= bit
        return 0

    def forget(self, conversation: cython.int) -> cython.int:
        """Nothing was seen of a conversation that had one packet."""
        self.tracks[conversation] = self.blank[0]
        return 0

    def renew(self) -> None:
        """Count from nothing for the next capture."""
        np.asarray(self.tracks)[:] = np.zeros(1, TRACK)[0]
        self.used = 0

    def table(self) -> Any:
        """The tracks as a record array, by the conversations' numbers, the seconds that are being counted included."""
        row: cython.int
        for row in range(self.tracks.shape[0]):
            self.fold(row)
        return np.asarray(self.tracks).view(np.recarray)

    def stretches(self) -> Any:
        """The lists of all tracks, as a record array."""
        return np.asarray(self.pool)[: self.used].view(np.recarray)
