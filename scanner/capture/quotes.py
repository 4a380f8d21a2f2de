"""Attempts to connect that only a refusal shows: ICMP errors quote the header of the packet that went nowhere.

Sources: RFC 792 (type 3), RFC 4443 section 3.1 (type 1), RFC 1812 section 4.3.2.3 (how much is quoted), RFC 9293.
An error that says that a packet is too big, or was on its way for too long, refuses nothing.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scanner.capture.result import Conversation

MOST = 4096  # different attempts that are kept
MOST_PORTS = 1024  # of a client, by which its attempts are told apart
QUOTED = 64  # bytes of a quotation that are looked at
_PORTED = {6: "tcp", 17: "udp", 132: "sctp"}
_TOO_BIG = 4  # code of ICMP type 3
_UNREACHABLE = {4: 3, 6: 1}  # type by family
_SYN, _ACK = 0x02, 0x10
_WELL_KNOWN, _EPHEMERAL = 1024, 32768
Key = tuple[str, str, str, int, int]  # transport, client, server, server's port, VLAN


@dataclass(slots=True)
class _Attempt:
    first_time: int
    last_time: int
    frame: int
    opened_by: str
    ports: set[int] = field(default_factory=set)


class Quotes:
    """Attempts by who made them; ``left_out`` counts quotations of further ones."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Count from nothing for the next capture."""
        self._found: dict[Key, _Attempt] = {}
        self.left_out = 0

    def note(self, family: int, message: bytes, vlan: int, time: int, frame: int) -> None:
        """An ICMP message, from its type on."""
        if len(message) < 8 or message[0] != _UNREACHABLE[family] or (family == 4 and message[1] == _TOO_BIG):
            return
        quoted = (_quoted_4 if family == 4 else _quoted_6)(message[8 : 8 + QUOTED])
        if quoted is None:
            return
        protocol, client, server, header = quoted
        source, target = int.from_bytes(header[:2], "big"), int.from_bytes(header[2:4], "big")
        opened_by = _opened_by(protocol, header, source, target)
        if not opened_by:
            return
        key = _PORTED[protocol], client, server, target, vlan
        attempt = self._found.get(key)
        if attempt is None:
            if len(self._found) >= MOST:
                self.left_out += 1
                return
            attempt = self._found[key] = _Attempt(time, time, frame, opened_by)
        attempt.first_time, attempt.last_time = min(attempt.first_time, time), max(attempt.last_time, time)
        if len(attempt.ports) < MOST_PORTS:
            attempt.ports.add(source)

    def attempts(self) -> list[tuple[Key, _Attempt]]:
        """All of them, in the order of their first quotations."""
        return list(self._found.items())


def uncaptured(quotes: Quotes, captured: Iterable[Conversation]) -> Iterator[Conversation]:
    """A conversation without packets for each attempt of which none was captured."""
    seen = {(c.transport, c.client, c.server, c.server_port) for c in captured}
    hosts = {(c.transport, *sorted((c.client, c.server))) for c in captured}
    for (transport, client, server, port, vlan), attempt in quotes.attempts():
        if (transport, client, server, port) in seen:
            continue
        if (transport, *sorted((client, server))) in hosts and any(
            (transport, server, client, source) in seen for source in attempt.ports
        ):
            continue  # the other way round: what was refused belongs to a conversation that was captured
        yield Conversation(
            transport,
            client,
            server,
            port,
            vlan=vlan,
            opened_by=attempt.opened_by,
            connections=len(attempt.ports),
            first_time=attempt.first_time,
            last_time=attempt.last_time,
            first_frame=attempt.frame,
            refused=len(attempt.ports),
        )


def _opened_by(protocol: int, header: bytes, source: int, target: int) -> str:
    """How the sender of the quoted packet is known to be the client; empty when it is not the client."""
    if protocol == 6 and len(header) > 13:
        flags = header[13] & (_SYN | _ACK)
        return "syn" if flags == _SYN else ""  # in the midst of a connection nothing is attempted
    for border in (_WELL_KNOWN, _EPHEMERAL):
        if (source < border) != (target < border):
            return "port" if target < border else ""
    return "first"


def _quoted_4(data: bytes) -> tuple[int, str, str, bytes] | None:
    """(protocol, source, target, transport header) of a whole or first fragment."""
    if len(data) < 20 or data[0] >> 4 != 4 or data[9] not in _PORTED or int.from_bytes(data[6:8], "big") & 0x1FFF:
        return None
    header = data[4 * (data[0] & 0x0F) :]
    if data[0] & 0x0F < 5 or len(header) < 4:
        return None
    return data[9], str(ipaddress.IPv4Address(data[12:16])), str(ipaddress.IPv4Address(data[16:20])), header


def _quoted_6(data: bytes) -> tuple[int, str, str, bytes] | None:
    """As ``_quoted_4``; without extension headers."""
    if len(data) < 44 or data[0] >> 4 != 6 or data[6] not in _PORTED:
        return None
    ends = (str(ipaddress.IPv6Address(data[at : at + 16])) for at in (8, 24))
    source, target = ends
    return data[6], source, target, data[40:]
