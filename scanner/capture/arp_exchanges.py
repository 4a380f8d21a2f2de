"""Who asks for how many addresses by ARP, and who tells others what they did not ask for.

Source: RFC 826; RFC 5227 (probes, announcements). Answers do not meet their questions in one conversation, because
questions go to everybody; so both are followed here while packets pass.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import NamedTuple

MINUTE = 60_000_000_000  # nanoseconds
IN_TIME = 2_000_000_000  # within which an answer belongs to its question
MOST_ASKERS = 16_384  # MAC addresses and pairs of them that are followed each
MOST_ADDRESSES = 10_240  # of one asker within a minute
MOST_TOLD = 1_024  # messages of a pair within a minute
_REQUEST, _REPLY = 1, 2
_BODY = 28

Asker = tuple[int, int]  # MAC address and VLAN
Pair = tuple[int, int, int]  # who tells, who is told, VLAN


class Exchange(NamedTuple):
    """asked: different addresses that the client asked for or announced to all within a minute, at most. unasked,
    server_unasked: messages within a minute that the client sent the server, or this the client, without being asked;
    None where the receiver's questions may not have been captured, because nothing of it was. None also when there was
    no room to follow it.
    """

    asked: int | None
    unasked: int | None
    server_unasked: int | None


@dataclass(slots=True)
class _Asking:
    """Times of addresses in the last minute, and the most of them so far."""

    last: dict[int, int] = field(default_factory=dict)
    order: deque[tuple[int, int]] = field(default_factory=deque)
    most: int = 0

    def note(self, address: int, time: int) -> None:
        order, last = self.order, self.last
        while order and order[0][0] <= time - MINUTE:
            then, old = order.popleft()
            if last.get(old) == then:
                del last[old]
        if len(order) >= MOST_ADDRESSES and address not in last:
            return
        if len(order) < 2 * MOST_ADDRESSES:
            last[address] = time
            order.append((time, address))
        self.most = max(self.most, len(last))


@dataclass(slots=True)
class _Telling:
    """Times of messages in the last minute, and the most of them so far."""

    times: deque[int] = field(default_factory=lambda: deque(maxlen=MOST_TOLD))
    most: int = 0

    def note(self, time: int) -> None:
        times = self.times
        while times and times[0] <= time - MINUTE:
            times.popleft()
        times.append(time)
        self.most = max(self.most, len(times))


class ArpExchanges:
    """All of a capture; of whom comes when the room is full nothing is known."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Count from nothing for the next capture."""
        self._asking: dict[Asker, _Asking] = {}
        self._open: dict[tuple[int, int, int], int] = {}  # asker, VLAN, address -> when it asked
        self._telling: dict[Pair, _Telling] = {}
        self._forgot = False  # questions that may still have been answered

    def note(self, source: int, target: int, vlan: int, body: bytes, time: int) -> None:
        """A message from its hardware type on; source, target: MAC addresses of its frame."""
        if len(body) < _BODY or body[2:6] != b"\x08\0\6\4":
            return
        operation = int.from_bytes(body[6:8], "big")
        told, asked = int.from_bytes(body[14:18], "big"), int.from_bytes(body[24:28], "big")
        to_all = target >> 40 & 1
        if operation == _REQUEST and told != asked:
            self._ask(source, vlan, asked, time)
        elif operation not in (_REQUEST, _REPLY):
            return
        elif to_all:  # an announcement
            asking = self._asker(source, vlan)
            if asking is not None:
                asking.note(told, time)
        elif time - self._open.pop((target, vlan, told), time - IN_TIME - 1) > IN_TIME:
            self._tell(source, target, vlan, time)

    def _ask(self, source: int, vlan: int, asked: int, time: int) -> None:
        asking = self._asker(source, vlan)
        if asking is None:
            return
        asking.note(asked, time)
        key = source, vlan, asked
        self._open.pop(key, None)
        self._open[key] = time
        if len(self._open) > MOST_ASKERS:
            oldest = self._open.pop(next(iter(self._open)))
            self._forgot = self._forgot or time - oldest <= IN_TIME

    def _asker(self, source: int, vlan: int) -> _Asking | None:
        asking = self._asking.get((source, vlan))
        if asking is None and len(self._asking) < MOST_ASKERS:
            asking = self._asking[source, vlan] = _Asking()
        return asking

    def _tell(self, source: int, target: int, vlan: int, time: int) -> None:
        telling = self._telling.get((source, target, vlan))
        if telling is None:
            if len(self._telling) >= MOST_ASKERS:
                return
            telling = self._telling[source, target, vlan] = _Telling()
        telling.note(time)

    def between(self, client: int, server: int, vlan: int, heard: frozenset[int]) -> Exchange:
        """What a conversation amounts to. heard: MAC addresses that sent anything in the capture."""
        asking = self._asking.get((client, vlan))

        def unasked(source: int, target: int) -> int | None:
            telling = self._telling.get((source, target, vlan))
            if telling is None:
                return 0 if len(self._telling) < MOST_ASKERS else None
            return telling.most if target in heard and not self._forgot else None

        nothing = 0 if len(self._asking) < MOST_ASKERS else None
        return Exchange(asking.most if asking else nothing, unasked(client, server), unasked(server, client))
